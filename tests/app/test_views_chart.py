"""Charts: axes with round ends, lines where they belong, a cut that asks for a hyper-parameter."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.axes import Axis, ends, nice_step, tick_text
from app.views.chart_view import ChartView
from app.views.painted import small_figures
from engines.core.language import say
from engines.pictures.chart import NO_CLASS, Chart, Cut, Line
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def chart(**more: object) -> Chart:
    x = np.arange(11.0)
    return Chart((Line(say("up"), x, x), Line(say("dots"), x, 10 - x, "dots")), say("across"), **more)  # type: ignore[arg-type]


def view_of(qtbot: QtBot, picture: Chart) -> ChartView:
    view = ChartView()
    shown(qtbot, view, (400, 260))
    view.show_picture(picture)
    view.grab()
    return view


def test_ends_are_round_and_hold_everything() -> None:
    assert ends([np.array([0.3, 9.2])], log=False, from_zero=False) == (0.0, 10.0)
    assert ends([np.array([3.0, 4.0])], log=False, from_zero=True)[0] == 0
    assert ends([np.array([0.02, 30.0])], log=True, from_zero=False) == (0.01, 100.0)
    low, high = ends([np.array([5.0, 5.0])], log=False, from_zero=False)
    assert low < 5 < high
    assert ends([np.array([np.nan])], log=False, from_zero=False) == (0.0, 1.0)
    assert ends([np.array([-1.0, 10.0])], log=True, from_zero=False) == (10.0, 100.0)
    assert ends([np.array([1.0, 9.0])], log=False, from_zero=False, whole=True) == (1.0, 9.0)


@pytest.mark.parametrize(("size", "step"), [(0.3, 0.5), (1.0, 1.0), (12.0, 20.0), (0.0021, 0.0025), (0.0, 1.0)])
def test_steps_are_round(size: float, step: float) -> None:
    assert nice_step(size) == pytest.approx(step)


def test_an_axis_goes_there_and_back() -> None:
    for axis in (Axis(0, 10, 100, 0), Axis(0.01, 100, 0, 400, log=True)):
        for value in (0.01, 0.5, 7.0):
            assert axis.value(axis.pixel(value)) == pytest.approx(value)
    assert np.isnan(Axis(0.01, 1, 0, 9, log=True).pixel(-1.0))
    assert Axis(0, 10, 0, 100).ticks(5) == [0, 2, 4, 6, 8, 10]
    assert Axis(0.01, 100, 0, 100, log=True).ticks(9) == pytest.approx([0.01, 0.1, 1, 10, 100])
    assert tick_text(100000.0) == "1e5"


def test_a_rising_line_goes_up_to_the_right(qtbot: QtBot) -> None:
    x = np.arange(11.0)
    view = view_of(qtbot, Chart((Line(say(""), x, x),)))
    colour = theme.tokens.color("curve_train")
    image = view.grab().toImage()
    rows = [[y for y in range(260) if near(image.pixelColor(c, y), colour, 60)] for c in (120, 200, 300)]
    assert all(rows)
    heights = [np.mean(found) for found in rows]
    assert heights[0] > heights[1] > heights[2]


def test_the_cut_can_be_dragged_and_asks_for_its_param(qtbot: QtBot) -> None:
    view = view_of(qtbot, chart(cut=Cut("eps", 4.0)))
    asked: list[tuple[str, float]] = []
    view.asked.connect(lambda name, value: asked.append((name, value)))
    room = view._room
    assert room is not None
    begin, end = room.up.pixel(4.0), room.up.pixel(7.0)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, round(begin)))
    QTest.mouseMove(view, QPoint(200, round(end)))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, round(end)))
    assert asked[-1][0] == "eps"
    assert asked[-1][1] == pytest.approx(7.0, abs=0.1)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, round(end)))  # the cut is still at 4
    assert len(asked) == 2


def test_an_upright_cut_moves_sideways(qtbot: QtBot) -> None:
    view = view_of(qtbot, chart(cut=Cut("k", 3.0, upright=True)))
    asked: list[float] = []
    view.asked.connect(lambda _, value: asked.append(value))
    room = view._room
    assert room is not None
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(round(room.across.pixel(3.0)), 120))
    QTest.mouseMove(view, QPoint(round(room.across.pixel(9.0)), 120))
    assert asked[-1] == pytest.approx(9.0, abs=0.1)


def test_odd_charts_do_not_crash(qtbot: QtBot) -> None:
    nothing, one = np.zeros(0), np.array([1.0])
    hole = np.array([1.0, np.nan, 3.0])
    for lines in (
        (),
        (Line(say("a"), nothing, nothing),),
        (Line(say("a"), one, one),),
        (Line(say("a"), np.arange(3.0), hole, "area"),),
        (Line(say("a"), np.arange(3.0), np.full(3, np.inf)),),
        (Line(say("a"), np.arange(1e5), np.random.default_rng(0).normal(size=100_000)),),
    ):
        for log in (False, True):
            view_of(qtbot, Chart(lines, log_x=log, log_y=log, mark=1.0))


def test_language_and_projector_change_what_is_painted(qtbot: QtBot) -> None:
    view = view_of(qtbot, chart())
    before = pixels(view)
    theme.set(projector=True)
    assert (pixels(view) != before).any()


def test_numbers_of_clusters_have_no_decimals(qtbot: QtBot) -> None:
    axis = Axis(1, 8, 0, 700)
    assert any(tick != round(tick) for tick in axis.ticks(14))
    assert axis.ticks(14, whole=True) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert axis.ticks(3, whole=True)[0] == round(axis.ticks(3, whole=True)[0])


def test_large_numbers_are_written_out_below_a_million() -> None:
    assert [tick_text(value) for value in (150_000.0, 75_000.0, 0.25, 2e6, -37_500.0)] == [
        "150000", "75000", "0.25", "2e6", "-37500",
    ]  # fmt: skip


def test_what_has_no_class_is_grey(qtbot: QtBot) -> None:
    view = view_of(qtbot, Chart((Line(say(""), np.arange(9.0), np.arange(9.0), "dots", NO_CLASS),)))
    grey = np.array(theme.tokens.color("unlabelled").getRgb()[:3])  # type: ignore[index]
    assert (np.abs(pixels(view).astype(int) - grey).max(axis=2) < 12).sum() > 20


def test_a_cut_that_is_held_while_the_run_begins_anew(qtbot: QtBot) -> None:
    view = view_of(qtbot, chart(cut=Cut("eps", 4.0)))
    asked: list[float] = []
    view.asked.connect(lambda _, value: asked.append(value))
    room = view._room
    assert room is not None
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, round(room.up.pixel(4.0))))
    view.clear()
    with qtbot.captureExceptions() as exceptions:
        QTest.mouseMove(view, QPoint(200, round(room.up.pixel(5.0))))
    assert not exceptions
    view.show_picture(chart(cut=Cut("eps", 4.0)))
    QTest.mouseMove(view, QPoint(200, round(room.up.pixel(6.0))))
    assert asked[-1] == pytest.approx(6.0, abs=0.1)


def test_a_band_lies_about_its_line_and_the_axis_has_room_for_it(qtbot: QtBot) -> None:
    view = ChartView()
    shown(qtbot, view, (300, 200))
    x, y = np.array([0.0, 1.0, 2.0]), np.full(3, 5.0)
    plain = Line(say("score"), x, y, colour=1)
    view.show_picture(Chart((plain,)))
    view.grab()
    narrow = view._room
    view.show_picture(Chart((replace(plain, spread=np.full(3, 40.0)),)))
    image, room = view.grab().toImage(), view._room
    assert room is not None
    assert narrow is not None
    assert room.up.high >= 45 > narrow.up.high
    inside = image.pixelColor(int(room.across.pixel(1.0)), int(room.up.pixel(30.0)))
    assert inside.blue() > inside.red() + 15  # class 1 is blue
    view.show_picture(Chart((replace(plain, spread=np.array([40.0, np.nan, 40.0])),)))
    view.grab()  # a gap in a band is no error
    view.show_picture(Chart((replace(plain, spread=np.array([[1.0] * 3, [40.0] * 3])),)))
    image, room = view.grab().toImage(), view._room
    assert room is not None
    assert room.up.low > -10
    inside = image.pixelColor(int(room.across.pixel(1.0)), int(room.up.pixel(30.0)))
    assert inside.blue() > inside.red() + 15


def test_there_is_room_for_the_longest_number_at_every_height(qtbot: QtBot) -> None:
    view = ChartView()
    shown(qtbot, view, (260, 320))
    view.show_picture(Chart((Line(say(""), np.array([0.0, 1.0]), np.array([0.0, 19.8])),), from_zero=True))
    view.grab()
    room = view._room
    assert room is not None
    figures = room.up.ticks(max(2, int(room.rect.height() / theme.px(34))))
    assert 17.5 in figures
    width = QFontMetrics(small_figures()).horizontalAdvance("17.5")
    assert room.rect.left() - 6 >= width
