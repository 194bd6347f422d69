"""Isolation forest: what random cuts soon cut off from all the rest does not belong.

Liu, Ting and Zhou, "Isolation Forest", 2008. Samples, depth and score are those of scikit-learn's IsolationForest.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from engines.anomaly._alarms import final, numbers_of, said, to_watch
from engines.anomaly._forest_pictures import Ranked, View
from engines.anomaly._isolation_trees import Grove, average_path
from engines.anomaly._words import figure
from engines.core.arrays import Bools, Floats
from engines.core.dataset import TRAIN, Dataset
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Step, Steps
from engines.data.features import Features
from engines.data.points import Points
from engines.data.table import Table
from engines.pictures.confusion import Confusion
from engines.pictures.heat import Heat
from engines.pictures.marked import Marked
from engines.pictures.splits import Splits
from engines.pictures.workings import Workings

CUT = "Cut at random between the ends of a column"
TREE = "Let the next tree isolate every row"
SCORE = "Turn mean path lengths into scores"
FLAG = "Flag the rows with the highest scores"
AT_ONCE = 20_000  # edited rows up to which the finished forest is grown again in one step
AUTOMATIC = 0.5  # the score of a row whose path is as long as that of a search that fails

Stage = Generator[Step, Change | None, Change | None]


@dataclass(frozen=True)
class IsolationForestParams(Params):
    """How many trees, how many rows each sees, and how many rows to flag."""

    n_estimators: Annotated[int, Param("Trees", low=1, high=1000, log=True)] = 100
    max_samples: Annotated[int, Param("Rows for each tree", low=2, high=4096, log=True)] = 256
    contamination: Annotated[
        float, Param("Share to flag", low=0, high=0.5, live=True, help="0: whatever has a score above 0.5")
    ] = 0.0


@dataclass(eq=False)
class Forest:
    """What is known so far. sums: (n,) of path lengths in the first ``count`` trees.

    odd, usual: two rows whose paths are told: the one farthest from the mean and the one nearest to it. shown: the tree
    whose cuts are shown.
    """

    params: IsolationForestParams
    features: Features
    trees: Grove
    odd: int
    usual: int
    shown: int
    sums: Floats
    view: View
    count: int = 0
    flagged: Bools | None = None
    last: tuple[float, float] = field(default=(np.nan, np.nan))

    @property
    def unit(self) -> float:
        """The path to which all others are compared: c(m)."""
        return float(average_path(self.trees.size))

    @property
    def scores(self) -> Floats:
        """The score of each row: (n,)."""
        return score(self.sums / max(1, self.count), self.unit)

    def path(self, row: int) -> float:
        """Return the mean length of a row's path in the trees so far."""
        return float(self.sums[row]) / self.count if self.count else np.nan


@engine(
    title="Isolation forest",
    task=Task.DETECT,
    shows=(Heat, Splits, Marked, Ranked, Confusion, Workings),
    curves={"Mean path length": ("path_far_out", "path_in_the_middle")},
    facts=("no scaling", "labels are not used, only to count alarms", "learns from the training share"),
    sample="strays",
)
def isolation_forest(data: Points | Table, params: IsolationForestParams, rng: np.random.Generator) -> Steps:
    """Cut the data at random until each row is alone: what is alone after few cuts, in many trees, is an anomaly."""
    seed = int(rng.integers(2**31))
    while True:
        forest = planted(data, params, seed)
        change = yield from isolate_two(forest)
        if not edited(change):
            change = yield from ask_trees(forest)
        if not edited(change):
            break
        data, params = change.data, forest.params  # type: ignore[assignment, union-attr]
    while True:
        if edited(change):
            forest = planted(change.data, forest.params, seed)  # type: ignore[arg-type, union-attr]
            if len(forest.features) > AT_ONCE:
                change = yield from ask_trees(forest)
                continue
            for _ in range(len(forest.trees)):
                ask(forest)
        change = yield from told(forest, flag(forest, forest.params.contamination), rest=True)
        if not change:
            return outcome(forest)


def planted(data: Dataset, params: IsolationForestParams, seed: int) -> Forest:
    """Begin a forest: no tree is asked yet. LearnerError where there is nothing to learn from."""
    features, learned = to_watch(data)
    trees = Grove(learned, params.n_estimators, min(params.max_samples, len(learned)), seed)
    deviation = learned.std(0)
    gaps = (((features.x - learned.mean(0)) / np.where(deviation > 0, deviation, 1.0)) ** 2).sum(1)
    odd, usual = int(gaps.argmax()), int(gaps.argmin())
    lengths = np.array([[len(trees.way(tree, features.x[row])) for row in (odd, usual)]
                        for tree in range(trees.together)])  # fmt: skip
    shown = int(np.abs(lengths - lengths.mean(0)).sum(1).argmin())  # a tree like most others
    return Forest(params, features, trees, odd, usual, shown, np.zeros(len(features)), View(features))


def isolate_two(forest: Forest) -> Stage:
    """Follow one tree around a row far out, then around one in the middle, cut by cut."""
    size, trees = forest.trees.size, len(forest.trees)
    note = say("{trees} trees cut at random until each row is alone, each tree {size} rows; watch tree {shown} "
               "isolate two of them", trees=trees, size=size, shown=forest.shown + 1)  # fmt: skip
    seconds = trees * forest.trees.depth * (1.2e-8 * len(forest.features) + 2.2e-7 * size)
    change = yield from told(forest, note, CUT, caution=forecast(seconds))
    for row in (forest.odd, forest.usual):
        forest.view.begin(row)
        way = forest.trees.way(forest.shown, forest.features.x[row])
        sample = forest.trees.sample(forest.shown)
        for number, (column, threshold, right) in enumerate(way, start=1):
            if edited(change):
                return change
            inside = sample[:, column] > threshold if right else sample[:, column] <= threshold
            ends = sample[:, column].min(), sample[:, column].max()
            sample = sample[inside]
            forest.view.cut(column, threshold, right=right)
            note = say(
                "Row {row}, cut {number}: {name} at {threshold}, drawn between {low} and {high}; rows left on its "
                "side: {count}",
                row=row + 1, number=number, name=forest.features.names[column], threshold=figure(threshold, 3),
                low=figure(ends[0], 3), high=figure(ends[1], 3), count=len(sample),
            )  # fmt: skip
            change = yield from told(forest, note, CUT)
    return change


def ask_trees(forest: Forest) -> Stage:
    """Add up, tree after tree, how many cuts isolate each row, then make scores of the means."""
    change: Change | None = None
    while forest.count < len(forest.trees) and not edited(change):
        ask(forest)
        note = say(
            "Tree {count} isolates row {odd} after {first:.1f} cuts, row {usual} after {second:.1f}; the mean paths "
            "are {mean_first:.2f} and {mean_second:.2f}",
            count=forest.count, odd=forest.odd + 1, usual=forest.usual + 1, first=forest.last[0],
            second=forest.last[1], mean_first=forest.path(forest.odd), mean_second=forest.path(forest.usual),
        )  # fmt: skip
        change = yield from told(forest, note, TREE if forest.count < len(forest.trees) else SCORE)
    if edited(change):
        return change
    scores = forest.scores
    top = int(scores.argmax())
    forest.view.put_in(top, forest.path(top), forest.unit, float(scores[top]), forest.trees.size)
    note = say("Row {row} has the highest score, 2^(−{path:.2f} ÷ {unit:.2f}) = {score:.3f}; the lowest is {low:.3f}",
               row=top + 1, path=forest.path(top), unit=forest.unit, score=scores[top], low=scores.min())  # fmt: skip
    return (yield from told(forest, note, FLAG))


def ask(forest: Forest) -> None:
    """Let one more tree isolate every row."""
    lengths = forest.trees.lengths(forest.features.x, forest.count)
    forest.sums += lengths
    forest.count += 1
    forest.last = float(lengths[forest.odd]), float(lengths[forest.usual])
    forest.view.rest(forest.odd)
    forest.view.put_in(forest.odd, forest.path(forest.odd), forest.unit,
                       float(score(forest.path(forest.odd), forest.unit)), forest.trees.size)  # fmt: skip


def score(path: Floats | float, unit: float) -> Floats:
    """Return 2^(−path / unit): 0.5 for a usual path, towards 1 for a short one."""
    return np.asarray(2.0 ** (-np.asarray(path) / (unit or 1.0)))


def flag(forest: Forest, contamination: float) -> Note:
    """Flag a share of the training rows, or all scores above 0.5, and whatever else scores as high."""
    scores = forest.scores
    learned = scores[forest.features.parts == TRAIN]
    cutoff = float(np.percentile(learned, 100 * (1 - contamination))) if contamination else AUTOMATIC
    forest.flagged = flagged = scores > cutoff
    forest.view.rest(-1, cutoff, contamination or float((learned > cutoff).mean()))
    note = say("A score above {cutoff:.3f}: {count} of {n} rows", cutoff=cutoff, count=int(flagged.sum()),
               n=len(flagged))  # fmt: skip
    return said(flagged, forest.features, note)


def told(forest: Forest, note: Note, then: str = "", caution: Note | str = "", *, rest: bool = False) -> Stage:
    """Yield a step with what is known now, and take over what is changed of the params."""
    numbers = {"path_far_out": forest.path(forest.odd), "path_in_the_middle": forest.path(forest.usual)}
    numbers |= numbers_of(forest.flagged, forest.features)
    change = yield Step(note, numbers, lambda: forest.view.draw(forest), then=then, rest=rest, caution=caution)
    if change and isinstance(change.params, IsolationForestParams):
        forest.params = change.params
    return change


def edited(change: Change | None) -> bool:
    """Whether there are new data."""
    return change is not None and change.data is not None


def outcome(forest: Forest) -> Outcome:
    """Return the scores (high is odd: scikit-learn's score_samples with the other sign), paths, and what is flagged."""
    assert forest.flagged is not None
    scalars = final(forest.flagged, forest.features) | {"n_estimators": float(len(forest.trees))}
    arrays = {"scores": forest.scores, "paths": forest.sums / forest.count,
              "predictions": forest.flagged.astype(np.int64)}  # fmt: skip
    return Outcome(scalars, arrays)
