"""The classes over the list: a click gives the chosen lines a class."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from app.editors.text.editor import TextEditor
from app.kit import EnterButton, IconButton
from app.language import bind, tr
from app.theme import theme
from app.views import marks
from engines.core.language import say
from engines.data.points import UNLABELLED
from engines.data.text import MOST_NAMES

LONGEST = 120  # pixels of a name
KEYS = 9


class ClassChip(EnterButton):
    """One class: mark, name, count. A click labels the selected lines. Enter does the same."""

    def __init__(self, editor: TextEditor, label: int) -> None:
        super().__init__()
        self._editor, self.label = editor, label
        self._name, self._count = "", 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: editor.choose_class(label))
        theme.bind(self, self.updateGeometry)

    def show_class(self, name: str, count: int) -> None:
        """Show name and count."""
        self._name, self._count = name, count
        shown = name or say("No class")
        key = str(self.label + 1) if self.label != UNLABELLED else "0"
        if self.label < KEYS:
            note = say("{name}: click or press {key} to give the selected lines this class", name=shown, key=key)
        else:
            note = say("{name}: click to give the selected lines this class", name=shown)
        bind(self, self.setToolTip, note)
        bind(self, self.setAccessibleName, say("{name}: {count} {count:line|lines}", name=shown, count=count))
        self.updateGeometry()
        self.update()

    def _parts(self) -> tuple[str, str]:
        metrics = self.fontMetrics()
        name = self._name or tr("No class")
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, theme.px(LONGEST)), str(self._count)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as what it says."""
        name, count = self._parts()
        metrics = self.fontMetrics()
        text = metrics.horizontalAdvance(name) + metrics.horizontalAdvance(count)
        return QSize(text + theme.px(44), theme.px(28))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw mark, name and count; a frame where it is in hand."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens
        in_hand = self._editor.label == self.label
        painter.setPen(QPen(tokens.color("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("accent_soft" if in_hand else "field_hover" if self.underMouse() else "field"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), theme.px(6), theme.px(6))
        middle = self.rect().center().y() + 0.5
        marks.paint(painter, self.label, QPointF(theme.px(14), middle), 5.5 * theme.scale,
                    filled=self.label != UNLABELLED)  # fmt: skip
        name, count = self._parts()
        where = Qt.AlignmentFlag.AlignVCenter
        inner = self.rect().adjusted(theme.px(26), 0, -theme.px(8), 0)
        painter.setPen(tokens.color("accent" if in_hand else "text"))
        painter.drawText(inner, where | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(tokens.color("muted"))
        painter.drawText(inner, where | Qt.AlignmentFlag.AlignRight, count)


class ClassStrip(QScrollArea):
    """All classes, none, and a button for another; the wheel moves them where they have no room."""

    def __init__(self, editor: TextEditor) -> None:
        super().__init__()
        self._editor = editor
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        content = QWidget()
        self._row = QHBoxLayout(content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self.chips: list[ClassChip] = []
        self.none = ClassChip(editor, UNLABELLED)
        self.more = IconButton("plus", "Another class")
        self.more.clicked.connect(editor.add_class)
        self._row.addWidget(self.none)
        self._row.addWidget(self.more)
        self._row.addStretch()
        self.setWidget(content)
        theme.bind(self, lambda: self.setFixedHeight(theme.px(30)))
        editor.chosen.connect(self._show)
        self._show()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Move the classes."""
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - event.angleDelta().y() // 2)

    def _show(self) -> None:
        text = self._editor.document.text
        while len(self.chips) > len(text.names):
            chip = self.chips.pop()
            chip.hide()
            chip.deleteLater()
        while len(self.chips) < len(text.names):
            chip = ClassChip(self._editor, len(self.chips))
            self._row.insertWidget(len(self.chips), chip)
            self.chips.append(chip)
        counts = text.counts.tolist()
        for chip, name, count in zip(self.chips, text.names, counts, strict=False):
            chip.show_class(name, count)
        self.none.show_class("", counts[-1])
        self.more.setEnabled(len(text.names) < MOST_NAMES)
