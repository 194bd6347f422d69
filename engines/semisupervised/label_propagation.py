"""Label propagation: a few labels spread over a graph of all the points until every point has one.

Zhu and Ghahramani, "Learning from labeled and unlabeled data with label propagation", 2002; label spreading is Zhou,
Bousquet, Lal, Weston and Schölkopf, "Learning with local and global consistency", 2004.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from engines.core.arrays import Bools, Floats, Ints
from engines.core.dataset import TRAIN
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Change, Outcome, Pictures, Step, Steps
from engines.data.points import UNLABELLED, Points
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import accuracy, macro_f1
from engines.pictures.groups import Groups
from engines.pictures.links import Links
from engines.pictures.marked import Marked
from engines.pictures.surface import Surface
from engines.semisupervised._graph import Graph

LISTEN = "Take the mean of the neighbours"
BLEND = "Blend the neighbours with the given"
JOIN = "Join the next points with their neighbours"
SECONDS_A_PAIR, SECONDS_A_POINT = 1.4e-9, 6.5e-8  # measured, of a round: all joined with all, or near neighbours
SECONDS_TO_JOIN = 2.5e-8  # measured, for each pair of all with all
ROUNDS = 15  # that it takes as a rule if every point had a label; if one in ten has, ten times as many
FEW = 4  # those whose label was given are ringed if they are at most one in so many
NO_CENTRES, NO_TRAIL = np.zeros((0, 2)), np.zeros((0, 0, 2))


@dataclass(frozen=True)
class LabelPropagationParams(Params):
    """Who listens to whom, and whether the given labels may be doubted."""

    method: Annotated[
        Literal["propagation", "spreading"], Param("Given labels", help="Propagation holds them fast")
    ] = "propagation"
    kernel: Annotated[
        Literal["knn", "rbf"], Param("Joined points", help="knn: near neighbours; rbf: all, by distance")
    ] = "knn"
    n_neighbors: Annotated[int, Param("Neighbours", low=1, high=50, only_if=("kernel", ("knn",)))] = 7
    gamma: Annotated[
        float,
        Param("Reach γ", low=0.01, high=1000, log=True, only_if=("kernel", ("rbf",)),
              help="large: only near points are joined firmly"),
    ] = 20.0  # fmt: skip
    alpha: Annotated[
        float, Param("Neighbours’ weight α", low=0.01, high=0.99, live=True, only_if=("method", ("spreading",)))
    ] = 0.2
    max_iter: Annotated[int, Param("Rounds at most", low=1, high=10_000, log=True)] = 1000
    tol: Annotated[float, Param("Settled below change", low=1e-9, high=0.1, log=True)] = 1e-3


@engine(
    title="Label propagation",
    task=Task.CLASSIFY,
    shows=(Surface, Links, Marked, Groups),
    curves={"Points with a label": ("labelled",), "Change in a round": ("change",)},
    facts=("no scaling", "learns from the labels of the training share and from where all points lie"),
    prepared=(Points,),
)
def label_propagation(data: Points, params: LabelPropagationParams, rng: np.random.Generator) -> Steps:
    """Let few labels spread: again and again each point takes the mean of the points it is joined with."""
    state, params, caution = yield from joined(data, params)
    then = LISTEN if params.method == "propagation" else BLEND
    change = yield Step(state.begun(), state.scalars(), state.draw, then=then, caution=caution)
    while True:
        if change and isinstance(change.params, LabelPropagationParams):
            params, state.rounds = change.params, 0
        if change and isinstance(change.data, Points):
            state, params, _ = yield from joined(change.data, params)

        heard = state.graph.heard(state.shares)
        if params.method == "propagation":
            now = np.where(state.known[:, None], state.given, shared(heard))
        else:
            now = params.alpha * heard + (1 - params.alpha) * state.given
        rest = state.take(now) < params.tol or state.rounds >= params.max_iter
        change = yield Step(state.told(params.tol, rest=rest), state.scalars(), state.draw, then=then, rest=rest)
        if rest and not change:
            return state.outcome()


def joined(
    data: Points, params: LabelPropagationParams
) -> Generator[Step, Change | None, tuple["Spread", LabelPropagationParams, Note | str]]:
    """Find out who listens to whom; of many points some in each step.

    Returns the params that there are then, too, and what a person should know, unless that has been said.
    """
    state = Spread(data, params)
    caution = state.caution()
    while not state.graph.join_more():
        note = say("{done} of {n} points are joined", done=state.graph.joined, n=len(state.data))
        change = yield Step(note, state.scalars(), state.draw, then=JOIN, caution=caution)
        caution = ""
        if change and isinstance(change.params, LabelPropagationParams):
            params = change.params
        if change and isinstance(change.data, Points):
            state = Spread(change.data, params)
    return state, params, caution


def shared(heard: Floats) -> Floats:
    """Return rows that add up to 1: (n, classes); a point that has heard nothing stays at 0."""
    total = heard @ np.ones((heard.shape[1], 1))  # the sum of each row
    return heard / np.where(total == 0, 1.0, total)


def most(shares: Floats) -> Ints:
    """Return the class of which each point has most: (n,); -1 where nothing has come yet."""
    label, best = np.full(len(shares), UNLABELLED), np.zeros(len(shares))
    for k, share in enumerate(shares.T):
        np.copyto(label, k, where=share > best)
        np.maximum(best, share, out=best)
    return label


class Spread:
    """How far the labels have come.

    shares: (n, classes), how much of each class every point has; given: those at first. labels: (n,), see ``most``.
    """

    def __init__(self, data: Points, params: LabelPropagationParams) -> None:
        features = with_classes(data)
        self.data, self._params, self.rounds = data, params, 0
        self.known: Bools = (data.parts == TRAIN) & (data.y != UNLABELLED)
        self.given = np.zeros((len(data), features.n_classes))
        self.given[self.known, data.y[self.known]] = 1.0
        balanced = params.method == "spreading"
        self.graph = Graph(features, params.kernel, params.gamma, params.n_neighbors, balanced=balanced)
        self.shares: Floats = self.given
        self.labels = most(self.given)
        self.change = np.nan
        self._before = self._moved = 0

    def take(self, now: Floats) -> float:
        """Put new shares in the place of the old; return by how much they differ in all."""
        before, self.labels = self.labels, most(now)
        self.change = float(np.abs(now - self.shares).sum())
        self.shares, self.rounds = now, self.rounds + 1
        reached = before >= 0
        self._before, self._moved = int(reached.sum()), int((reached & (before != self.labels)).sum())
        return self.change

    def begun(self) -> Note:
        """Say with how many labels it begins."""
        near = say("its {k} nearest, itself included", k=self.graph.k)
        return say(
            "{known} of {n} points have a label; each is joined with {joined}",
            known=int(self.known.sum()), n=len(self.data),
            joined=near if self._params.kernel == "knn" else say("all others"),
        )  # fmt: skip

    def told(self, tol: float, *, rest: bool) -> Note:
        """Say how far the labels have come."""
        labelled, n = int((self.labels >= 0).sum()), len(self.data)
        now = {"round": self.rounds, "labelled": labelled, "n": n, "change": self.change}
        if rest and self.change >= tol:
            return say(
                "Stopped after {round} {round:round|rounds}, the most that are allowed: the last change was "
                "{change:.4f}",
                **now,
            )
        if rest and labelled < n:
            return say("Settled in round {round}: {labelled} of {n} points have a label, and no way leads to the rest",
                       **now)  # fmt: skip
        if rest:
            return say("Settled in round {round}: all {n} points have a label, and the last change was {change:.4f}",
                       **now)  # fmt: skip
        if labelled > self._before:
            return say("Round {round}: {labelled} of {n} points have a label, {more} more than before", **now,
                       more=labelled - self._before)  # fmt: skip
        return say(
            "Round {round}: {labelled} of {n} points have a label; {moved} changed theirs, and the shares changed by "
            "{change:.3f} in all",
            **now, moved=self._moved,
        )  # fmt: skip

    def caution(self) -> Note | str:
        """Say how long it takes, if that is long."""
        n = len(self.data)
        pull = float(self.known.mean()) if self._params.method == "propagation" else 1 - self._params.alpha
        rounds = min(self._params.max_iter, ROUNDS / pull)
        if self._params.kernel == "knn":
            return forecast(rounds * SECONDS_A_POINT * n)
        return forecast((SECONDS_TO_JOIN + rounds * SECONDS_A_PAIR) * n * n)

    def scalars(self) -> dict[str, float]:
        """Return the numbers of now."""
        validation = self.data.validation
        right = accuracy(self.shares[validation.index], validation.y)
        return {"labelled": float((self.labels >= 0).sum()), "change": self.change, "validation_accuracy": right}

    def draw(self) -> Pictures:
        """Draw what is said everywhere, the edges, each point in the colour of now, rings where the label was given."""
        labels, given = self.labels, np.flatnonzero(self.known)
        few = len(given) * FEW <= len(labels)  # where most are given there is nothing that stands out
        return (
            self.graph.surface(shared(self.shares)),
            self.graph.links(labels),
            Marked(ringed=given if few else given[:0]),
            Groups(labels, NO_CENTRES, NO_TRAIL),
        )

    def outcome(self) -> Outcome:
        """Return the shares as probabilities, and how right they are where the truth was kept back."""
        probabilities, test = shared(self.shares), self.data.test
        predictions = probabilities.argmax(1)
        scores = {"test_accuracy": accuracy(probabilities[test.index], test.y),
                  "test_f1": macro_f1(predictions[test.index], test.y), "n_iter": float(self.rounds)}  # fmt: skip
        return Outcome(
            {**self.scalars(), **scores},
            {"label_distributions_": probabilities, "transduction_": predictions, "predictions": predictions,
             "probabilities": probabilities},
        )  # fmt: skip
