"""The bell against scikit-learn and scipy, by hand, and what strays do to it."""

import re
import sys
from typing import Any

import numpy as np
import pytest

from engines.anomaly._alarms import Alarms, alarms, strays
from engines.anomaly._bell_pictures import Bell
from engines.anomaly.gaussian import GaussianParams, gaussian, mahalanobis
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Step
from engines.data.features import inputs_of
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.data.table import Column, Table
from engines.pictures.confusion import Confusion
from engines.pictures.ellipses import Ellipses
from engines.pictures.marked import Marked
from engines.pictures.workings import Workings
from tests.engines.running import finish, starter

ALL = Split(1.0, 0.0)
start = starter(gaussian, split=ALL)


def at_rest(steps: Any) -> Step:
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def picture(step: Step, kind: type) -> Any:
    return next(item for item in step.draw() if isinstance(item, kind))


def column(*values: float) -> Table:
    return Table((Column("heat", "number", np.array(values)),), key=np.arange(len(values)) / len(values))


@pytest.mark.parametrize("spec", ["strays", "strays:bent=true,seed=3", "blobs", "iris", "wine", "sensor", "screening"])
def test_same_distances_as_scikit_learn(spec: str) -> None:
    from sklearn.covariance import EmpiricalCovariance

    data = parse_sample(spec)
    x = inputs_of(data).x
    _, outcome = finish(start(data))
    theirs = EmpiricalCovariance().fit(x)
    np.testing.assert_allclose(outcome.arrays["location_"], theirs.location_)
    np.testing.assert_allclose(outcome.arrays["covariance_"], theirs.covariance_, atol=1e-12)
    np.testing.assert_allclose(outcome.arrays["distances"] ** 2, theirs.mahalanobis(x), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_robust_estimate_of_several_columns_is_scikit_learns(seed: int) -> None:
    from sklearn.covariance import MinCovDet

    data = parse_sample(f"strays:share=0.2,seed={seed}")
    _, outcome = finish(start(data, seed, estimate="robust"))
    state = int(np.random.default_rng(seed).integers(2**31))
    theirs = MinCovDet(random_state=state).fit(data.x)  # type: ignore[attr-defined]
    np.testing.assert_allclose(outcome.arrays["location_"], theirs.location_)
    np.testing.assert_allclose(outcome.arrays["distances"] ** 2, theirs.mahalanobis(data.x))  # type: ignore[attr-defined]


def test_of_very_many_rows_the_robust_estimate_takes_some_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[gaussian.run.__module__], "MOST_ROBUST", 150)
    steps, outcome = finish(start(parse_sample("strays:n=400,seed=1"), estimate="robust"))
    assert "150 rows drawn at random" in steps[1].note.render()  # type: ignore[union-attr]
    _, whole = finish(start(parse_sample("strays:n=400,seed=1")))
    assert len(outcome.arrays["distances"]) == 400
    assert outcome.arrays["distances"].max() > whole.arrays["distances"].max()


def test_the_robust_estimate_of_one_column_is_median_and_mad() -> None:
    from scipy.stats import median_abs_deviation

    data = parse_sample("sensor:share=0.2,seed=1")
    heat = inputs_of(data).x[:, 0]
    _, outcome = finish(start(data, estimate="robust"))
    deviation = median_abs_deviation(heat, scale="normal")
    np.testing.assert_allclose(outcome.arrays["distances"], np.abs(heat - np.median(heat)) / deviation)


def test_one_column_by_hand() -> None:
    """0, 2, 4, 6, 8: mean 4, variance 8; 8 is √2 σ away."""
    running, steps = start(column(0, 2, 4, 6, 8), threshold=1.4), []
    lines = []
    while not steps or not steps[-1].rest:
        steps.append(next(running))
        lines.append([line.render() for line in picture(steps[-1], Workings).lines])
    _, outcome = finish(running)
    assert outcome.arrays["location_"].tolist() == [4]
    assert outcome.arrays["covariance_"].tolist() == [[8]]
    np.testing.assert_allclose(outcome.arrays["distances"], np.abs([-4, -2, 0, 2, 4]) / 8**0.5)
    assert outcome.arrays["predictions"].tolist() == [1, 0, 0, 0, 1]
    notes = [str(step.note.render()) for step in steps]  # type: ignore[union-attr]
    assert notes[1:3] == ["The mean is 4", "The standard deviation is 2.828"]
    assert notes[-1] == "Farther than 1.40 σ: 2 of 5 rows"
    assert lines[2] == ["σ² = Σ (x − m)² ÷ n = 40 ÷ 5 = 8", "σ = 2.828"]
    assert lines[3] == ["z = (x − m) ÷ σ = (0 − 4) ÷ 2.828 = −1.414"]


@pytest.mark.parametrize("d", [1, 2, 5])
def test_a_bell_has_beyond_the_threshold_what_the_note_expects(d: int) -> None:
    from scipy.stats import chi2

    x = np.random.default_rng(0).normal(size=(4000, d))
    data = Table(tuple(Column(f"c{k}", "number", x[:, k].copy()) for k in range(d)), key=np.arange(4000) / 4000)
    step = at_rest(start(data, threshold=2.0))
    said = picture(step, Workings).lines[0].render()
    expected = chi2.sf(4.0, d)
    assert said == f"a bell = {expected:.2%} beyond 2 σ"
    assert step.scalars["flagged"] / 4000 == pytest.approx(expected, abs=0.02)


def test_strays_widen_the_classical_bell_and_not_the_robust_one() -> None:
    data = parse_sample("strays:n=300,share=0.2,seed=2")
    classical, robust = (at_rest(start(data, 1, estimate=estimate)) for estimate in ("classical", "robust"))
    assert "11 of 60 strays found, 49 missed, 0 false alarms" in classical.note.render()
    assert "54 of 60 strays found, 6 missed, 0 false alarms" in robust.note.render()
    assert robust.scalars["recall"] == pytest.approx(0.9)
    assert classical.scalars["precision"] == 1


def test_the_threshold_is_live_and_only_flags_anew() -> None:
    steps = start(parse_sample("strays:n=300,share=0.04,seed=2"))
    first = at_rest(steps)
    assert "Farther than 3.00 σ: 11 of 300 rows. 11 of 12 strays found, 1 missed, 0 false" in first.note.render()
    second = steps.send(Change(params=GaussianParams(threshold=2.0)))
    assert "Farther than 2.00 σ: 27 of 300 rows. 12 of 12 strays found, 0 missed, 15 false" in second.note.render()
    assert second.rest
    assert picture(second, Bell).cut.value == 2
    assert len(picture(second, Marked).ringed) == 27
    assert picture(second, Ellipses).levels == (1, 2, 3, 2)
    _, outcome = finish(steps)
    assert outcome.arrays["predictions"].sum() == 27


def test_a_threshold_changed_on_the_way_counts_in_the_end() -> None:
    steps = start(parse_sample("strays:n=300,share=0.04,seed=2"))
    next(steps)
    steps.send(Change(params=GaussianParams(threshold=2.0)))
    assert "2.00 σ: 27 of" in at_rest(steps).note.render()


def test_dragging_a_point_moves_the_bell_at_once() -> None:
    data = parse_sample("strays:n=100,seed=1").with_split(ALL)
    assert isinstance(data, Points)
    steps = start(data)
    before = picture(at_rest(steps), Ellipses)
    x = data.x.copy()
    x[0] = (50.0, 0)
    step = steps.send(Change(data=Points(x, data.y).with_split(ALL)))
    after = picture(step, Ellipses)
    assert step.rest
    np.testing.assert_allclose(after.means[0], x.mean(0))
    assert after.covariances[0, 0, 0] > 5 * before.covariances[0, 0, 0]


def test_points_edited_on_the_way_begin_again() -> None:
    steps = start(parse_sample("strays:n=100,seed=1"))
    next(steps)
    next(steps)
    step = steps.send(Change(data=parse_sample("strays:n=150,seed=2").with_split(ALL)))
    assert step.note.render().startswith("150 rows to learn from")
    _, outcome = finish(steps)
    assert len(outcome.arrays["distances"]) == 150


def test_it_learns_from_the_training_share_and_judges_all() -> None:
    data = parse_sample("strays:n=200,seed=1").with_split(Split(0.5, 0.2))
    assert isinstance(data, Points)
    _, outcome = finish(start(data, split=Split(0.5, 0.2)))
    np.testing.assert_allclose(outcome.arrays["location_"], data.x[data.parts == 0].mean(0))
    assert len(outcome.arrays["distances"]) == 200
    assert {"test_precision", "test_recall", "test_f1"} <= outcome.scalars.keys()


def test_one_column_alone() -> None:
    data = parse_sample("iris")
    _, outcome = finish(start(data, column=3))
    petal = inputs_of(data).x[:, 2]
    np.testing.assert_allclose(outcome.arrays["distances"], np.abs(petal - petal.mean()) / petal.std())
    steps = start(parse_sample("strays:n=60"), column=1)
    assert [type(item) for item in next(steps).draw()] == [Bell, Confusion, Workings]
    with pytest.raises(LearnerError, match=r"no column 9: there are 2"):
        next(start(parse_sample("strays:n=60"), column=9))


def test_the_pictures_are_the_same_kinds_at_every_step() -> None:
    for spec, kinds in {
        "strays:n=50": [Ellipses, Marked, Bell, Confusion, Workings],
        "blobs:n=50": [Ellipses, Marked, Bell, Workings],  # three classes: nobody knows which are strays
        "screening:n=100": [Bell, Confusion, Workings],
        "houses:n=50": [Bell, Workings],
    }.items():
        steps, _ = finish(start(parse_sample(spec)))
        assert all([type(item) for item in step.draw()] == kinds for step in steps), spec


@pytest.mark.parametrize("spec", ["strays:n=400", "sensor:n=400"])
def test_the_histogram_holds_every_usual_row_and_the_curve_as_many(spec: str) -> None:
    step = at_rest(start(parse_sample(spec)))
    bars, curve, rug = picture(step, Bell).lines[:3]
    usual = 400 - round(0.04 * 400 if "strays" in spec else 0.03 * 400)
    assert bars.y[::2].sum() == usual
    assert np.trapezoid(curve.y, curve.x) / (bars.x[1] - bars.x[0]) == pytest.approx(400, rel=0.02)
    assert len(rug.x) == 400 - usual


def test_alarms_by_hand() -> None:
    found = Alarms(hits=3, missed=1, false=2)
    assert (found.precision, found.recall, found.f1) == (0.6, 0.75, pytest.approx(2 / 3))
    nothing = Alarms(0, 0, 0)
    assert all(np.isnan(value) for value in (nothing.precision, nothing.recall, nothing.f1))
    points = Points(np.zeros((5, 2)), np.array([0, 1, 1, 0, -1]))
    features = inputs_of(points)
    flagged = np.array([True, True, False, False, True])  # the last has no label: it does not count
    assert alarms(flagged, features) == Alarms(1, 1, 1)
    assert strays(inputs_of(Points(np.zeros((3, 2)), np.array([0, 1, 2])))) is None


def test_columns_that_hang_together_entirely_have_distances_too() -> None:
    x = np.random.default_rng(0).normal(size=(50, 1)) @ np.array([[1.0, 2.0]])
    _, outcome = finish(start(Points(x, np.zeros(50, int))))
    z = np.abs(x[:, 0] - x[:, 0].mean()) / x[:, 0].std()
    np.testing.assert_allclose(outcome.arrays["distances"], z, rtol=1e-6)
    for estimate in ("classical", "robust"):
        steps, _ = finish(start(Points(x, np.zeros(50, int)), estimate=estimate))
        assert all(step.draw() for step in steps)


def test_more_than_half_alike_leaves_the_robust_spread_at_nothing_and_says_something() -> None:
    steps, outcome = finish(start(column(5, 5, 5, 5, 9), estimate="robust"))
    assert np.isfinite(outcome.arrays["distances"]).all()
    assert outcome.arrays["predictions"].tolist() == [0, 0, 0, 0, 1]
    assert all(step.draw() for step in steps)


@pytest.mark.parametrize(
    "x", [np.zeros((0, 2)), np.zeros((1, 2)), np.ones((9, 2))], ids=["no points", "one point", "one spot"]
)
def test_what_has_no_spread_is_refused_in_words(x: np.ndarray) -> None:
    with pytest.raises(LearnerError):
        next(start(Points(x, np.zeros(len(x), int))))


def test_infinite_and_missing_numbers_are_refused_in_words() -> None:
    with pytest.raises(LearnerError, match="infinite"):
        next(start(column(1, 2, np.inf)))
    with pytest.raises(LearnerError, match="missing"):
        next(start(column(1, 2, np.nan)))


def test_far_away_points_lose_nothing() -> None:
    x = np.random.default_rng(1).normal(size=(100, 2)) @ np.array([[2.0, 0.3], [0, 0.5]])
    near = mahalanobis(x, x.mean(0), np.cov(x.T, bias=True))
    far = x + 1e6
    np.testing.assert_allclose(mahalanobis(far, far.mean(0), np.cov(far.T, bias=True)), near, rtol=1e-6)


def test_the_farthest_row_of_the_note_is_the_farthest() -> None:
    data = parse_sample("intrusion:n=500")
    steps, outcome = finish(start(data))
    found = re.match(r"Row (\d+) is farthest away: ([\d.]+) σ", str(steps[3].note.render()))  # type: ignore[union-attr]
    assert found
    distances = outcome.arrays["distances"]
    assert int(found[1]) == int(np.argmax(distances)) + 1
    assert float(found[2]) == pytest.approx(distances.max(), abs=0.006)
