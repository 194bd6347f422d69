"""What the Data tab shows for texts: the classes, and the words they use most."""

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.editors.text.editor import TextEditor
from app.editors.text.lines_model import ANY
from app.editors.text.words_panel import WordsPanel
from app.kit import EnterButton, IconButton, QuietButton, section
from app.language import bind, tr
from app.theme import theme
from app.views import marks
from engines.core.language import say
from engines.data.text import MOST_NAMES


class ClassMark(EnterButton):
    """The mark of a class; a click gives it the next colour. Enter does the same."""

    def __init__(self, editor: TextEditor, label: int) -> None:
        super().__init__()
        self._label = label
        bind(self, self.setToolTip, "Give the class the next colour; it changes places with the next class")
        bind(self, self.setAccessibleName, say("Colour of class {n}", n=label + 1))
        self.clicked.connect(lambda: editor.document.recolour_class(label))
        theme.bind(self, lambda: self.setFixedSize(QSize(theme.px(28), theme.px(28))))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.tokens.color("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.tokens.color("field_hover"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        marks.paint(painter, self._label, QPointF(self.width() / 2, self.height() / 2), 6.0 * theme.scale)


class ClassRow(QWidget):
    """One class: mark, name, count, whether it is shown alone, and a menu to merge or delete it."""

    def __init__(self, editor: TextEditor, label: int) -> None:
        super().__init__()
        self._editor, self._label = editor, label
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.mark = ClassMark(editor, label)
        self.name = QLineEdit()
        bind(self.name, self.name.setAccessibleName, say("Name of class {n}", n=label + 1))
        self.count = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setProperty("muted", True)
        self.alone = IconButton("eye", "Show only this class", checkable=True)
        self.more = IconButton("more", "Merge or delete the class")
        for widget in (self.mark, self.name, self.count, self.alone, self.more):
            layout.addWidget(widget, stretch=widget is self.name)
        self.name.editingFinished.connect(self._rename)
        self.alone.clicked.connect(lambda on: editor.show_only(label if on else ANY))
        self.more.clicked.connect(lambda: self.menu().exec(self.more.mapToGlobal(QPoint(0, self.more.height()))))
        theme.bind(self, lambda: self.count.setMinimumWidth(theme.px(28)))

    def show_class(self, name: str, count: int) -> None:
        """Show the class as it is now."""
        if not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(name)
        self.count.setText(f"{count}")
        self.alone.setChecked(self._editor.only == self._label)
        self.mark.update()

    def menu(self) -> QMenu:
        """Return what can be done to the class, as a menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        document, label = self._editor.document, self._label
        for other, name in enumerate(document.text.names):
            if other != label:
                action = menu.addAction(tr("Merge into “{name}”", name=name))
                action.triggered.connect(lambda _=False, other=other: document.merge_class(label, other))
        if len(document.text.names) > 1:
            menu.addSeparator()
        menu.addAction(tr("Delete the class, keep its lines")).triggered.connect(lambda: document.delete_class(label))
        return menu

    def _rename(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self._editor.document.rename_class(self._label, self.name.text())
        names = self._editor.document.text.names
        if self._label < len(names):
            self.name.setText(names[self._label])


class TextOptions(QWidget):
    """Classes with their counts, and words."""

    def __init__(self, editor: TextEditor) -> None:
        super().__init__()
        self._editor = editor
        self.rows: list[ClassRow] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(section("Classes"))
        self._classes = QVBoxLayout()
        self._classes.setSpacing(4)
        layout.addLayout(self._classes)
        self.add = QuietButton("Add a class", "plus")
        self.add.clicked.connect(editor.add_class)
        layout.addWidget(self.add, alignment=Qt.AlignmentFlag.AlignLeft)
        self.words = WordsPanel(editor.document)
        layout.addWidget(self.words)
        editor.chosen.connect(self._show)
        self._show()

    def _show(self) -> None:
        text = self._editor.document.text
        while len(self.rows) > len(text.names):
            row = self.rows.pop()
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(text.names):
            row = ClassRow(self._editor, len(self.rows))
            self.rows.append(row)
            self._classes.addWidget(row)
        for row, name, count in zip(self.rows, text.names, text.counts.tolist(), strict=False):
            row.show_class(name, count)
        self.add.setEnabled(len(text.names) < MOST_NAMES)
