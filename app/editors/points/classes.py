"""What can be done to whole classes: name, colour, order, merge, delete. Each is one undo."""

from dataclasses import replace

import numpy as np

from app.editors.points.document import PointsDocument
from engines.core.arrays import Ints
from engines.core.language import say
from engines.data.points import MOST_CLASSES, UNLABELLED

LONGEST_NAME = 40


def rename(document: PointsDocument, label: int, name: str) -> None:
    """Give a class a name; an empty one is its number again."""
    names = _padded(document.looks.names, label + 1, "")
    names[label] = name.strip()[:LONGEST_NAME]
    while names and not names[-1]:
        names.pop()
    if tuple(names) != document.looks.names:
        document.begin("Rename a class")
        document.set_looks(replace(document.looks, names=tuple(names)))
        document.end()


def recolour(document: PointsDocument, label: int, slot: int) -> None:
    """Give a class a colour of the palette; the class that had it takes this one's, so that no two are alike."""
    slots = _slots(document)
    other = slots.index(slot)
    slots[label], slots[other] = slots[other], slots[label]
    document.begin("Recolour a class")
    document.set_looks(replace(document.looks, colours=_trimmed(slots)))
    document.end()


def swap(document: PointsDocument, one: int, other: int) -> None:
    """Let two classes change places: points, names and colours."""
    names, slots = _padded(document.looks.names, MOST_CLASSES, ""), _slots(document)
    names[one], names[other] = names[other], names[one]
    slots[one], slots[other] = slots[other], slots[one]
    first, second = document.of_class(one), document.of_class(other)
    document.begin("Reorder the classes")
    document.label(first, other)
    document.label(second, one)
    document.set_looks(replace(document.looks, names=_without_end(names), colours=_trimmed(slots)))
    document.end()


def merge(document: PointsDocument, label: int, into: int) -> None:
    """Give the points of a class to another one; the classes above it move down by one."""
    document.begin("Merge classes")
    document.label(document.of_class(label), into)
    _close_gap(document, label)
    document.end()


def delete(document: PointsDocument, label: int) -> None:
    """Take a class away with its points; the classes above it move down by one."""
    document.begin("Delete a class")
    document.remove(document.of_class(label))
    _close_gap(document, label)
    document.end()


def counts(document: PointsDocument) -> Ints:
    """Return how many points each class has, and at the end how many have none: (MOST_CLASSES + 1,)."""
    labels = document.y[document.alive]
    found = np.bincount(labels - UNLABELLED, minlength=MOST_CLASSES + 1)
    return np.roll(found, -1)


def take_labels_away(document: PointsDocument, keep: float) -> None:
    """Leave only a share of the points of each class labelled, for learning from few labels; at least one of each."""
    dice = np.random.default_rng()
    document.begin(say("Keep {share:.0%} of the labels", share=keep))
    for label in range(MOST_CLASSES):
        rows = document.of_class(label)
        if len(rows):
            kept = max(1, round(keep * len(rows)))
            document.label(np.sort(dice.permutation(rows)[kept:]), UNLABELLED)
    document.end()


def _close_gap(document: PointsDocument, label: int) -> None:
    """Move the classes above ``label`` down by one, with their names and colours."""
    for above in range(label + 1, MOST_CLASSES):
        document.label(document.of_class(above), above - 1)
    names, slots = _padded(document.looks.names, MOST_CLASSES, ""), _slots(document)
    names.append(names.pop(label) and "")
    slots.append(slots.pop(label))
    document.set_looks(replace(document.looks, names=_without_end(names), colours=_trimmed(slots)))


def _slots(document: PointsDocument) -> list[int]:
    """Return the palette's colour of each of all the classes."""
    colours = list(document.looks.colours)
    return colours + [slot for slot in range(MOST_CLASSES) if slot not in colours]


def _trimmed(slots: list[int]) -> tuple[int, ...]:
    """Return the colours as they are kept: none where every class has that of its number."""
    return () if slots == list(range(MOST_CLASSES)) else tuple(slots)


def _padded(names: tuple[str, ...], length: int, empty: str) -> list[str]:
    return [*names, *([empty] * (length - len(names)))]


def _without_end(names: list[str]) -> tuple[str, ...]:
    """Return the names without the empty ones at the end."""
    while names and not names[-1]:
        names = names[:-1]
    return tuple(names)
