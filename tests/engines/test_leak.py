"""On pure noise the wrong order scores far above chance, the right one at chance; each work is as it should be."""

import numpy as np
import pytest

from engines.core.dataset import TEST, Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import engine_named
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.data.table import Column, Table
from engines.judging import _leak_material as parts
from engines.judging.leak import LeakParams
from engines.pictures.chart import Chart
from engines.pictures.pipelines import Pipelines


def judged(key, data, seed=0, **values):
    data = parse_sample(data) if isinstance(data, str) else data
    experiment = Experiment(key, engine_named(key).params(), data, Split(), seed, "leak", LeakParams(**values))
    steps, seen = experiment.start(), []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def noise(n=80, d=4, seed=0):
    """Numbers and classes that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    columns = [Column(f"x{i}", "number", column) for i, column in enumerate(rng.normal(size=(d, n)))]
    return Table((*columns, Column("y", "category", codes=np.arange(n) % 2, labels=("a", "b"))), "y")


@pytest.mark.parametrize("key", ["classification.naive_bayes", "classification.svm"])
def test_on_pure_noise_selection_before_the_split_lies_and_inside_it_is_chance(key):
    _, outcome = judged(key, noise(), n_repeats=12)
    assert outcome.scalars["leaking"] > 0.62
    assert abs(outcome.scalars["honest"] - 0.5) < 0.08
    assert outcome.scalars["chance"] == pytest.approx(0.5)
    assert outcome.scalars["lie"] == pytest.approx(outcome.scalars["leaking"] - outcome.scalars["honest"])
    assert outcome.arrays["leaking_scores"].shape == outcome.arrays["honest_scores"].shape == (12,)


def test_a_scaler_leaks_next_to_nothing_and_twins_leak_much():
    _, outcome = judged("classification.naive_bayes", "moons:n=90", leak="scaler", n_repeats=5)
    assert abs(outcome.scalars["lie"]) < 0.02
    _, outcome = judged("trees.c45", "moons:n=90", leak="copies", shuffle=True, n_repeats=5)
    assert outcome.scalars["lie"] > 0.1


@pytest.mark.parametrize(
    ("key", "spec"),
    [("regression.linear", "line:n=60"), ("regression.baseline", "houses:n=60"), ("trees.cart", "hills:n=90"),
     ("trees.id3", "play_tennis"), ("semisupervised.label_propagation", "moons:n=60"),
     ("classification.naive_bayes", "spam:n=60")],
)  # fmt: skip
@pytest.mark.parametrize("leak", ["selection", "scaler", "copies"])
def test_it_serves_engines_of_every_kind(key, spec, leak):
    steps, outcome = judged(key, spec.removesuffix(":n=60") if key.endswith("bayes") else spec, leak=leak, n_repeats=2,
                            n_columns=40)  # fmt: skip
    assert np.isfinite([outcome.scalars["leaking"], outcome.scalars["honest"]]).all()
    assert steps[-1].rest


def test_columns_are_ranked_as_scikit_learn_ranks_them():
    from sklearn.feature_selection import SelectKBest, f_classif, f_regression

    for seed in range(3):
        rng = np.random.default_rng(seed)
        x, y, value = rng.normal(size=(50, 30)), rng.integers(0, 3, 50), rng.normal(size=50)
        assert parts.classes_f(x, y) == pytest.approx(f_classif(x, y)[0])
        assert parts.numbers_f(x, value) == pytest.approx(f_regression(x, value)[0])
        theirs = SelectKBest(f_classif, k=7).fit(x, y).get_support(indices=True)
        assert sorted(parts.best(x, y, 7, numeric=False)) == theirs.tolist()
    x[:, 3] = 1.0  # a column without any spread comes last
    assert parts.best(x, y, 30, numeric=False)[-1] == 3


def test_the_scale_is_scikit_learns_on_the_rows_that_have_a_say():
    from sklearn.preprocessing import StandardScaler

    x = np.random.default_rng(0).normal(2, 3, size=(40, 5))
    assert parts.scaled(x, np.arange(25)) == pytest.approx(StandardScaler().fit(x[:25]).transform(x))


def test_twins_part_before_the_split_and_stay_together_after_it():
    experiment = Experiment("trees.cart", engine_named("trees.cart").params(), noise(60), Split())
    known = parts.material(experiment, 0, np.random.default_rng(0))
    case = parts.case(known, "copies", 0, 1, np.random.default_rng(1), shuffle=False)
    for side, parted in ((case.leaking, True), (case.honest, False)):
        train = {row.tobytes() for row in side.x[side.train]}
        twins = sum(row.tobytes() in train for row in side.x[side.held_out])
        assert (twins > 0) is parted
        assert len(np.intersect1d(side.train, side.held_out)) == 0
        if parted:
            assert twins == case.common


def test_the_test_share_takes_no_part():
    data = noise(100)
    experiment = Experiment("trees.cart", engine_named("trees.cart").params(), data, Split())
    known = parts.material(experiment, 10, np.random.default_rng(0))
    kept = experiment.split_data.parts != TEST
    assert len(known.x) == kept.sum()
    assert known.x == pytest.approx(np.column_stack([column.numbers for column in data.inputs])[kept])


def test_what_it_says_and_draws_are_its_numbers():
    steps, outcome = judged("classification.naive_bayes", noise(), n_repeats=3, n_columns=50, k=5)
    assert "50 of pure noise" in steps[0].note.render()
    assert all(f"Repetition {i + 1}: 5 columns" in steps[1 + i].note.render() for i in range(3))
    last = steps[-1]
    assert f"lied by {outcome.scalars['lie']:.3f}" in last.note.render()
    lanes, chart = last.draw()
    assert isinstance(lanes, Pipelines)
    assert isinstance(chart, Chart)
    assert [lane.wrong for lane in lanes.lanes] == [1, -1]
    assert lanes.lanes[0].score.render() == f"{outcome.scalars['leaking']:.3f}"
    assert "choose 5 columns" in lanes.lanes[0].boxes[1].render()
    dots = [line.y for line in chart.lines if line.style == "dots"]
    assert dots[0] == pytest.approx(outcome.arrays["leaking_scores"])
    assert dots[1] == pytest.approx(outcome.arrays["honest_scores"])


def test_too_few_rows_and_one_answer_are_refused_in_words():
    with pytest.raises(LearnerError, match="At least 8 rows"):
        judged("classification.naive_bayes", noise(6))
    same = Points(np.random.default_rng(0).normal(size=(40, 2)), np.zeros(40, int))
    with pytest.raises(LearnerError, match="same"):
        judged("classification.naive_bayes", same)
