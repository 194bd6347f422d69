"""Very many points: drawn in parts they look as drawn at once, and a stroke reaches the run when it ends."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editors.points.stage import LIVE, PointsStage
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from app.views.raster import MANY, Raster, ToPixels
from engines.data.points import Points
from engines.data.sampling import make_sample

COLOURS = np.array([0xFF112233, 0xFF445566, 0xFF778899], np.uint32)
TO_PIXELS = ToPixels(40.0, 200.0, -40.0, 150.0)


def cloud(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, (n, 2)), rng.integers(0, 3, n).astype(np.uint8)


def pixels(raster: Raster) -> np.ndarray:
    return raster._pixels.copy()


@pytest.mark.parametrize("n", [1, 2000, MANY + 10])
def test_every_point_lies_where_it_belongs(n: int) -> None:
    raster = Raster(400, 300, TO_PIXELS)
    x, which = cloud(n)
    raster.draw_all(x, which, COLOURS)
    column, row = np.floor(40 * x[-1, 0] + 200), np.floor(150 - 40 * x[-1, 1])
    assert pixels(raster)[int(row), int(column)] == COLOURS[which[-1]]  # the last lies over all others
    assert (pixels(raster) != 0).sum() <= 9 * n


@pytest.mark.parametrize(
    "area", [(-1, -1, 1, 1), (-9, -9, 9, 9), (3, 2, 3.01, 2.01), (4.9, -3, 8, 3), (50, 50, 60, 60)]
)
def test_a_part_drawn_anew_is_as_if_all_were(area: tuple[float, float, float, float]) -> None:
    x, which = cloud(8000)
    raster, fresh = Raster(400, 300, TO_PIXELS), Raster(400, 300, TO_PIXELS)
    raster.draw_all(x, which, COLOURS)
    inside = (x >= area[:2]).all(1) & (x <= area[2:]).all(1)
    kept = ~(inside & (np.arange(len(x)) % 2 == 0))
    part = raster.area(area)
    left, bottom, right, top = raster.around(part)
    near = (x[:, 0] >= left) & (x[:, 0] <= right) & (x[:, 1] >= bottom) & (x[:, 1] <= top) & kept
    raster.draw_part(part, x[near], which[near], COLOURS, len(x))
    fresh.draw_all(x[kept], which[kept], COLOURS)
    assert np.array_equal(pixels(raster), pixels(fresh))


def test_points_outside_and_very_far_do_no_harm() -> None:
    raster = Raster(40, 30, ToPixels(4.0, 20.0, -4.0, 15.0))
    x = np.array([[1e7, 0], [-1e7, 0], [0, 1e7], [0.0, 0.0]])
    raster.draw_all(x, np.zeros(4, np.uint8), COLOURS)
    assert (pixels(raster) != 0).sum() == 9


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[PointsStage]:
    session = Session(Runner(warm=False, spare=False), "clustering.kmeans")  # a runner that was never started
    stage = PointsStage(session)
    stage.active = True
    stage.resize(800, 600)
    qtbot.addWidget(stage)
    with qtbot.waitExposed(stage):
        stage.show()
    yield stage
    session.close()
    theme.set_class_colours(())


def pixel(stage: PointsStage, x: float, y: float):
    return stage.plane.mapFromScene(stage.plane.getViewBox().mapViewToScene(QPointF(x, y)))


def image(stage: PointsStage) -> np.ndarray:
    stage.plane.grab()
    raster = stage.plane.points._raster
    assert raster is not None
    return raster._pixels.copy()


@pytest.mark.parametrize("tool", ["brush", "eraser", "relabel", "move"])
def test_a_stroke_among_many_is_drawn_at_once_and_handed_over_at_its_end(stage: PointsStage, tool: str) -> None:
    made = make_sample("circles", n=LIVE + 5000, noise=0.1, seed=2)
    assert isinstance(made, Points)
    stage.document.load(made, "Circles")
    before = image(stage)
    stage.editor.choose(tool)
    stage.editor.choose_class(2, Qt.MouseButton.RightButton)
    start = tuple(made.x[10])
    viewport = stage.plane.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.RightButton, pos=pixel(stage, *start))
    QTest.mouseMove(viewport, pixel(stage, start[0] + 0.4, start[1] + 0.1))
    handed_over = stage.session.data
    assert handed_over.recipe == made.recipe  # the run does not hear of it in mid-stroke
    during = image(stage)
    assert not np.array_equal(before, during)
    QTest.mouseRelease(viewport, Qt.MouseButton.RightButton, pos=pixel(stage, start[0] + 0.4, start[1] + 0.1))
    assert stage.session.data is not handed_over
    assert np.array_equal(stage.session.data.x, stage.points.points.x)
    after = image(stage)
    assert np.array_equal(during != 0, after != 0)  # colours may differ: the split is known only now


def test_few_points_reach_the_run_at_every_move(stage: PointsStage) -> None:
    viewport = stage.plane.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=pixel(stage, 0, 0))
    assert len(stage.session.data) == len(stage.document) > 0
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=pixel(stage, 0, 0))


def test_empty_plane_says_what_to_do_first_and_can_be_drawn_through(stage: PointsStage) -> None:
    assert stage.empty.isVisible()
    assert "left mouse button" in stage.empty.text()
    viewport = stage.plane.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=pixel(stage, 0, 0))
    assert len(stage.document) > 0
    assert not stage.empty.isVisible()
    stage.document.clear()
    assert stage.empty.isVisible()
