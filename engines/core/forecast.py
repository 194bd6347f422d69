"""What takes long says so beforehand: a sentence about the time, from the number of operations."""

from collections.abc import Iterable
from dataclasses import dataclass

from engines.core.language import Note, say

WORTH_SAYING = 10.0  # seconds


@dataclass(frozen=True)
class Forecast(Note):
    """A sentence about the time, and the time itself, which is known also where it is not worth a sentence.

    seconds: on a usual laptop. at_most: whether it may well be less.
    """

    seconds: float = 0.0
    at_most: bool = False

    def __bool__(self) -> bool:
        """Whether there is something to say."""
        return bool(self.text)


def forecast(seconds: float, *, at_most: bool = False) -> Forecast:
    """Return a step's caution for a run that will take about so long on a usual laptop; no words below 10 s."""
    note = Note("")
    if seconds >= 6000:
        note = say("This will take about {hours:.0f} hours: take fewer points.", hours=seconds / 3600)
    elif seconds >= 100:
        note = say("This will take about {minutes:.0f} minutes. It can be stopped at any time.", minutes=seconds / 60)
    elif seconds >= WORTH_SAYING:
        note = say("This will take about {seconds:.0f} seconds. It can be stopped at any time.", seconds=seconds)
    if note.text and at_most:
        note = say("{forecast} It may well be over before.", forecast=note)
    return Forecast(note.text, note.values, float(seconds), at_most)


def forecast_of(cautions: Iterable[Note | str], times: float = 1.0) -> Forecast:
    """Return the forecast of several runs, one after the other, each ``times`` times; of what says none: no time."""
    known = [caution for caution in cautions if isinstance(caution, Forecast)]
    return forecast(times * sum(one.seconds for one in known), at_most=any(one.at_most for one in known))
