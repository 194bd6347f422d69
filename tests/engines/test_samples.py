"""Samples: the shapes that courses know, the same bits for the same recipe, and clear words for what cannot be made."""

import ast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core.dataset import DRAWN, Dataset, Recipe, kinds
from engines.core.language import LearnerError, catalogue
from engines.core.params import Params, specs
from engines.data.points import UNLABELLED, Points
from engines.data.samples.shapes import FEWEST, MOST, MOST_NOISE
from engines.data.sampling import (
    MOST_SEED,
    NoSettings,
    make_sample,
    modified,
    modifiers,
    parse_sample,
    sample,
    sample_named,
    samples,
)
from tests.architecture.sources import sources

SHAPES = (
    "blobs", "moons", "circles", "rings", "xor", "spiral", "checkerboard", "linear", "gaussian_quantiles",
    "stretched_blobs", "imbalanced", "uniform",
)  # fmt: skip
CURVES = ("line", "polynomial", "sine", "steps")
NAMES = (*SHAPES, *CURVES, "hills")
CLASSES = {"blobs": 3, "rings": 3, "gaussian_quantiles": 3, "stretched_blobs": 3, "uniform": 0}


def points(name: str, **given_settings) -> Points:
    made = make_sample(name, **given_settings)
    assert isinstance(made, Points)
    return made


def bits(data: Dataset) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in data.arrays().items()}


def noisy(name: str) -> bool:
    return any(spec.name == "noise" for spec in specs(sample_named(name).settings))


def test_all_are_there_in_their_order():
    assert tuple(samples(Points)) == (*NAMES, "strays")
    assert {"outliers", "few_labels"} <= set(modifiers(Points))
    assert set(samples(Points)) <= set(samples())
    assert "outliers" not in samples()


@pytest.mark.parametrize("name", [*NAMES, "strays", "outliers"])
def test_everything_about_it_can_be_said_in_chinese(name):
    item = sample_named(name)
    assert {item.title, *(spec.param.label for spec in specs(item.settings))} <= catalogue("zh").keys()


@pytest.mark.parametrize("name", NAMES)
class TestEverySample:
    def test_same_recipe_gives_the_same_bits(self, name):
        first, again, other = (points(name, n=300, seed=seed) for seed in (5, 5, 6))
        assert bits(first) == bits(again)
        assert first.x.tobytes() != other.x.tobytes()
        assert first.key.tobytes() != other.key.tobytes()

    def test_the_recipe_in_words_makes_it_again(self, name):
        given_noise = {"noise": 0.3} if noisy(name) else {}
        made = points(name, n=123, seed=9, **given_noise)
        assert (made.recipe.source, made.recipe.seed) == (name, 9)
        assert {"n": 123, **given_noise}.items() <= dict(made.recipe.settings).items()
        again = parse_sample(str(made.recipe))
        assert again.recipe == made.recipe
        assert bits(again) == bits(made)

    def test_fills_the_stage(self, name):
        x = points(name, n=1000).x
        across, up = np.abs(x).T
        assert (up <= 2.95).mean() > 0.97  # the stage shows y from about -3 to 3
        widest = (
            4.0 if name == "blobs" else 3.1
        )  # three clouds side by side reach further: the stage is wider than high
        assert (across <= widest).mean() > 0.97
        assert np.abs(x).max() > 1.9
        assert np.abs(x.mean(axis=0)).max() < (0.8 if name == "imbalanced" else 0.4)

    @pytest.mark.parametrize("n", [FEWEST, 3, 251, MOST])
    def test_any_size_and_every_class(self, name, n):
        made = points(name, n=n)
        assert len(made) == n
        most = CLASSES.get(name, 1 if made.target != "class" else 2)
        assert made.n_classes <= most
        if n > 10:
            assert set(made.y) == (set(range(most)) or {UNLABELLED})

    def test_more_noise_moves_points_further(self, name):
        if not noisy(name):
            return
        still, some, much = (points(name, n=500, noise=noise, seed=2) for noise in (0.0, 0.05, 1.0))
        read = (lambda data: data.value) if name == "hills" else (lambda data: data.x)
        assert 0 < np.abs(read(some) - read(still)).mean() < np.abs(read(much) - read(still)).mean()


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"xor", "checkerboard", "imbalanced", "uniform"}))
@pytest.mark.parametrize("n", [90, 251])
def test_classes_are_as_equal_as_can_be(name, n):
    counts = np.bincount(points(name, n=n).y)
    assert counts.max() - counts.min() <= 1


# Each shape


def test_moons_lie_on_the_half_circles_of_sklearn():
    ours = points("moons", n=200, noise=0.0)
    from sklearn.datasets import make_moons

    theirs, labels = make_moons(200, shuffle=False, noise=None)
    assert np.array_equal(ours.y, labels)
    assert ours.x == pytest.approx(1.6 * (theirs - (0.5, 0.25)))


def test_gaussian_quantiles_are_rings_of_equal_size_as_in_sklearn():
    ours = points("gaussian_quantiles", n=300)
    from sklearn.datasets import make_gaussian_quantiles

    theirs, labels = make_gaussian_quantiles(n_samples=300, n_classes=3, random_state=0)
    assert np.bincount(ours.y).tolist() == np.bincount(labels).tolist() == [100, 100, 100]
    for x, y in ((ours.x, ours.y), (theirs, labels)):
        radius = np.hypot(*x.T)
        for inner in (0, 1):
            assert radius[y == inner].max() <= radius[y == inner + 1].min()


def test_circles_are_a_disc_in_a_ring():
    made = points("circles", n=400, noise=0.0)
    radius = np.hypot(*made.x.T)
    assert radius[made.y == 0].max() < radius[made.y == 1].min()


@pytest.mark.parametrize("rings", [2, 3, 6])
def test_rings_lie_at_equal_distances(rings):
    made = points("rings", n=600, rings=rings, noise=0.0)
    assert np.hypot(*made.x.T) == pytest.approx(2.6 * (made.y + 1) / rings)
    assert made.n_classes == rings


def test_xor_is_told_by_the_corner():
    made = points("xor", n=400, noise=0.0)
    assert np.array_equal(made.y, made.x[:, 0] * made.x[:, 1] > 0)


@pytest.mark.parametrize("squares", [2, 5, 10])
def test_checkerboard_squares_take_turns(squares):
    made = points("checkerboard", n=800, squares=squares)
    column, row = np.floor((made.x / 5.4 + 0.5) * squares).astype(int).T
    assert np.array_equal(made.y, (column + row) % 2)
    assert {column.min(), row.min()} == {0}
    assert {column.max(), row.max()} == {squares - 1}


def test_one_straight_line_parts_linear():
    made = points("linear", n=400, noise=0.0)
    middles = np.stack([made.x[made.y == label].mean(axis=0) for label in (0, 1)])
    side = (made.x - middles.mean(axis=0)) @ (middles[1] - middles[0])
    assert ((side > 0) == made.y).mean() > 0.99


def test_spiral_arms_are_half_a_turn_apart():
    made = points("spiral", n=200, noise=0.0)
    assert made.x[made.y == 0] == pytest.approx(-made.x[made.y == 1])
    radius = np.hypot(*made.x[made.y == 0].T)
    assert (np.diff(radius) > 0).all()


def test_a_spiral_winds_as_often_and_has_as_many_arms_as_is_asked():
    made = points("spiral", n=900, noise=0.0, turns=3.0, arms=3)
    assert made.n_classes == 3
    arm = made.x[made.y == 0]
    angle = np.unwrap(np.arctan2(*arm.T))
    assert (angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(3 * 0.94)  # it begins 6 % from the middle


@pytest.mark.parametrize("clouds", [1, 2, 5, 8])
def test_there_are_as_many_clouds_as_are_asked_for(clouds):
    made = points("blobs", n=800, clouds=clouds, noise=0.0)
    middles = np.array([made.x[made.y == label].mean(axis=0) for label in range(clouds)])
    distance = np.linalg.norm(made.x[:, None] - middles, axis=2)
    assert np.array_equal(distance.argmin(1), made.y)


@pytest.mark.parametrize("stretch", [1.0, 4.0, 10.0])
def test_stretched_blobs_are_as_long_as_is_asked(stretch):
    made = points("stretched_blobs", n=6000, stretch=stretch)
    for label in range(3):
        narrow, long = np.sqrt(np.linalg.eigvalsh(np.cov(made.x[made.y == label].T)))
        assert long / narrow == pytest.approx(stretch, rel=0.06)


@pytest.mark.parametrize(("n", "share", "rare"), [(1000, 0.01, 10), (1000, 0.5, 500), (50, 0.001, 1), (2, 0.01, 1)])
def test_the_rare_class_has_its_share_and_at_least_one(n, share, rare):
    assert np.bincount(points("imbalanced", n=n, share=share).y).tolist() == [n - rare, rare]


def test_uniform_is_alike_everywhere_and_has_no_class():
    made = points("uniform", n=8000)
    assert set(made.y) == {UNLABELLED}
    counts, *_ = np.histogram2d(*made.x.T, bins=4, range=[[-2.7, 2.7]] * 2)
    assert counts.sum() == 8000
    assert counts.min() > 400
    assert counts.max() < 600


@pytest.mark.parametrize("degree", [1, 2, 3, 7])
def test_a_polynomial_has_its_degree(degree):
    made = points("polynomial", n=200, noise=0.0, degree=degree)
    assert made.target == "height"
    at, height = made.x.T
    *lower, own = (np.polynomial.Polynomial.fit(at, height, d) for d in range(degree + 1))
    assert own(at) == pytest.approx(height, abs=1e-8)
    assert all(np.abs(fit(at) - height).max() > 0.1 for fit in lower)


def test_a_line_has_its_slope_and_its_height():
    made = points("line", n=50, noise=0.0, slope=-1.5, height=2.0)
    assert made.target == "height"
    assert made.x[:, 1] == pytest.approx(2 - 1.5 * made.x[:, 0])
    noisy_one = points("line", n=20_000, noise=0.4)
    assert (noisy_one.x[:, 1] - 0.3 - 0.7 * noisy_one.x[:, 0]).std() == pytest.approx(0.4, abs=0.01)


def test_a_sine_has_its_waves():
    made = points("sine", n=2000, noise=0.0, waves=2.0)
    height = made.x[np.argsort(made.x[:, 0]), 1]
    assert np.sum(np.diff(np.sign(height)) != 0) == 3  # two waves: four arches, three crossings between them
    assert np.abs(height).max() == pytest.approx(1.6, abs=0.01)


@pytest.mark.parametrize("count", [2, 4, 10])
def test_stairs_are_flat_and_as_many_as_is_asked(count):
    made = points("steps", n=1000, noise=0.0, steps=count)
    height = made.x[np.argsort(made.x[:, 0]), 1]
    assert len(np.unique(height)) == count
    assert (np.diff(height) >= 0).all()


def test_hills_have_a_number_at_each_place():
    made = points("hills", n=3000, noise=0.0)
    assert made.target == "value"
    assert made.x[made.value.argmax()] == pytest.approx((-1.1, 0.7), abs=0.3)
    assert made.x[made.value.argmin()] == pytest.approx((1.2, -0.6), abs=0.3)


# Outliers


def test_outliers_lie_far_out_and_leave_the_rest_alone():
    before = points("moons", n=200, seed=1)
    after = modified(before, "outliers", n=12, distance=3.0, seed=4)
    assert isinstance(after, Points)
    assert len(after) == 212
    assert after.x[:200].tobytes() == before.x.tobytes()
    assert after.y[:200].tobytes() == before.y.tobytes()
    assert after.key[:200].tobytes() == before.key.tobytes()
    far = np.linalg.norm(after.x[200:] - before.x.mean(0), axis=1)
    spread = before.x.std(0).max()
    assert (far >= spread * (1.5 + 0.7 * 3.0) - 1e-9).all()
    assert (far <= spread * (1.5 + 1.3 * 3.0) + 1e-9).all()
    assert set(after.y[200:]) <= set(before.y)


def test_outliers_of_data_with_a_number_have_one_too():
    after = modified(points("hills", n=50), "outliers", n=5)
    assert isinstance(after, Points)
    assert after.target == "value"
    assert set(after.value[50:]) <= set(after.value[:50])


def test_outliers_can_be_drawn_on_an_empty_stage():
    assert len(modified(Points(), "outliers", n=3)) == 3


def test_a_modifier_is_written_after_a_plus():
    made = parse_sample("moons:n=90,seed=2+outliers:n=5,seed=7")
    wanted = modified(make_sample("moons", n=90, seed=2), "outliers", n=5, seed=7)
    assert bits(made) == bits(wanted)
    assert made.recipe == wanted.recipe
    assert [step.source for step in made.recipe.then] == ["outliers"]
    assert len(parse_sample("moons+outliers:n=5")) == 255
    twice = parse_sample("moons:n=10+outliers:n=5+outliers:n=2,seed=1")
    assert len(twice) == 17
    assert bits(parse_sample(str(twice.recipe))) == bits(twice)


# Recipes


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    n=st.integers(FEWEST, 60),
    noise=st.floats(0, MOST_NOISE),
    seed=st.integers(0, MOST_SEED),
    outliers=st.lists(st.integers(0, MOST_SEED), max_size=2),
)
def test_any_recipe_in_words_gives_the_same_bits(name, n, noise, seed, outliers):
    made = make_sample(name, n=n, seed=seed, **({"noise": noise} if noisy(name) else {}))
    for step in outliers:
        made = modified(made, "outliers", n=3, seed=step)
    again = parse_sample(str(made.recipe))
    assert again.recipe == made.recipe
    assert bits(again) == bits(made)


def test_drawing_adds_one_step_however_often_one_draws():
    recipe = make_sample("moons").recipe.followed_by(Recipe(DRAWN)).followed_by(Recipe(DRAWN))
    assert [step.source for step in recipe.then] == [DRAWN]
    assert recipe.edited
    assert not make_sample("moons").recipe.edited
    assert Recipe().followed_by(Recipe(DRAWN)) == Recipe()


# Words


@pytest.mark.parametrize(
    ("given_settings", "word"),
    [
        ({"name": "moon"}, "moons"),
        ({"name": "outliers"}, r"moons\+outliers"),
        ({"n": FEWEST - 1}, "from 2"),
        ({"n": MOST + 1}, "1e\\+06"),
        ({"n": 10.5}, "10.5"),
        ({"n": float("nan")}, "nan"),
        ({"noise": -0.1}, "-0.1"),
        ({"noise": MOST_NOISE + 0.1}, "1.1"),
        ({"noise": float("nan")}, "nan"),
        ({"colour": 3}, "no setting “colour”"),
        ({"seed": -1}, "-1"),
        ({"seed": MOST_SEED + 1}, "4294967296"),
        ({"seed": 0.5}, "0.5"),
    ],
)
def test_what_cannot_be_made_is_said(given_settings, word):
    with pytest.raises(LearnerError, match=word) as caught:
        make_sample(**{"name": "moons", **given_settings})
    assert caught.value.note.text in catalogue("zh")


@pytest.mark.parametrize("name", ["moons", "nothing"])
def test_what_cannot_be_done_to_data_is_said(name):
    with pytest.raises(LearnerError, match=name) as caught:
        modified(Points(), name)
    assert caught.value.note.text in catalogue("zh")


def test_points_cannot_be_done_to_a_table():
    with pytest.raises(LearnerError, match="Table"):
        parse_sample("iris+outliers")


def test_description_in_words():
    made = parse_sample(" moons : n=300, noise=0.2 ,seed=7")
    wanted = make_sample("moons", n=300, noise=0.2, seed=7)
    assert bits(made) == bits(wanted)
    assert made.recipe == wanted.recipe


def test_description_without_settings_takes_the_usual_ones():
    assert bits(parse_sample("blobs")) == bits(make_sample("blobs", n=250, noise=0.45, clouds=3, seed=0))


@pytest.mark.parametrize(
    "text",
    ["moon", "", "moons:n", "moons:n=", "moons:n=many", "moons:n=10.7", "moons:n=nan", "moons:size=3", "moons:n=1",
     "moons:noise=2", "moons:noise=inf", "moons:seed=-1", "moons:seed=0.5", "moons:n=1e30", "outliers", "moons+",
     "moons+moons", "moons+outliers:n=0", "+outliers", "moons:seed=99999999999"],
)  # fmt: skip
def test_description_that_makes_no_sense(text):
    with pytest.raises(LearnerError):
        parse_sample(text)


def test_registry_cannot_be_changed_from_outside():
    before = dict(samples())
    samples().clear()  # type: ignore[attr-defined] # at best a copy
    assert dict(samples()) == before


def test_a_sample_without_annotations_is_a_programmers_mistake():
    with pytest.raises(TypeError, match="annotate"):

        @sample("Nothing")
        def nothing(values, rng):
            return Points()


def test_no_two_samples_have_one_name():
    """The later one would take the place of the other in silence."""
    found = [
        item.name
        for source in sources("engines/data/samples")
        for item in source.tree.body
        if isinstance(item, ast.FunctionDef) and any("sample" in ast.unparse(line) for line in item.decorator_list)
    ]
    assert len(found) > 30
    assert len(found) == len(set(found))
    known = {*samples(), *(name for kind in kinds().values() for name in modifiers(kind))}
    assert set(found) == known


def test_a_sample_with_nothing_to_set_is_fixed():
    assert sample_named("iris").fixed
    assert sample_named("iris").settings is NoSettings
    assert not sample_named("moons").fixed
    assert issubclass(sample_named("moons").settings, Params)
