"""A picture with boxes: what is drawn, what is said of a box and of a cell, and the walk through suppression."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.boxes_view import BoxesView
from app.views.registry import view_for
from engines.core.language import say
from engines.pictures.boxes import Boxes
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")

# Two things; the first is found twice, and a third is found where nothing is.
TRUTH = np.array([[0, 4, 4, 20, 20], [1, 24, 24, 40, 44]], float)
FOUND = np.array([
    [0, 0.9, 4, 4, 20, 24],
    [0, 0.7, 6, 4, 22, 20],
    [1, 0.5, 24, 26, 40, 44],
    [1, 0.4, 30, 2, 46, 12],
], float)  # fmt: skip
REMOVED = np.array([-1, 0, -1, -1])
SHARED = 14 * 16 / (320 + 256 - 14 * 16)  # of the first two


def boxes(decided: int = 4, *, colour: bool = False, found: np.ndarray = FOUND, truth: np.ndarray = TRUTH) -> Boxes:
    shape = (48, 48, 3) if colour else (48, 48)
    cells = np.zeros((6, 6, 2, 6))
    cells[..., 2:] = (1, 1, 9, 9)
    cells[2, 1] = [[1, 0.8, 4, 12, 20, 28], [0, 0.1, 6, 16, 14, 24]]
    many, anchors = len(found), np.array([[16.0, 16.0], [8.0, 8.0]])
    return Boxes(
        np.full(shape, 30, np.uint8), ("circle", "square"), truth, found, REMOVED[:many],
        np.array([0, SHARED, 0, 0])[:many], min(decided, many), 8, anchors, cells, 0.3, 0.5,
        say("picture {n}, for validation", n=7),
    )  # fmt: skip


@pytest.fixture
def view(qtbot: QtBot) -> BoxesView:
    made = BoxesView()
    shown(qtbot, made, (620, 400))
    made.show_picture(boxes())
    return made


def at(view: BoxesView, x: float, y: float) -> QPoint:
    """Where a place of the picture is seen."""
    frame = view.frame()
    return QPointF(frame.left + frame.unit * x, frame.top + frame.unit * y).toPoint()


def test_it_is_the_view_of_boxes() -> None:
    assert view_for(Boxes) is BoxesView


@pytest.mark.parametrize(("dark", "colour"), [(False, True), (True, False)])
@pytest.mark.parametrize("size", [(240, 170), (220, 380), (900, 500), (30, 20)])
@pytest.mark.parametrize("decided", [0, 2, 4])
def test_whatever_is_in_it_is_drawn(
    qtbot: QtBot, size: tuple[int, int], dark: bool, colour: bool, decided: int
) -> None:
    theme.set(dark=dark)
    made = BoxesView()
    shown(qtbot, made, size)
    for picture in (
        boxes(decided, colour=colour),
        boxes(found=np.zeros((0, 6)), truth=np.zeros((0, 5))),
        Boxes(np.zeros((8, 20), np.uint8)),
    ):
        made.show_picture(picture)
        assert np.ptp(pixels(made)) > 0
        assert made.words().height() > 0 or size[1] < 30
    made.clear()
    assert made.boxes is None
    assert made.on.isHidden()


def test_kept_boxes_have_their_colour_and_removed_ones_are_not_there(view: BoxesView) -> None:
    image = view.grab().toImage()
    assert near(image.pixelColor(at(view, 24, 35)), theme.tokens.class_color(1), 40)
    assert not near(image.pixelColor(at(view, 22, 12)), theme.tokens.class_color(0), 60)
    view.show_picture(boxes(decided=1))
    drawn = view.grab().toImage()
    column = [drawn.pixelColor(at(view, 22, y)) for y in np.linspace(6, 18, 60)]
    assert any(near(colour, theme.tokens.class_color(0), 40) for colour in column)  # dotted: not decided on yet


def test_pointing_at_a_box_compares_it_with_the_true_one(view: BoxesView) -> None:
    hovered: list[object] = []
    view.hovered.connect(hovered.append)
    QTest.mouseMove(view, at(view, 12, 22))
    assert view.pointed == 0
    assert view.said()[0] == "circle 0.90"
    assert view.said()[-1] == "IoU = 256 / 320 = 0.80"
    assert near(
        view.grab().toImage().pixelColor(at(view, 10, 10)), view.grab().toImage().pixelColor(at(view, 14, 14)), 9
    )
    QTest.mouseMove(view, at(view, 40, 7))
    assert view.said() == ["square 0.40", "There is no true box here"]
    QTest.mouseMove(view, at(view, 3, 46))
    assert view.said()[0] == "picture 7, for validation"
    assert view.said()[1] == "found (score ≥ 0.30): 3"
    assert hovered == [0, 3, None]


def test_what_two_boxes_share_is_filled(view: BoxesView) -> None:
    before = view.grab().toImage().pixelColor(at(view, 11, 11))
    QTest.mouseMove(view, at(view, 12, 22))
    after = view.grab().toImage()
    inside, only_found = after.pixelColor(at(view, 11, 11)), after.pixelColor(at(view, 11, 22))
    assert inside.green() > before.green() + 40
    assert not near(inside, only_found, 30)


def test_a_click_keeps_a_box_and_another_lets_go(view: BoxesView) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 32, 35))
    QTest.mouseMove(view, at(view, 3, 46))
    assert view.pinned == 2
    assert view.said()[0] == "square 0.50"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 32, 35))
    QTest.mouseMove(view, at(view, 3, 46))
    assert view.pinned == -1


def test_the_smallest_of_nested_boxes_is_meant(view: BoxesView) -> None:
    nested = np.vstack([FOUND, [0, 0.35, 8, 8, 12, 12]])
    picture = boxes(found=nested[[0, 4]])
    view.show_picture(Boxes(**{**vars(picture), "removed_by": np.array([-1, -1])}))
    assert view.box_at(QPointF(at(view, 10, 10))) == 1
    assert view.box_at(QPointF(at(view, 17, 17))) == 0


def test_a_click_beside_the_boxes_shows_a_cell_and_its_anchors(view: BoxesView) -> None:
    view.show_picture(boxes(found=FOUND[2:]))
    looked: list[bool] = []
    view.looked.connect(lambda: looked.append(True))
    before = pixels(view)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 12, 20))
    assert view.cell == (2, 1)
    assert view.said() == ["Cell in row 3, column 2", "anchor 16 × 16: square 0.80", "anchor 8 × 8: circle 0.10"]
    assert looked
    assert not np.array_equal(before, pixels(view))
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.cell == (3, 2)
    for _ in range(9):
        QTest.keyClick(view, Qt.Key.Key_Up)
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.cell == (0, 0)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.cell is None


def test_the_buttons_walk_through_suppression_and_back(view: BoxesView) -> None:
    QTest.mouseClick(view.on, Qt.MouseButton.LeftButton)
    assert (view.walking, view.place) == (True, 0)
    assert view.said() == ["Boxes before any is removed: 4. The most certain comes first."]
    QTest.mouseClick(view.on, Qt.MouseButton.LeftButton)
    assert view.said() == ["1 of 4: circle 0.90", "It overlaps no kept box of its class: kept"]
    QTest.mouseClick(view.on, Qt.MouseButton.LeftButton)
    assert view.said() == [
        "2 of 4: circle 0.70", "with the kept circle 0.90:", "shared 224, together 352", "IoU 0.64 > 0.50: removed"
    ]  # fmt: skip
    view.grab()
    QTest.mouseClick(view.back, Qt.MouseButton.LeftButton)
    assert view.place == 1
    for _ in range(5):
        QTest.mouseClick(view.on, Qt.MouseButton.LeftButton)
    assert view.place == 4
    assert not view.on.isEnabled()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.walking


def test_a_walk_of_the_run_is_followed(view: BoxesView) -> None:
    view.show_picture(boxes(decided=2))
    assert view.said()[-1] == "IoU 0.64 > 0.50: removed"
    view.show_picture(boxes(decided=3))
    assert view.said()[0] == "3 of 4: square 0.50"
    view.show_picture(boxes())
    assert view.said()[0] == "picture 7, for validation"


def test_what_was_clicked_stays_while_the_picture_is_the_same(view: BoxesView) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 32, 35))
    view.show_picture(boxes())
    assert view.pinned == 2
    view.show_picture(boxes(found=FOUND[:2]))
    assert view.pinned == -1


def test_words_stand_below_a_narrow_picture_and_beside_it_where_there_is_room(qtbot: QtBot) -> None:
    for size in ((220, 400), (900, 300)):
        made = BoxesView()
        shown(qtbot, made, size)
        made.show_picture(boxes())
        assert not made.frame().whole.intersects(made.words())
        assert made.rect().contains(made.frame().whole.toAlignedRect())
        assert made.frame().whole.width() > 150


def test_it_speaks_chinese(view: BoxesView) -> None:
    speaker.speak("zh")
    assert view.accessibleName() == "检测到的框"
    QTest.mouseMove(view, at(view, 12, 22))
    assert view.said()[0] == "圆形 0.90"
    view.grab()
