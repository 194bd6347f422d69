"""The view of a picture with the class of every pixel."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.mask_view import COLOURED, MaskView
from app.views.registry import view_for
from engines.pictures.mask import Mask

NAMES = ("circle", "square")


def picture(known: bool = True) -> Mask:
    """Return a picture of 4×4, all grey; its upper left quarter is a square, of which one pixel is missed."""
    truth = np.zeros((4, 4), np.uint8)
    truth[:2, :2] = 2
    predicted = truth.copy()
    predicted[1, 1] = 0
    sureness = np.full((4, 4), 1.0, np.float32)
    sureness[1, 1] = 0.5
    pixels = np.full((4, 4), 100, np.uint8)
    return Mask(pixels, predicted, sureness, truth if known else np.zeros((0, 0), np.uint8), NAMES, 3)


@pytest.fixture
def shown(qtbot: QtBot) -> MaskView:
    view = MaskView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    view.show_picture(picture())
    return view


def colour(view: MaskView, row: int, column: int, way: str = "said") -> QColor:
    frame = view.canvas.frame(way)
    x = frame.left() + (column + 0.5) * frame.width() / 4
    y = frame.top() + (row + 0.5) * frame.height() / 4
    return view.canvas.grab().toImage().pixelColor(round(x), round(y))


def place(view: MaskView, row: int, column: int) -> QPoint:
    frame = view.canvas.frame(view.canvas.ways[0])
    return QPoint(
        round(frame.left() + (column + 0.5) * frame.width() / 4),
        round(frame.top() + (row + 0.5) * frame.height() / 4),
    )


def click(view: MaskView, key: str) -> None:
    QTest.mouseClick(view.ways._buttons[key], Qt.MouseButton.LeftButton)


def test_it_is_the_view_of_its_kind() -> None:
    assert view_for(Mask) is MaskView


def test_a_class_lies_over_its_pixels_and_the_ground_stays(shown: MaskView) -> None:
    square = theme.tokens.class_color(1)
    assert colour(shown, 3, 3) == QColor(100, 100, 100)
    assert colour(shown, 0, 0).blue() == pytest.approx(100 + COLOURED * (square.blue() - 100), abs=2)
    assert colour(shown, 1, 1) == QColor(100, 100, 100)


def test_truth_errors_and_doubt_can_be_chosen(shown: MaskView) -> None:
    click(shown, "true")
    assert colour(shown, 1, 1, "true") != QColor(100, 100, 100)
    click(shown, "wrong")
    assert colour(shown, 1, 1, "wrong").red() > 120
    assert colour(shown, 0, 0, "wrong") == QColor(100, 100, 100)
    click(shown, "unsure")
    assert colour(shown, 1, 1, "unsure") != QColor(100, 100, 100)
    assert colour(shown, 3, 3, "unsure") == QColor(100, 100, 100)


def test_numbers_of_the_whole_picture_are_told(shown: MaskView) -> None:
    assert shown.canvas.said().render() == "93.8% of the pixels are right; overlap of what is drawn 0.75"


def test_the_pixel_under_the_mouse_is_told(shown: MaskView) -> None:
    QTest.mouseMove(shown.canvas, place(shown, 1, 1))
    assert shown.canvas.said().render() == "row 2, column 2: ground (50%), true: square"
    QTest.mouseMove(shown.canvas, QPoint(0, shown.canvas.height() - 1))
    assert shown.canvas.pointed is None


def test_of_what_is_being_drawn_only_the_guess_is_told(shown: MaskView) -> None:
    shown.show_picture(picture(known=False))
    assert "nobody has said" in shown.canvas.said().render()
    click(shown, "wrong")
    assert colour(shown, 1, 1, "wrong") == QColor(100, 100, 100)
    QTest.mouseMove(shown.canvas, place(shown, 0, 0))
    assert shown.canvas.said().render() == "row 1, column 1: square (100%)"


def test_all_four_stand_beside_each_other_where_there_is_room(shown: MaskView) -> None:
    shown.resize(900, 300)
    assert len(shown.canvas.ways) == 4
    assert not shown.ways.isVisible()
    lefts = [shown.canvas.frame(way).left() for way in shown.canvas.ways]
    assert lefts == sorted(lefts)
    shown.resize(300, 300)
    assert shown.canvas.ways == ("said",)
    assert shown.ways.isVisible()


def test_without_a_picture_it_says_so(shown: MaskView) -> None:
    shown.clear()
    assert shown.canvas.picture is None
    shown.canvas.grab()
