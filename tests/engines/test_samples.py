"""Samples: the shapes that courses know, the same bits for the same recipe, and clear words for what cannot be made."""

import numpy as np
import pytest

from engines.core.language import LearnerError, catalogue
from engines.data.samples import FEWEST, MOST, MOST_NOISE, MOST_SEED, make_sample, parse_sample, samples

NAMES = tuple(samples())
TITLES = [sample.title for sample in samples().values()]


def test_all_seven_are_there():
    assert set(NAMES) == {"blobs", "moons", "circles", "xor", "spiral", "linear", "gaussian_quantiles"}


@pytest.mark.parametrize("title", TITLES)
def test_every_title_can_be_said_in_chinese(title):
    assert title in catalogue("zh")


@pytest.mark.parametrize("name", NAMES)
def test_same_recipe_gives_the_same_bits(name):
    first, again, other = (make_sample(name, 300, 0.2, seed) for seed in (5, 5, 6))
    for field in ("x", "y", "key"):
        assert getattr(first, field).tobytes() == getattr(again, field).tobytes()
    assert first.x.tobytes() != other.x.tobytes()
    assert first.key.tobytes() != other.key.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_recipe_makes_it_again(name):
    made = make_sample(name, n=123, noise=0.3, seed=9)
    recipe = made.recipe
    settings = dict(recipe.settings)
    again = make_sample(recipe.source, int(settings["n"]), settings["noise"], recipe.seed)
    assert (recipe.source, settings, recipe.seed) == (name, {"n": 123.0, "noise": 0.3}, 9)
    assert again.x.tobytes() == made.x.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_fills_the_stage(name):
    points = make_sample(name, 1000)
    across, up = np.abs(points.x).T
    assert (up <= 2.9).mean() > 0.98  # the stage shows y from about -3 to 3
    widest = 4.0 if name == "blobs" else 3.1  # three clouds side by side reach further: the stage is wider than high
    assert (across <= widest).mean() > 0.97
    assert np.abs(points.x).max() > 1.9
    assert np.abs(points.x.mean(axis=0)).max() < 0.4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [FEWEST, 3, 251, MOST])
def test_any_size_and_every_class(name, n):
    points = make_sample(name, n)
    assert len(points) == n
    assert points.n_classes <= samples()[name].classes
    if n > 10:
        assert set(points.y) == set(range(samples()[name].classes))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"xor"}))
@pytest.mark.parametrize("n", [90, 251])
def test_classes_are_as_equal_as_can_be(name, n):
    counts = np.bincount(make_sample(name, n).y)
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_more_noise_moves_points_further(name):
    still, some, much = (make_sample(name, 500, noise, seed=2).x for noise in (0.0, 0.05, 1.0))
    assert 0 < np.abs(some - still).mean() < np.abs(much - still).mean()


def test_moons_lie_on_the_half_circles_of_sklearn():
    ours = make_sample("moons", 200, noise=0.0)
    from sklearn.datasets import make_moons

    theirs, labels = make_moons(200, shuffle=False, noise=None)
    assert np.array_equal(ours.y, labels)
    assert ours.x == pytest.approx(1.6 * (theirs - (0.5, 0.25)))


def test_gaussian_quantiles_are_rings_of_equal_size_as_in_sklearn():
    ours = make_sample("gaussian_quantiles", 300)
    from sklearn.datasets import make_gaussian_quantiles

    theirs, labels = make_gaussian_quantiles(n_samples=300, n_classes=3, random_state=0)
    assert np.bincount(ours.y).tolist() == np.bincount(labels).tolist() == [100, 100, 100]
    for x, y in ((ours.x, ours.y), (theirs, labels)):
        radius = np.hypot(*x.T)
        for inner in (0, 1):
            assert radius[y == inner].max() <= radius[y == inner + 1].min()


def test_circles_are_a_disc_in_a_ring():
    points = make_sample("circles", 400, noise=0.0)
    radius = np.hypot(*points.x.T)
    assert radius[points.y == 0].max() < radius[points.y == 1].min()


def test_xor_is_told_by_the_corner():
    points = make_sample("xor", 400, noise=0.0)
    assert np.array_equal(points.y, points.x[:, 0] * points.x[:, 1] > 0)


def test_one_straight_line_parts_linear():
    points = make_sample("linear", 400, noise=0.0)
    middles = np.stack([points.x[points.y == label].mean(axis=0) for label in (0, 1)])
    side = (points.x - middles.mean(axis=0)) @ (middles[1] - middles[0])
    assert ((side > 0) == points.y).mean() > 0.99


def test_spiral_arms_are_half_a_turn_apart():
    points = make_sample("spiral", 200, noise=0.0)
    assert points.x[points.y == 0] == pytest.approx(-points.x[points.y == 1])
    radius = np.hypot(*points.x[points.y == 0].T)
    assert (np.diff(radius) > 0).all()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"name": "moon"}, "moons"),
        ({"n": FEWEST - 1}, "from 2"),
        ({"n": MOST + 1}, "20000"),
        ({"n": 10.5}, "10.5"),
        ({"n": float("nan")}, "nan"),
        ({"noise": -0.1}, "-0.1"),
        ({"noise": MOST_NOISE + 0.1}, "1.1"),
        ({"noise": float("nan")}, "nan"),
        ({"seed": -1}, "-1"),
        ({"seed": MOST_SEED + 1}, "4294967296"),
    ],
)
def test_what_cannot_be_made_is_said(settings, word):
    with pytest.raises(LearnerError, match=word) as caught:
        make_sample(**{"name": "moons", **settings})
    assert caught.value.note.text in catalogue("zh")


def test_description_in_words():
    points = parse_sample(" moons : n=300, noise=0.2 ,seed=7")
    assert points.x.tobytes() == make_sample("moons", 300, 0.2, 7).x.tobytes()
    assert points.recipe == make_sample("moons", 300, 0.2, 7).recipe


def test_description_without_settings_takes_the_usual_ones():
    assert parse_sample("blobs").x.tobytes() == make_sample("blobs", 250, samples()["blobs"].noise, 0).x.tobytes()


@pytest.mark.parametrize(
    "text",
    ["moon", "", "moons:n", "moons:n=", "moons:n=many", "moons:n=10.7", "moons:n=nan", "moons:size=3", "moons:n=1",
     "moons:noise=2", "moons:noise=inf", "moons:seed=-1", "moons:seed=0.5", "moons:n=1e30"],
)  # fmt: skip
def test_description_that_makes_no_sense(text):
    with pytest.raises(LearnerError):
        parse_sample(text)


def test_registry_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        samples()["mine"] = samples()["moons"]  # type: ignore[index]
