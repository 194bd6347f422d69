"""What can be done to whole classes of pictures: add, rename, reorder, merge, delete. Each gives new data."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from app.language import tr
from engines.core.arrays import Bools, Ints
from engines.core.language import LearnerError
from engines.data.images import CLASS, PICTURE, Images
from engines.data.points import UNLABELLED

LONGEST_NAME = 40
MOST_CLASSES = 1000


def shown_name(images: Images, label: int) -> str:
    """Return what a class is called in the language of the window."""
    return tr("No class") if label == UNLABELLED else tr(images.names[label])


def members(images: Images) -> Iterator[Bools]:
    """Yield which pictures belong to each class, and at last which to none: (n,) each.

    A picture without a class of its own belongs to those of its boxes.
    """
    for label in (*range(len(images.names)), UNLABELLED):
        yield of_class(images, label)


def of_class(images: Images, label: int) -> Bools:
    """Return which pictures belong to a class, or to none: (n,)."""
    held: Bools = images.y == label
    if len(images.boxes):
        which = images.boxes if label == UNLABELLED else images.boxes[images.boxes[:, CLASS] == label]
        boxed = np.zeros(len(images), bool)
        boxed[which[:, PICTURE].astype(int)] = True
        held = held & ~boxed if label == UNLABELLED else held | (boxed & (images.y == UNLABELLED))
    return held


def added(images: Images) -> Images:
    """Return the pictures with one more class, called by its number; LearnerError when there are too many."""
    if len(images.names) >= MOST_CLASSES:
        raise LearnerError("There can be at most {most} classes.", most=MOST_CLASSES)
    number = len(images.names) + 1
    while str(number) in images.names:
        number += 1
    return replace(images, names=(*images.names, str(number)))


def renamed(images: Images, label: int, name: str) -> Images:
    """Return the pictures with a class of another name; LearnerError when there is one of that name already."""
    name = " ".join(name.split())[:LONGEST_NAME]
    names = list(images.names)
    if not name or name == names[label]:
        return images
    if name in names:
        raise LearnerError("There is already a class “{name}”; merge the two, or choose another name.", name=name)
    names[label] = name
    return replace(images, names=tuple(names))


def swapped(images: Images, one: int, other: int) -> Images:
    """Return the pictures with two classes in each other's places."""
    places = np.arange(len(images.names))
    places[[one, other]] = other, one
    names = list(images.names)
    names[one], names[other] = names[other], names[one]
    return _renumbered(images, places, tuple(names))


def merged(images: Images, label: int, into: int) -> Images:
    """Return the pictures with a class given to another one."""
    places = np.arange(len(images.names))
    places -= places > label
    places[label] = places[into]
    return _renumbered(images, places, _without(images.names, label))


def deleted(images: Images, label: int) -> Images:
    """Return the pictures without a class, its pictures and its boxes."""
    left = images.taken(np.flatnonzero(images.y != label))
    left = replace(left, boxes=left.boxes[left.boxes[:, CLASS] != label])
    places = np.arange(len(images.names))
    places -= places > label
    places[label] = UNLABELLED
    return _renumbered(left, places, _without(images.names, label))


def _renumbered(images: Images, places: Ints, names: tuple[str, ...]) -> Images:
    """Return the pictures with every class k as class ``places[k]``."""
    places = np.append(places, UNLABELLED)  # the last is for UNLABELLED itself
    boxes = images.boxes.copy()
    boxes[:, CLASS] = places[boxes[:, CLASS].astype(int)]
    # for a moment there may be more names than before or after, so all goes in at once
    return replace(images, y=places[images.y], names=names, boxes=boxes)


def _without(names: tuple[str, ...], label: int) -> tuple[str, ...]:
    return names[:label] + names[label + 1 :]
