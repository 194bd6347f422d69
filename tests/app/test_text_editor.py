"""Labelling, writing and finding lines with real keys and a real mouse."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editors.text.document import TextDocument
from app.editors.text.editor import TextEditor
from app.editors.text.lines_model import PART, RINGED
from app.editors.text.options import TextOptions
from app.editors.text.stage import TextStage
from app.language import speaker
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from engines.core.dataset import DRAWN
from engines.data.importing import write_file
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample
from engines.data.text import MOST_CHARACTERS, MOST_NAMES, Text, labelled

LEFT = Qt.MouseButton.LeftButton
NONE, CONTROL, SHIFT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


@dataclass
class Desk:
    """The stage of texts in a window."""

    window: QWidget
    stage: TextStage
    session: Session

    @property
    def editor(self) -> TextEditor:
        return self.stage.editor

    @property
    def document(self) -> TextDocument:
        return self.stage.editor.document

    @property
    def text(self) -> Text:
        return self.document.text

    @property
    def pairs(self) -> list[tuple[str, str]]:
        names = self.text.names
        return [(line, names[k] if k >= 0 else "") for line, k in zip(self.text.lines, self.text.y, strict=True)]

    def load(self, *pairs: tuple[str, str]) -> None:
        made = labelled([line for line, _ in pairs], [name for _, name in pairs])
        self.document.load(made, "Clear")

    def click(self, place: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        view = self.stage.view
        rect = view.visualRect(self.editor.model.index(place))
        QTest.mouseClick(view.viewport(), LEFT, modifiers, QPoint(rect.right() - 100, rect.center().y()))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.stage.view, key, modifiers)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    session = Session(Runner(warm=False, spare=False), "clustering.kmeans")
    stage = TextStage(session)
    stage.active = True
    window = QWidget()
    QVBoxLayout(window).addWidget(stage)
    window.resize(820, 560)
    window.addActions([stage.document.undo_action, stage.document.redo_action])
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield Desk(window, stage, session)
    session.close()
    speaker.speak("en")
    theme.set(dark=False, projector=False)


@pytest.fixture
def options(desk: Desk, qtbot: QtBot) -> TextOptions:
    options = desk.stage.options()
    assert isinstance(options, TextOptions)
    qtbot.addWidget(options)
    options.resize(300, 700)
    options.show()
    return options


def three(desk: Desk) -> None:
    desk.load(("one", "a"), ("two", "b"), ("three", "a"))


# Lines


def test_an_empty_list_says_what_to_do_and_lines_are_written(desk: Desk) -> None:
    assert desk.stage.empty.isVisible()
    assert "Write a line" in desk.stage.empty.text()
    desk.stage.new.setFocus()
    QTest.keyClicks(desk.stage.new, "hello there")
    QTest.keyClick(desk.stage.new, Qt.Key.Key_Return)
    QTest.keyClick(desk.stage.new, Qt.Key.Key_Return)  # an empty line is no line
    assert desk.pairs == [("hello there", "")]
    assert desk.stage.new.text() == ""
    assert not desk.stage.empty.isVisible()
    assert len(desk.session.data) == 1
    assert desk.text.recipe.source == DRAWN


def test_new_lines_get_the_class_in_hand(desk: Desk) -> None:
    three(desk)
    QTest.mouseClick(desk.stage.classes.chips[1], LEFT)
    QTest.keyClicks(desk.stage.new, "four")
    QTest.keyClick(desk.stage.new, Qt.Key.Key_Return)
    assert desk.pairs[-1] == ("four", "b")
    assert desk.editor.selected.tolist() == [3]


def test_a_line_is_edited_in_place(desk: Desk, qtbot: QtBot) -> None:
    three(desk)
    desk.click(1)
    desk.key(Qt.Key.Key_Return)
    field = desk.stage.view.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "2 r")  # keys that mean something elsewhere
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.pairs[1] == ("2 r", "b"))
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    assert desk.pairs[1] == ("two", "b")


def test_a_line_that_is_too_long_is_cut_and_said(desk: Desk, qtbot: QtBot) -> None:
    three(desk)
    index = desk.editor.model.index(0)
    with qtbot.waitSignal(desk.stage.said) as told:
        desk.editor.model.setData(index, "x" * (MOST_CHARACTERS + 1))
    assert str(MOST_CHARACTERS) in told.args[0].render()
    assert len(desk.text.lines[0]) == MOST_CHARACTERS
    desk.editor.model.setData(index, "   ")
    assert desk.pairs == [("two", "b"), ("three", "a")]


def test_selected_lines_are_deleted(desk: Desk) -> None:
    three(desk)
    keys = desk.text.key.tolist()
    desk.click(0)
    desk.click(2, CONTROL)
    assert desk.stage.count.text() == "2 of 3 lines selected"
    desk.key(Qt.Key.Key_Delete)
    assert desk.pairs == [("two", "b")]
    assert desk.text.key.tolist() == keys[1:2]
    assert desk.text.names == ("a", "b")
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    assert len(desk.text) == 3


def test_pasted_lines_bring_their_labels(desk: Desk) -> None:
    three(desk)
    desk.click(0)
    QApplication.clipboard().setText("b\tnew one\nc\tanother\nb\tthird here\nc\tfourth\n")
    desk.key(Qt.Key.Key_V, CONTROL)
    assert desk.pairs == [("one", "a"), ("new one", "b"), ("another", "c"), ("third here", "b"), ("fourth", "c"),
                          ("two", "b"), ("three", "a")]  # fmt: skip
    assert desk.editor.selected.tolist() == [1, 2, 3, 4]
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    assert desk.text.names == ("a", "b")


def test_copied_lines_come_back_as_they_were(desk: Desk) -> None:
    desk.load(("one", "a"), ("two", ""), ("three", "b"))
    desk.key(Qt.Key.Key_A, CONTROL)
    desk.key(Qt.Key.Key_C, CONTROL)
    before = desk.pairs
    desk.document.clear()
    desk.key(Qt.Key.Key_V, CONTROL)
    assert desk.pairs == before


def test_an_empty_clipboard_is_said(desk: Desk, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("  \n")
    with qtbot.waitSignal(desk.stage.said) as told:
        QTest.mouseClick(desk.stage.paste, LEFT)
    assert "clipboard" in told.args[0].render()
    QApplication.clipboard().setText("\n".join(f"{k % 30}\tline {k}" for k in range(60)))
    desk.document.load(labelled([str(k) for k in range(40)], [f"n{k}" for k in range(40)]), "Clear")
    with qtbot.waitSignal(desk.stage.said) as told:
        QTest.mouseClick(desk.stage.paste, LEFT)
    assert str(MOST_NAMES) in told.args[0].render()
    assert len(desk.text) == 40


# Labels


def test_keys_label_the_selected_lines(desk: Desk) -> None:
    three(desk)
    desk.click(0)
    desk.click(2, SHIFT)
    desk.key(Qt.Key.Key_2)
    assert [name for _, name in desk.pairs] == ["b", "b", "b"]
    assert desk.editor.selected.tolist() == [0, 1, 2]  # the selection stays
    desk.key(Qt.Key.Key_0)
    assert set(desk.text.y) == {UNLABELLED}
    desk.key(Qt.Key.Key_9)  # no such class
    assert set(desk.text.y) == {UNLABELLED}
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CONTROL)
    assert [name for _, name in desk.pairs] == ["a", "b", "a"]


def test_a_chip_labels_too(desk: Desk) -> None:
    three(desk)
    desk.click(1)
    QTest.mouseClick(desk.stage.classes.chips[0], LEFT)
    assert desk.pairs[1] == ("two", "a")
    desk.stage.classes.none.setFocus()
    QTest.keyClick(desk.stage.classes.none, Qt.Key.Key_Return)
    assert desk.pairs[1] == ("two", "")


def test_arrows_to_the_side_are_left_to_the_window(desk: Desk) -> None:
    three(desk)
    desk.click(0)
    desk.key(Qt.Key.Key_Down)
    assert desk.editor.selected.tolist() == [1]
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_T)
    assert desk.editor.selected.tolist() == [1]
    desk.key(Qt.Key.Key_Escape)
    assert desk.editor.selected.tolist() == []


# Finding


def test_search_shows_only_what_holds_the_words(desk: Desk) -> None:
    three(desk)
    QTest.keyClicks(desk.stage.search, "TWO")
    assert desk.editor.model.rows.tolist() == [1]
    assert desk.stage.count.text() == "1 of 3 lines"
    desk.click(0)
    desk.key(Qt.Key.Key_1)
    assert desk.pairs[1] == ("two", "a")
    QTest.keyClicks(desk.stage.search, "x")
    assert "No line" in desk.stage.empty.text()
    assert desk.stage.empty.isVisible()
    QTest.keyClick(desk.stage.search, Qt.Key.Key_Escape)
    assert desk.editor.model.rows.tolist() == [0, 1, 2]


def test_one_class_is_shown_alone(desk: Desk, options: TextOptions) -> None:
    three(desk)
    QTest.mouseClick(options.rows[0].alone, LEFT)
    assert desk.editor.model.rows.tolist() == [0, 2]
    desk.click(0)
    desk.key(Qt.Key.Key_2)  # it leaves what is shown
    assert desk.editor.model.rows.tolist() == [2]
    QTest.mouseClick(options.rows[0].alone, LEFT)
    assert desk.editor.model.rows.tolist() == [0, 1, 2]


# Classes


def test_classes_are_added_and_renamed(desk: Desk, options: TextOptions) -> None:
    QTest.mouseClick(options.add, LEFT)
    QTest.mouseClick(desk.stage.classes.more, LEFT)
    assert desk.text.names == ("class 1", "class 2")
    assert len(options.rows) == len(desk.stage.classes.chips) == 2
    field = options.rows[1].name
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "spam")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.text.names == ("class 1", "spam")
    field.selectAll()
    QTest.keyClicks(field, "class 1")  # taken
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.text.names == ("class 1", "spam")
    assert field.text() == "spam"


def test_a_class_changes_colour_with_the_next_one(desk: Desk, options: TextOptions) -> None:
    three(desk)
    before = desk.pairs
    QTest.mouseClick(options.rows[0].mark, LEFT)
    assert desk.text.names == ("b", "a")
    assert desk.pairs == before
    assert options.rows[0].count.text() == "1"


@pytest.mark.parametrize(("label", "into"), [(0, 1), (1, 0), (0, 2), (2, 0)])
def test_classes_are_merged(desk: Desk, label: int, into: int) -> None:
    desk.load(("one", "a"), ("two", "b"), ("three", "c"), ("four", ""))
    desk.document.merge_class(label, into)
    names = ["a", "b", "c"]
    expected = [name if name != names[label] else names[into] for name in ("a", "b", "c", "")]
    assert [name for _, name in desk.pairs] == expected
    assert desk.text.names == tuple(name for name in names if name != names[label])


def test_the_menu_merges_and_deletes(desk: Desk, options: TextOptions) -> None:
    three(desk)
    menu: QMenu = options.rows[1].menu()
    actions = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in actions] == ["Merge into “a”", "Delete the class, keep its lines"]
    actions[1].trigger()
    assert desk.pairs == [("one", "a"), ("two", ""), ("three", "a")]
    assert desk.text.names == ("a",)
    desk.document.undo()
    options.rows[0].menu().actions()[0].trigger()
    assert {name for _, name in desk.pairs} == {"b"}


# Words, the split, files, looks


def test_words_are_counted_between_frames(desk: Desk, options: TextOptions, qtbot: QtBot) -> None:
    desk.document.load(make_sample("spam", language="en"), "Spam")
    qtbot.waitUntil(lambda: options.words.done)
    told = " ".join(label.text() for label in options.words.labels if label.isVisible())
    assert "free" in told
    assert "meeting" in told
    desk.document.load(make_sample("sentiment", language="zh"), "Sentiment")
    qtbot.waitUntil(lambda: options.words.done)
    assert "喜欢" in " ".join(label.text() for label in options.words.labels)
    assert "pairs" in options.words.note.text()
    options.hide()
    desk.document.clear()
    assert not options.words.done
    options.show()
    qtbot.waitUntil(lambda: options.words.done)
    assert not any(label.isVisible() for label in options.words.labels)


def test_held_out_and_ringed_lines_are_marked(desk: Desk) -> None:
    desk.document.load(make_sample("spam", language="en"), "Spam")
    model = desk.editor.model
    parts = [model.index(row).data(PART) for row in range(120)]
    assert parts == desk.session.data.parts.tolist()
    assert set(parts) == {0, 1, 2}
    plain = desk.stage.view.grab().toImage()
    desk.stage.ring(np.array([1, 3]))
    assert [row for row in range(120) if model.index(row).data(RINGED)] == [1, 3]
    assert desk.stage.view.grab().toImage() != plain
    desk.stage.ring(np.array([100, 110]))
    seen = desk.stage.view.viewport().rect()
    assert seen.intersects(desk.stage.view.visualRect(model.place_of(100)))


def test_a_file_is_imported_apart_from_the_window(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    made = make_sample("sentiment", language="zh")
    write_file(made, tmp_path / "it.txt")
    with qtbot.waitSignal(desk.document.loaded, timeout=20_000):
        desk.stage.open_file(tmp_path / "it.txt")
    assert desk.text.lines == made.lines
    (tmp_path / "bad.txt").write_bytes(b"")
    with qtbot.waitSignal(desk.stage.said, timeout=20_000) as told:
        desk.stage.open_file(tmp_path / "bad.txt")
    assert "empty" in told.args[0].render()
    assert len(desk.text) == 120
    desk.stage.stop_reading()


def test_all_is_said_in_chinese_and_seen_in_the_dark(desk: Desk, options: TextOptions, qtbot: QtBot) -> None:
    desk.document.load(make_sample("sentiment", language="zh"), "Sentiment")
    qtbot.waitUntil(lambda: options.words.done)
    speaker.speak("zh")
    light = desk.stage.view.grab().toImage().pixelColor(3, 3)
    theme.set(dark=True)
    labels = [label.text() for widget in (options, desk.stage) for label in widget.findChildren(QLabel)]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in labels if text and not text.isdigit())
    assert desk.stage.view.grab().toImage().pixelColor(3, 3).lightness() < 80 < light.lightness()


def test_many_lines_stay_quick(desk: Desk, qtbot: QtBot) -> None:
    lines = [f"line {k} of very many lines" for k in range(10_000)]
    desk.document.load(labelled(lines, ["a" if k % 3 else "b" for k in range(10_000)]), "Clear")
    desk.stage.view.viewport().repaint()
    best: dict[str, float] = {}

    def clock(name: str, act: object) -> None:
        began = time.perf_counter()
        act()  # type: ignore[operator]
        best[name] = min(best.get(name, 9.0), time.perf_counter() - began)

    for turn in range(5):
        rows = np.array([turn])
        clock("label", lambda rows=rows, turn=turn: desk.document.label(rows, turn % 2))
        clock("edit", lambda rows=rows, turn=turn: desk.document.set_line(turn, f"other {turn}"))
        clock("search", lambda turn=turn: desk.editor.search(f"line {turn}"))
        clock("all", lambda: desk.editor.search(""))
        clock("paint", desk.stage.view.viewport().repaint)
    assert best.pop("paint") < 0.016
    assert {name for name, seconds in best.items() if seconds > 0.010} == set()


def test_a_click_points_at_a_line_of_the_text_whatever_is_shown(desk: Desk) -> None:
    lines: list[int] = []
    desk.stage.pointed_at.connect(lines.append)
    desk.load(("one", "a"), ("two", "b"), ("twelve", "a"))
    desk.click(1)
    desk.editor.search("tw")
    desk.click(1)
    assert lines == [1, 2]
