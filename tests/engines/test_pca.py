"""PCA against scikit-learn, by hand, and as a learner meets it: turned, edited, with odd data."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Dataset
from engines.core.language import LearnerError
from engines.core.step import Change, Outcome, Poke, Step
from engines.data.features import inputs_of
from engines.data.images import Images
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.data.table import Column, Table
from engines.pictures.cloud import Cloud
from engines.pictures.ellipses import Ellipses
from engines.pictures.links import Links
from engines.pictures.scatter import Scatter
from engines.pictures.tiles import Tiles
from engines.pictures.workings import Workings
from engines.reduction._sight import Variances, one_of_each, upright
from engines.reduction._spread import principal, spread_of
from engines.reduction.pca import SETTLED, TURNS, pca
from tests.engines.running import finish, starter

start = starter(pca)


def at_rest(steps: Any) -> Step:
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def picture(step: Step, kind: type) -> Any:
    return next(item for item in step.draw() if isinstance(item, kind))


def table(x: np.ndarray) -> Table:
    columns = tuple(Column(f"c{k}", "number", np.ascontiguousarray(x[:, k])) for k in range(x.shape[1]))
    return Table(columns, key=np.arange(len(x)) / max(1, len(x)))


def random_table(n: int, d: int, seed: int) -> Table:
    rng = np.random.default_rng(seed)
    return table(rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 10 * rng.normal(size=d))


def PCA(*given: Any, **named: Any) -> Any:
    from sklearn.decomposition import PCA as Theirs  # noqa: N811

    return Theirs(*given, **named)


def same_as_sklearn(outcome: Outcome, x: np.ndarray, k: int, *, whiten: bool = False) -> None:
    theirs = PCA(k, whiten=whiten, svd_solver="full").fit(x)
    signs = np.sign((outcome.arrays["components_"] * theirs.components_).sum(1))
    np.testing.assert_allclose(outcome.arrays["components_"] * signs[:, None], theirs.components_, atol=1e-6)
    np.testing.assert_allclose(outcome.arrays["explained_variance_"], theirs.explained_variance_, rtol=1e-8)
    np.testing.assert_allclose(outcome.arrays["explained_variance_ratio_"], theirs.explained_variance_ratio_, rtol=1e-8)
    np.testing.assert_allclose(outcome.arrays["singular_values_"], theirs.singular_values_, rtol=1e-8)
    np.testing.assert_allclose(outcome.arrays["mean_"], theirs.mean_, atol=1e-9)
    places = theirs.transform(x)
    np.testing.assert_allclose(outcome.arrays["projections"] * signs, places, atol=1e-5 * np.abs(places).max())
    rebuilt = theirs.inverse_transform(places)
    error = ((rebuilt - x) ** 2).sum(1).mean()
    assert outcome.scalars["reconstruction_error"] == pytest.approx(error, rel=1e-6, abs=1e-9 * x.var(0).sum())


@pytest.mark.parametrize("spec", ["iris", "wine", "breast_cancer", "teapot:n=400,seed=3", "moons:seed=2", "digits"])
@pytest.mark.parametrize("k", [1, 4])
def test_same_axes_variances_and_places_as_scikit_learn(spec: str, k: int) -> None:
    data = parse_sample(spec)
    x = inputs_of(data).x
    k = min(k, x.shape[1])
    _, outcome = finish(start(data, n_components=k))
    same_as_sklearn(outcome, x, k)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("shape", [(300, 3), (40, 7), (12, 60), (350, 320), (500, 4)])
def test_tall_and_wide_tables_too(shape: tuple[int, int], seed: int) -> None:
    data = random_table(*shape, seed)
    _, outcome = finish(start(data, seed, n_components=3))
    same_as_sklearn(outcome, inputs_of(data).x, 3)


def test_all_axes_of_wide_data_are_upright_to_each_other() -> None:
    data = random_table(8, 30, 1)
    _, outcome = finish(start(data, n_components=8))
    axes = outcome.arrays["components_"]
    np.testing.assert_allclose(axes @ axes.T, np.eye(8), atol=1e-9)
    assert outcome.arrays["explained_variance_"][-1] == pytest.approx(0, abs=1e-9)
    assert outcome.scalars["explained_variance_ratio"] == pytest.approx(1)


def test_whitened_places_have_a_variance_of_one() -> None:
    data = parse_sample("iris")
    _, outcome = finish(start(data, n_components=3, whiten=True))
    same_as_sklearn(outcome, inputs_of(data).x, 3, whiten=True)
    np.testing.assert_allclose(outcome.arrays["projections"].var(0, ddof=1), 1)


def test_equal_spread_is_scikit_learns_scaler_first() -> None:
    from sklearn.preprocessing import StandardScaler

    data = parse_sample("wine")
    x = inputs_of(data).x
    _, outcome = finish(start(data, standardise=True))
    theirs = PCA(2).fit(StandardScaler().fit_transform(x))
    np.testing.assert_allclose(outcome.arrays["explained_variance_ratio_"], theirs.explained_variance_ratio_)
    np.testing.assert_allclose(outcome.arrays["scale_"], x.std(0))
    np.testing.assert_allclose(outcome.arrays["mean_"], x.mean(0))
    assert outcome.arrays["explained_variance_ratio_"][0] == pytest.approx(0.36198848)


def test_a_constant_column_is_left_alone_by_equal_spread() -> None:
    x = np.column_stack([np.arange(6.0), np.full(6, 3.0), [0, 1, 0, 1, 0, 1.0]])
    _, outcome = finish(start(table(x), standardise=True, n_components=3))
    assert np.isfinite(outcome.arrays["projections"]).all()
    assert outcome.arrays["scale_"][1] == 1
    assert outcome.arrays["explained_variance_"][2] == pytest.approx(0)


def test_a_line_by_hand() -> None:
    """Points on y = 2 x: the axis is (1, 2) / √5, its variance 5 times that of x, nothing is left."""
    x = np.array([[-1.0, -2], [0, 0], [1, 2]])
    steps, outcome = finish(start(Points(x, np.zeros(3, int)), n_components=1))
    np.testing.assert_allclose(outcome.arrays["components_"], [[1 / 5**0.5, 2 / 5**0.5]])
    assert outcome.arrays["explained_variance_"] == pytest.approx([5])
    assert outcome.scalars["reconstruction_error"] == pytest.approx(0, abs=1e-12)
    assert steps[1].note.render() == "The mean (0, 0) is subtracted: the middle of the cloud now lies at 0"  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(4))
def test_variance_rises_while_an_axis_turns_and_comes_to_the_true_one(seed: int) -> None:
    steps, outcome = finish(start(make_sample("teapot", n=300, seed=1), seed))
    for k, variance in enumerate(outcome.arrays["explained_variance_"], start=1):
        mine = [step for step in steps if str(step.note.render()).startswith(f"Axis {k}")]  # type: ignore[union-attr]
        rising = [step.scalars["variance"] for step in mine]
        assert all(later >= earlier - 1e-12 for earlier, later in pairwise(rising))
        assert rising[-1] == pytest.approx(variance)
        assert len(mine) <= TURNS + 2
        assert rising[-2] == pytest.approx(variance, rel=0.01)


def test_the_numbers_of_a_note_are_those_of_the_step() -> None:
    steps, _ = finish(start(make_sample("teapot", seed=5), 2))
    turned = [str(step.note.render()) for step in steps if ", turn " in step.note.render()]  # type: ignore[union-attr]
    angles = [float(re.search(r"turned by ([\d.]+)°", note)[1]) for note in turned]  # type: ignore[index]
    assert angles[-1] <= SETTLED + 0.05
    for step in steps:
        if found := re.search(r"the variance along it is ([\d.e-]+)", str(step.note.render())):  # type: ignore[union-attr]
            assert float(found[1]) == pytest.approx(step.scalars["variance"], rel=1e-3)
    assert "93.3%" in steps[-1].note.render()  # type: ignore[union-attr]


def test_slow_turning_is_told_and_finished_exactly() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 5)) * (1.0, 0.99, 0.98, 0.97, 0.96)
    steps, outcome = finish(start(table(x), n_components=2))
    assert any("a solver has finished it" in step.note.render() for step in steps)  # type: ignore[union-attr]
    same_as_sklearn(outcome, x, 2)


def test_more_than_three_axes_come_at_once() -> None:
    steps, outcome = finish(start(parse_sample("wine"), n_components=6))
    notes = [str(step.note.render()) for step in steps]  # type: ignore[union-attr]
    assert any(note.startswith("Axes 4 to 6 are found") for note in notes)
    rebuilt = [note for note in notes if note.startswith("Put together from")]
    assert [note.split()[3] for note in rebuilt] == ["1", "2", "3", "5", "6"]
    assert len(outcome.arrays["components_"]) == 6


def test_more_axes_than_there_are_is_said_and_not_an_error() -> None:
    steps, outcome = finish(start(parse_sample("moons"), n_components=9))
    assert "no more than 2 axes" in steps[0].note.render()  # type: ignore[union-attr]
    assert outcome.arrays["components_"].shape == (2, 2)
    assert outcome.scalars["explained_variance_ratio"] == pytest.approx(1)


def test_the_error_is_that_of_rows_really_put_together() -> None:
    data = parse_sample("wine")
    x = inputs_of(data).x
    spread = spread_of(x, standardise=True)
    _, _, axes = principal(spread, 4)
    back = spread.rebuilt(spread.projected(axes), axes)
    _, outcome = finish(start(data, n_components=4, standardise=True))
    error = (((back - x) / spread.scale) ** 2).sum(1).mean()
    assert outcome.scalars["reconstruction_error"] == pytest.approx(error)


# What is drawn


def kinds(data: Dataset) -> list[type]:
    return [type(item) for item in at_rest(start(data)).draw()]


def test_each_kind_of_data_has_its_pictures() -> None:
    assert kinds(make_sample("teapot", n=80)) == [Cloud, Variances, Workings]
    assert kinds(parse_sample("iris")) == [Scatter, Variances, Workings]
    assert kinds(parse_sample("moons:n=40")) == [Links, Ellipses, Variances, Workings]
    assert kinds(parse_sample("digits")) == [Scatter, Tiles, Variances, Workings]


def test_the_camera_ends_along_the_axes_and_shows_what_is_best() -> None:
    step = at_rest(start(make_sample("teapot", seed=5)))
    cloud = picture(step, Cloud)
    share = np.trace(cloud.camera @ cloud.covariance @ cloud.camera.T) / np.trace(cloud.covariance)
    assert share == pytest.approx(cloud.best)
    np.testing.assert_allclose(cloud.camera @ cloud.camera.T, np.eye(2), atol=1e-9)
    assert cloud.best == pytest.approx(0.9332, abs=1e-4)


def test_the_cloud_is_flat_when_it_is_put_together_from_few_numbers() -> None:
    steps = start(make_sample("teapot", n=200))
    ranks = []
    for step in steps:
        if "Put together" in step.note.render():
            ranks.append(int(np.linalg.matrix_rank(picture(step, Cloud).points, tol=1e-3)))
    assert ranks == [1, 2]


def test_a_turned_cloud_is_answered_with_what_is_seen_from_there() -> None:
    steps = start(make_sample("teapot", seed=5))
    at_rest(steps)
    step = steps.send(Change(pokes=(Poke("camera", (0,), (1.0, 0, 0, 0, 1, 0)),)))
    assert step.note.render().startswith("Seen from there 37.5% of the variance is left; the best view shows 93.3%")
    assert picture(step, Cloud).camera.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert step.rest
    step = steps.send(Change(pokes=(Poke("camera", (0,), (2.0, 0, 0, 3, 1, 0)),)))  # not upright: is made so
    np.testing.assert_allclose(picture(step, Cloud).camera, [[1, 0, 0], [0, 1, 0]], atol=1e-12)
    _, outcome = finish(steps)
    assert outcome.scalars["n_components"] == 2


@pytest.mark.parametrize("value", [0.5, (1.0, 2.0), (np.nan,) * 6, (0.0,) * 6])
def test_a_strange_poke_does_no_harm(value: Any) -> None:
    steps = start(make_sample("teapot", n=60))
    at_rest(steps)
    step = steps.send(Change(pokes=(Poke("camera", (0,), value),)))
    assert np.isfinite(picture(step, Cloud).camera).all()
    flat = start(parse_sample("iris"))
    at_rest(flat)
    assert "Only a cloud" in flat.send(Change(pokes=(Poke("camera", (0,), value),))).note.render()


def test_feet_lie_on_the_axis_at_right_angles() -> None:
    steps = start(parse_sample("moons:n=50,seed=1"))
    for step in steps:
        if "from 1 of 2" in step.note.render():
            break
    links = picture(step, Links)
    ends = links.ends[-50:]
    axis = links.ends[0, 2:] - links.ends[0, :2]
    ways = ends[:, 2:] - ends[:, :2]
    np.testing.assert_allclose(ways @ axis, 0, atol=1e-9)


def test_tiles_show_the_mean_axes_pictures_and_what_is_made_of_them() -> None:
    data = parse_sample("digits")
    assert isinstance(data, Images)
    step = at_rest(start(data, n_components=64))
    tiles = picture(step, Tiles)
    assert tiles.values.shape == (18, 8, 8)
    np.testing.assert_allclose(tiles.values[0], (data.pixels / 255).mean(0), atol=1e-6)
    np.testing.assert_allclose(tiles.values[12:], tiles.values[6:12], atol=1e-5)
    np.testing.assert_allclose(tiles.values[6:12], data.pixels[tiles.index[6:12]] / 255, atol=1e-6)
    assert data.y[one_of_each(data)].tolist() == [0, 1, 2, 3, 4, 5]
    first = picture(next(start(data)), Tiles)
    assert np.isnan(first.values[0]).all()
    assert np.isnan(first.values[12:]).all()


def test_few_pictures_fill_the_tiles_as_far_as_they_go() -> None:
    data = parse_sample("digits").taken(np.arange(3))  # type: ignore[attr-defined]
    step = at_rest(start(data))
    tiles = picture(step, Tiles)
    assert (tiles.index >= 0).sum() == 6
    assert np.isnan(tiles.values[9:12]).all()


def test_shares_of_all_axes_are_known_in_the_end() -> None:
    bars = picture(at_rest(start(parse_sample("wine"), standardise=True)), Variances)
    theirs = PCA().fit((inputs_of(parse_sample("wine")).x - 0) / inputs_of(parse_sample("wine")).x.std(0))
    np.testing.assert_allclose(bars.values[0], theirs.explained_variance_ratio_[:10])
    np.testing.assert_allclose(bars.values[1], theirs.explained_variance_ratio_.cumsum()[:10])


# Edits and odd data


def test_points_edited_on_the_way_begin_again_and_at_rest_move_the_axes() -> None:
    steps = start(parse_sample("moons:n=60,seed=1"))
    for _ in range(5):
        next(steps)
    more = make_sample("blobs", n=90, seed=2)
    step = steps.send(Change(data=more))
    assert step.note.render().startswith("90 rows of 2 numbers")
    at_rest(steps)
    other = make_sample("moons", n=70, seed=3)
    step = steps.send(Change(data=other))
    assert step.note.render().startswith("The points have changed")
    assert step.rest
    _, outcome = finish(steps)
    same_as_sklearn(outcome, inputs_of(other).x, 2)


@pytest.mark.parametrize("when", range(12))
def test_an_edit_is_taken_up_at_whichever_step(when: int) -> None:
    steps = start(make_sample("teapot", n=100), n_components=3)
    for _ in range(when + 1):
        next(steps)
    more = make_sample("teapot", n=140, seed=9)
    step = steps.send(Change(data=more))
    assert len(picture(step, Cloud).points) == 140
    _, outcome = finish(steps)
    same_as_sklearn(outcome, inputs_of(more).x, 3)


@pytest.mark.parametrize(
    "x",
    [np.zeros((0, 2)), np.zeros((1, 2)), np.ones((5, 2))],
    ids=["no points", "one point", "one spot"],
)
def test_what_has_no_spread_is_refused_in_words(x: np.ndarray) -> None:
    with pytest.raises(LearnerError):
        next(start(Points(x, np.zeros(len(x), int))))


def test_infinite_and_missing_numbers_are_refused_in_words() -> None:
    for value, word in ((np.inf, "infinite"), (np.nan, "missing")):
        x = np.arange(12.0).reshape(6, 2)
        x[2, 1] = value
        with pytest.raises(LearnerError, match=word):
            next(start(table(x)))


def test_a_table_with_a_number_as_target_keeps_it_out() -> None:
    data = make_sample("houses", n=60)
    _, outcome = finish(start(data))
    assert outcome.arrays["components_"].shape[1] == 4 + 4  # four numbers, four districts


@pytest.mark.parametrize("far", [1e6, 1e9])
def test_far_away_data_lose_nothing(far: float) -> None:
    x = np.random.default_rng(0).normal(size=(200, 3)) * (3, 1, 0.2)
    _, near = finish(start(table(x)))
    _, away = finish(start(table(x + far)))
    np.testing.assert_allclose(away.arrays["explained_variance_"], near.arrays["explained_variance_"], rtol=1e-5)


def test_two_rows_and_one_column() -> None:
    _, outcome = finish(start(table(np.array([[1.0, 2, 3], [3, 2, 1]]))))
    assert outcome.arrays["explained_variance_"] == pytest.approx([4, 0])
    steps, outcome = finish(start(table(np.arange(5.0)[:, None])))
    assert outcome.arrays["explained_variance_ratio_"].tolist() == [1]
    assert all(step.draw() for step in steps)


def test_upright_completes_what_does_not_span() -> None:
    np.testing.assert_allclose(upright(np.zeros((2, 3))), np.eye(2, 3))
    np.testing.assert_allclose(upright(np.array([[0.0, 0, 2], [0, 0, 1]])), [[0, 0, 1], [1, 0, 0]])


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_map_holds_all_rows_in_the_end_and_keeps_its_size(k: int, whiten: bool) -> None:
    steps = start(parse_sample("wine"), n_components=k, whiten=whiten, standardise=True)
    areas = []
    for step in steps:
        scatter = picture(step, Scatter)
        areas.append(scatter.area)
        if step.rest:
            break
    left, bottom, right, top = scatter.area
    x, y = scatter.places.T
    assert left < x.min() < x.max() < right
    assert bottom < y.min() <= y.max() < top
    assert len(set(areas)) == (2 if whiten else 1)  # whitened places are in other units
    assert scatter.up.render() == ("" if k == 1 else "axis 2: 19.2%")
