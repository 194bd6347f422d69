"""What takes long says so beforehand: a sentence about the time, from the number of operations."""

from engines.core.language import Note, say

WORTH_SAYING = 10.0  # seconds


def forecast(seconds: float) -> Note | str:
    """Return a step's caution for a run that will take about so long on a usual laptop; nothing below 10 s."""
    if seconds < WORTH_SAYING:
        return ""
    if seconds < 100:
        return say("This will take about {seconds:.0f} seconds. It can be stopped at any time.", seconds=seconds)
    if seconds < 6000:
        return say("This will take about {minutes:.0f} minutes. It can be stopped at any time.", minutes=seconds / 60)
    return say("This will take about {hours:.0f} hours: take fewer points.", hours=seconds / 3600)
