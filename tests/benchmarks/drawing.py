"""What a move of the mouse costs while painting, erasing and moving among 10^3 to 10^6 points, in the shown window."""

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editors.points.stage import PointsStage
from app.window import MainWindow
from engines.data.points import Points
from engines.data.sampling import make_sample

SIZES = (10**3, 10**4, 10**5, 10**6)
MOVES = 40
TOOLS = ("brush", "eraser", "relabel", "magnet", "move")


def way(stage: PointsStage, start: tuple[float, float]) -> Iterator[QPoint]:
    """Places of the mouse along a line, in pixels."""
    view = stage.plane.getViewBox()
    for share in np.linspace(0, 1, MOVES):
        yield stage.plane.mapFromScene(view.mapViewToScene(QPointF(start[0] + 2.4 * share, start[1])))


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of an act, with the painting that it causes."""
    began = time.perf_counter()
    act()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - began)


def stroke(stage: PointsStage, tool: str, start: tuple[float, float]) -> tuple[list[float], float]:
    """Milliseconds of each move of one stroke, and of letting go."""
    stage.editor.choose(tool)
    places = list(way(stage, start))
    viewport = stage.plane.viewport()
    QTest.mouseMove(viewport, places[0])
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    moves = []
    for place in places[1:]:
        spent = timed(lambda place=place: QTest.mouseMove(viewport, place))
        if stage.editor.tool.continuous:
            spent += timed(stage.editor._tick)
        moves.append(spent)
    letting_go = timed(
        lambda: QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])
    )
    return moves, letting_go


def measure(window: MainWindow) -> dict[str, float]:
    """Median and worst ms of a move for each tool and size, the growth from 10^3 to 10^6, and letting go at 10^6."""
    stage = window.stage.editor_of(Points)
    assert isinstance(stage, PointsStage)
    window.stage.show_kind(Points)
    figures: dict[str, float] = {}
    for size in SIZES:
        stage.document.load(make_sample("circles", n=size, noise=0.3, seed=1), "Benchmark")
        QApplication.processEvents()
        ends = []
        for place, tool in enumerate(TOOLS):
            moves, end = stroke(stage, tool, (-1.2, 1.5 - 0.75 * place))
            figures[f"{tool}_{size}_median_ms"] = statistics.median(moves)
            figures[f"{tool}_{size}_p95_ms"] = sorted(moves)[int(0.95 * len(moves))]
            ends.append(end)
        figures[f"end_of_stroke_{size}_ms"] = statistics.median(ends)
    for tool in TOOLS:
        figures[f"{tool}_growth_1e3_to_1e6"] = (
            figures[f"{tool}_{SIZES[-1]}_median_ms"] / figures[f"{tool}_{SIZES[0]}_median_ms"]
        )
    stage.document.clear()
    return figures
