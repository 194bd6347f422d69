"""What is seen of a detector: its pictures, what it is worth, and what is said of its steps."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor  # noqa: TID253 - private: only imported inside the engine process

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN
from engines.core.language import LearnerError, Note, say
from engines.core.step import Outcome, Pictures, Question, Questions, Step
from engines.data.images import Images
from engines.pictures.boxes import NO_FOUND, Boxes
from engines.pictures.chart import Line
from engines.pictures.workings import Workings
from engines.vision import _detection_words as words
from engines.vision._boxes import LABEL, SCORE, SIDES, Marks, marked
from engines.vision._detection_data import Scenes
from engines.vision._detector import Detector, Said
from engines.vision._place import full_gpu
from engines.vision._precision_recall import PrecisionRecall
from engines.vision.detection import ANCHORS, BATCH, DECIDE, FINISH, Decision, DetectionParams, best_of, suppress

FAINTEST = 0.02  # of a score: what is less certain is no find, whatever the threshold
MOST_FOUND = 200  # of one picture, the most certain
STRICT = 0.75
MOST_DECISIONS = 24  # of non-maximum suppression that are steps of the run
MOST_WALKED = 100  # pictures among which one with doubles is looked for


class Sight:
    """Knows the detector, the pictures and the last numbers; draws, answers, and puts steps into words."""

    def __init__(self, scenes: Scenes, detector: Detector, anchors: Floats, params: DetectionParams) -> None:
        self.scenes, self.detector, self.anchors, self.params = scenes, detector, anchors, params
        self.numbers = {
            name: float("nan")
            for name in ("train_loss", "box_loss", "objectness_loss", "class_loss", "validation_map_50",
                         "validation_map_75", "validation_precision", "validation_recall")
        }  # fmt: skip
        self._marks: Marks | None = None
        self._lines: tuple[Note, ...] = words.numbers_lines(scenes.data, detector, anchors)
        self._strong = -1
        self._decided = -1  # how many decisions are shown, all of them below 0
        self._watched = self._crowded()
        self._walk: tuple[Floats, list[Decision]] = (NO_FOUND, [])
        self._asked: Question | None = None  # last; for pictures alone: no step depends on it
        self._set_aside: Question | None = None  # what was asked before this step of the walk

    # Numbers

    def take(self, loss: Tensor, box: Tensor, something: Tensor, nothing: Tensor, label: Tensor) -> None:
        """Take note of the loss of a batch and its parts; LearnerError when it is no number."""
        parts = [float(part.detach()) for part in (loss, box, something, nothing, label)]
        params = self.params
        if not np.isfinite(parts[0]):
            raise LearnerError(
                "The loss is no longer a number: the learning rate {lr:g} is too large. Lower it and begin again.",
                lr=params.lr,
            )
        self.numbers["train_loss"], self.numbers["box_loss"] = parts[0], params.box_weight * parts[1]
        self.numbers["objectness_loss"] = parts[2] + params.empty_weight * parts[3]
        self.numbers["class_loss"] = parts[4]
        self._lines, self._strong = words.loss_lines(parts, params.box_weight, params.empty_weight), 3

    def measure(self) -> None:
        """Judge the detector by the validation pictures."""
        if not len(self.scenes.validation):
            self._marks = None
            return
        found = self.found(self.scenes.validation)
        self._marks, strict = self._marked(self.scenes.validation, found), self._marked(self.scenes.validation, found,
                                                                                        STRICT)  # fmt: skip
        precision, recall = self._marks.at(self.params.threshold)
        self.numbers |= {
            "validation_map_50": self._marks.mean_average_precision,
            "validation_map_75": strict.mean_average_precision,
            "validation_precision": precision, "validation_recall": recall,
        }  # fmt: skip

    def _marked(self, rows: Ints, found: Sequence[Floats], least: float = 0.5) -> Marks:
        return marked(found, [self.scenes.truth(row) for row in rows.tolist()], len(self.scenes.data.names), least)

    def found(self, rows: Ints) -> list[Floats]:
        """Return what is found in some pictures, whatever the threshold, after suppression: (m, 6) each."""
        pixels = self.scenes.data.pixels
        said = [
            one for start in range(0, len(rows), 256) for one in self.detector.look(pixels[rows[start : start + 256]])
        ]
        every = [candidates(one, FAINTEST) for one in said]
        return [found[best_of(found, self.params.nms_iou)] for found in every]

    # Pictures

    def _rows(self) -> Ints:
        """Return pictures to show: those held out, if there are any."""
        return self.scenes.validation if len(self.scenes.validation) else self.scenes.train

    def _crowded(self) -> int:
        """Return the row of the picture that is shown when nobody asks for another: one with many boxes."""
        rows = self._rows()
        return int(rows[np.argmax([len(self.scenes.truth(row)) for row in rows.tolist()])])

    def draw(self) -> Pictures:
        """Draw the picture that is watched, the curves, and the numbers."""
        row = min(self._watched, len(self.scenes.data) - 1)
        picture = self.boxes(self.scenes.data.pixels[row], row, self._decided)
        return (picture, self._curves(), Workings(self._lines, self._strong))

    def answer(self, questions: Questions) -> Pictures:
        """Draw what is found in the picture that somebody asks about: drawn by hand, or a row of the data."""
        question = questions.get("picture")
        self._asked = question
        if question is None or (self._decided >= 0 and alike(question, self._set_aside)):
            return ()
        row = question.index[0] if question.index else -1
        known = 0 <= row < len(self.scenes.data)
        if question.value is not None and question.value.ndim in (2, 3):
            return (self.boxes(np.asarray(question.value, np.uint8), row if known else -1),)
        return (self.boxes(self.scenes.data.pixels[row], row),) if known else ()

    def boxes(self, pixels: Ints, row: int = -1, decided: int = -1) -> Boxes:
        """Return one picture with what is found in it now, and what is there if it is a row of the data."""
        said = self.detector.look(pixels[None])[0]
        found = candidates(said, self.params.threshold)
        decisions = suppress(found, self.params.nms_iou)
        data = self.scenes.data
        return Boxes(
            pixels, data.names, self.scenes.truth(row), found,
            np.array([-1 if decision.kept else decision.rival for decision in decisions], np.int64),
            np.array([decision.overlap for decision in decisions], float),
            len(found) if decided < 0 else min(decided, len(found)), self.detector.cell, self.anchors, said.cells,
            self.params.threshold, self.params.nms_iou, caption(data, row),
        )  # fmt: skip

    def _curves(self) -> PrecisionRecall:
        """Return precision against recall for each class, and where the threshold is on each curve."""
        lines = []
        names = self.scenes.data.names
        for label, name in enumerate(names):
            if self._marks is None or not self._marks.true[label]:
                continue
            recall, precision = self._marks.curve(label)
            area = self._marks.average_precision(label)
            told = say("{name}: area {area:.3f}", name=say(name), area=area)
            lines.append(Line(told, recall, precision, colour=label))
            count = int((self._marks.score[self._marks.label == label] >= self.params.threshold).sum())
            if count:
                lines.append(Line(say(""), recall[count - 1 : count], precision[count - 1 : count], "dots", label))
        return PrecisionRecall(tuple(lines), say("recall"), say("precision"), from_zero=True)

    # Steps

    def _step(self, note: Note, then: Note | str, *, rest: bool = False, caution: Note | str = "") -> Step:
        return Step(note, dict(self.numbers), self.draw, then=then, rest=rest, caution=caution, answer=self.answer)

    def begin(self, lost: int, caution: Note | str) -> Step:
        """The grid, and what there is to learn from."""
        return self._step(words.beginning(self.scenes, self.detector, lost), ANCHORS, caution=caution)

    def tell_anchors(self, fit: float) -> Step:
        """The anchors."""
        self._lines = words.anchor_lines(self.anchors, fit)
        note = say("{k} anchors stand for all sizes; a box and its anchor overlap by an IoU of {fit:.2f} on average",
                   k=len(self.anchors), fit=fit)  # fmt: skip
        return self._step(note, BATCH)

    def tell_batch(self, epoch: int, batch: int, batches: int) -> Step:
        """One batch, and at the end of an epoch what the detector is worth."""
        numbers = self.numbers
        if batch == batches and self._marks is not None:
            note = say("Epoch {epoch}: mAP is {map:.3f} on {n} validation pictures; loss of the last batch {loss:.2f}",
                       epoch=epoch, map=numbers["validation_map_50"], n=len(self.scenes.validation),
                       loss=numbers["train_loss"])  # fmt: skip
        else:
            note = say(
                "Epoch {epoch}, batch {batch} of {batches}: loss {loss:.2f} = box {box:.2f} + objectness "
                "{objectness:.2f} + class {label:.2f}",
                epoch=epoch, batch=batch, batches=batches, loss=numbers["train_loss"], box=numbers["box_loss"],
                objectness=numbers["objectness_loss"], label=numbers["class_loss"],
            )  # fmt: skip
        if self.detector.fell_back:
            note = full_gpu(note)
        return self._step(note, BATCH)

    # Non-maximum suppression, one step for each box

    def _choose_walk(self) -> None:
        """Choose the picture with the most doubles."""
        most = -1
        rows = self._rows()[:MOST_WALKED]
        for row, said in zip(rows.tolist(), self.detector.look(self.scenes.data.pixels[rows]), strict=True):
            found = candidates(said, self.params.threshold)
            decisions = suppress(found, self.params.nms_iou)
            removed = sum(not decision.kept for decision in decisions)
            if removed > most or (removed == most and len(found) > len(self._walk[0])):
                most, self._watched, self._walk = removed, row, (found, decisions)

    @property
    def n_candidates(self) -> int:
        """How many boxes of the watched picture are decided on step by step."""
        return min(MOST_DECISIONS, len(self._walk[0]))

    def tell_candidates(self) -> Step:
        """The boxes above the threshold, before any is removed."""
        self._choose_walk()
        found, self._decided = self._walk[0], 0
        note = say("In picture {row}, {m} boxes have a score of {threshold:.2f} or more. Some may be doubles",
                   row=self._watched + 1, m=len(found), threshold=self.params.threshold)  # fmt: skip
        return self._pause(note, DECIDE if len(found) else FINISH)

    def tell_decision(self, place: int) -> Step:
        """One box: kept or removed. Only what is asked from now on is answered, for this is about one picture."""
        found, decisions = self._walk
        self._decided = place + 1
        self._lines, self._strong = words.decision_lines(found, place, decisions[place], self.params.nms_iou), 2
        note = words.decided(found, place, decisions[place], self.params.nms_iou, self.scenes.data.names)
        return self._pause(note, DECIDE if self._decided < self.n_candidates else FINISH)

    def _pause(self, note: Note, then: str) -> Step:
        """Return a step at which the run rests, so that none is missed, however fast it has been going."""
        self._set_aside = self._asked
        return self._step(note, then, rest=True)

    def tell_end(self, then: str = "") -> Step:
        """What the detector is worth at these thresholds."""
        self._decided = -1
        if self._marks is None:
            note = say("Training is over. No validation picture has a box, so nothing tells how good the detector is")
            return self._step(note, then, rest=True)
        self._lines, self._strong = words.worth_lines(self._marks, self.scenes.data.names), -1
        note = say(
            "mAP is {map:.3f}. At a threshold of {threshold:.2f}, {precision:.1%} of the boxes found are right, and "
            "{recall:.1%} of what is there is found",
            map=self.numbers["validation_map_50"], threshold=self.params.threshold,
            precision=self.numbers["validation_precision"], recall=self.numbers["validation_recall"],
        )  # fmt: skip
        if not np.isfinite(self.numbers["validation_precision"]):
            note = say("mAP is {map:.3f}. Nothing has a score of {threshold:.2f} or more: lower the threshold",
                       map=self.numbers["validation_map_50"], threshold=self.params.threshold)  # fmt: skip
        return self._step(note, then, rest=True)

    def outcome(self) -> Outcome:
        """Return the numbers, those of the test share for the first time, and every box: (m, 7), the score last."""
        scenes = self.scenes
        numbers = dict(self.numbers)
        if len(scenes.test):
            found = self.found(scenes.test)
            test, strict = self._marked(scenes.test, found), self._marked(scenes.test, found, STRICT)
            precision, recall = test.at(self.params.threshold)
            numbers |= {"test_map_50": test.mean_average_precision, "test_map_75": strict.mean_average_precision,
                        "test_precision": precision, "test_recall": recall}  # fmt: skip
        every = self.found(np.arange(len(scenes.data)))
        kept = [found[found[:, SCORE] >= self.params.threshold] for found in every]
        boxes = [np.column_stack([np.full(len(one), row), one[:, LABEL], one[:, SIDES], one[:, SCORE]])
                 for row, one in enumerate(kept)]  # fmt: skip
        return Outcome(numbers, {"anchors_": self.anchors, "predicted_boxes": np.concatenate(boxes)})


def alike(one: Question, other: Question | None) -> bool:
    """Whether two questions are about the same."""
    if other is None or one.index != other.index or (one.value is None) is not (other.value is None):
        return False
    return one.value is None or np.array_equal(one.value, other.value)  # type: ignore[arg-type]


def candidates(said: Said, threshold: float) -> Floats:
    """Return the boxes of a picture whose score is high enough, the most certain first: (m, 6)."""
    every = said.cells.reshape(-1, 6)
    every = every[every[:, SCORE] >= threshold]
    return every[np.argsort(-every[:, SCORE], kind="stable")][:MOST_FOUND]


def caption(data: Images, row: int) -> Note:
    """Return which picture it is."""
    if row < 0:
        return say("a drawing")
    part = int(data.parts[row])
    if part == TRAIN:
        return say("picture {n}, for training", n=row + 1)
    if part == TEST:
        return say("picture {n}, for the test", n=row + 1)
    return say("picture {n}, for validation", n=row + 1)
