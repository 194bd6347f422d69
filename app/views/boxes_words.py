"""What is said of boxes on a picture: how far two agree, what a cell says, what becomes of a box."""

import numpy as np

from app.language import tr
from engines.pictures.boxes import Boxes, shared_by

NONE = -1


def name_of(boxes: Boxes, label: int) -> str:
    """Return the name of a class in the language of the window."""
    return tr(boxes.names[label]) if 0 <= label < len(boxes.names) else "?"


def truth_near(boxes: Boxes, box: int) -> int:
    """Return the true box that a found one overlaps most, NONE where it overlaps none."""
    shares = [shared_by(boxes.found[box, 2:], row[1:]).iou for row in boxes.truth]
    return int(np.argmax(shares)) if shares and max(shares) > 0 else NONE


def rival_of(boxes: Boxes, box: int) -> int:
    """Return the kept box of its class that a found one overlaps most, NONE where it overlaps none."""
    mine = boxes.found[box]
    kept = [other for other in range(box) if boxes.removed_by[other] < 0 and boxes.found[other, 0] == mine[0]]
    shares = [shared_by(mine[2:], boxes.found[other, 2:]).iou for other in kept]
    return kept[int(np.argmax(shares))] if shares and max(shares) > 0 else NONE


def said_of_all(boxes: Boxes) -> list[str]:
    """Tell which picture it is, and how much is found and there."""
    kept = int((boxes.removed_by < 0).sum())
    lines = [tr(boxes.caption), tr("found (score ≥ {threshold:.2f}): {n}", threshold=boxes.threshold, n=kept)]
    if len(boxes.truth):
        lines.append(tr("really there (broken lines): {n}", n=len(boxes.truth)))
    return [line for line in lines if line]


def said_of_walk(boxes: Boxes, place: int) -> list[str]:
    """Tell what became of the box that was decided on last."""
    m = len(boxes.found)
    if place == 0:
        return [tr("Boxes before any is removed: {m}. The most certain comes first.", m=m)]
    row = boxes.found[place - 1]
    name = name_of(boxes, int(row[0]))
    head = tr("{k} of {m}: {name} {score:.2f}", k=place, m=m, name=name, score=float(row[1]))
    rival = rival_of(boxes, place - 1)
    if rival == NONE:
        return [head, tr("It overlaps no kept box of its class: kept")]
    both = shared_by(row[2:], boxes.found[rival, 2:])
    removed = boxes.removed_by[place - 1] >= 0
    verdict = "IoU {iou:.2f} > {limit:.2f}: removed" if removed else "IoU {iou:.2f} ≤ {limit:.2f}: kept"
    return [
        head,
        tr("with the kept {name} {score:.2f}:", name=name, score=float(boxes.found[rival, 1])),
        tr("shared {shared:.0f}, together {joint:.0f}", shared=both.shared, joint=both.joint),
        tr(verdict, iou=both.iou, limit=boxes.limit),
    ]


def said_of_box(boxes: Boxes, box: int) -> list[str]:
    """Tell how far a found box agrees with the true one."""
    row = boxes.found[box]
    head = tr("{name} {score:.2f}", name=name_of(boxes, int(row[0])), score=float(row[1]))
    truth = truth_near(boxes, box)
    if truth == NONE:
        return [head, tr("There is no true box here") if len(boxes.truth) else tr("No true box is known here")]
    both = shared_by(row[2:], boxes.truth[truth, 1:])
    return [
        head,
        tr("true: {name}", name=name_of(boxes, int(boxes.truth[truth, 0]))),
        tr("shared {shared:.0f}, together {joint:.0f}", shared=both.shared, joint=both.joint),
        tr("IoU = {shared:.0f} / {joint:.0f} = {iou:.2f}", shared=both.shared, joint=both.joint, iou=both.iou),
    ]


def said_of_cell(boxes: Boxes, row: int, column: int) -> list[str]:
    """Tell what a cell says for each of its anchors."""
    lines = [tr("Cell in row {row}, column {column}", row=row + 1, column=column + 1)]
    for size, said in zip(boxes.anchors, boxes.cells[row, column], strict=True):
        width, height = size.tolist()
        name, score = name_of(boxes, int(said[0])), float(said[1])
        lines.append(tr("anchor {width:.0f} × {height:.0f}: {name} {score:.2f}", width=width, height=height,
                        name=name, score=score))  # fmt: skip
    return lines
