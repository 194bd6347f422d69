"""From one kind of data to another, where the other can hold the same."""

import numpy as np

from engines.data.points import MOST_CLASSES, Points
from engines.data.table import Column, Table

ACROSS, UP, VALUE, CLASS = "x", "y", "value", "class"  # what the columns of points are called


def table_of_points(points: Points) -> Table:
    """Return points as a table: their two coordinates, and the number or the class where there is one.

    What is learned of the points is the target. The class of a point without one is missing. Rows keep their place in
    the split.
    """
    columns = [Column(ACROSS, "number", points.x[:, 0]), Column(UP, "number", points.x[:, 1])]
    if points.target == "value":
        columns.append(Column(VALUE, "number", points.value))
    if points.target == "class" or len(np.unique(points.y)) > 1:
        labels = _class_names(points)[: points.n_classes]
        columns.append(Column(CLASS, "category", codes=points.y, labels=labels))
    target = {"class": CLASS, "height": UP, "value": VALUE}[points.target]
    return Table(tuple(columns), target, recipe=points.recipe, key=points.key, parts=points.parts)


def _class_names(points: Points) -> tuple[str, ...]:
    """Return a name for every class: those that were given, if they are all different, else ``class 1`` and so on."""
    given = points.names
    usual = [f"class {label + 1}" for label in range(MOST_CLASSES)]
    names = tuple(
        given[label] if label < len(given) and given[label] else usual[label] for label in range(MOST_CLASSES)
    )
    return names if len(set(names)) == len(names) else tuple(usual)
