"""K-fold cross-validation gives what scikit-learn's gives on the same folds, and says what is wrong."""

import itertools
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.patience import Busy
from engines.core.registry import engine_named, judge_named
from engines.core.step import Outcome, Step
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.data.table import Column, Table
from engines.evaluation.training import rows_to_learn_from, target_of
from engines.judging._trials import TOGETHER, Trial, advance, load
from engines.pictures.boundaries import Boundaries
from engines.pictures.folds import Folds
from tests.engines.test_conformance import bits


def judged(engine: str, data: Any, *, seed: int = 0, split: Split | None = None, judge: str = "k_fold",
           params: dict[str, Any] | None = None, **settings: Any) -> Experiment:  # fmt: skip
    item = judge_named(judge)
    assert item is not None
    data = parse_sample(data) if isinstance(data, str) else data
    chosen = engine_named(engine).params().with_values(**(params or {}))
    return Experiment(engine, chosen, data, split or Split(), seed, judge, item.params().with_values(**settings))


def finished(experiment: Experiment, *, draw: bool = False) -> tuple[list[Step], Outcome]:
    steps, run = [], experiment.start()
    while True:
        try:
            steps.append(next(run))
            if draw:
                steps[-1].draw()
        except StopIteration as end:
            return steps, end.value


def given(experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """X and y of the rows that take part, as scikit-learn wants them."""
    data = experiment.split_data
    features, rows = target_of(data), rows_to_learn_from(data)
    return features.x[rows], (features.value if features.numeric else features.y)[rows]


def cutter_of(kind: str, k: int, seed: int) -> Any:
    from sklearn.model_selection import KFold, LeaveOneOut, StratifiedKFold

    if kind == "leave one out":
        return LeaveOneOut()
    if kind == "stratified":
        return StratifiedKFold(k, shuffle=True, random_state=seed)
    return KFold(k, shuffle=True, random_state=seed) if kind == "random" else KFold(k)


def model_of(engine: str) -> Any:
    from sklearn.linear_model import LinearRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    return {
        "classification.naive_bayes": GaussianNB(),
        "classification.knn": KNeighborsClassifier(5),
        "trees.cart": DecisionTreeClassifier(max_depth=4, random_state=0),
        "regression.polynomial": LinearRegression(),
    }[engine]


CASES = [
    ("classification.naive_bayes", "moons:n=60,seed=1", "leave one out"),
    *(("classification.naive_bayes", "iris", kind) for kind in ("stratified", "random", "in order")),
    ("classification.knn", "blobs:n=80,seed=2", "stratified"),
    ("classification.knn", "blobs:n=80,seed=2", "in order"),
    ("trees.cart", "moons:n=90,seed=4", "random"),
]


@pytest.mark.parametrize(("engine", "sample", "kind"), CASES)
def test_scores_are_those_of_scikit_learn(engine: str, sample: str, kind: str) -> None:
    from sklearn.model_selection import cross_val_predict, cross_val_score

    model = model_of(engine)
    k, seed = (5, 0) if kind == "random" else (7, 3)
    experiment = judged(engine, sample, seed=seed, kind=kind, n_splits=k)
    _, outcome = finished(experiment)
    x, y = given(experiment)
    cutter = cutter_of(kind, k, seed)
    for fold, (_, held) in enumerate(cutter.split(x, y)):
        assert (np.flatnonzero(outcome.arrays["fold"] == fold) == held).all()
    np.testing.assert_allclose(outcome.arrays["scores"], cross_val_score(model, x, y, cv=cutter), atol=1e-12)
    assert outcome.scalars["mean"] == pytest.approx(outcome.arrays["scores"].mean())
    assert outcome.scalars["sd"] == pytest.approx(outcome.arrays["scores"].std())
    said = outcome.arrays["predictions"][outcome.arrays["rows"]]
    assert (said == cross_val_predict(model, x, y, cv=cutter)).all()
    assert outcome.scalars["pooled"] == pytest.approx((said == y).mean())


@pytest.mark.parametrize("kind", ["random", "in order", "stratified"])
def test_r2_is_that_of_scikit_learn(kind: str) -> None:
    """Where a number is learned there is nothing to stratify by: the rows are shuffled."""
    from sklearn.metrics import r2_score
    from sklearn.model_selection import cross_val_predict, cross_val_score

    model = model_of("regression.polynomial")
    experiment = judged("regression.polynomial", "polynomial:n=70,seed=1", params={"degree": 1}, seed=2, kind=kind)
    _, outcome = finished(experiment)
    x, y = given(experiment)
    cutter = cutter_of("random" if kind == "stratified" else kind, 5, 2)
    np.testing.assert_allclose(outcome.arrays["scores"], cross_val_score(model, x, y, cv=cutter))
    pooled = r2_score(y, cross_val_predict(model, x, y, cv=cutter))
    assert outcome.scalars["pooled"] == pytest.approx(pooled)


def test_a_single_row_has_no_r2_and_the_note_says_so() -> None:
    from sklearn.metrics import r2_score
    from sklearn.model_selection import LeaveOneOut, cross_val_predict

    experiment = judged("regression.polynomial", "polynomial:n=30,seed=1", params={"degree": 1}, kind="leave one out")
    steps, outcome = finished(experiment)
    x, y = given(experiment)
    assert np.isnan(outcome.arrays["scores"]).all()  # scikit-learn's too
    pooled = r2_score(y, cross_val_predict(model_of("regression.polynomial"), x, y, cv=LeaveOneOut()))
    assert outcome.scalars["pooled"] == pytest.approx(pooled)
    assert "A single row has no R²" in steps[-1].note.render()
    assert f"{pooled:.3f}" in steps[-1].note.render()


def people(rows: int = 24) -> Table:
    """Four rows of each of six people; ages tell the class."""
    rng = np.random.default_rng(0)
    person = np.arange(rows) % 6
    return Table(
        (
            Column("age", "number", rng.normal(size=rows) + 3 * (np.arange(rows) % 2)),
            Column("person", "category", codes=person, labels=tuple("ABCDEF")),
            Column("ill", "category", codes=np.arange(rows) % 2, labels=("no", "yes")),
        ),
        "ill",
    )


def test_grouped_folds_keep_rows_together() -> None:
    from sklearn.model_selection import GroupKFold

    experiment = judged("classification.naive_bayes", people(), split=Split(1.0, 0.0), kind="grouped", n_splits=3)
    _, outcome = finished(experiment)
    person = people().column("person").codes
    for who in range(6):
        assert len(set(outcome.arrays["fold"][person == who])) == 1
    cuts = GroupKFold(3).split(np.zeros((24, 1)), groups=person)
    for fold, (_, held) in enumerate(cuts):
        assert (np.flatnonzero(outcome.arrays["fold"] == fold) == held).all()
    for settings, part in (({"n_splits": 7}, "too few"), ({"group": "nobody"}, "no column")):
        with pytest.raises(LearnerError, match=part):
            finished(judged("classification.naive_bayes", people(), **{"kind": "grouped", "n_splits": 3} | settings))
    with pytest.raises(LearnerError, match="Only rows of a table"):
        finished(judged("classification.naive_bayes", "moons:n=30", kind="grouped"))


# Awkward data


def points(y: list[int], seed: int = 0) -> Points:
    groups = np.array(y)
    x = np.random.default_rng(seed).normal(size=(len(y), 2)) + 3 * groups[:, None]
    return Points(x, groups)


def test_a_class_that_is_in_one_fold_only_cannot_be_right_and_is_named() -> None:
    from sklearn.model_selection import cross_val_score

    data = points([0, 1] * 9 + [2, 2])
    experiment = judged("classification.naive_bayes", data, split=Split(1.0, 0.0), kind="in order", n_splits=5)
    steps, outcome = finished(experiment)
    x, y = given(experiment)
    expected = cross_val_score(model_of("classification.naive_bayes"), x, y, cv=cutter_of("in order", 5, 0))
    np.testing.assert_allclose(outcome.arrays["scores"], expected)
    said = [step.note.render() for step in steps]
    assert any("Class “class 3”" in note or ("class 3" in note and "2 rows cannot be right" in note) for note in said)


def test_a_fold_without_a_second_class_to_learn_has_no_score_and_says_why() -> None:
    data = points([0] * 12 + [1] * 6)
    experiment = judged("classification.naive_bayes", data, split=Split(1.0, 0.0), kind="in order", n_splits=3)
    steps, outcome = finished(experiment)
    assert np.isnan(outcome.arrays["scores"]).tolist() == [False, False, True]
    assert outcome.scalars["mean"] == pytest.approx(np.nanmean(outcome.arrays["scores"]))
    assert "Fold 3 cannot be scored. The training share holds one class only" in steps[-2].note.render()
    assert "do not count: 1" in steps[-1].note.render()
    halves = points([0] * 10 + [1] * 10)
    with pytest.raises(LearnerError, match="one class only"):
        finished(judged("classification.naive_bayes", halves, split=Split(1.0, 0.0), kind="in order", n_splits=2))


def test_constant_predictions_are_scored_as_any() -> None:
    data = points([0] * 27 + [1] * 3)
    experiment = judged("trees.cart", data, split=Split(1.0, 0.0), params={"min_samples_leaf": 20}, n_splits=3)
    _, outcome = finished(experiment)
    assert outcome.arrays["scores"].tolist() == [0.9, 0.9, 0.9]
    assert set(outcome.arrays["predictions"]) == {0}


@pytest.mark.parametrize(
    ("data", "settings", "part"),
    [
        (Points(), {}, "no points"),
        (points([0] * 12), {}, "one class"),
        (points([0, 1]), {"n_splits": 3}, "cannot be cut"),
        (points([0, 1, 0, 1]), {"n_splits": 4}, "No class has 4"),
        (points([0, 1] * 600), {"kind": "leave one out"}, "at most 1000"),
    ],
)
def test_what_cannot_be_done_is_said(data: Points, settings: dict[str, Any], part: str) -> None:
    with pytest.raises(LearnerError, match=part):
        finished(judged("classification.naive_bayes", data, split=Split(1.0, 0.0), **settings))


def test_the_test_share_takes_no_part() -> None:
    experiment = judged("classification.naive_bayes", "moons:n=100,seed=1", split=Split(0.6, 0.2))
    steps, outcome = finished(experiment)
    sealed = np.flatnonzero(experiment.split_data.parts == 2)
    assert len(sealed) == 20
    assert not np.intersect1d(outcome.arrays["rows"], sealed).size
    assert (outcome.arrays["predictions"][sealed] == -1).all()
    assert "20 rows of the test stay sealed" in steps[0].note.render()


# Steps and pictures


def test_each_step_draws_the_same_kinds_and_the_last_all_scores() -> None:
    experiment = judged("classification.logistic", "moons:n=60,seed=1", n_splits=3)
    steps, dots = experiment.start(), rows_to_learn_from(experiment.split_data)
    drawn = [step.draw() for step in itertools.islice(steps, 400)]
    assert {tuple(type(one) for one in pictures) for pictures in drawn} == {tuple(judge_named("k_fold").shows)}
    folds, tiles, bars = drawn[-1]
    assert isinstance(folds, Folds)
    assert isinstance(tiles, Boundaries)
    assert np.isnan(drawn[0][0].scores).all()
    assert (folds.scores == tiles.scores).all()
    assert (bars.values[0][1:] == folds.scores).all()
    assert bars.values[0][0] == pytest.approx(folds.scores.mean())
    assert not np.isnan(tiles.surfaces).any()
    assert not (tiles.surfaces[0] == tiles.surfaces[1]).all()
    for fold in range(3):
        assert (dots[tiles.strong[fold]] == np.sort(folds.rows[folds.fold == fold])).all()


def test_a_table_has_no_boundaries_and_a_curve_is_drawn_as_one() -> None:
    kinds = [type(one) for one in next(judged("classification.naive_bayes", "iris").start()).draw()]
    assert Boundaries not in kinds
    steps = judged("regression.polynomial", "polynomial:n=40,seed=1", n_splits=4).start()
    tiles = [step.draw() for step in steps][-1][1]
    assert tiles.curves.shape == (4, 128)
    assert np.isfinite(tiles.curves).any(1).all()


def test_the_notes_have_the_numbers() -> None:
    steps, outcome = finished(judged("classification.naive_bayes", "moons:n=100,seed=1", n_splits=4))
    fold, scores = outcome.arrays["fold"], outcome.arrays["scores"]
    marks = [step.note.render() for step in steps[-5:-1]]
    for i, note in enumerate(marks):
        n = int((fold == i).sum())
        assert note.startswith(f"Fold {i + 1}: {round(scores[i] * n)} of the {n} rows held out are right")
        assert f"= {scores[i]:.3f}" in note
    assert f"{scores.mean():.3f} ± {scores.std():.3f}" in steps[-1].note.render()
    assert steps[-1].rest


def test_long_trainings_take_few_steps_of_the_judge_and_the_same_every_time() -> None:
    experiment = judged("classification.logistic", "moons:n=100,seed=1")
    steps, _ = finished(experiment)
    assert len(steps) < 250  # of more than 1000 of the engine
    again, _ = finished(experiment)
    assert bits([(step, ()) for step in steps]) == bits([(step, ()) for step in again])


class Counted:
    """Stands for a training of so many steps."""

    def __init__(self, length: int) -> None:
        self.count, self.length, self.outcome = 0, length, None

    def advance(self) -> bool:
        if self.count == self.length:
            self.outcome = Outcome()
            return False
        self.count += 1
        return True


def at_once(steps: Busy[bool]) -> bool:
    """What it returns; nobody waits, so that it yields nothing before."""
    with pytest.raises(StopIteration) as end:
        next(steps)
    return bool(end.value.value)


def test_trainings_stay_side_by_side_and_no_step_takes_too_many() -> None:
    trials = [Trial(Counted(200)) for _ in range(5)]  # type: ignore[arg-type]
    for count in itertools.count():
        before = [trial.run.count for trial in trials]
        more = at_once(advance(trials, count, 100))
        counts = [trial.run.count for trial in trials]
        assert sum(counts) - sum(before) <= 60
        assert max(counts) - min(counts) <= 1
        if not more:
            break
    assert counts == [200] * 5
    assert count < 60
    many = [Trial(Counted(3)) for _ in range(100)]  # type: ignore[arg-type]
    at_once(advance(many, 0, 100))
    assert sum(trial.run.count > 0 for trial in many) == TOGETHER
    big = [Trial(Counted(3)) for _ in range(5)]  # type: ignore[arg-type]
    at_once(advance(big, 50, 100_000))
    assert sum(trial.run.count for trial in big) == 1


def test_an_epoch_of_a_network_is_heavier_than_a_step_of_another() -> None:
    assert load(judged("classification.logistic", "moons:n=200,seed=1")) == 200
    network = judged("neural.mlp", "moons:n=200,seed=1")
    assert load(network) == 20_000  # 20 updates of 10 rows
    trials = [Trial(Counted(90)) for _ in range(5)]  # type: ignore[arg-type]
    at_once(advance(trials, 50, load(network)))
    assert sum(trial.run.count for trial in trials) == 3
