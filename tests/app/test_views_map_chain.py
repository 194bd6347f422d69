"""Maps in a row: where they are, what is not known yet, and where a click leads."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.map_chain_view import MapChainView
from app.views.registry import view_for
from engines.core.language import say
from engines.core.step import Poke
from engines.pictures.map_chain import MapChain
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def chain(*, changes: bool = False, colour: bool = False, sides: tuple[int, ...] = (8, 6, 6, 3)) -> MapChain:
    maps = [np.linspace(0, 1, side * side, dtype=np.float32).reshape(side, side) for side in sides]
    if colour:
        maps[0] = np.repeat(maps[0][..., None], 3, axis=2)
    maps[1] = -maps[1]
    maps[-1] = np.full_like(maps[-1], np.nan)
    captions = tuple(say("map {height} × {width}", height=side, width=side) for side in sides)
    differences = tuple(np.zeros((side, side), np.float32) for side in sides) if changes else ()
    return MapChain(tuple(maps), captions, (0.0, *[1.0] * (len(sides) - 1)), 1, differences, "stage")


def colours_in(widget: QWidget) -> int:
    return len(np.unique(pixels(widget).reshape(-1, 3).astype(int) @ (1, 256, 65536)))


@pytest.fixture
def view(qtbot: QtBot) -> MapChainView:
    made = MapChainView()
    shown(qtbot, made, (420, 300))
    made.show_picture(chain())
    return made


def test_it_is_the_view_of_a_chain() -> None:
    assert view_for(MapChain) is MapChainView


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(240, 170), (260, 420), (900, 300), (40, 30)])
@pytest.mark.parametrize("changes", [False, True])
@pytest.mark.parametrize("colour", [False, True])
def test_whatever_is_in_it_is_drawn(
    qtbot: QtBot, size: tuple[int, int], changes: bool, colour: bool, dark: bool
) -> None:
    theme.set(dark=dark)
    made = MapChainView()
    shown(qtbot, made, size)
    made.show_picture(chain(changes=changes, colour=colour))
    assert colours_in(made) > 2
    made.clear()
    assert made.empty()


@pytest.mark.parametrize("size", [(260, 420), (420, 300), (900, 300)])
@pytest.mark.parametrize("changes", [False, True])
def test_no_map_covers_another_and_all_are_inside(qtbot: QtBot, size: tuple[int, int], changes: bool) -> None:
    view = MapChainView()
    shown(qtbot, view, size)
    view.show_picture(chain(changes=changes))
    boxes = [grid.box for grid in view.grids()]
    assert len(boxes) == (8 if changes else 4)
    assert all(view.rect().contains(box.toRect()) for box in boxes)
    assert not any(one.intersects(other) for i, one in enumerate(boxes) for other in boxes[:i])
    if changes:
        for above, below in zip(boxes[:4], boxes[4:], strict=True):
            assert below.center().x() == pytest.approx(above.center().x())
            assert below.top() > above.bottom()


def test_numbers_have_the_colours_of_below_and_above_0_and_what_is_not_known_is_pale(view: MapChainView) -> None:
    image = view.grab().toImage()
    grids = view.grids()
    strongest = grids[1].cell(5, 5).topLeft().toPoint() + QPoint(3, 3)
    assert near(image.pixelColor(strongest), theme.tokens.color("negative"), 8)
    unknown = grids[3].cell(1, 1).center().toPoint()
    assert near(image.pixelColor(unknown), theme.tokens.color("field"), 3)


def test_a_click_leads_to_a_map_but_not_to_the_picture(view: MapChainView) -> None:
    pokes: list[Poke] = []
    view.poked.connect(pokes.append)
    for place in (0, 1, 3):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.grids()[place].box.center().toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert [(poke.target, poke.index) for poke in pokes] == [("stage", (1,)), ("stage", (3,))]
    QTest.mouseMove(view, view.grids()[2].box.center().toPoint())
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(view, view.grids()[0].box.center().toPoint())
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_it_speaks_chinese(view: MapChainView) -> None:
    speaker.speak("zh")
    assert view.accessibleName() == "逐步变化"
    view.grab()
