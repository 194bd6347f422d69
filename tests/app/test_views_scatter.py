"""The map of rows: where points are, what they look like, and how they lead back to their rows."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views import stamps
from app.views.registry import view_for
from app.views.scatter_view import ScatterView, around, nearest
from engines.core.language import say
from engines.pictures.scatter import Scatter
from tests.app.test_views import near, pixels, shown

AREA = (-2.0, -2.0, 2.0, 2.0)
CROSS = np.array([[0.0, 0], [1, 0], [-1, 0], [0, 1], [0, -1.0]])
pytestmark = pytest.mark.usefixtures("plain_look")


def scatter(places: np.ndarray = CROSS, classes: tuple[str, ...] = ("a", "b")) -> Scatter:
    groups = np.arange(len(places)) % max(1, len(classes))
    return Scatter(places, groups, classes, AREA, say("axis {k}", k=1), say("axis {k}", k=2))


@pytest.fixture
def view(qtbot: QtBot) -> ScatterView:
    made = ScatterView()
    shown(qtbot, made, (400, 300))
    return made


def test_it_is_the_view_of_maps() -> None:
    assert view_for(Scatter) is ScatterView


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(240, 170), (900, 500), (40, 30)])
@pytest.mark.parametrize("n", [0, 1, 300, 6000])
def test_whatever_is_in_it_is_drawn(qtbot: QtBot, n: int, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    made = ScatterView()
    shown(qtbot, made, size)
    made.show_picture(scatter(np.random.default_rng(0).normal(size=(n, 2))))
    assert made.empty() == (n == 0)
    assert len(np.unique(pixels(made).reshape(-1, 3), axis=0)) > 1
    made.clear()
    assert made.empty()


def test_both_axes_have_one_scale_and_all_of_the_area_is_seen(view: ScatterView) -> None:
    view.show_picture(scatter())
    middle, right, left, up, down = view.pixels(CROSS)
    assert right[0] - middle[0] == pytest.approx(middle[1] - up[1])
    assert (left[0], down[1]) < (middle[0], middle[1] + 1e9)
    corners = view.pixels(np.array([[-2.0, -2], [2, 2]]))
    assert view.room().contains(QPointF(*corners.mean(0)))
    assert corners[0, 1] <= view.room().bottom() + 1
    assert corners[1, 1] >= view.room().top() - 1


def test_a_point_has_the_colour_of_its_class(view: ScatterView) -> None:
    view.show_picture(scatter())
    image = view.grab().toImage()
    for at, group in zip(view.pixels(CROSS), np.arange(5) % 2, strict=True):
        assert near(image.pixelColor(QPoint(*np.rint(at).astype(int))), theme.tokens.class_color(int(group)), 12)


def test_more_classes_than_shapes_are_told_by_their_names(view: ScatterView) -> None:
    digits = tuple("0123456789")
    assert stamps.named(digits)
    assert not stamps.named(digits[:8])
    assert not stamps.named(tuple(f"class {k}" for k in range(10)))
    places = np.column_stack([np.linspace(-1.8, 1.8, 10), np.zeros(10)])
    view.show_picture(scatter(places, digits))
    view.resize(800, 300)
    image = pixels(view)
    crops = []
    for x, y in np.rint(view.pixels(places)).astype(int).tolist():
        crops.append(image[y - 6 : y + 7, x - 5 : x + 6].copy())
    assert not np.array_equal(crops[0], crops[8])  # the same colour, another sign
    assert not np.array_equal(crops[1], crops[9])


def test_a_click_takes_the_point_under_it_and_a_click_beside_lets_go(view: ScatterView) -> None:
    view.show_picture(scatter())
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(*np.rint(view.pixels(CROSS)[3]).astype(int)))
    assert picked[-1].tolist() == [3]
    assert view.ringed.tolist() == [3]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 60))
    assert picked[-1].tolist() == []


def test_a_line_drawn_around_takes_what_is_inside(view: ScatterView) -> None:
    view.show_picture(scatter())
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    corners = np.array([[0.5, -0.5], [1.5, -0.5], [1.5, 0.5], [-0.5, 0.6], [-0.4, -0.4]])
    way = [QPoint(*np.rint(at).astype(int)) for at in view.pixels(corners)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=way[0])
    for at in way[1:]:
        QTest.mouseMove(view, at)
    view.grab()  # while it is being drawn
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=way[-1])
    assert picked[-1].tolist() == [0, 1]


def test_around_and_nearest_by_hand() -> None:
    places = np.array([[5.0, 5], [15, 5], [50, 50]])
    square = [QPointF(0, 0), QPointF(10, 0), QPointF(10, 10), QPointF(0, 10)]
    assert around(places, square).tolist() == [0]
    assert nearest(places, QPointF(13, 5)).tolist() == [1]
    assert nearest(places, QPointF(30, 30)).tolist() == []


def test_marks_are_drawn_once_until_something_changes(view: ScatterView, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    whole = stamps.stamp
    monkeypatch.setattr(stamps, "stamp", lambda *given, **named: (drawn.append(1), whole(*given, **named)))
    sample = scatter()
    view.show_picture(sample)
    view.grab()
    view.show_picture(sample)
    view.grab()
    assert len(drawn) == 1
    view.show_picture(scatter(CROSS + 0.1))
    view.grab()
    theme.set(dark=True)
    view.grab()
    view.resize(500, 300)
    view.grab()
    assert len(drawn) == 4


def test_rows_that_are_gone_are_ringed_no_more(view: ScatterView) -> None:
    view.show_picture(scatter())
    view.ringed = np.array([1, 4])
    view.show_picture(scatter(CROSS[:3]))
    assert view.ringed.tolist() == [1]
    view.grab()


def test_it_speaks_chinese(view: ScatterView) -> None:
    view.show_picture(scatter())
    speaker.speak("zh")
    assert view.accessibleName() == "散点图"
    view.grab()


@pytest.mark.parametrize(("n", "most"), [(1797, 60), (100_000, 90)])
def test_a_new_picture_is_drawn_quickly(view: ScatterView, n: int, most: float) -> None:
    view.resize(900, 500)
    times = []
    for seed in range(4):
        view.show_picture(scatter(np.random.default_rng(seed).normal(size=(n, 2)), tuple("0123456789")))
        began = time.process_time()
        view.grab()
        times.append(time.process_time() - began)
    assert min(times) * 1000 < most
