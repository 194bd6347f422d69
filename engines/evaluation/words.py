"""Words and classes of a row, as several classifiers say them."""

from collections.abc import Sequence

from engines.core.language import Note, say
from engines.data.features import Features


def are_words(features: Features) -> bool:
    """Whether each input says that something is there or is not: all numbers are 0 or 1."""
    return not features.plane and bool(((features.x == 0) | (features.x == 1)).all())


def class_name(features: Features, k: int) -> Note:
    """Return the name of a class as it is in the data; its number where it has none."""
    if k < len(features.classes) and not (features.plane and features.classes[k] == str(k + 1)):
        return say("{name}", name=features.classes[k])
    return say("class {number}", number=k + 1)


def signed(value: float) -> str:
    """Return a number with three decimals and a true minus sign."""
    return f"{value:.3f}".replace("-", "−")


def listed(notes: Sequence[Note]) -> Note:
    """Return several notes as one, with commas between them; an empty one for none."""
    if not notes:
        return say("")
    joined = notes[0]
    for note in notes[1:]:
        joined = say("{first}, {second}", first=joined, second=note)
    return joined
