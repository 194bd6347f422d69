"""The support vector machine against scikit-learn's SVC, two points by hand, warm starts and edge cases."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.classification._kernels import Kernel
from engines.classification._smo import Machine, balanced
from engines.classification._street import on_grid, surface_values
from engines.classification.svm import ONE_BY_ONE, SvmParams, svm
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.features import classes_of
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.pictures.confusion import Confusion
from engines.pictures.margin import Margin
from engines.pictures.surface import HOME, Surface, grid
from engines.pictures.workings import Workings
from tests.engines.running import finish, starter

TIGHT = 1e-6
start = starter(svm)


def to_rest(steps: Any) -> Step:
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def picture(step: Step, kind: type) -> Any:
    return next(item for item in step.draw() if isinstance(item, kind))


def machine_of(kernel: Kernel, c: float, x: Any, y: Any, tol: float = TIGHT) -> Machine:
    made = Machine(x, y, np.arange(len(x)), (0, 1), kernel, c, np.zeros(len(x)))
    made.improve(10**6, tol)
    return made


SETTINGS = [
    {"kernel": "linear"}, {"kernel": "linear", "C": 0.05}, {"kernel": "rbf"}, {"kernel": "rbf", "C": 30.0},
    {"kernel": "rbf", "gamma": 3.0}, {"kernel": "poly"}, {"kernel": "poly", "degree": 2, "coef0": 1.0, "gamma": 0.5},
]  # fmt: skip


@pytest.mark.parametrize("sample", ["moons:n=120,noise=0.25,seed=1", "linear:n=90,seed=2", "circles:n=100,seed=3"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_two_classes_decide_as_svc_does(sample: str, settings: dict[str, Any]) -> None:
    from sklearn.svm import SVC

    data = parse_sample(sample).with_split(Split(0.8, 0.1))
    _, outcome = finish(start(data, tol=TIGHT, **settings))
    theirs = SVC(tol=TIGHT, **{**settings, "gamma": settings.get("gamma", "scale")}).fit(data.train.x, data.train.y)
    assert (outcome.arrays["predictions"] == theirs.predict(data.x)).all()
    assert outcome.arrays["intercept_"] == pytest.approx(theirs.intercept_, abs=1e-3)
    dual = np.zeros((2, len(data.train.x)))
    dual[0, outcome.arrays["support_"]] = outcome.arrays["dual_coef_"][0]
    dual[1, theirs.support_] = theirs.dual_coef_[0]
    gamma = theirs._gamma if settings["kernel"] != "linear" else 1.0
    kernel = Kernel(settings["kernel"], gamma, settings.get("degree", 3), settings.get("coef0", 0.0))
    decisions = dual @ kernel.between(data.train.x, data.x)
    np.testing.assert_allclose(decisions[0] + outcome.arrays["intercept_"], theirs.decision_function(data.x), atol=1e-3)
    np.testing.assert_allclose(decisions[1] + theirs.intercept_, theirs.decision_function(data.x), atol=1e-8)
    if settings["kernel"] == "linear":
        np.testing.assert_allclose(outcome.arrays["coef_"], theirs.coef_, atol=1e-3)


@pytest.mark.parametrize("sample", ["blobs:n=120,noise=0.6,seed=1", "blobs:n=150,clouds=5,noise=0.7,seed=2", "iris"])
@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_several_classes_vote_as_svc_does(sample: str, kernel: str) -> None:
    from sklearn.svm import SVC

    data = parse_sample(sample).with_split(Split())
    features = classes_of(data)
    _, outcome = finish(start(data, tol=TIGHT, kernel=kernel))
    theirs = SVC(kernel=kernel, tol=TIGHT).fit(features.train.x, features.train.y)
    assert (outcome.arrays["predictions"] == theirs.predict(features.x)).all()
    np.testing.assert_allclose(outcome.arrays["intercept_"], theirs.intercept_, atol=1e-3)
    if len(theirs.support_) == len(outcome.arrays["support_"]):  # a multiplier next to 0 may be 0 in one of them
        assert (outcome.arrays["support_"] == theirs.support_).all()
        np.testing.assert_allclose(outcome.arrays["dual_coef_"], theirs.dual_coef_, atol=1e-3)
    assert abs(len(theirs.support_) - len(outcome.arrays["support_"])) <= 1


def test_two_points_by_hand() -> None:
    """K = a·b = ±1: apart = 4, t = 2 ÷ 4; f(x) = x, the street is 2 wide, and W = 2 · ½ − ½ · 1."""
    x, y = np.array([[-1.0, 0], [1, 0]]), np.array([-1.0, 1])
    machine = machine_of(Kernel("linear", 1, 3, 0), 1.0, x, y)
    assert machine.updates == 1
    assert machine.beta.tolist() == [-0.5, 0.5]
    assert machine.move is not None
    assert (machine.move.t, machine.move.gap, machine.move.apart) == (0.5, 2, 4)
    assert machine.objective == pytest.approx(0.5)
    assert machine.bias == 0
    assert machine.decide(np.array([[3.0, 5], [-0.5, 1]])).tolist() == [3, -0.5]
    boxed = machine_of(Kernel("linear", 1, 3, 0), 0.2, x, y)
    assert boxed.beta.tolist() == [-0.2, 0.2]
    assert boxed.settled


def test_every_update_raises_the_objective_and_keeps_to_the_box_and_the_balance() -> None:
    steps, _ = finish(start(make_sample("moons", n=90, noise=0.3, seed=4), C=2.0))
    values = [step.scalars["objective"] for step in steps]
    assert all(later >= earlier - 1e-12 for earlier, later in itertools.pairwise(values))
    machine = machine_of(Kernel("rbf", 1, 3, 0), 2.0, *two_clouds(40))
    assert abs(machine.beta.sum()) < 1e-12
    assert (machine.beta * machine.y >= 0).all()
    assert np.abs(machine.beta).max() <= 2
    assert machine.ends[0] - machine.ends[1] < TIGHT


def two_clouds(n: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    y = np.where(np.arange(n) % 2, 1.0, -1.0)
    return rng.normal(size=(n, 2)) + y[:, None], y


def test_what_is_left_is_still_right_after_many_updates() -> None:
    x, y = two_clouds(200)
    machine = machine_of(Kernel("rbf", 0.5, 3, 0), 50.0, x, y, 1e-4)
    assert machine.updates > 200
    np.testing.assert_allclose(machine.residual, y - machine.sums(x), atol=1e-9)
    quadratic = machine.beta @ machine.kernel.between(x - machine.middle, x - machine.middle) @ machine.beta
    assert machine.objective == pytest.approx(np.abs(machine.beta).sum() - 0.5 * quadratic)


def test_the_notes_and_the_workings_have_the_numbers_of_the_update() -> None:
    data = make_sample("linear", n=60, seed=1)
    steps = start(data, kernel="linear", C=0.5)
    next(steps)
    step = next(steps)
    x, y = data.train.x, np.where(data.train.y == 1, 1.0, -1.0)
    i = int(np.flatnonzero(y == 1)[0])
    squared = ((x - x[i]) ** 2).sum(1)
    j = int(np.argmin(np.where(y == -1, squared, np.inf)))
    t = min(2 / squared[j], 0.5)
    lines = [line.render() for line in picture(step, Workings).lines]
    assert lines[0] == f"η = K(i,i) + K(j,j) − 2 K(i,j) = {squared[j]:.4f}"
    assert f"α({data.train.index[i] + 1}) ← 0.0000 + {t:.4f} = {t:.4f}" in lines
    start_of = f"Update 1: α of point {data.train.index[i] + 1} goes from 0.000 to {t:.3f}, that of point "
    assert step.note.render() == f"{start_of}{data.train.index[j] + 1} from 0.000 to {t:.3f}"  # type: ignore[union-attr]
    assert step.scalars["objective"] == pytest.approx(2 * t - 0.5 * t * t * squared[j])
    np.testing.assert_allclose(picture(step, Margin).changed, x[[i, j]])


def test_updates_are_shown_one_by_one_and_then_in_growing_groups() -> None:
    notes = [step.note.render() for step in finish(start(make_sample("moons", n=400, noise=0.4, seed=1), C=50.0))[0]]
    single = [note for note in notes if note.startswith("Update ")]
    assert ONE_BY_ONE <= len(single) <= ONE_BY_ONE + 10
    groups = [int(note.split()[0]) for note in notes if note[0].isdigit() and " more updates make " in note]
    assert groups[0] <= 3
    assert groups[-2] > 5 * groups[0]
    assert "Settled after" in notes[-2]
    assert "280 rows" not in notes[-1]
    assert notes[-1].startswith("400 rows are classified")


@pytest.mark.parametrize("kernel", [Kernel("linear", 1, 3, 0), Kernel("rbf", 0.7, 3, 0), Kernel("poly", 0.3, 3, 1.5),
                                    Kernel("poly", 0.4, 5, 0.0)], ids=str)  # fmt: skip
def test_on_a_grid_the_kernel_opens_into_factors(kernel: Kernel) -> None:
    x, weights = two_clouds(30)
    places = grid(HOME, 16, 32).astype(float)
    plain = kernel.between(places, x) @ weights
    opened = kernel.on_grid(x, weights, HOME, 16, 32)
    np.testing.assert_allclose(opened.ravel(), plain, rtol=1e-5, atol=1e-5 * np.abs(plain).max())  # places are float32


@pytest.mark.parametrize("far", [0.0, 1e4])
def test_the_lines_are_those_of_the_decision_values(far: float) -> None:
    x, y = two_clouds(60)
    machine = machine_of(Kernel("rbf", 0.7, 3, 0), 1.0, x + far, y)
    area = (far - 3.0, far - 2.0, far + 3.0, far + 2.0)
    places = np.stack(np.meshgrid(far - 3 + (np.arange(32) + 0.5) * 6 / 32, far - 2 + (np.arange(16) + 0.5) / 4), -1)
    np.testing.assert_allclose(on_grid(machine, area, 16, 32).ravel(), machine.decide(places.reshape(-1, 2)), atol=1e-8)


def test_the_background_is_what_the_votes_say() -> None:
    data = make_sample("blobs", n=200, clouds=5, noise=0.9, seed=3)
    steps = start(data, C=5.0)
    step = to_rest(steps)
    surface = picture(step, Surface)
    machines = steps.gi_frame.f_locals["machines"]
    values = surface_values(machines, classes_of(data), surface.area, 64, 128)
    votes = np.zeros((64 * 128, 5))
    for machine in machines:
        f = on_grid(machine, surface.area, 64, 128).ravel()
        votes[:, machine.classes[1]] += f >= 0
        votes[:, machine.classes[0]] += f < 0
    assert (values.argmax(0).ravel() == votes.argmax(1)).all()
    np.testing.assert_allclose(values.sum(0), 1, atol=1e-5)


def test_the_margin_rings_the_support_vectors_and_says_how_far_they_are_beyond() -> None:
    data = make_sample("linear", n=100, noise=0.6, seed=5)
    steps = start(data, kernel="linear", tol=TIGHT)
    margin = picture(to_rest(steps), Margin)
    machine = steps.gi_frame.f_locals["machines"][0]
    f = machine.decide(margin.support)
    np.testing.assert_allclose(margin.slack, np.maximum(0, 1 - margin.sides * f), atol=1e-4)
    assert (margin.slack > 1e-3).any()
    assert (margin.slack == 0).any()
    assert len(margin.support) == machine.support.sum()
    assert margin.values.shape == (64, 128)
    assert not len(margin.changed)


def test_live_c_and_gamma_start_from_the_old_multipliers() -> None:
    from sklearn.svm import SVC

    data = make_sample("moons", n=200, noise=0.3, seed=1).with_split(Split())
    steps = start(data, tol=1e-4)
    to_rest(steps)
    for params in ({"C": 0.1}, {"C": 20.0}, {"C": 20.0, "gamma": 2.0}):
        step = steps.send(Change(params=SvmParams(tol=1e-4, **params)))
        step = step if step.rest else to_rest(steps)
        machine = steps.gi_frame.f_locals["machines"][0]
        theirs = SVC(tol=1e-4, **{"gamma": "scale", **params}).fit(data.train.x, data.train.y)
        np.testing.assert_allclose(machine.decide(data.x), theirs.decision_function(data.x), atol=2e-3)
        assert np.abs(machine.beta).max() <= params["C"]


def test_a_little_more_c_takes_fewer_updates_from_where_it_was() -> None:
    data = make_sample("moons", n=300, noise=0.3, seed=1)
    steps = start(data, C=10.0)
    to_rest(steps)
    step = steps.send(Change(params=SvmParams(C=10.5)))
    step = step if step.rest else to_rest(steps)
    warm = steps.gi_frame.f_locals["machines"][0].updates
    cold = finish(start(data, C=10.5))[1].scalars["n_iter"]
    assert 0 < warm < 0.7 * cold


def test_edited_points_keep_their_multipliers_and_the_answer_is_that_of_the_new_data() -> None:
    from sklearn.svm import SVC

    data = make_sample("moons", n=200, noise=0.3, seed=1).with_split(Split())
    steps = start(data, tol=1e-5)
    to_rest(steps)
    fewer = replace(data, x=data.x[10:], y=data.y[10:], value=data.value[10:], key=data.key[10:], parts=data.parts[10:])
    step = steps.send(Change(data=fewer))
    warm = steps.gi_frame.f_locals["machines"][0]
    assert warm.beta.any()
    step = step if step.rest else to_rest(steps)
    theirs = SVC(tol=1e-5).fit(fewer.train.x, fewer.train.y)
    np.testing.assert_allclose(warm.decide(fewer.x), theirs.decision_function(fewer.x), atol=1e-3)
    assert len(picture(step, Confusion).truth) == 190


def test_a_new_class_and_none_any_more_are_taken_up() -> None:
    data = make_sample("blobs", n=90, seed=1)
    steps = start(replace(data, y=np.minimum(data.y, 1)))
    next(steps), next(steps)
    steps.send(Change(data=data))
    assert len(steps.gi_frame.f_locals["machines"]) == 3
    step = to_rest(steps)
    assert picture(step, Surface).values.shape[0] == 3
    steps.send(Change(data=replace(data, y=np.where(data.y == 1, 2, data.y))))
    step = to_rest(steps)
    assert len(steps.gi_frame.f_locals["machines"]) == 1
    assert set(picture(step, Confusion).predicted.tolist()) == {0, 2}


def test_the_limit_of_updates_is_told_as_such() -> None:
    steps, outcome = finish(start(make_sample("moons", n=100, seed=1), max_iter=7))
    assert outcome.scalars["n_iter"] == 7
    assert any(step.note.render().startswith("Stopped after 7 updates") for step in steps)  # type: ignore[union-attr]


def test_the_kernel_rows_that_are_kept_are_few_where_memory_is_short() -> None:
    from engines.classification._kernels import Rows

    x, _ = two_clouds(50)
    rows = Rows(Kernel("rbf", 1, 3, 0), x, most_bytes=16 * 50 * 5)
    whole = Kernel("rbf", 1, 3, 0).between(x, x)
    for i in [*range(20), 3, 19, 0]:
        row, apart = rows.row(i)
        np.testing.assert_allclose(row, whole[i])
        np.testing.assert_allclose(apart, np.maximum(2 - 2 * whole[i], 1e-12))
    assert len(rows._kept) == 5
    rows.forget()
    np.testing.assert_allclose(rows.row(7)[0], whole[7])


def test_balance_takes_from_the_heavier_side_only() -> None:
    assert balanced(np.array([1.0, 3, -2])).tolist() == [0.5, 1.5, -2]
    assert balanced(np.array([1.0, -2, -2])).tolist() == [1, -0.5, -0.5]
    assert balanced(np.array([1.0, 1])).tolist() == [0, 0]
    assert balanced(np.zeros(2)).tolist() == [0, 0]


def test_the_same_place_in_two_classes_and_a_constant_column() -> None:
    from sklearn.svm import SVC

    x = np.array([[0.0, 0], [0, 0], [1, 0], [1, 0], [2, 0], [3, 0]])
    y = np.array([0, 1, 0, 1, 1, 0])
    for kernel in ("linear", "rbf", "poly"):
        _, outcome = finish(start(Points(x, y), kernel=kernel, tol=TIGHT))
        theirs = SVC(kernel=kernel, tol=TIGHT).fit(x, y)
        assert outcome.arrays["intercept_"] == pytest.approx(theirs.intercept_, abs=1e-3)


@pytest.mark.parametrize("data", [Points(), Points(np.zeros((5, 2)), np.arange(5) % 2),
                                  Points(np.random.default_rng(0).normal(size=(9, 2)), np.zeros(9, int))])  # fmt: skip
def test_what_cannot_be_learned_is_refused_in_words(data: Points) -> None:
    with pytest.raises(LearnerError):
        next(start(data))
