"""What the moments of a series are called: how a row of names goes on, and which names stand for new rows between."""

import re
from datetime import date, timedelta

MONTH = re.compile(r"(\d{4})-(\d{2})")
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
YEAR = re.compile(r"\d{1,6}")


def following(last: str, count: int) -> tuple[str, ...]:
    """Return ``count`` names after ``last``: months after a month, days after a day, years after a number.

    After any other name come empty ones: nobody knows what follows it.
    """
    if (found := DAY.fullmatch(last)) and (first := _day(found.groups())) is not None:
        room = (date.max - first).days
        days = (first + timedelta(days=step) if step <= room else None for step in range(1, count + 1))
        return tuple(day.isoformat() if day else "" for day in days)
    if (found := MONTH.fullmatch(last)) and 1 <= int(found[2]) <= 12:
        months = (int(found[1]) * 12 + int(found[2]) - 1 + step for step in range(1, count + 1))
        return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months)
    if YEAR.fullmatch(last):
        return tuple(str(int(last) + step) for step in range(1, count + 1))
    return ("",) * count


def _day(parts: tuple[str, ...]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
