"""Feature maps, one of them from near, and where a network looks: what is drawn, what a click or a drag asks."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.language import speaker, tr
from app.theme import theme
from app.views.feature_maps_view import FeatureMapsView
from app.views.map_close_up_view import MapCloseUpView
from app.views.registry import CardView, view_for
from app.views.where_it_looks_view import WhereItLooksView, coloured, meaning
from engines.core.language import say
from engines.core.picture import Picture
from engines.core.step import Question
from engines.pictures.feature_maps import FeatureMaps, MapRow
from engines.pictures.kernel_step import written
from engines.pictures.map_close_up import MapCloseUp, Source
from engines.pictures.where_it_looks import How, WhereItLooks, ground_of
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")
RNG = np.random.default_rng(0)


def board(*, colour: bool = False, side: int = 8) -> np.ndarray:
    drawn = np.zeros((side, side, 3) if colour else (side, side), np.uint8)
    drawn[2:6, 3:5] = 255
    return drawn


def row(name: str, shape: tuple[int, ...], layer: int, *, kernels: bool = False, colour: bool = False) -> MapRow:
    sides = shape[1:] if len(shape) == 3 else (1, 1)
    count = min(32, shape[0])
    shades = RNG.integers(1, 256, (count, *sides, 3) if colour else (count, *sides)).astype(np.uint8)
    low = np.linspace(-1, 0, count).astype(np.float32)
    return MapRow(say("{name}", name=name), shades, low, low + 2, shape, layer, kernels)


def feature_maps(*, colour: bool = False, chosen: tuple[int, int] = (0, 1)) -> FeatureMaps:
    rows = (
        row("C1", (4, 3, 3), 0, kernels=True, colour=colour), row("C1", (4, 8, 8), 0), row("S2", (4, 4, 4), 1),
        row("C3", (40, 2, 2), 2), row("F4", (10,), 3),
    )  # fmt: skip
    return FeatureMaps(board(colour=colour), rows, chosen)


def close_up(k: int = 3, *, kernels: bool = True, colour: bool = False, exciting: int = 4) -> MapCloseUp:
    names: tuple[Source, ...] = (("red", "green", "blue") if colour else ("map",) * k)[:k]
    patches = RNG.normal(size=(k, 3, 3)).astype(np.float32)
    outside = np.zeros((3, 3), bool)
    outside[0] = True
    return MapCloseUp(
        say("{name}", name="C3"), 1, 6, board(colour=colour), (1, 2, 5, 6), RNG.normal(size=(4, 4)).astype(np.float32),
        2.0, (1, 2), np.arange(k), k, names, patches, outside,
        patches if kernels else np.zeros((0, 0, 0), np.float32), np.ones(k, np.float32),
        (say("the largest of {count} numbers is {value:.3g}", count=4, value=0.5),),
        np.stack([board(colour=colour)] * exciting) if exciting else np.zeros((0, 8, 8), np.uint8),
        np.arange(exciting) + 20, np.ones(exciting, np.float32), ((0, 0, 4, 4),) * exciting, 50 if exciting else -1,
    )  # fmt: skip


def looks(how: How = "saliency", *, patch: tuple[int, ...] = (), colour: bool = False, about: int = 2) -> WhereItLooks:
    heat = np.zeros((8, 8), np.float32)
    heat[0, 0], heat[7, 7] = 1.0, -1.0
    covered = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.03, 0.02]) if patch else np.zeros(0)
    names = ("zero", "one", "two", "three", "four", "five", "six")
    return WhereItLooks(
        board(colour=colour), heat, how, 0.4, names, np.array([0.1, 0.05, 0.6, 0.2, 0.02, 0.02, 0.01]), about, patch,
        covered, 3,
    )  # fmt: skip


SAMPLES = (
    feature_maps(), feature_maps(colour=True), close_up(), close_up(0), close_up(1, kernels=False),
    close_up(3, colour=True, exciting=0), looks(), looks("grad_cam", patch=(1, 1, 3)), looks("occlusion", colour=True),
    replace(looks(), heat=np.zeros((0, 0), np.float32)),
)  # fmt: skip


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(290, 250), (900, 560), (60, 40)])
@pytest.mark.parametrize("place", range(len(SAMPLES)))
def test_whatever_is_in_it_is_drawn(qtbot: QtBot, place: int, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    picture = SAMPLES[place]
    kind = view_for(type(picture))
    assert issubclass(kind, CardView)
    made = kind()
    shown(qtbot, made, size)
    QApplication.processEvents()
    empty = pixels(made)
    made.show_picture(picture)
    assert (pixels(made) != empty).any()
    speaker.speak("zh")
    made.grab()
    speaker.speak("en")
    made.clear()
    QApplication.processEvents()
    assert (pixels(made) == empty).all()
    made.show_picture(picture)
    assert (pixels(made) != empty).any()


def put(qtbot: QtBot, view: CardView, picture: Picture, size: tuple[int, int] = (290, 250)) -> list[Question]:
    """Show it; return the list into which its questions come."""
    asked: list[Question] = []
    view.wondered.connect(asked.append)
    shown(qtbot, view, size)
    view.show_picture(picture)
    QApplication.processEvents()
    return asked


def click(widget: QWidget, point: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    QTest.mouseClick(widget, button, pos=point.toPoint())


def wheel(widget: QWidget, point: QPointF, turn: int) -> None:
    event = QWheelEvent(
        point, widget.mapToGlobal(point), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


# Feature maps


def test_maps_do_not_cover_each_other_and_are_in_the_room(qtbot: QtBot) -> None:
    view = FeatureMapsView()
    put(qtbot, view, feature_maps(), (290, 250))
    cells = [cell for band in view.canvas.bands for cell in band.cells]
    assert len(cells) == 1 + 4 + 4 + 4 + 32 + 10
    room = view.canvas.rect()
    assert all(room.contains(cell.toAlignedRect().adjusted(1, 1, -1, -1)) for cell in cells)
    assert not any(one.intersects(other) for i, one in enumerate(cells) for other in cells[:i])
    small = view.canvas.bands[1].cells[0].width()
    view.resize(900, 600)
    QApplication.processEvents()
    assert view.canvas.bands[1].cells[0].width() > 1.5 * small
    assert view.canvas.height() <= view.area.viewport().height()


def test_what_has_no_room_is_scrolled_to(qtbot: QtBot) -> None:
    view = FeatureMapsView()
    put(qtbot, view, feature_maps(), (200, 120))
    assert view.canvas.height() > view.area.viewport().height()
    assert view.area.verticalScrollBar().maximum() > 0


def test_a_click_asks_for_that_map_and_the_arrows_for_its_neighbours(qtbot: QtBot) -> None:
    view = FeatureMapsView()
    asked = put(qtbot, view, feature_maps(), (400, 500))
    bands = view.canvas.bands
    click(view.canvas, bands[3].cells[2].center())
    click(view.canvas, bands[1].cells[3].center())
    click(view.canvas, bands[0].cells[0].center())  # the picture itself
    assert [(question.topic, question.index) for question in asked] == [
        ("pixel", ()), ("map", (1, 2)), ("pixel", ()), ("map", (0, 3))
    ]  # fmt: skip
    click(view.canvas, bands[2].cells[1].center())  # the one that is chosen keeps its number
    assert asked.pop().topic == "map"
    assert len(asked) == 4
    view.show_picture(feature_maps(chosen=(2, 31)))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
        QTest.keyClick(view.canvas, key)
    maps = [question.index for question in asked[4:] if question.topic == "map"]
    assert maps == [(2, 30), (2, 31), (1, 3), (3, 9)]
    count = len(asked)
    view.show_picture(feature_maps(chosen=(0, 0)))
    QTest.keyClick(view.canvas, Qt.Key.Key_Up)
    assert len(asked) == count


def test_it_tells_of_the_map_under_the_mouse_else_of_the_chosen_one(qtbot: QtBot) -> None:
    view = FeatureMapsView()
    put(qtbot, view, feature_maps(chosen=(1, 0)), (400, 500))
    assert view.told.text() == "S2, map 1 of 4, 4×4: from -1 to 1"
    QTest.mouseMove(view.canvas, view.canvas.bands[5].cells[9].center().toPoint())
    assert view.told.text() == "F4, unit 10 of 10: 2"
    assert view.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(view.canvas, view.canvas.bands[1].cells[0].center().toPoint())
    assert view.told.text().startswith("C1, kernel 1 of 4")
    speaker.speak("zh")
    assert view.told.text().startswith("C1，第 1 个卷积核")


def test_the_chosen_map_has_a_frame_and_zero_is_paper(qtbot: QtBot) -> None:
    view = FeatureMapsView()
    shades = np.array([[[128]], [[255]], [[1]]], np.uint8)
    picture = FeatureMaps(
        board(), (MapRow(say("{name}", name="x"), shades, np.zeros(3), np.ones(3), (3, 1, 1), 0),), (0, 1)
    )
    put(qtbot, view, picture, (400, 300))
    image = view.canvas.grab().toImage()
    cells = view.canvas.bands[1].cells
    colours = [image.pixelColor(cell.center().toPoint()) for cell in cells]
    for colour, token in zip(colours, ("card", "positive", "negative"), strict=True):
        assert near(colour, theme.tokens.color(token), 8)
    assert near(
        image.pixelColor(int(cells[1].left()) - 1, int(cells[1].center().y())), theme.tokens.color("accent"), 60
    )
    theme.set(dark=True)
    image = view.canvas.grab().toImage()
    assert near(image.pixelColor(cells[0].center().toPoint()), theme.tokens.color("card"), 8)


# One map from near


@pytest.mark.parametrize("size", [(290, 250), (900, 560), (215, 180)])
def test_the_parts_are_side_by_side_and_inside(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = MapCloseUpView()
    put(qtbot, view, close_up(), size)
    parts = view.parts()
    assert parts.patch is not None
    assert parts.kernel is not None
    boxes = [grid.box for grid in (parts.picture, parts.patch, parts.kernel, parts.map, *parts.thumbs)]
    assert all(view.rect().adjusted(-1, -1, 1, 1).contains(box.toAlignedRect()) for box in boxes)
    assert not any(one.intersects(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert parts.picture.box.right() < parts.patch.left < parts.kernel.left < parts.map.left
    assert len(parts.thumbs) == 4


def test_a_click_on_the_map_asks_for_that_number(qtbot: QtBot) -> None:
    view = MapCloseUpView()
    asked = put(qtbot, view, close_up())
    grid = view.parts().map
    asked.clear()
    click(view, grid.cell(3, 0).center())
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=grid.cell(0, 0).center().toPoint())
    QTest.mouseMove(view, grid.cell(0, 3).center().toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=grid.cell(0, 3).center().toPoint())
    QTest.mouseMove(view, grid.cell(2, 2).center().toPoint())
    assert [(question.topic, question.index) for question in asked] == [
        ("pixel", (3, 0)), ("pixel", (0, 0)), ("pixel", (0, 3))
    ]  # fmt: skip


def test_the_kernel_leads_to_the_next_map_that_it_sees(qtbot: QtBot) -> None:
    view = MapCloseUpView()
    put(qtbot, view, close_up())
    kernel = view.parts().kernel
    assert kernel is not None
    before = pixels(view)
    click(view, kernel.box.center())
    assert view.source == 1
    assert (pixels(view) != before).any()
    wheel(view, kernel.box.center(), 120)
    wheel(view, kernel.box.center(), 120)
    assert view.source == 2
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.source == 0
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.source == 2
    view.show_picture(replace(close_up(), channel=4))
    assert view.source == 0


def test_the_arrows_go_to_a_number_beside(qtbot: QtBot) -> None:
    view = MapCloseUpView()
    asked = put(qtbot, view, close_up())
    asked.clear()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    assert [question.index for question in asked] == [(1, 1), (1, 3), (0, 2), (2, 2)]
    view.show_picture(replace(close_up(), at=(0, 0)))
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert len(asked) == 4


def test_a_picture_that_excites_leads_to_its_row(qtbot: QtBot) -> None:
    view = MapCloseUpView()
    put(qtbot, view, close_up())
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    click(view, view.parts().thumbs[2].box.center())
    assert picked[0].tolist() == [22]


def test_exciting_pictures_are_looked_for_while_somebody_looks(qtbot: QtBot) -> None:
    view = MapCloseUpView()
    asked = put(qtbot, view, close_up())
    view.hide()
    view.show()
    assert [(question.topic, question.index) for question in asked] == [
        ("exciting", (1,)), ("exciting", (0,)), ("exciting", (1,))
    ]  # fmt: skip
    view.show_picture(close_up(exciting=0))  # of a run that was not asked yet
    assert len(asked) == 4
    view.hide()
    view.show_picture(close_up(exciting=0))
    assert len(asked) == 5


# Where it looks


def test_colours_lie_over_the_dimmed_picture() -> None:
    made = coloured(board(), looks().heat).view(np.uint8).reshape(8, 8, 4)
    tokens = theme.tokens
    assert made[0, 0, 2::-1].tolist() == list(tokens.color("positive").getRgb()[:3])  # type: ignore[index]
    assert made[7, 7, 2::-1].tolist() == list(tokens.color("negative").getRgb()[:3])  # type: ignore[index]
    assert made[3, 3, 0] == round(255 * 0.45)
    plain = coloured(board(), np.zeros((0, 0))).view(np.uint8).reshape(8, 8, 4)
    assert plain[3, 3, 0] == 255


def test_a_patch_is_dragged_made_larger_and_taken_away(qtbot: QtBot) -> None:
    view = WhereItLooksView()
    asked = put(qtbot, view, looks())
    canvas, grid = view.canvas, view.canvas.grid()
    asked.clear()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=grid.cell(3, 3).center().toPoint())
    QTest.mouseMove(canvas, grid.cell(7, 0).center().toPoint())
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=grid.cell(7, 0).center().toPoint())
    assert [(question.topic, question.index) for question in asked] == [("patch", (2, 2, 3)), ("patch", (5, 0, 3))]
    view.show_picture(looks(patch=(5, 0, 3)))
    wheel(canvas, grid.box.center(), 120)
    assert asked[-1].index == (4, 0, 4)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert asked[-1].index == (4, 1, 4)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=grid.cell(1, 1).center().toPoint())
    assert asked[-1].index == ()
    assert canvas.patch == ()
    count = len(asked)
    click(canvas, grid.box.center(), Qt.MouseButton.RightButton)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    wheel(canvas, grid.box.center(), 120)
    assert len(asked) == count


def test_while_a_patch_is_dragged_an_older_answer_does_not_move_it(qtbot: QtBot) -> None:
    view = WhereItLooksView()
    put(qtbot, view, looks())
    canvas, grid = view.canvas, view.canvas.grid()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=grid.cell(3, 3).center().toPoint())
    view.show_picture(looks(patch=(0, 0, 3)))
    assert canvas.patch == (2, 2, 3)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=grid.cell(3, 3).center().toPoint())
    view.show_picture(looks(patch=(0, 0, 3)))
    assert canvas.patch == (0, 0, 3)


def test_the_way_and_the_class_are_asked_for(qtbot: QtBot) -> None:
    view = WhereItLooksView()
    asked = put(qtbot, view, looks(), (400, 300))
    buttons = view.choice._buttons
    QTest.mouseClick(buttons["occlusion"], Qt.MouseButton.LeftButton)
    assert (asked[-1].topic, asked[-1].index) == ("how", (2,))
    view.show_picture(looks("occlusion"))
    assert view.canvas.classes().tolist() == [2, 3, 0, 1, 4]
    click(view.canvas, view.canvas.bar(1).center())
    assert (asked[-1].topic, asked[-1].index) == ("class", (3,))
    click(view.canvas, view.canvas.bar(0).center())
    assert (asked[-1].topic, asked[-1].index) == ("class", ())
    view.show_picture(looks("occlusion", about=6))
    assert view.canvas.classes().tolist() == [2, 3, 0, 1, 6]


def test_it_asks_only_while_somebody_looks(qtbot: QtBot) -> None:
    view = WhereItLooksView()
    asked = put(qtbot, view, looks())
    assert [question.index for question in asked] == [(0,)]
    view.show_picture(replace(looks(), heat=np.zeros((0, 0), np.float32)))
    view.show_picture(looks("grad_cam"))  # of a run that was not asked yet
    assert [question.index for question in asked] == [(0,)] * 3
    view.hide()
    view.show_picture(looks("grad_cam"))
    assert [question.index for question in asked[3:]] == [(-1,)]


def test_it_says_what_is_seen() -> None:
    assert meaning(looks()).render().startswith("Blue: pixels")
    assert meaning(looks("grad_cam")).render() == "Blue: where the last maps speak for “two”"
    assert "by up to 40.0%" in meaning(looks("occlusion")).render()
    assert meaning(looks(patch=(0, 0, 2))).render() == (
        "Under the patch the probability of “two” goes from 60.0% to 10.0%"
    )
    nothing = replace(looks(), heat=np.zeros((8, 8), np.float32), strongest=0.0)
    assert meaning(nothing).render().startswith("Nothing to see")


def test_the_ground_is_the_middle_of_the_border() -> None:
    assert ground_of(board()) == 0
    assert ground_of(np.full((4, 4, 3), (1, 2, 3), np.uint8)).tolist() == [1, 2, 3]


def test_the_kernel_that_is_shown_goes_into_the_clipboard_for_the_sliding_window(qtbot: QtBot) -> None:
    view = MapCloseUpView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    near = close_up()
    view.show_picture(near)
    view.setFocus()
    QTest.keySequence(view, QKeySequence.StandardKey.Copy)
    assert QGuiApplication.clipboard().text() == written(near.kernels[:1])
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    QTest.keySequence(view, QKeySequence.StandardKey.Copy)
    assert QGuiApplication.clipboard().text() == written(near.kernels[1:2])
    view.show_picture(close_up(kernels=False))
    QTest.keySequence(view, QKeySequence.StandardKey.Copy)
    assert QGuiApplication.clipboard().text() == written(near.kernels[1:2])  # what has no kernel leaves it alone


def test_classes_that_the_program_brings_are_said_in_the_learners_language() -> None:
    asked = replace(looks(), names=("circle", *looks().names[1:]), about=0)
    speaker.speak("zh")
    assert "圆形" in tr(meaning(asked))
    speaker.speak("en")
    assert "circle" in tr(meaning(asked))
