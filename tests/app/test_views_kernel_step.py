"""The sliding window: what is drawn where, what the mouse does to it, and the kernel that is typed into it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.cell_line import number_of
from app.views.cells import short
from app.views.kernel_step_painting import window_colour
from app.views.kernel_step_view import KernelStepView
from app.views.kernel_step_words import broken, sums
from app.views.registry import view_for
from engines.core.step import Poke
from engines.pictures.kernel_step import KernelStep
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")

SOBEL = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))


def step(
    side: int = 8,
    channels: int = 1,
    done: int = 10,
    at: tuple[int, int] = (1, 3),
    how: Any = "convolution",
    **more: Any,
) -> KernelStep:
    """A kernel on noise; its answers are what it would be without padding, stride, and dilation."""
    rng = np.random.default_rng(0)
    source = rng.random((channels, side, side)).astype(np.float32)
    kernel = np.repeat(np.array([SOBEL], np.float32), channels, axis=0)
    places = side - 2
    result = sum(
        np.multiply(kernel[:, i, j, None, None], source[:, i : i + places, j : j + places]).sum(0)
        for i in range(3) for j in range(3)
    )  # fmt: skip
    return KernelStep(source, kernel, np.asarray(result, np.float32), done, at, how=how, result_reach=4.0, **more)


def colours_in(widget: QWidget) -> int:
    return len(np.unique(pixels(widget).reshape(-1, 3).astype(int) @ (1, 256, 65536)))


@pytest.fixture
def view(qtbot: QtBot) -> KernelStepView:
    made = KernelStepView()
    shown(qtbot, made, (620, 380))
    made.show_picture(step(editable=True))
    return made


def heard(view: KernelStepView) -> tuple[list[tuple[str, object]], list[Poke]]:
    asked: list[tuple[str, object]] = []
    pokes: list[Poke] = []
    view.asked.connect(lambda name, value: asked.append((name, value)))
    view.poked.connect(pokes.append)
    return asked, pokes


def click(view: KernelStepView, at: QPointF) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at.toPoint())


def turn(view: KernelStepView, at: QPointF, by: int) -> None:
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(view, event)


def number_box(view: KernelStepView, row: int, column: int, channel: int = 0) -> QPointF:
    return view.layout_.kernels[channel].cell(row, column).center()


def test_it_is_the_view_of_a_kernel_step_and_needs_the_room_of_two() -> None:
    assert view_for(KernelStep) is KernelStepView
    assert KernelStepView.wide


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(300, 420), (700, 400), (40, 30)])
@pytest.mark.parametrize(
    "picture",
    [
        step(), step(3, done=0, at=(0, 0)), step(channels=3, bias=0.5), step(200, done=3000), step(how="relu"),
        step(how="max", source_reach=1.0), step(how="average", source_reach=1.0),
        replace(step(), padding=2, dilation=2, stride=2), step(channels=5),
        replace(step(), kernel=np.zeros((1, 3, 3), np.float32)),
    ],
    ids=["grey", "before", "colour", "large", "relu", "max", "average", "padding", "channels", "zeros"],
)  # fmt: skip
def test_whatever_is_in_it_is_drawn(qtbot: QtBot, picture: KernelStep, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    made = KernelStepView()
    shown(qtbot, made, size)
    made.show_picture(picture)
    assert colours_in(made) > 2
    made.clear()
    made.grab()


@pytest.mark.parametrize("size", [(300, 420), (460, 300), (620, 380), (1100, 700)])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("projector", [False, True])
def test_nothing_covers_anything_and_all_is_inside(
    qtbot: QtBot, size: tuple[int, int], channels: int, projector: bool
) -> None:
    theme.set(projector=projector)
    view = KernelStepView()
    shown(qtbot, view, size)
    view.show_picture(step(channels=channels))
    layout = view.layout_
    boxes = [grid.box for grid in (layout.source, *layout.patches, *layout.kernels, layout.result)] + [layout.sums]
    assert all(view.rect().adjusted(-1, -1, 1, 1).contains(box.toRect()) for box in boxes)
    assert not any(one.intersects(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert layout.kernels[0].unit >= 8
    assert len(layout.kernels) == channels


def test_the_window_and_its_answer_are_framed_and_what_is_not_known_is_empty(view: KernelStepView) -> None:
    image = view.grab().toImage()
    layout = view.layout_
    corner = layout.source.cell(1, 3).topLeft().toPoint()
    assert near(image.pixelColor(corner + QPoint(0, 8)), window_colour(), 40)
    empty = layout.result.cell(5, 5).center().toPoint()
    assert near(image.pixelColor(empty), theme.tokens.color("field"), 6)


def test_the_sum_is_what_the_window_sees_times_the_kernel() -> None:
    picture = step()
    (line,) = sums(picture, 1, 3)
    assert line.count("·") == 9
    assert line.endswith(f"= {picture.result[1, 3]:.2f}".replace("-", "−").rstrip("0"))
    colour = sums(step(channels=3, bias=0.5), 0, 0)
    assert [text.split(":")[0] for text in colour[:3]] == ["red", "green", "blue"]
    assert "+ 0.5 =" in colour[3]
    assert sums(step(channels=2), 0, 0)[1].startswith("channel 2: ")
    assert sums(step(how="max"), 0, 0)[0].startswith("max(")
    assert " / 9 = " in sums(step(how="average"), 0, 0)[0]
    assert sums(replace(step(how="relu"), kernel=np.ones((1, 1, 1), np.float32)), 0, 0)[0].startswith("max(0, ")


def test_a_long_sum_keeps_its_beginning_and_its_end(view: KernelStepView) -> None:
    text = " + ".join(f"{k}·1" for k in range(49)) + " = 7"
    lines = broken(text, view.fontMetrics(), 200, 2)  # type: ignore[arg-type]
    assert len(lines) == 2
    assert lines[0].startswith("0·1")
    assert lines[1].endswith("= 7")
    assert "…" in lines[0] + lines[1]
    narrow = broken("red: 1·(−1) + 0.98·0 + 1·1 + 0.5·2 + 0.3·1 = −0.05", view.fontMetrics(), 170, 1)  # type: ignore[arg-type]
    assert narrow[0].endswith("= −0.05")
    assert all(view.fontMetrics().horizontalAdvance(line) <= 200 for line in lines)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.001, "0"), (0.5, ".5"), (-0.25, "−.25"), (1, "1"), (2.5, "2.5"), (12.34, "12.3"), (-123.4, "−123"),
     (10.04, "10"), (100.0, "100")],
)  # fmt: skip
def test_numbers_are_short_in_a_square(value: float, text: str) -> None:
    assert short(value) == text


# The window


def test_the_window_is_dragged_over_the_picture(view: KernelStepView) -> None:
    _, pokes = heard(view)
    grid = view.layout_.source
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=grid.cell(3, 3).center().toPoint())
    QTest.mouseMove(view, grid.cell(7, 7).center().toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=grid.cell(7, 7).center().toPoint())
    QTest.mouseMove(view, grid.cell(2, 2).center().toPoint())
    assert [(poke.target, poke.index) for poke in pokes] == [("window", (2, 2)), ("window", (5, 5))]


def test_a_click_on_an_answer_puts_the_window_there(view: KernelStepView) -> None:
    _, pokes = heard(view)
    click(view, view.layout_.result.cell(4, 2).center())
    click(view, view.layout_.result.cell(1, 3).center())  # it is there
    click(view, QPointF(1, 1))
    assert [(poke.target, poke.index) for poke in pokes] == [("window", (4, 2))]


def test_with_stride_padding_and_dilation_the_nearest_place_is_found(view: KernelStepView) -> None:
    picture = replace(step(9), padding=1, dilation=2, stride=2, result=np.zeros((4, 4), np.float32), at=(0, 0))
    view.show_picture(picture)
    grid = view.layout_.source
    assert view.place_at(grid.cell(2, 2).center()) == (0, 0)
    assert view.place_at(grid.cell(8, 4).center()) == (3, 1)
    assert view.place_at(QPointF(-5, -5)) is None
    assert picture.corner(1, 1) == (1, 1)


def test_with_the_mouse_over_an_answer_that_one_is_explained(view: KernelStepView) -> None:
    QTest.mouseMove(view, view.layout_.result.cell(0, 2).center().toPoint())
    assert view.inspected == (0, 2)
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(view, view.layout_.result.cell(5, 5).center().toPoint())
    assert view.inspected is None, "it is not known yet"
    QTest.mouseMove(view, view.layout_.source.box.center().toPoint())
    assert view.cursor().shape() == Qt.CursorShape.SizeAllCursor
    QTest.mouseMove(view, view.layout_.result.cell(0, 2).center().toPoint())
    view.show_picture(step(done=1, at=(0, 0)))
    assert view.inspected is None


# The kernel


def test_a_number_is_clicked_and_typed(view: KernelStepView) -> None:
    asked, pokes = heard(view)
    click(view, number_box(view, 1, 1))
    assert view.line.isVisible()
    QTest.keyClicks(view.line, "5")
    QTest.keyClick(view.line, Qt.Key.Key_Return)
    assert asked == [("numbers", "-1 0 1; -2 5 2; -1 0 1"), ("kernel", "own numbers")]
    assert len(pokes) == 1
    assert not view.line.isVisible()


def test_tab_goes_to_the_next_number_and_nothing_typed_before_is_lost(view: KernelStepView) -> None:
    asked, _ = heard(view)
    click(view, number_box(view, 2, 2))
    QTest.keyClicks(view.line, "1/4")
    QTest.keyClick(view.line, Qt.Key.Key_Tab)
    QTest.keyClicks(view.line, "9")
    QTest.keyClick(view.line, Qt.Key.Key_Tab)
    assert [value for name, value in asked if name == "numbers"][-1] == "9 0 1; -2 0 2; -1 0 0.25"
    QTest.keyClick(view.line, Qt.Key.Key_Backtab)
    QTest.keyClick(view.line, Qt.Key.Key_Escape)
    assert not view.line.isVisible()


def test_what_is_no_number_or_is_given_up_changes_nothing(view: KernelStepView) -> None:
    asked, _ = heard(view)
    for keys, end in (("x", Qt.Key.Key_Return), ("7", Qt.Key.Key_Escape), ("-1", Qt.Key.Key_Return)):
        click(view, number_box(view, 0, 0))
        view.line.clear()
        QTest.keyClicks(view.line, keys)
        QTest.keyClick(view.line, end)
    assert asked == []
    assert number_of("1/0") is None
    assert number_of("−2,5") == -2.5


def test_a_click_elsewhere_takes_what_was_typed(view: KernelStepView) -> None:
    asked, _ = heard(view)
    click(view, number_box(view, 0, 1))
    QTest.keyClicks(view.line, "3")
    click(view, QPointF(2, 2))
    assert asked[0] == ("numbers", "-1 3 1; -2 0 2; -1 0 1")


def test_a_number_is_pulled_up_and_turned_by_the_wheel(view: KernelStepView) -> None:
    asked, _ = heard(view)
    at = number_box(view, 1, 2)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at.toPoint())
    QTest.mouseMove(view, at.toPoint() - QPoint(0, 31))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at.toPoint() - QPoint(0, 31))
    assert asked[0] == ("numbers", "-1 0 1; -2 0 5; -1 0 1")
    assert not view.line.isVisible()
    turn(view, at, -120)
    turn(view, at, -120)
    assert asked[-2] == ("numbers", "-1 0 1; -2 0 3; -1 0 1"), "each turn counts from what was asked for last"
    turn(view, view.layout_.source.box.center(), 120)
    assert len(asked) == 6


def test_numbers_that_are_not_whole_are_turned_by_tenths(view: KernelStepView) -> None:
    view.show_picture(replace(step(editable=True), kernel=np.full((1, 3, 3), 1 / 9, np.float32)))
    asked, _ = heard(view)
    turn(view, number_box(view, 0, 0), 120)
    assert str(asked[0][1]).startswith("0.2111 0.1111")


def test_one_channel_of_three_becomes_another_than_the_rest(view: KernelStepView) -> None:
    view.show_picture(step(channels=3, editable=True))
    asked, _ = heard(view)
    turn(view, number_box(view, 0, 0, channel=1), 120)
    parts = str(asked[0][1]).split(" | ")
    assert len(parts) == 3
    assert parts[1].startswith("0 0 1")
    assert parts[0] == parts[2] == "-1 0 1; -2 0 2; -1 0 1"


def test_a_kernel_that_is_not_ones_own_stays_as_it_is(view: KernelStepView) -> None:
    view.show_picture(step())
    asked, pokes = heard(view)
    click(view, number_box(view, 1, 1))
    turn(view, number_box(view, 1, 1), 120)
    assert not view.line.isVisible()
    assert asked == [] == pokes


def test_a_number_that_is_gone_is_typed_no_more(view: KernelStepView) -> None:
    click(view, number_box(view, 2, 2))
    view.show_picture(replace(step(editable=True), kernel=np.ones((1, 1, 1), np.float32)))
    assert not view.line.isVisible()
    view.clear()
    click(view, QPointF(50, 50))


def test_colours_are_kept_while_nothing_changes_and_made_anew_for_another_look(view: KernelStepView) -> None:
    before = view.colouring
    view.show_picture(step(done=11, at=(1, 4), editable=True))
    assert before is not None
    assert view.colouring is not None
    assert view.colouring.source_image is before.source_image
    assert view.colouring.result_image is before.result_image
    theme.set(dark=True)
    assert view.colouring.result_image is not before.result_image


def test_it_speaks_chinese(view: KernelStepView) -> None:
    speaker.speak("zh")
    assert view.accessibleName() == "滑动窗口"
    view.show_picture(step(channels=3, padding=1))
    view.grab()
    assert sums(step(channels=3), 0, 0)[0].startswith("红")
