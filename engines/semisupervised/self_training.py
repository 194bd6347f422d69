"""Self-training: a classifier labels the points it is surest of, and learns again from those too.

Yarowsky, "Unsupervised word sense disambiguation rivaling supervised methods", 1995. The rounds are those of
scikit-learn's SelfTrainingClassifier.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TRAIN
from engines.core.engine import Task, engine
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.points import UNLABELLED, Points
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import accuracy, macro_f1
from engines.pictures.groups import Groups
from engines.pictures.marked import Marked
from engines.pictures.surface import COLUMNS, ROWS, Surface, area_of, grid

LEARN = "Learn from all points that have a label"
TAKE = "Label the points it is sure of"
NO_CENTRES, NO_TRAIL = np.zeros((0, 2)), np.zeros((0, 0, 2))


@dataclass(frozen=True)
class SelfTrainingParams(Params):
    """Who learns, and how sure it must be of a point to label it."""

    estimator: Annotated[Literal["naive Bayes", "k nearest neighbours", "logistic regression"], Param("Classifier")] = (
        "naive Bayes"
    )
    n_neighbors: Annotated[
        int, Param("Neighbours", low=1, high=50, only_if=("estimator", ("k nearest neighbours",)))
    ] = 5
    criterion: Annotated[
        Literal["threshold", "k_best"], Param("Taken in a round", help="Those above the threshold, or the k surest")
    ] = "threshold"
    threshold: Annotated[
        float, Param("Sure above", low=0, high=0.9999, live=True, only_if=("criterion", ("threshold",)))
    ] = 0.9
    k_best: Annotated[int, Param("Points a round", low=1, high=1000, log=True, only_if=("criterion", ("k_best",)))] = 10
    max_iter: Annotated[int, Param("Rounds at most", low=1, high=1000, log=True)] = 50


@engine(
    title="Self-training",
    task=Task.CLASSIFY,
    shows=(Surface, Marked, Groups),
    curves={"Points with a label": ("labelled",)},
    facts=("no scaling", "learns from the labels of the training share and from its own"),
    prepared=(Points,),
)
def self_training(data: Points, params: SelfTrainingParams, rng: np.random.Generator) -> Steps:
    """Learn from the points that have a label, label those it is surest of, and learn again from more."""
    state = Pupil(data, params)
    while True:
        state.learn()
        change = yield Step(state.learnt(), state.scalars(), state.draw, then=TAKE)
        if change and isinstance(change.params, SelfTrainingParams):
            params = change.params
        if change and isinstance(change.data, Points):
            state = Pupil(change.data, params)
            continue

        rows, sure = state.confidence()
        taken = chosen(sure, params, rng)
        rest = not len(taken) or state.rounds >= params.max_iter
        note = state.stopped(len(rows), sure, params) if rest else state.take(rows[taken], sure[taken], sure, params)
        change = yield Step(note, state.scalars(), state.draw, then=LEARN, rest=rest)
        if rest and not change:
            return state.outcome()
        if change and isinstance(change.params, SelfTrainingParams):
            params = change.params
        if change and isinstance(change.data, Points):
            state = Pupil(change.data, params)


def chosen(sure: Floats, params: SelfTrainingParams, rng: np.random.Generator) -> Ints:
    """Return which points are labelled in this round, of how sure it is of each that has no label: (m,) -> (t,).

    Among equally sure ones the dice decide: the order of the data says nothing about them.
    """
    if params.criterion == "threshold":
        return np.flatnonzero(sure > params.threshold)
    mixed = rng.permutation(len(sure))
    return np.sort(mixed[np.argsort(-sure[mixed], kind="stable")][: params.k_best])


def classifier(params: SelfTrainingParams, labelled: int) -> Any:
    """Return scikit-learn's classifier of that name, unfitted; at most ``labelled`` points can be asked."""
    if params.estimator == "naive Bayes":
        from sklearn.naive_bayes import GaussianNB

        return GaussianNB()
    if params.estimator == "k nearest neighbours":
        from sklearn.neighbors import KNeighborsClassifier

        return KNeighborsClassifier(min(params.n_neighbors, labelled))
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


class Pupil:
    """What has been learned. labels: (n,), -1 for none yet; since: (n,), in which round each came, 0 if given."""

    def __init__(self, data: Points, params: SelfTrainingParams) -> None:
        self.features = with_classes(data)
        self.n_classes = self.features.n_classes
        self.data, self._params, self.rounds = data, params, 0
        given = (data.parts == TRAIN) & (data.y != UNLABELLED)
        self.labels: Ints = np.where(given, data.y, UNLABELLED)
        self.since: Ints = np.where(given, 0, -1)
        self._says: Ints = self.labels.copy()  # what the classifier would call each point without a label
        self._new: Ints = np.zeros(0, np.int64)
        self._model: Any = None
        self._lowest = np.nan

    def learn(self) -> None:
        """Fit a new classifier to all points that have a label."""
        rows = np.flatnonzero(self.labels >= 0)
        self._model = classifier(self._params, len(rows)).fit(self.features.x[rows], self.labels[rows])
        self._new = np.zeros(0, np.int64)

    def probabilities(self, x: Floats) -> Floats:
        """Return how likely each class is of rows x (m, d): (m, classes), 0 for a class that has no point."""
        told = np.zeros((len(x), self.n_classes))
        if len(x):
            told[:, self._model.classes_] = self._model.predict_proba(x)
        return told

    def confidence(self) -> tuple[Ints, Floats]:
        """Return the points without a label (m,), and the probability of the likeliest class of each (m,)."""
        rows = np.flatnonzero(self.labels < 0)
        told = self.probabilities(self.features.x[rows])
        self._says[rows] = told.argmax(1)
        return rows, told.max(1, initial=0.0)

    def take(self, rows: Ints, sure: Floats, every: Floats, params: SelfTrainingParams) -> Note:
        """Label these points as the classifier says, and tell how sure it is of them."""
        self.rounds += 1
        self.labels, self.since = self.labels.copy(), self.since.copy()
        self.labels[rows] = self._says[rows]
        self.since[rows] = self.rounds
        self._new, self._lowest = rows, float(sure.min())
        told = {"round": self.rounds, "taken": len(rows), "rest": len(every), "low": self._lowest,
                "high": float(sure.max())}  # fmt: skip
        if params.criterion == "k_best":
            return say("Round {round}: the {taken} surest of {rest} {rest:point gets|points get} a label; their "
                       "confidence is {low:.3f} to {high:.3f}", **told)  # fmt: skip
        return say("Round {round}: {taken} of {rest} points are above {threshold:g} and get a label; their confidence "
                   "is {low:.3f} to {high:.3f}", **told, threshold=params.threshold)  # fmt: skip

    def learnt(self) -> Note:
        """Say from how many points it has learned."""
        labelled, given = int((self.labels >= 0).sum()), int((self.since == 0).sum())
        return say("Learned from {labelled} {labelled:point|points}: {given} with a given label and {own} with its own",
                   labelled=labelled, given=given, own=labelled - given)  # fmt: skip

    def stopped(self, rest: int, sure: Floats, params: SelfTrainingParams) -> Note:
        """Say why there is no further round."""
        if not rest:
            return say("After {rounds} {rounds:round|rounds} every point has a label", rounds=self.rounds)
        if self.rounds >= params.max_iter:
            return say("Stopped after {rounds} {rounds:round|rounds}, the most that are allowed; {rest} {rest:point "
                       "has|points have} no label",
                       rounds=self.rounds, rest=rest)  # fmt: skip
        return say("After {rounds} {rounds:round|rounds} it is sure of none of the rest ({rest}): the highest "
                   "confidence is {high:.3f}", rounds=self.rounds, rest=rest, high=float(sure.max()))  # fmt: skip

    def scalars(self) -> dict[str, float]:
        """Return the numbers of now."""
        validation = self.features.validation
        right = accuracy(self.probabilities(validation.x), validation.y)
        return {"labelled": float((self.labels >= 0).sum()), "taken": float(len(self._new)),
                "lowest_confidence": self._lowest, "validation_accuracy": right}  # fmt: skip

    def draw(self) -> Pictures:
        """Draw what it says everywhere, each point in the colour of its label, and rings around the new ones."""
        area = area_of(self.features.places)
        said = self.probabilities(self.features.at(grid(area)).astype(float))
        surface = Surface(said.T.reshape(-1, ROWS, COLUMNS).astype(np.float32), area)
        return surface, Marked(ringed=self._new), Groups(self.labels, NO_CENTRES, NO_TRAIL)

    def outcome(self) -> Outcome:
        """Return the labels, the rounds in which they came, and how right the last classifier is."""
        probabilities, test = self.probabilities(self.features.x), self.features.test
        predictions = probabilities.argmax(1)
        scores = {"test_accuracy": accuracy(probabilities[test.index], test.y),
                  "test_f1": macro_f1(predictions[test.index], test.y), "n_iter": float(self.rounds)}  # fmt: skip
        arrays = {"transduction_": self.labels, "labeled_iter_": self.since, "predictions": predictions}
        return Outcome({**self.scalars(), **scores}, {**arrays, "probabilities": probabilities})
