"""Models side by side: where the tiles are, what they show, what a click takes."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.boundaries_view import BoundariesView
from app.views.registry import view_for
from engines.core.language import say
from engines.pictures.boundaries import Boundaries
from engines.pictures.surface import HOME
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def boundaries(m: int = 5, classes: int = 2, **more: object) -> Boundaries:
    """The left half is class 0, the right half class 1; the last tile is not there yet."""
    surfaces = np.zeros((m, classes, 8, 16), np.float32)
    surfaces[:, 0, :, :8] = 1.0
    surfaces[:, -1, :, 8:] = 1.0
    scores = np.linspace(0.8, 0.9, m) if m else np.zeros(0)
    if m:
        surfaces[-1], scores[-1] = np.nan, np.nan
    captions = tuple(say("fold {i}", i=i + 1) for i in range(m))
    return Boundaries(surfaces, HOME, captions, scores, **more)


@pytest.fixture
def view(qtbot: QtBot) -> BoundariesView:
    made = BoundariesView()
    shown(qtbot, made, (420, 300))
    return made


def test_it_is_the_view_of_boundaries() -> None:
    assert view_for(Boundaries) is BoundariesView


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(240, 170), (900, 500), (40, 30)])
def test_whatever_is_in_it_is_drawn(qtbot: QtBot, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    made = BoundariesView()
    shown(qtbot, made, size)
    for m, classes in ((0, 3), (1, 1), (5, 3), (80, 2)):
        made.show_picture(boundaries(m, classes, lit=m - 1, best=0))
        assert made.empty() == (m == 0)
        assert len(np.unique(pixels(made).reshape(-1, 3), axis=0)) > 1
    made.clear()
    assert made.empty()


@pytest.mark.parametrize("size", [(240, 170), (900, 500)])
def test_tiles_are_inside_and_apart(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = BoundariesView()
    shown(qtbot, view, size)
    for m in (1, 2, 5, 12, 24):
        view.show_picture(boundaries(m))
        tiles = [view.tile(i) for i in range(m) if not view.tile(i).isEmpty()]
        assert len(tiles) == view.layout_of()[0]
        assert all(view.rect().contains(tile.toAlignedRect()) for tile in tiles)
        assert not any(one.intersects(other) for i, one in enumerate(tiles) for other in tiles[:i])
        assert all(tile.width() == pytest.approx(2 * tile.height()) for tile in tiles)  # as HOME is


def test_the_lit_one_of_very_many_can_be_seen(view: BoundariesView) -> None:
    view.resize(240, 170)
    view.show_picture(boundaries(200, lit=150))
    assert view.layout_of()[0] < 200
    assert not view.tile(150).isEmpty()
    assert view.tile(0).isEmpty()


def test_a_tile_shows_what_its_model_says_the_right_way_up(view: BoundariesView) -> None:
    surfaces = np.zeros((1, 2, 8, 16), np.float32)
    surfaces[0, 0, :, 8:] = 1.0
    surfaces[0, 1, :, :8] = 1.0
    surfaces[0, :, 0] = [[0.0], [1.0]]  # the lowest row is of class 1
    view.show_picture(Boundaries(surfaces, HOME, ("one",), np.array([0.5])))
    image, tile = view.grab().toImage(), view.tile(0)
    right_up = image.pixelColor(QPoint(int(tile.right() - 20), int(tile.top() + 20)))
    right_down = image.pixelColor(QPoint(int(tile.right() - 20), int(tile.bottom() - 4)))
    assert right_up.red() > right_up.blue()  # class 0 is orange
    assert right_down.blue() > right_down.red()


def test_the_unfinished_one_is_empty_and_the_frames_say_which_is_which(view: BoundariesView) -> None:
    view.show_picture(boundaries(5, best=1, lit=2))
    image = view.grab().toImage()
    edges = [image.pixelColor(view.tile(i).topLeft().toPoint() + QPoint(20, 0)) for i in range(4)]
    assert near(edges[1], theme.tokens.color("good"))
    assert near(edges[2], theme.tokens.color("accent"))
    assert not near(edges[0], theme.tokens.color("accent"))
    assert "not finished" in view.describe(4)
    assert "0.825" in view.describe(1)


def test_dots_and_curves_are_drawn_where_they_are(view: BoundariesView) -> None:
    none = np.zeros((1, 0, 0, 0), np.float32)
    curve = np.zeros((1, 64))
    curve[0, 32:] = np.nan
    points, groups = np.array([[4.0, 2.0]]), np.array([0])
    view.show_picture(Boundaries(none, HOME, ("one",), np.array([0.5]), curves=curve, points=points, groups=groups))
    image, tile = view.grab().toImage(), view.tile(0)
    dot = image.pixelColor(QPointF(tile.left() + 0.75 * tile.width(), tile.top() + 0.25 * tile.height()).toPoint())
    assert near(dot, theme.tokens.class_color(0))
    half = int(tile.center().y())
    on, off = (image.pixelColor(int(tile.left() + share * tile.width()), half) for share in (0.25, 0.75))
    assert near(on, theme.tokens.color("accent"))
    assert not near(off, theme.tokens.color("accent"))


def test_what_is_held_out_is_stronger(view: BoundariesView) -> None:
    points, groups = np.array([[-4.0, 2.0], [4.0, 2.0]]), np.array([0, 0])
    strong = np.array([[True, False]])
    none = np.zeros((1, 0, 0, 0), np.float32)
    view.show_picture(Boundaries(none, HOME, ("",), np.array([0.5]), points=points, groups=groups, strong=strong))
    image, tile = view.grab().toImage(), view.tile(0)
    y = int(tile.top() + tile.height() / 4)
    left, right = (image.pixelColor(int(tile.left() + share * tile.width()), y) for share in (0.25, 0.75))
    assert near(left, theme.tokens.class_color(0))
    assert not near(right, theme.tokens.class_color(0))


def test_a_click_or_enter_takes_the_settings_of_a_tile(view: BoundariesView) -> None:
    taken: list[object] = []
    view.taken.connect(taken.append)
    view.show_picture(boundaries(5))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.tile(1).center().toPoint())
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert not taken  # there is nothing to take
    view.show_picture(boundaries(5, takes=tuple((("alpha", i / 10),) for i in range(5))))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.tile(1).center().toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(0, 0))
    assert taken == [{"alpha": 0.1}]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(view, key)
    assert taken[1:] == [{"alpha": 0.1}]
    view.clear()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert len(taken) == 2
