"""The table of what was weighed: the winner lit and in view, numbers of one width, and words for every row."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.candidates_view import CandidatesView
from app.views.rows import figures, texts_of
from engines.core.language import say
from engines.pictures.tree import Candidates
from tests.app.test_views import near, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def weighed(rows: int = 4, winner: int = 0) -> Candidates:
    values = np.column_stack([np.linspace(0.1, 0.9, rows), np.linspace(0.4, 0.2, rows)])
    values[-1] = np.nan
    names = tuple(f"column {row}" for row in range(rows))
    return Candidates(say("Column"), (say("Entropy after"), say("Gain")), names, values, winner)


@pytest.mark.parametrize("dark", [False, True])
def test_the_winner_is_lit_and_the_others_are_not(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    view = CandidatesView()
    shown(qtbot, view, (300, 180))
    view.show_picture(weighed(winner=1))
    image = view.grab().toImage()
    for row, colour in ((0, "card"), (1, "accent_soft"), (2, "card")):
        rect = view.rows.row_rect(row)
        found = image.pixelColor(QPointF(rect.left() + rect.width() * 0.4, rect.center().y()).toPoint())
        lit = near(found, theme.tokens.color("accent_soft"), 3)
        assert lit == (colour == "accent_soft")


def test_numbers_are_written_alike_in_a_column() -> None:
    values = np.array([[0.2467, 1.0, -0.5, 1e-7], [np.nan, 12.0, 12.25, 0.5], [-0.0001, 300.0, np.inf, np.nan]])
    assert texts_of(values) == [
        ["0.247", "1", "−0.50", "1e−07"],
        ["–", "12", "12.25", "0.5"],
        ["0.000", "300", "∞", "–"],
    ]
    assert texts_of(np.zeros((2, 0))) == [[], []]
    assert texts_of(np.array([[123456.0], [0.5]])) == [["1.23e+05"], ["0.5"]]


def test_a_long_table_scrolls_and_brings_the_winner_into_view(qtbot: QtBot) -> None:
    view = CandidatesView()
    shown(qtbot, view, (260, 170))
    view.show_picture(weighed(60))
    bar = view.rows.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == 0
    view.show_picture(weighed(60, winner=40))
    rect = view.rows.row_rect(40)
    assert rect.top() >= view.rows.head_height
    assert rect.bottom() <= view.rows.viewport().height()
    view.show_picture(weighed(60, winner=-1))
    assert bar.value() > 0  # it stays where it was
    view.show_picture(weighed(4))
    assert (bar.value(), bar.maximum()) == (0, 0)


def test_the_keys_go_from_row_to_row_and_tell(qtbot: QtBot) -> None:
    view = CandidatesView()
    shown(qtbot, view, (260, 170))
    view.show_picture(weighed(60, winner=2))
    rows = view.rows
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert rows.accessibleDescription().split("\n")[0] == "column 2"
    for _ in range(20):
        QTest.keyClick(rows, Qt.Key.Key_Down)
    assert rows.accessibleDescription().startswith("column 22")
    assert rows.row_rect(22).bottom() <= rows.viewport().height()
    for _ in range(30):
        QTest.keyClick(rows, Qt.Key.Key_Up)
    assert rows.accessibleDescription().startswith("column 0")


def test_a_row_is_told_in_words_in_both_languages() -> None:
    view = CandidatesView()
    view.show_picture(weighed())
    assert view.rows.describe(0).split("\n") == ["column 0", "Entropy after: 0.100", "Gain: 0.400", "is chosen"]
    assert view.rows.describe(3).split("\n") == ["column 3", "Entropy after: –", "Gain: –"]
    speaker.speak("zh")
    assert "被选中" in view.rows.describe(0)
    view.show_picture(Candidates(say("Column"), (say("Gain"),), ("no", say("Gain")), np.zeros((2, 1))))
    assert view.rows.describe(0).startswith("no\n")  # the name of a column is data
    assert view.rows.describe(1).startswith("增益\n")
    view.deleteLater()


def test_it_is_drawn_whatever_is_in_it(qtbot: QtBot) -> None:
    view = CandidatesView()
    shown(qtbot, view)
    wide = Candidates(
        say("Column"), tuple(say("Split info") for _ in range(4)), (say("Gain"), "a name that is much too long for it"),
        np.full((2, 4), 123456.789), 1,
    )  # fmt: skip
    nothing = Candidates(say("Column"), (say("Gain"),), (), np.zeros((0, 1)))
    no_numbers = Candidates(say("Column"), (), ("a", "b"), np.zeros((2, 0)), 0)
    for picture in (weighed(), wide, nothing, no_numbers, weighed(500, 400)):
        for size in ((40, 30), (240, 170), (900, 500)):
            view.resize(*size)
            view.show_picture(picture)
            assert not view.grab().isNull()
    theme.set(dark=True, projector=True)
    assert not view.grab().isNull()
    view.clear()
    assert not view.grab().isNull()


def test_a_question_is_read_whole_in_a_small_card_and_all_columns_in_a_large_one(qtbot: QtBot) -> None:
    heads = (say("Gain"), say("Split info"), say("Gain ratio"))
    picture = Candidates(say("Question"), heads, ("x₁ ≤ 1.054", "x₂ ≤ −0.3712"), np.full((2, 3), 0.307), 1)
    for width, left_out in ((210, [1]), (500, [])):
        view = CandidatesView()
        shown(qtbot, view, (width, 150))
        view.show_picture(picture)
        columns = view.rows._columns(picture)
        assert [place for place, (_, wide) in enumerate(columns[1:]) if not wide] == left_out
        name = QFontMetricsF(figures(strong=True)).horizontalAdvance(picture.names[1])
        assert columns[0][1] >= name + theme.px(27)
        assert sum(wide for _, wide in columns) == pytest.approx(view.rows.viewport().width())
        assert not view.grab().toImage().isNull()
    assert "Split info: 0.307" in view.rows.describe(1)
