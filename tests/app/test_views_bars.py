"""Bars and workings: what is shown where there is room, and what is told."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.bars_view import BarsView
from app.views.workings_view import WorkingsView
from engines.core.language import say
from engines.pictures.bars import Bars
from engines.pictures.workings import Workings
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def view_of(qtbot: QtBot, bars: Bars, size: tuple[int, int] = (320, 240)) -> BarsView:
    view = BarsView()
    shown(qtbot, view, size)
    view.show_picture(bars)
    view.grab()
    return view


def length_of(view: BarsView, name: str, row: int) -> int:
    """How many pixels of a colour there are in a row of two."""
    image = view.grab().toImage()
    colour = theme.tokens.color(name)
    height = min(theme.px(30), view.height() / 2)
    y = round((row + 0.5) * height)
    return sum(near(image.pixelColor(x, y), colour, 12) for x in range(image.width()))


def test_bars_are_as_long_as_their_numbers_and_point_their_way(qtbot: QtBot) -> None:
    view = view_of(qtbot, Bars(("a", "b"), np.array([[2.0, -1.0]])))
    right, left = length_of(view, "positive", 0), length_of(view, "negative", 1)
    assert right == pytest.approx(2 * left, rel=0.1)
    assert not length_of(view, "negative", 0)


def test_the_strongest_come_first_where_there_is_no_room(qtbot: QtBot) -> None:
    values = np.linspace(-1, 0.5, 200)[None]
    names = tuple(f"word {i}" for i in range(200))
    view = view_of(qtbot, Bars(names, values, ranked=True))
    rows = view.rows(0)
    assert rows[0] == 0
    assert len(rows) < 20
    assert (np.diff(np.abs(values[0, rows])) <= 0).all()
    assert view_of(qtbot, Bars(names, values)).rows(0).tolist() == list(range(len(rows)))


def test_a_row_is_told_in_words(qtbot: QtBot) -> None:
    view = view_of(qtbot, Bars(("free",), np.array([[1.5], [-2.0]]), ("spam", say("Chart"))))
    assert view.describe(0) == "free\nspam: 1.500\nChart: −2.000"
    speaker.speak("zh")
    assert "图表: −2.000" in view.describe(0)


def test_odd_bars_do_not_crash(qtbot: QtBot) -> None:
    for values in (np.zeros((1, 0)), np.zeros((1, 1)), np.full((2, 3), np.nan), np.array([[1e300, -1e-300]])):
        names = tuple(str(i) for i in range(values.shape[1]))
        view_of(qtbot, Bars(names, values, reference=values))
        view_of(qtbot, Bars(names, values, tuple("ab"[: len(values)]), by_class=True), (60, 30))


LINES = (say("w ← 0.500 − 0.1 · 1.300"), say("slope = (2 / 40) · Σ (ŷ − y) · x = 1.300"), say("no sign here"))


def test_workings_grow_with_the_card_and_break_long_lines(qtbot: QtBot) -> None:
    view = WorkingsView()
    shown(qtbot, view, (220, 150))
    view.show_picture(Workings(LINES, strong=0))
    small = (pixels(view) != pixels(view)[0, 0]).any(2).sum()
    view.resize(700, 420)
    large = (pixels(view) != pixels(view)[0, 0]).any(2).sum()
    assert large > small * 1.3
    view.resize(40, 20)
    view.grab()


def test_workings_have_a_result_in_the_accent(qtbot: QtBot) -> None:
    view = WorkingsView()
    shown(qtbot, view, (420, 200))
    accent = theme.tokens.color("accent")

    def shades() -> int:
        image = view.grab().toImage()
        return sum(near(image.pixelColor(x, y), accent, 10) for x in range(420) for y in range(0, 200, 2))

    view.show_picture(Workings(LINES))
    assert shades() == 0
    view.show_picture(Workings(LINES, strong=1))
    assert shades() > 5


def test_a_result_is_seen_where_there_is_no_room_for_all_lines(qtbot: QtBot) -> None:
    view = WorkingsView()
    shown(qtbot, view, (240, 80))
    accent = theme.tokens.color("accent")
    view.show_picture(Workings(tuple(say(f"P(word {i}) = 0.5") for i in range(30)), strong=29))
    image = view.grab().toImage()
    assert any(near(image.pixelColor(x, y), accent, 40) for x in range(240) for y in range(40, 80))


def test_votes_are_counted_and_weights_keep_their_decimals(qtbot: QtBot) -> None:
    votes = view_of(qtbot, Bars(("a", "b"), np.array([[3.0, 2.0]]), by_class=True))
    assert votes.figures(0) == ["3"]
    assert view_of(qtbot, Bars(("a", "b"), np.array([[3.0, 2.0]]))).figures(0) == ["3.000"]
    assert view_of(qtbot, Bars(("a", "b"), np.array([[1.5, 2.0]]), by_class=True)).figures(1) == ["2.000"]


def test_what_the_ticks_are_is_told(qtbot: QtBot) -> None:
    values, ticks = np.array([[1.0, -2.0]]), np.array([[1.5, -2.5]])
    plain = view_of(qtbot, Bars(("a", "b"), values, reference=ticks))
    told = view_of(qtbot, Bars(("a", "b"), values, reference=ticks, compared=say("closed form")))
    assert told.describe(0) == "a\n1.000\nclosed form: 1.500"
    assert (pixels(told) != pixels(plain)).any()
