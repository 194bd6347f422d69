"""k nearest neighbours: remember everything, and when asked let the nearest points vote.

Fix and Hodges, "Discriminatory analysis", 1951; Cover and Hart, "Nearest neighbor pattern classification", 1967. A tree
finds the nearest (Bentley, "Multidimensional binary search trees", 1975). Level votes go to the first of the classes.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.classification._neighbours import Memory, distances_to
from engines.classification._votes import Votes, counted, linked, spread_out, workings
from engines.core.arrays import Floats
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.data.images import Images
from engines.data.points import UNLABELLED, Points
from engines.data.table import Table
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import accuracy, macro_f1
from engines.evaluation.words import class_name
from engines.pictures.confusion import Confusion
from engines.pictures.links import Links
from engines.pictures.surface import Surface, area_of, grid
from engines.pictures.workings import Workings

MEASURE = "Measure the distance to every training point"
TAKE = "Take the nearest"
VOTE = "Let them vote"
EVERYWHERE = "Ask the same at every place of the plane"
ROWS = "Ask the same for every row"
ALONE = 10  # rows that are asked one by one before the others, where there is no plane to look at
SECONDS_A_BLOCK = 0.025  # measured
GRIDS = ((16, 32), (64, 128), (256, 256))  # rows and columns of the plane that are asked, coarse first


@dataclass(frozen=True)
class KnnParams(Params):
    """How many neighbours are asked, what near means, and how much each vote counts."""

    n_neighbors: Annotated[int, Param("Neighbours k", low=1, high=200, log=True, live=True)] = 5
    metric: Annotated[Literal["euclidean", "manhattan", "chebyshev"], Param("Distance", live=True)] = "euclidean"
    weights: Annotated[
        Literal["uniform", "distance"],
        Param("Weight of a vote", live=True, help="uniform: every vote counts 1. distance: it counts 1 ÷ distance"),
    ] = "uniform"


@engine(
    title="k nearest neighbours",
    task=Task.CLASSIFY,
    shows=(Links, Surface, Votes, Workings, Confusion),
    facts=("no scaling", "nothing is fitted: the training points are the model"),
    prepared=(Points, Table, Images),
)
def knn(data: Points | Table | Images, params: KnnParams, rng: np.random.Generator) -> Steps:
    """Remember the training points; to answer, find the k nearest of them and let them vote."""
    asked = Asked(with_classes(data), params)
    note = say("{n} training points are remembered. Nothing else has to be learned", n=len(asked.memory.x))
    change = yield asked.step(note, MEASURE, caution=forecast(asked.seconds()))
    if not change:
        asked.stage = "measured"
        change = yield asked.step(asked.told_distances(), TAKE)
    if not change:
        asked.stage = "taken"
        change = yield asked.step(asked.told_nearest(), VOTE)
    while True:
        if change:
            asked.take_up(change)
        asked.stage = "voted"
        change = yield asked.step(asked.told_votes(), asked.then, rest=not asked.todo)
        while asked.todo and not change:
            note = asked.ask_more()
            change = yield asked.step(note, asked.then, rest=not asked.todo)
        if not change:
            return asked.outcome()


class Asked:
    """How far the asking has come: at the query, over the plane, row by row.

    query: (d,) the columns of what is asked about; on the plane its place is the first two. todo: what is still to be
    asked: a grid (rows, columns, first, last place) or a range of ``order``.
    """

    def __init__(self, features: Features, params: KnnParams) -> None:
        self.params, self.stage = params, "remembered"
        self.query: Floats = np.zeros(0)
        self.remember(features)

    def remember(self, features: Features) -> None:
        """Begin anew with other points or another way to ask; on the plane the query stays where it is."""
        self.features, params = features, self.params
        self.memory = Memory(features, params.n_neighbors, params.metric, params.weights)
        self.probabilities = np.full((len(features), self.memory.n_classes), np.nan)
        self.order = np.argsort(-features.parts.astype(int), kind="stable")  # what is held out comes first
        self.row = int(self.order[0])
        if not features.plane:
            self.query = features.x[self.row]
        elif not len(self.query):
            self.query = between(self.memory)
        self.surface = np.full((self.memory.n_classes, 1, 1), 1 / self.memory.n_classes)
        self.area = area_of(features.places if features.plane else np.zeros((0, 2)))
        self.todo = self.plan()

    def plan(self) -> list[tuple[int, ...]]:
        """Return what is to be asked, in blocks that take some 25 ms."""
        n, size = len(self.features), self.block()
        blocks: list[tuple[int, ...]] = [(first, min(first + size, n)) for first in range(0, n, size)]
        if not self.features.plane:
            return [(one, one + 1) for one in range(1, min(ALONE, n))] + blocks
        fine = GRIDS[-1][0] * GRIDS[-1][1]
        coarse = [(*shape, 0, shape[0] * shape[1]) for shape in GRIDS[:-1]]
        return [*coarse, *blocks, *((*GRIDS[-1], first, min(first + size, fine)) for first in range(0, fine, size))]

    def block(self) -> int:
        """Return how many places are asked in one go."""
        if self.features.plane:
            return max(500, 300_000 // (5 + self.memory.k))
        return max(16, 40_000_000 // max(1, self.memory.x.size))

    def seconds(self) -> float:
        """Return about how long it takes to ask for all."""
        return SECONDS_A_BLOCK * len(self.todo)

    def take_up(self, change: Change) -> None:
        """Take the query to where a hand has dragged it; with new points or another k ask all again."""
        if isinstance(change.params, KnnParams):
            self.params = change.params
        if change.params or change.data:
            self.remember(with_classes(change.data) if change.data else self.features)
            if self.features.plane:
                self.ask_more()  # the coarse plane takes a few ms: it is there at once
        for poke in change.pokes:
            if poke.target == "query" and self.features.plane and np.isfinite(poke.value).all():
                self.query = self.features.at(np.array([poke.value], float))[0]

    def ask_more(self) -> Note:
        """Ask the next places or rows, and say what came of it."""
        piece = self.todo.pop(0)
        if len(piece) == 4:
            return self.ask_plane(*piece)
        rows = self.order[slice(*piece)]
        self.probabilities[rows] = self.memory.probabilities(self.features.x[rows])
        if len(rows) == 1 and not self.features.plane:
            self.row, self.query = int(rows[0]), self.features.x[rows[0]]
            return self.told_votes()
        done = np.isfinite(self.probabilities[:, 0]) & (self.features.y != UNLABELLED)
        right = int((self.probabilities[done].argmax(1) == self.features.y[done]).sum())
        return say(
            "{done} {done:row is|rows are} asked, {right} of them answered correctly", done=int(done.sum()), right=right
        )

    def ask_plane(self, rows: int, columns: int, first: int, last: int) -> Note:
        """Ask places ``first`` to ``last`` of a grid over the plane."""
        if self.surface.shape[1:] != (rows, columns):
            self.surface = spread_out(self.surface, rows, columns)
        places = self.features.at(grid(self.area, rows, columns)[first:last].astype(float))
        self.surface.reshape(-1, rows * columns)[:, first:last] = self.memory.probabilities(places).T
        return say("Asked at {done} of {count} places of the plane", done=last, count=rows * columns)

    @property
    def then(self) -> str:
        """What the next step will do."""
        return "" if not self.todo else EVERYWHERE if len(self.todo[0]) == 4 else ROWS

    def told_distances(self) -> Note:
        """Say how far the training points are from the query."""
        far = distances_to(self.query, self.memory.x, self.params.metric)
        return say(
            "{n} distances are measured: the shortest is {least:.3f}, the longest {most:.3f}",
            n=len(far), least=far.min(), most=far.max(),
        )  # fmt: skip

    def told_nearest(self) -> Note:
        """Say who is asked."""
        distances, _ = self.memory.find(self.query[None])
        return say(
            "The {k} nearest are taken: the farthest of them is {far:.3f} away",
            k=self.memory.k, far=distances.max(),
        )  # fmt: skip

    def told_votes(self) -> Note:
        """Say what the votes are and who wins."""
        votes = self.memory.votes(self.memory.find(self.query[None]))[0]
        winner = class_name(self.features, int(votes.argmax()))
        level = int(np.sum(np.isclose(votes, votes.max()))) > 1
        values = {"votes": counted(votes, self.features), "name": winner}
        told = say("The votes: {votes}. So it is {name}", **values)
        if level:
            told = say("The votes are level ({votes}): {name} comes first in the list of classes", **values)
        truth = self.features.y[self.row]
        if self.features.plane or truth == UNLABELLED:
            return told
        return say("Row {row}. {told}; in truth it is {truth}", row=self.row + 1, told=told,
                   truth=class_name(self.features, int(truth)))  # fmt: skip

    def scalars(self) -> dict[str, float]:
        """Return the shares of right answers, NaN until all rows of a part are asked."""
        numbers = {}
        for name, part in (("train", self.features.train), ("validation", self.features.validation)):
            mine = self.probabilities[part.index]
            numbers[f"{name}_accuracy"] = accuracy(mine, part.y) if np.isfinite(mine).all() else np.nan
        return numbers

    def step(self, note: Note, then: str, *, rest: bool = False, caution: Note | str = "") -> Step:
        """Return a step."""
        return Step(note, self.scalars(), self.draw, then=then, rest=rest, caution=caution)

    def draw(self) -> Pictures:
        """Draw the neighbours, the plane, the votes and how they are counted, truth against prediction."""
        cards = (*workings(self.memory, self.query, self.stage, self.features.classes), self.confusion())
        if not self.features.plane:
            return cards
        surface = Surface(self.surface.astype(np.float32), self.area)
        return linked(self.memory, self.query, self.stage), surface, *cards

    def confusion(self) -> Confusion:
        """Return truth against prediction of the rows that have been asked."""
        features = self.features
        index = np.flatnonzero((features.y != UNLABELLED) & np.isfinite(self.probabilities[:, 0]))
        predicted = self.probabilities[index].argmax(1)
        y, parts = features.y[index], features.parts[index]
        return Confusion(y, predicted, parts, index, self.memory.n_classes, features.classes)

    def outcome(self) -> Outcome:
        """Return the answers for all rows."""
        predictions, test = self.probabilities.argmax(1), self.features.test
        numbers = self.scalars() | {
            "test_accuracy": accuracy(self.probabilities[test.index], test.y),
            "test_f1": macro_f1(predictions[test.index], test.y),
        }
        return Outcome(numbers, {"predictions": predictions, "probabilities": self.probabilities})


def between(memory: Memory) -> Floats:
    """Return a place to ask about first: where the votes are split, as far from the points as such a place can be.

    The links are to be seen, but not to go right across the plane.
    """
    low, high = memory.x.min(0), memory.x.max(0)
    places = memory.at(np.round(grid((*low[:2].tolist(), *high[:2].tolist()), 16, 32).astype(float), 1) + 0.0)
    far = memory.find(places)[0].max(1)
    sure = memory.probabilities(places).max(1)
    far[far > np.linalg.norm(high - low) / 6] = 0
    best: Floats = places[np.lexsort((-far, np.maximum(sure, 0.6)))[0]]
    return best
