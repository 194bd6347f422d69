"""Files by hand: the dialog with its live preview, what could not be read, cancel, and export in the same ways."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.editors.table.import_dialog import ImportDialog
from app.editors.table.stage import TableStage
from app.language import speaker, tr
from app.theme import theme
from engines.core.dataset import Dataset, Split
from engines.data.importing import read_file, write_file, writers
from engines.data.table import Table

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 20_000  # ms: a look is a process of its own, on a machine that may be busy


class StandIn(QObject):
    """What the editor needs of a session."""

    data_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.split = Split()

    def set_data(self, data: Dataset) -> None:
        self.data = data


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[TableStage]:
    session = StandIn()
    stage = TableStage(session)  # type: ignore[arg-type]
    session.setParent(stage)
    stage.active = True
    stage.heard = []  # type: ignore[attr-defined]
    stage.said.connect(lambda note, _: stage.heard.append(tr(note)))  # type: ignore[attr-defined]
    stage.resize(1000, 700)
    qtbot.addWidget(stage)
    with qtbot.waitExposed(stage):
        stage.show()
    yield stage
    stage.stop_reading()
    speaker.speak("en")
    theme.set(dark=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(
        "城市;age;kind\n北京;1,5;a\n上海;x;b\n".encode("gb18030") + "北京;2,5;a\n广州;3,5;b\n".encode("gb18030") * 6
    )
    return path


def opened(stage: TableStage, path: Path, qtbot: QtBot) -> ImportDialog:
    stage.open_file(path)
    dialog = stage.dialog
    assert dialog is not None
    settle(dialog, qtbot)
    return dialog


def settle(dialog: ImportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog._errand is None and not dialog._soon.isActive(), timeout=PATIENCE)


def choose(box: object, key: str) -> None:
    box.choose(key)  # type: ignore[attr-defined]
    box.chosen.emit(key)  # type: ignore[attr-defined]


def test_what_is_guessed_is_shown_and_imported(stage, path, qtbot):
    dialog = opened(stage, path, qtbot)
    assert dialog.model.table.names == ("城市", "age", "kind")
    assert dialog.model.text(0, 1) == "1,5"
    assert dialog.model.troubled(1, 1)
    assert not dialog.model.troubled(0, 1)
    assert dialog.problems.count() == 1
    assert "“x” is not a number" in dialog.problems.item(0).text()
    assert "GB18030" in dialog._found.text()
    assert dialog.target.value() == "kind"
    with qtbot.waitSignal(stage.document.loaded, timeout=PATIENCE):
        QTest.mouseClick(dialog.yes, LEFT)
    assert stage.table.names == ("城市", "age", "kind")
    assert stage.table.target == "kind"
    assert stage.table.recipe.source == "people.csv"
    assert len(stage.problems) == 1
    assert "Row 2, “age”" in stage.heard[-1]
    panel = stage.options()
    qtbot.addWidget(panel)
    assert panel.problems.count() == 1


def test_each_change_reads_the_preview_anew(stage, path, qtbot):
    dialog = opened(stage, path, qtbot)
    choose(dialog.header, "data")
    settle(dialog, qtbot)
    assert dialog.model.table.names == ("column 1", "column 2", "column 3")
    choose(dialog.header, "names")
    choose(dialog.separator, ",")  # while the other look is still under way
    settle(dialog, qtbot)
    assert dialog.model.table.names[0] == "城市;age;kind"
    choose(dialog.separator, ";")
    settle(dialog, qtbot)
    dialog.marks.setFocus()
    dialog.marks.clear()
    QTest.keyClicks(dialog.marks, "x")
    settle(dialog, qtbot)
    assert dialog.problems.count() == 0
    assert dialog.model.text(1, 1) is None
    assert dialog.answer().missing == ("", "x")


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_a_kind_is_chosen_in_the_head(stage, path, qtbot):
    dialog = opened(stage, path, qtbot)
    head = dialog.grid.head
    place = QPoint(head.sectionViewportPosition(1) + theme.px(30), theme.px(38))
    QTest.mouseClick(head.viewport(), LEFT, pos=place)
    menu = dialog.findChild(QMenu)
    assert menu.isVisible()
    next(action for action in menu.actions() if action.text() == "Text").trigger()
    menu.close()
    settle(dialog, qtbot)
    assert dialog.model.table.column("age").kind == "text"
    assert dialog.problems.count() == 0
    dialog.target.box.setCurrentIndex(1)
    dialog.target.box.activated.emit(1)
    settle(dialog, qtbot)
    with qtbot.waitSignal(stage.document.loaded, timeout=PATIENCE):
        QTest.mouseClick(dialog.yes, LEFT)
    assert stage.table.column("age").value(1) == "x"
    assert stage.table.target == "城市"


def test_a_wrong_encoding_is_a_sentence_and_can_be_mended(stage, path, qtbot):
    dialog = opened(stage, path, qtbot)
    choose(dialog.encoding, "utf-8")
    settle(dialog, qtbot)
    assert "Choose another encoding" in dialog.message.text()
    assert not dialog.yes.isEnabled()
    choose(dialog.encoding, "gb18030")
    settle(dialog, qtbot)
    assert not dialog.message.isVisible()
    assert dialog.yes.isEnabled()


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b""), ("a.xlsx", b"no zip"), ("a.json", b"{"), ("a.csv", b"\0PNG\1")]
)
def test_bad_files_are_refused_in_the_dialog(stage, tmp_path, qtbot, name, content):
    (tmp_path / name).write_bytes(content)
    dialog = opened(stage, tmp_path / name, qtbot)
    assert dialog.message.text()
    assert not dialog.yes.isEnabled()
    QTest.mouseClick(dialog.no, LEFT)
    assert not stage.table.columns


def test_closing_at_once_leaves_nothing_behind(stage, path):
    stage.open_file(path)
    stage.dialog.reject()
    assert not stage.table.columns


def test_a_big_file_is_read_apart_and_can_be_given_up(stage, tmp_path, qtbot):
    path = tmp_path / "big.csv"
    path.write_text("a,b\n" + "1.5,x\n" * 300_000)
    errands = []
    stage.importing.connect(errands.append)
    dialog = opened(stage, path, qtbot)
    QTest.mouseClick(dialog.yes, LEFT)
    qtbot.waitUntil(lambda: bool(errands))
    errands[0].cancel()
    assert not stage.table.columns
    dialog = opened(stage, path, qtbot)
    with qtbot.waitSignal(stage.document.loaded, timeout=PATIENCE):
        QTest.mouseClick(dialog.yes, LEFT)
    qtbot.waitUntil(lambda: not stage.busy)
    assert len(stage.table) == 300_000


def test_asking_about_another_file_does_not_give_up_the_one_under_way(stage, path, tmp_path, qtbot):
    big = tmp_path / "big.csv"
    big.write_text("a,b\n" + "".join(f"{row},{row % 7}\n" for row in range(50_000)), encoding="utf-8")
    dialog = opened(stage, big, qtbot)
    QTest.mouseClick(dialog.yes, LEFT)
    stage.open_file(path)
    second = stage.dialog
    assert second is not None
    QTest.mouseClick(second.no, LEFT)
    qtbot.waitUntil(lambda: len(stage.table) == 50_000, timeout=PATIENCE)
    assert stage.heard == []


def test_what_is_wrong_with_a_file_keeps_the_boxes_in_their_place(stage, path, tmp_path, qtbot):
    dialog = opened(stage, path, qtbot)
    above = dialog.marks.mapTo(dialog, QPoint(0, 0)).y()
    dialog.reject()
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"a,b\n\xff\xfe\x00\x00\n")
    stage.open_file(bad)
    dialog = stage.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.message.isHidden(), timeout=PATIENCE)
    QApplication.processEvents()
    assert dialog.message.height() <= dialog.message.sizeHint().height()
    assert abs(dialog.marks.mapTo(dialog, QPoint(0, 0)).y() - above) <= 2
    dialog.reject()


def test_an_editor_that_is_not_shown_hands_its_table_over(stage, path, qtbot):
    stage.active = False
    dialog = opened(stage, path, qtbot)
    with qtbot.waitSignal(stage.wanted, timeout=PATIENCE) as handed:
        QTest.mouseClick(dialog.yes, LEFT)
    assert handed.args[0].names == ("城市", "age", "kind")


def test_a_workbook_offers_its_sheets(stage, tmp_path, qtbot):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["a", 1])
    book.create_sheet("second").append(["b"])
    book.save(tmp_path / "t.xlsx")
    book.close()
    dialog = opened(stage, tmp_path / "t.xlsx", qtbot)
    assert dialog.sheet.isVisible()
    assert not dialog.separator.isVisible()
    dialog.sheet.box.setCurrentIndex(1)
    dialog.sheet.box.activated.emit(1)
    settle(dialog, qtbot)
    assert dialog.model.table.columns
    assert dialog.found is not None
    assert dialog.found.sheet == "second"


def test_the_dialog_speaks_chinese(stage, path, qtbot):
    speaker.speak("zh")
    dialog = opened(stage, path, qtbot)
    assert dialog.yes.text() == "导入"
    assert "第 2 行" in dialog.problems.item(0).text()


def test_what_was_typed_is_exported_in_every_way(stage, tmp_path):
    stage.new_table()
    stage.type(0, "x", "1.5")
    stage.type(1, "class", "猫")
    for ending in writers(Table):
        if ending != ".parquet":
            write_file(stage.table, tmp_path / f"t{ending}")
            again = read_file(tmp_path / f"t{ending}").data
            assert again.column("x").value(0) == 1.5
            assert again.column("class").value(1) == "猫"
