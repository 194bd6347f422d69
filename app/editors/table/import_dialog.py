"""How a file is to be read as a table: its first rows, read anew in a process of their own after each change."""

from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QListWidget, QMenu, QWidget

from app.editors.table.column_box import ColumnBox
from app.editors.table.dialogs import Question
from app.editors.table.grid import TableGrid
from app.editors.table.header import kind_note
from app.editors.table.preview_model import PreviewModel
from app.kit import ChoiceBox, MessageBar, section
from app.language import bind, tr
from app.session.errand import Errand
from app.theme import theme
from engines.core.language import Note, say
from engines.data.files.tables import ENCODINGS, MISSING_MARKS, TableOptions, TablePreview, preview_table
from engines.data.importing import Imported
from engines.data.table import COLUMN_KINDS, ColumnKind

AUTO = "auto"
ENCODING_WORDS = {
    "utf-8": "UTF-8", "gb18030": "GB18030 (Chinese)", "utf-16": "UTF-16", "big5": "Big5 (Chinese)",
    "latin-1": "Latin-1 (Western)",
}  # fmt: skip
SEPARATOR_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECIMAL_WORDS = {".": "point", ",": "comma"}
REST_MILLISECONDS = 300


class ImportDialog(Question):
    """Asks how a file is read. ``answered(TableOptions)``."""

    answered = Signal(object)

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent, say("Import “{name}”", name=path.name), "Import", "folder-open")
        self._path = path
        self._errand: Errand | None = None
        self._again = False
        self._kinds: dict[int, ColumnKind] = {}
        self._target: str | None = None
        self.found: TableOptions | None = None
        self._make_boxes()
        self._place_boxes(path.suffix.lower())
        self.message = MessageBar()
        self.model = PreviewModel()
        self.grid = TableGrid(self, self.model, bars=False)
        self.grid.head.menu_wanted.connect(self._open_menu)
        self._heading = section("What cannot be read as it stands")
        self.problems = QListWidget()
        self._found = QLabel(wordWrap=True)
        self._found.setProperty("muted", True)
        self._room = QWidget()  # in the place of the grid where there is nothing to show
        for widget in (self.message, self._found, self.grid, self._room, self._heading, self.problems):
            self.body.addWidget(widget, stretch=1 if widget in (self.grid, self._room) else 0)
        self._room.hide()
        self._soon = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._soon.timeout.connect(self.look)
        self.marks.textEdited.connect(lambda _: self._soon.start())
        self.accepted.connect(lambda: self.answered.emit(self.answer()))
        theme.bind(self, self._restyle)
        self._show_problems(())
        self.look()

    def _restyle(self) -> None:
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.size()
        self.resize(min(theme.px(880), room.width() - 40), min(theme.px(640), room.height() - 40))
        self.problems.setFixedHeight(theme.px(84))

    def _make_boxes(self) -> None:
        auto = (AUTO, "found out")
        self.encoding = ChoiceBox("Encoding", [auto, *((name, ENCODING_WORDS[name]) for name in ENCODINGS)])
        self.separator = ChoiceBox("Separator", [auto, *SEPARATOR_WORDS.items()])
        self.decimal = ChoiceBox("Decimal mark", [auto, *DECIMAL_WORDS.items()])
        self.header = ChoiceBox("First row", [(AUTO, "found out"), ("names", "holds the names"), ("data", "is data")])
        self.sheet = ColumnBox("Sheet", none=False)
        self.target = ColumnBox("Target", none=True)
        self.marks = QLineEdit(" ".join(mark for mark in MISSING_MARKS if mark))
        bind(self.marks, self.marks.setAccessibleName, "Missing")
        bind(self.marks, self.marks.setToolTip, "What stands in a cell that has no value, with spaces between")
        for box in (self.encoding, self.separator, self.decimal, self.header):
            box.chosen.connect(self._change)
        self.sheet.chosen.connect(self._change)
        self.target.chosen.connect(self._choose_target)

    def _place_boxes(self, ending: str) -> None:
        """Show the boxes that matter for this kind of file."""
        text = ending in (".csv", ".tsv")
        boxes: list[QWidget] = [self.encoding] if text or ending == ".json" else []
        boxes += [self.separator] if text else []
        boxes += [self.decimal, self.header] if ending != ".parquet" else []
        boxes += [self.sheet] if ending == ".xlsx" else []
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for place, box in enumerate([*boxes, self.target]):
            grid.addWidget(box, place // 3, place % 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        for box in {self.encoding, self.separator, self.decimal, self.header, self.sheet} - set(boxes):
            box.setParent(self)
            box.hide()
        self.body.addLayout(grid)
        marks, label = QGridLayout(), QLabel()
        bind(label, label.setText, "Missing")
        marks.setHorizontalSpacing(12)
        marks.addWidget(label, 0, 0)
        marks.addWidget(self.marks, 0, 1)
        self.body.addLayout(marks)

    # What is asked

    def answer(self) -> TableOptions:
        """Return how the file is to be read, as the preview shows it."""
        header = self.header.value()
        return TableOptions(
            encoding=_chosen(self.encoding), separator=_chosen(self.separator), decimal=_chosen(self.decimal),
            header=None if header == AUTO else header == "names", missing=("", *self.marks.text().split()),
            kinds=tuple(sorted(self._kinds.items())), target=self._target, sheet=self.sheet.value() or None,
        )  # fmt: skip

    def _change(self, *_: str) -> None:
        """Other columns may come of this: what was said about the old ones no longer counts."""
        self._kinds, self._target = {}, None
        self.look()

    def _choose_target(self, name: str) -> None:
        self._target = name
        self.look()

    def _open_menu(self, place: int, position: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for kind in COLUMN_KINDS:
            action = menu.addAction(tr(kind_note(kind)))
            action.setCheckable(True)
            action.setChecked(kind == self.model.table.columns[place].kind)
            action.triggered.connect(lambda _=False, kind=kind: self.choose_kind(place, kind))
        menu.popup(position)

    def choose_kind(self, place: int, kind: ColumnKind) -> None:
        """Have a column read as one of this kind."""
        self._kinds[place] = kind
        self.look()

    # The preview

    def look(self) -> None:
        """Read the first rows as is asked now; while a look is under way, once more after it."""
        if self._errand is not None:
            self._again = True
            return
        self._errand = errand = Errand(self, preview_table, self._path, self.answer())
        errand.done.connect(self._show)
        errand.failed.connect(self._refuse)
        errand.finished.connect(self._finish)
        self.yes.setEnabled(False)
        bind(self._found, self._found.setText, "Looking into the file …")
        errand.start()

    def _finish(self) -> None:
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.deleteLater()
        if self._again:
            self._again = False
            self.look()

    def _show(self, imported: Imported) -> None:
        preview = imported.preview
        assert isinstance(preview, TablePreview)
        table = imported.data
        self.message.hide()
        self.found = preview.options
        self.model.show_preview(table, preview)  # type: ignore[arg-type] # a preview of a table is one
        self._room.hide()
        self.grid.show()
        self.sheet.offer(preview.sheets, preview.options.sheet or "")
        self.target.offer(self.model.table.names, self.model.table.target)
        self._show_problems(imported.problems)
        self.yes.setEnabled(not self._again)
        if self.no.hasFocus():
            self.yes.setFocus()
        bind(self._found, self._found.setText, found_note(preview, len(table), len(self.model.table.columns)))

    def _refuse(self, note: Note) -> None:
        self.message.say(note, "bad")
        self.grid.hide()
        self._room.show()
        self._show_problems(())
        bind(self._found, self._found.setText, "")

    def _show_problems(self, notes: tuple[Note, ...]) -> None:
        self.problems.clear()
        self.problems.addItems([tr(note) for note in notes])
        self._heading.setVisible(bool(notes))
        self.problems.setVisible(bool(notes))

    def done(self, result: int) -> None:
        """Give up the look that is under way."""
        self._soon.stop()
        self._again = False
        if self._errand is not None:
            self._errand.cancel()
        super().done(result)


def _chosen(box: ChoiceBox) -> str | None:
    return None if box.value() == AUTO else box.value()


def found_note(preview: TablePreview, rows: int, columns: int) -> Note:
    """Return in words what was found out, and how much is shown."""
    options = preview.options
    parts = [say("columns: {columns}", columns=columns)]
    parts.append(
        say("rows: {rows}", rows=rows)
        if preview.whole
        else say("the first {rows:row is|{rows} rows are} shown", rows=rows)
    )
    if options.separator:
        parts.append(say("{encoding}, separator: {separator}, decimal mark: {decimal}",
                         encoding=(options.encoding or "").upper(),
                         separator=_named(SEPARATOR_WORDS, options.separator),
                         decimal=_named(DECIMAL_WORDS, options.decimal or ".")))  # fmt: skip
    parts.append(say("the first row holds the names") if options.header else say("the first row is data"))
    return Note(
        " · ".join(f"{{part{i}}}" for i in range(len(parts))), tuple((f"part{i}", p) for i, p in enumerate(parts))
    )


def _named(words: dict[str, str], mark: str) -> Note:
    return say(words.get(mark, mark))
