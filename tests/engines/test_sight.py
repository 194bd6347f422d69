"""What is shown of models side by side: the part of the plane where the points are, and what each model says there."""

import numpy as np
import pytest

from engines.core.dataset import TEST
from engines.core.registry import discover
from engines.data.points import Points
from engines.evaluation.training import begin, target_of
from engines.judging._sight import MARGIN, Sight, regular, seen_of, window_on
from engines.pictures.surface import HOME, area_of, grid
from tests.engines.test_k_fold import judged


@pytest.mark.parametrize("seed", range(8))
def test_the_window_holds_the_points_and_has_the_shape_of_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.normal(size=(30, 2)) * rng.uniform(0.01, 5) + rng.uniform(-6, 6, 2)
    area = area_of(places)
    window = window_on(places, area)
    left, bottom, right, top = window.area
    assert (places >= (left, bottom)).all()
    assert (places <= (right, top)).all()
    assert area[0] <= left < right <= area[2]
    assert area[1] <= bottom < top <= area[3]
    shape = (area[2] - area[0]) / (area[3] - area[1])
    assert (right - left) / (top - bottom) == pytest.approx(shape, rel=0.5)
    across, up = grid(area).reshape(64, 128, 2)[window.rows, window.columns].reshape(-1, 2).T
    assert left < across.min() < across.max() < right
    assert bottom < up.min() < up.max() < top
    assert len(range(*window.columns.indices(128))) <= 64
    assert MARGIN > 1


def test_without_points_all_is_shown() -> None:
    assert window_on(np.zeros((0, 2)), HOME).area == HOME


def test_surfaces_of_any_size_become_alike() -> None:
    values = np.arange(8.0).reshape(1, 2, 4)
    made = regular(values)
    assert made.shape == (1, 64, 128)
    assert made[0, 0, 0] == 0
    assert made[0, -1, -1] == 7
    assert (made[0, :32, :32] == 0).all()


@pytest.mark.parametrize(
    "engine", [key for key, item in discover().engines.items() if item.task.value in ("classify", "regress")]
)
def test_every_engine_on_the_plane_can_be_seen(engine: str) -> None:
    item = discover().engines[engine]
    if Points not in item.kinds:
        return
    sample = "moons:n=40,seed=1" if item.task.value == "classify" else "polynomial:n=40,seed=1"
    experiment = judged(engine, sample)
    data = experiment.split_data
    run = begin(experiment, data)
    run.advance()
    run.advance()
    sight = Sight(target_of(data))
    tiles = sight.tiles([run, None], ("1", "2"), np.array([0.5, np.nan]))
    seen = seen_of(run, sight.area)
    assert seen is not None
    if tiles.curves.size:
        assert tiles.curves.shape == (2, 128)
        assert np.isnan(tiles.curves[1]).all()
    else:
        assert np.isfinite(tiles.surfaces[0]).all()
        assert np.isnan(tiles.surfaces[1]).all()
        assert tiles.surfaces.shape[1] in (1, 2)
    assert len(tiles.points) == (data.parts != TEST).sum()
