"""Small pictures in a grid: what they show, where they are, where they lead."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.registry import view_for
from app.views.tiles_view import TilesView, images, span_of
from engines.core.language import say
from engines.pictures.tiles import Tiles
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def tiles(m: int = 6, columns: int = 3, colour: bool = False) -> Tiles:
    shape = (m, 4, 4, 3) if colour else (m, 4, 4)
    values = np.zeros(shape, np.float32)
    values[1::3] = 1.0
    if m > 2:
        values[2] = np.nan
    signed = np.zeros(m, bool)
    if m > 3:
        signed[3], values[3] = True, -1.0
    captions = tuple(say("axis {k}", k=k) if k % 2 else "data" for k in range(m))
    return Tiles(values, signed, captions, columns, np.arange(m) - 1)


@pytest.fixture
def view(qtbot: QtBot) -> TilesView:
    made = TilesView()
    shown(qtbot, made, (360, 260))
    return made


def test_it_is_the_view_of_tiles() -> None:
    assert view_for(Tiles) is TilesView


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(240, 170), (900, 500), (40, 30)])
@pytest.mark.parametrize(("m", "columns"), [(0, 3), (1, 6), (6, 3), (18, 6)])
@pytest.mark.parametrize("colour", [False, True])
def test_whatever_is_in_it_is_drawn(
    qtbot: QtBot, m: int, columns: int, size: tuple[int, int], dark: bool, colour: bool
) -> None:
    theme.set(dark=dark)
    made = TilesView()
    shown(qtbot, made, size)
    made.show_picture(tiles(m, columns, colour))
    assert made.empty() == (m == 0)
    assert len(np.unique(pixels(made).reshape(-1, 3), axis=0)) > 1
    made.clear()
    assert made.empty()


def test_black_white_missing_and_signed_are_what_they_are(view: TilesView) -> None:
    view.show_picture(tiles())
    image = view.grab().toImage()
    colours = [image.pixelColor(view.cell(place).center().toPoint()) for place in range(4)]
    assert (colours[0].red(), colours[1].red()) == (0, 255)
    assert near(colours[2], theme.tokens.color("field"), 3)
    assert near(colours[3], theme.tokens.color("negative"), 6)
    theme.set(dark=True)
    assert near(view.grab().toImage().pixelColor(view.cell(3).center().toPoint()), theme.tokens.color("negative"), 6)


def test_the_first_row_of_a_picture_is_at_the_top(view: TilesView) -> None:
    for signed in (False, True):
        values = np.zeros((1, 4, 4), np.float32)
        values[0, 0] = 1.0
        view.show_picture(Tiles(values, np.array([signed]), ("",), 1, np.array([-1])))
        image, cell = view.grab().toImage(), view.cell(0)
        above = image.pixelColor(int(cell.center().x()), int(cell.top() + cell.height() / 8))
        below = image.pixelColor(int(cell.center().x()), int(cell.bottom() - cell.height() / 8))
        expected = theme.tokens.color("positive") if signed else "white"
        assert near(above, theme.tokens.color("positive") if signed else type(above)(expected), 6)
        assert not near(below, above, 40)


def test_colours_of_a_picture_are_kept_and_a_signed_one_is_grey_at_zero() -> None:
    values = np.zeros((2, 2, 2, 3), np.float32)
    values[0] = (1.0, 0.5, 0)
    made = images(Tiles(values, np.array([False, True]), ("", ""), 2, np.array([-1, -1])))
    assert made[0] is not None
    assert made[0].pixelColor(0, 0).getRgb()[:3] == (255, 128, 0)
    assert made[1] is not None
    assert made[1].pixelColor(1, 1).getRgb()[:3] == (128, 128, 128)


@pytest.mark.parametrize("size", [(240, 170), (900, 500)])
def test_no_picture_covers_another_and_all_are_inside(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = TilesView()
    shown(qtbot, view, size)
    view.show_picture(tiles(18, 6))
    cells = [view.cell(place) for place in range(18)]
    assert all(view.rect().contains(cell.toAlignedRect()) for cell in cells)
    assert not any(one.intersects(other) for i, one in enumerate(cells) for other in cells[:i])
    assert all(cell.width() == pytest.approx(cell.height()) for cell in cells)
    assert cells[0].width() > 15


def test_a_caption_reaches_over_those_that_have_none_in_its_row() -> None:
    captions = ("long", "", "", "short", "next", "")
    row = Tiles(np.zeros((6, 4, 4), np.float32), np.zeros(6, bool), captions, 3, np.full(6, -1))
    assert [span_of(row, place) for place in (0, 3, 4)] == [3, 1, 2]


def test_a_click_leads_to_the_row_and_one_on_no_row_leads_nowhere(view: TilesView) -> None:
    view.show_picture(tiles())
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell(4).center().toPoint())
    assert picked[-1].tolist() == [3]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell(0).center().toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert len(picked) == 1
    QTest.mouseMove(view, view.cell(4).center().toPoint())
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(view, view.cell(0).center().toPoint())
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_it_speaks_chinese(view: TilesView) -> None:
    view.show_picture(tiles())
    speaker.speak("zh")
    assert view.accessibleName() == "图片"
    view.grab()
