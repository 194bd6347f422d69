"""What is said of a detector's steps, with the numbers put in."""

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.data.images import Images
from engines.pictures.boxes import shared_by
from engines.vision._boxes import LABEL, SCORE, SIDES, Marks
from engines.vision._detection_data import Scenes
from engines.vision._detector import Detector
from engines.vision.detection import Decision

MOST_LINES = 8


def beginning(scenes: Scenes, detector: Detector, lost: int) -> Note:
    """Say what there is to learn from, and what is left out."""
    height, width = scenes.data.size
    rows, columns = -(-height // detector.cell), -(-width // detector.cell)
    note = say("{boxes} boxes in {pictures} pictures to train with; a grid of {rows} × {columns} cells lies over each",
               boxes=len(scenes.sizes), pictures=len(scenes.train), rows=rows, columns=columns)  # fmt: skip
    if lost:
        note = say("{note}. Boxes whose cell is taken by others in all its anchors cannot be learned: {lost}",
                   note=note, lost=lost)  # fmt: skip
    if scenes.unnamed:
        note = say("{note}. Boxes without a class are left out: {count}", note=note, count=scenes.unnamed)
    if scenes.empty:
        note = say("{note}. Pictures without a box are left out: {count}", note=note, count=scenes.empty)
    return note


def numbers_lines(data: Images, detector: Detector, anchors: Floats) -> tuple[Note, ...]:
    """Return how many numbers the network gives for a picture."""
    height, width = data.size
    rows, columns = -(-height // detector.cell), -(-width // detector.cell)
    each = 5 + len(data.names)
    return (
        say("cells = {height} / {cell} · {width} / {cell} = {rows} · {columns} = {count}", height=height, width=width,
            cell=detector.cell, rows=rows, columns=columns, count=rows * columns),
        say("an anchor = 1 something there + 4 place and size + {classes} classes = {each} numbers",
            classes=len(data.names), each=each),
        say("a picture = {count} cells · {anchors} anchors · {each} = {total} numbers", count=rows * columns,
            anchors=len(anchors), each=each, total=rows * columns * len(anchors) * each),
        say("weights = {count:,}", count=detector.n_weights),
    )  # fmt: skip


def anchor_lines(anchors: Floats, fit: float) -> tuple[Note, ...]:
    """Return the anchors and how a box is made from one."""
    sizes = [say("anchor {k} = {width:.1f} × {height:.1f} pixels", k=k, width=width, height=height)
             for k, (width, height) in enumerate(anchors.tolist(), 1)]  # fmt: skip
    return (
        *sizes,
        say("mean IoU = {fit:.2f}", fit=fit),
        say("middle = (cell + σ(t)) · side of a cell"),
        say("width = width of the anchor · e^t"),
    )


def loss_lines(parts: list[float], box_weight: float, empty_weight: float) -> tuple[Note, ...]:
    """Return how the loss of a batch is put together: parts are loss, box, something, nothing, class."""
    loss, box, something, nothing, label = parts
    return (
        say("box = {weight:g} · {box:.3f} = {all:.3f}", weight=box_weight, box=box, all=box_weight * box),
        say("objectness = {something:.3f} + {weight:g} · {nothing:.3f} = {all:.3f}", something=something,
            weight=empty_weight, nothing=nothing, all=something + empty_weight * nothing),
        say("class = {label:.3f}", label=label),
        say("loss = {box:.3f} + {objectness:.3f} + {label:.3f} = {loss:.3f}", box=box_weight * box,
            objectness=something + empty_weight * nothing, label=label, loss=loss),
    )  # fmt: skip


def decided(found: Floats, place: int, decision: Decision, limit: float, names: tuple[str, ...]) -> Note:
    """Say what becomes of a box."""
    label, score = int(found[place, LABEL]), float(found[place, SCORE])
    head = say("Box {k} of {m}, {name} {score:.2f}", k=place + 1, m=len(found), name=say(names[label]), score=score)
    if decision.rival < 0:
        return say("{box}: it overlaps no {name} that is kept. It is kept", box=head, name=say(names[label]))
    other = float(found[decision.rival, SCORE])
    if decision.kept:
        return say("{box}: it overlaps the {name} {other:.2f} by IoU {iou:.2f}, not more than {limit:.2f}. It is kept",
                   box=head, name=say(names[label]), other=other, iou=decision.overlap, limit=limit)  # fmt: skip
    return say("{box}: it overlaps the {name} {other:.2f} by IoU {iou:.2f}, more than {limit:.2f}. It is removed",
               box=head, name=say(names[label]), other=other, iou=decision.overlap, limit=limit)  # fmt: skip


def decision_lines(found: Floats, place: int, decision: Decision, limit: float) -> tuple[Note, ...]:
    """Return the intersection over union with the box that it overlaps most."""
    if decision.rival < 0:
        return (say("IoU = 0 with every box of its class that is kept"),)
    one, other = found[place, SIDES], found[decision.rival, SIDES]
    both = shared_by(one, other)
    left, top, right, bottom = both.sides
    areas = [float((box[2] - box[0]) * (box[3] - box[1])) for box in (one, other)]
    sign = say("not more than {limit:.2f}: kept" if decision.kept else "more than {limit:.2f}: removed", limit=limit)
    return (
        say("shared = {across:.1f} · {down:.1f} = {shared:.1f} pixels", across=right - left, down=bottom - top,
            shared=both.shared),
        say("together = {one:.1f} + {other:.1f} − {shared:.1f} = {joint:.1f} pixels", one=areas[0], other=areas[1],
            shared=both.shared, joint=both.joint),
        say("IoU = {shared:.1f} / {joint:.1f} = {iou:.2f}, {sign}", shared=both.shared, joint=both.joint, iou=both.iou,
            sign=sign),
    )  # fmt: skip


def worth_lines(marks: Marks, names: tuple[str, ...]) -> tuple[Note, ...]:
    """Return the average precision of each class, and their mean."""
    known = np.flatnonzero(marks.true).tolist()
    areas = [marks.average_precision(label) for label in known]
    lines = [say("area of {name} = {area:.3f}", name=say(names[label]), area=area)
             for label, area in zip(known, areas, strict=True)][: MOST_LINES - 1]  # fmt: skip
    mean = say("mAP = {total:.3f} / {count} = {map:.3f}", total=sum(areas), count=len(areas), map=float(np.mean(areas)))
    return (*lines, mean)
