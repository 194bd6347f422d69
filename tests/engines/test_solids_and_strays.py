"""The samples for turning and for finding: a teapot, strays around a cloud, a sensor with faults."""

import numpy as np
import pytest

from engines.data.points import Points
from engines.data.samples.solids import FLAT, PARTS, rotation
from engines.data.samples.strays import NEAR
from engines.data.sampling import make_sample
from engines.data.table import Table


def places(**settings) -> np.ndarray:
    made = make_sample("teapot", **settings)
    assert isinstance(made, Table)
    return np.column_stack([made.column(name).numbers for name in "xyz"])


@pytest.mark.parametrize("n", [50, 151, 1500])
def test_a_teapot_has_its_parts_and_as_many_points_as_asked_for(n):
    made = make_sample("teapot", n=n)
    assert len(made) == n
    assert (made.names, made.target) == (("x", "y", "z", "part"), "part")
    part = made.column("part")
    assert part.labels == PARTS
    shares = np.bincount(part.codes) / n
    assert shares.tolist() == pytest.approx([0.55, 0.13, 0.16, 0.16], abs=0.06)


def test_upright_it_is_flatter_than_wide_with_spout_right_handle_left_and_lid_on_top():
    x, part = places(tilted=False, noise=0), make_sample("teapot", tilted=False).column("part").codes
    body, lid, spout, handle = (x[part == code] for code in range(4))
    assert np.abs(body[:, 1]).max() == pytest.approx(FLAT * np.abs(body[:, 0]).max(), rel=0.05)
    assert lid[:, 2].min() > 0.55
    assert spout[:, 0].min() > 0.7
    assert handle[:, 0].max() < -0.8
    assert x.std(0)[0] > x.std(0)[2] > x.std(0)[1]


def test_tilting_turns_the_same_pot_and_keeps_all_distances():
    upright, tilted = places(seed=4, tilted=False, noise=0), places(seed=4, noise=0)
    assert np.abs(upright - tilted).max() > 0.1
    np.testing.assert_allclose(
        np.linalg.norm(tilted, axis=1), np.linalg.norm(upright, axis=1), atol=2e-4
    )  # four decimals
    assert not np.array_equal(places(seed=5), places(seed=4))


@pytest.mark.parametrize("seed", range(5))
def test_a_rotation_keeps_lengths_and_hands(seed):
    turn = rotation(np.random.default_rng(seed))
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)


def test_roughness_strays_from_the_surface():
    assert np.abs(places(noise=0.2) - places(noise=0)).std() == pytest.approx(0.2 * 0.603, rel=0.1)


@pytest.mark.parametrize("bent", [False, True])
@pytest.mark.parametrize("share", [0.001, 0.04, 0.5])
def test_strays_are_as_many_as_asked_for_and_away_from_the_others(bent, share):
    made = make_sample("strays", n=200, share=share, bent=bent, seed=2)
    assert isinstance(made, Points)
    assert made.names == ("usual", "stray")
    few = max(1, round(share * 200))
    assert np.bincount(made.y).tolist() == [200 - few, few]
    usual, strays = made.x[made.y == 0], made.x[made.y == 1]
    gaps = np.sqrt(((strays[:, None] - usual[None, :200]) ** 2).sum(2)).min(1)
    assert gaps.min() > NEAR


def test_a_bent_cloud_has_no_bell():
    bent = make_sample("strays", n=2000, share=0.001, bent=True)
    usual = bent.x[bent.y == 0]
    assert np.corrcoef(usual[:, 0] ** 2, usual[:, 1])[0, 1] < -0.9


def test_faults_of_the_sensor_are_too_high_by_the_distance():
    made = make_sample("sensor", n=4000, share=0.1, distance=20)
    heat, faulty = made.columns[0].numbers, made.columns[1].codes == 1
    assert faulty.sum() == 400
    assert heat[~faulty].mean() == pytest.approx(60, abs=0.2)
    assert heat[~faulty].std() == pytest.approx(2, abs=0.1)
    assert heat[faulty].mean() == pytest.approx(80, abs=0.4)
    np.testing.assert_array_equal(heat, np.round(heat, 1))


def test_the_numbers_of_the_pot_have_four_decimals_and_are_short_in_a_table():
    x = places(seed=1)
    assert (x == np.round(x, 4)).all()
    assert max(len(repr(value)) for value in x[:200].ravel().tolist()) <= 7
