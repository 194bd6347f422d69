"""The line through the points: where it is, cut off at the view, broken, with its residuals and its legend."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QTransform
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.fit_layer import FitLayer, clipped, dashed, segments
from app.views.plane import Plane
from engines.core.language import say
from engines.data.points import Points
from engines.pictures.fit import Fit
from tests.app import planes

POINTS = Points(np.array([[-2.0, 1.5], [1.0, -1.0]]), np.zeros(2, int), target="height")
NO_NAME = say("")
pytestmark = pytest.mark.usefixtures("plain_look")


def plane(qtbot: QtBot, points: Points = POINTS) -> Plane:
    return planes.plane(qtbot, points)


def flat(*heights: float, predicted: tuple[float, ...] = (), names: tuple[str, ...] = ()) -> Fit:
    said = tuple(say(name) for name in names) or (NO_NAME,) * len(heights)
    return Fit(np.array([-9.0, 9.0]), np.array([[h, h] for h in heights]), said, np.array(predicted))


def column(canvas: Plane, x: float, y: float, shown: QImage, reach: int = 3) -> list[QColor]:
    """What is shown a few pixels above and below a place in data units."""
    at = canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(x, y)))
    return [shown.pixelColor(at.x(), at.y() + j) for j in range(-reach, reach + 1)]


def distance(first: QColor, second: QColor) -> int:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return max(abs(a - b) for a, b in pairs)


def has(colours: list[QColor], name: str, most: int = 70) -> bool:
    return any(distance(colour, theme.tokens.color(name)) <= most for colour in colours)


@pytest.mark.parametrize("dark", [False, True])
def test_the_line_is_where_it_belongs(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    canvas = plane(qtbot)
    canvas.show_picture(flat(0.7))
    shown = canvas.grab().toImage()
    for x in (-5.0, 0.3, 5.0):
        assert has(column(canvas, x, 0.7, shown), "accent")
        assert not has(column(canvas, x, -2.0, shown), "accent")
    canvas.clear_pictures()
    assert not has(column(canvas, 0.3, 0.7, canvas.grab().toImage()), "accent")


def test_the_first_line_is_whole_and_the_others_are_broken(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(flat(0.7, -0.7))
    shown = canvas.grab().toImage()
    places = np.linspace(-4, 3, 60)
    assert all(has(column(canvas, x, 0.7, shown), "accent") for x in places)
    drawn = [has(column(canvas, x, -0.7, shown), "muted") for x in places]
    assert 0.4 < np.mean(drawn) < 0.95


def test_residuals_go_from_the_points_to_the_line(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    before = canvas.grab().toImage()
    canvas.show_picture(flat(0.0, predicted=(0.0, 0.0)))
    shown = canvas.grab().toImage()

    def redder(x: float, y: float) -> bool:
        pairs = zip(column_at(x, y, shown), column_at(x, y, before), strict=True)
        return any(distance(now, then) > 40 for now, then in pairs)

    def column_at(x: float, y: float, image: QImage) -> list[QColor]:
        at = canvas.mapFromScene(canvas.getViewBox().mapViewToScene(QPointF(x, y)))
        return [image.pixelColor(at.x() + i, at.y()) for i in (-1, 0, 1)]

    assert redder(-2.0, 0.8)
    assert redder(1.0, -0.4)
    assert not redder(-2.0, 2.0)
    assert not redder(1.0, 0.6)
    canvas.show_picture(flat(0.0, predicted=(0.0, 0.0, 0.0)))  # of other points: they are being edited
    shown = canvas.grab().toImage()
    assert not redder(-2.0, 0.8)


def test_the_legend_is_in_the_language_of_now(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(flat(-2.0))
    plain = canvas.grab().toImage()
    canvas.show_picture(flat(-2.0, names=("closed form",)))
    english = canvas.grab().toImage()
    speaker.speak("zh")
    qtbot.wait(10)
    chinese = canvas.grab().toImage()
    corner = canvas.getViewBox().sceneBoundingRect()
    area = QRectF(corner.right() - 140, corner.top(), 140, 40).toRect()
    assert plain.copy(area) != english.copy(area)
    assert english.copy(area) != chinese.copy(area)


def test_a_steep_line_is_cut_off_and_gaps_stay_gaps() -> None:
    room = QRectF(0, 0, 100, 100)
    steep = segments(np.array([0.0, 1.0]), np.array([-1e9, 1e9]), QTransform(), room)
    assert len(steep) == 1
    assert abs(steep[0].y1()) < 1e3
    assert abs(steep[0].y2()) < 1e3
    y = np.array([0.0, np.nan, 2.0, 3.0])
    assert len(segments(np.arange(4.0), y, QTransform(), room)) == 1
    assert segments(np.array([5e3, 6e3]), np.zeros(2), QTransform(), room) == []


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((0, 0, 10, 0), (0, 0, 5, 0)),
        ((0, -10, 0, 10), (0, -5, 0, 5)),
        ((-20, -20, 20, 20), (-5, -5, 5, 5)),
        ((-9, 9, 9, 9), None),
        ((9, -3, 9, 3), None),
        ((1, 1, 2, 2), (1, 1, 2, 2)),
    ],
)
def test_what_lies_in_a_square_of_ten(ends: tuple[float, ...], expected: tuple[float, ...] | None) -> None:
    found = clipped(*ends, -5, 5, -5, 5)  # type: ignore[call-arg]
    assert found is None if expected is None else found == pytest.approx(expected)


def test_dashes_go_on_over_the_pieces_and_never_across_a_gap() -> None:
    whole = dashed([QLineF(0, 0, 100, 0)], 6)
    pieces = dashed([QLineF(i, 0, i + 1, 0) for i in range(100)], 6)
    assert [dash.x1() for dash in pieces] == pytest.approx([dash.x1() for dash in whole])
    assert [dash.x2() for dash in pieces] == pytest.approx([dash.x2() for dash in whole])
    assert whole[1].x1() == pytest.approx(9.6)
    assert whole[1].length() == pytest.approx(6)
    apart = dashed([QLineF(0, 0, 4, 0), QLineF(500, 0, 504, 0)], 6)
    assert all(dash.length() <= 6.1 for dash in apart)
    assert dashed([], 6) == []


def test_a_curve_of_many_places_is_cheap(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    x = np.linspace(-9, 9, 400)
    curves = [Fit(x, np.stack([2 * np.sin(3 * x + k), np.cos(x)]), (NO_NAME,) * 2) for k in range(10)]
    canvas.show_picture(curves[0])
    canvas.grab()
    times = []
    for curve in curves:
        began = time.perf_counter()
        canvas.show_picture(curve)
        canvas.grab()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.04  # 5 ms where nothing else runs


def test_nothing_of_it_can_be_taken(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(flat(0.0))
    layer = canvas.layer(Fit)
    assert isinstance(layer, FitLayer)
    assert not layer.grab(0.0, 0.0, 1.0)


def test_lines_behind_are_drawn_pale_and_a_gap_is_no_error(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    x, high = np.linspace(-8, 8, 50), np.full(50, 2.0)
    high[32:] = np.nan
    canvas.show_picture(Fit(x, np.full((1, 50), -2.0), (NO_NAME,), faint=np.stack([high, high - 1])))
    shown = canvas.grab().toImage()
    paper = column(canvas, -4.0, 3.0, shown)[0]
    for y in (2.0, 1.0):
        behind = column(canvas, -4.0, y, shown)
        assert max(distance(colour, paper) for colour in behind) > 15
        assert not has(behind, "accent", 40)
    assert has(column(canvas, -4.0, -2.0, shown), "accent", 40)
    gap = column(canvas, 4.5, 2.0, shown)
    assert max(distance(colour, paper) for colour in gap) < 15
