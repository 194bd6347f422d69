"""The real source of the algorithm that runs, with the running line lit."""

import re
from functools import cache
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)  # fmt: skip
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from app.language import bind
from app.theme import theme
from engines.core.engine import NO_ENGINE, Engine
from engines.core.judge import Judge
from engines.core.language import LearnerError, Note, say

PIECE = r"""(?P<comment>\#.*)
    |(?P<triple>[rbfuRBFU]{0,2}(?:\"\"\"|'''))
    |(?P<string>[rbfuRBFU]{0,2}(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
    |(?P<decorator>^\s*@[\w.]+)
    |(?P<number>\b\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?\b)
    |(?P<named>(?<=\bdef\ )\w+|(?<=\bclass\ )\w+)
    |(?P<keyword>\b(?:and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|if|import|in|is|lambda
        |match|case|not|or|pass|raise|return|try|while|with|yield|None|True|False)\b)"""
QUOTES = ('"""', "'''")  # the highlighter's block state 1 and 2: inside such a string


@cache
def piece() -> re.Pattern[str]:
    """Return what is coloured: compiled when the first source is, which takes longer than importing a file."""
    return re.compile(PIECE, re.VERBOSE)


def source_of(engine: Engine | Judge) -> str:
    """Return the text of the engine's file; LearnerError, saying so, when an installation came without it."""
    if engine is NO_ENGINE:
        raise LearnerError("No algorithm is chosen: choose one in the Model tab to see its source.")
    try:
        return Path(engine.source_file).read_text(encoding="utf-8")
    except OSError:
        *packages, module = _place(engine).split(".")
        packed = resources.files("engines").joinpath(*packages, f"{module}.py")
    try:
        return packed.read_text(encoding="utf-8")
    except OSError:
        raise LearnerError("The source of “{key}” did not come with this installation.", key=engine.key) from None


def _place(engine: Engine | Judge) -> str:
    """Return where its file is below ``engines``: ``clustering.kmeans``, ``judging.k_fold``."""
    return engine.key if isinstance(engine, Engine) else f"judging.{engine.key}"


class CodePanel(QWidget):
    """Shows an engine's file, read-only; ``light`` marks the line that is running."""

    def __init__(self) -> None:
        super().__init__()
        self._key, self._about = QLabel(), QLabel()
        self._key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._about.setProperty("muted", True)
        self._about.setWordWrap(True)
        self.listing = Listing()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        for widget in (self._key, self._about, self.listing):
            layout.addWidget(widget)
        self._engine: Engine | Judge | None = None
        self._unlisted = False  # whether there is a source that waits until it can be seen
        bind(self, self.listing.setAccessibleName, "Source code")
        theme.bind(self, self._dress)

    def show_engine(self, engine: Engine | Judge) -> None:
        """Show the source of ``engine``; a sentence where it cannot be found. Does nothing when it is shown already."""
        if engine is not self._engine:
            self._engine, self._unlisted = engine, True
            if self.isVisible():
                self._list(engine)

    def _list(self, engine: Engine | Judge) -> None:
        self._unlisted = False
        self._key.setText(_place(engine))
        about: Note = say("The real source of this algorithm: the lit line is the one that is running.")
        try:
            source = source_of(engine)
        except LearnerError as error:
            source, about = "", error.note
        self.listing.show_source(source)
        bind(self, self._about.setText, about)

    def light(self, line: int) -> None:
        """Light line ``line`` of the file, counted from 1; 0 lights none. Cheap enough for 60 calls a second."""
        self._list_late()
        self.listing.light(line)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read and colour the source now: behind another tab nobody has missed it."""
        self._list_late()
        super().showEvent(event)

    def _list_late(self) -> None:
        if self._unlisted and self._engine is not None:
            self._list(self._engine)

    def _dress(self) -> None:
        self._key.setFont(theme.font("mono"))
        self._about.setFont(theme.font("small"))
        self.listing.dress()


class Listing(QPlainTextEdit):
    """Read-only Python text with line numbers and one lit line."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerWidget(QWidget())  # paints nothing; the style's own corner is a white square
        self.line = 0
        self._numbers = Numbers(self)
        self._colours = PythonColours(self.document())
        self.updateRequest.connect(self._move_numbers)

    def show_source(self, source: str) -> None:
        """Replace the text, nothing lit."""
        self.line = 0
        self.setExtraSelections([])
        self.setPlainText(source)
        self._leave_room()

    def light(self, line: int) -> None:
        """Light a line (from 1; 0 for none) and scroll only when it is outside the visible band."""
        if line == self.line or line > self.blockCount():
            return
        self.line = line
        self._mark()
        self._numbers.update()
        if line > 0:
            self._keep_in_view(line - 1)

    def dress(self) -> None:
        """Take font and colours from the theme."""
        self.setFont(theme.font("mono"))
        self.setTabStopDistance(4 * QFontMetrics(self.font()).horizontalAdvance(" "))
        self._colours.dress()
        self._mark()
        self._leave_room()

    def numbers_width(self) -> int:
        """Return the pixels that the widest line number needs, with room on both sides."""
        digits = max(2, len(str(self.blockCount())))
        return QFontMetrics(self.font()).horizontalAdvance("9") * digits + theme.px(14)

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Draw the numbers of the visible lines, the lit one in the accent colour."""
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        height = QFontMetrics(self.font()).height()
        while block.isValid() and top <= event.rect().bottom():
            lit = block.blockNumber() + 1 == self.line
            painter.setPen(QColor(theme.tokens.accent if lit else theme.tokens.faint))
            box = QRect(0, round(top), self._numbers.width() - theme.px(8), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the numbers as tall as the text."""
        super().resizeEvent(event)
        self._place_numbers()

    def _mark(self) -> None:
        if self.line < 1:
            self.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        selection.cursor = QTextCursor(self.document().findBlockByNumber(self.line - 1))
        selection.format.setBackground(QColor(theme.tokens.running_line))
        selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        self.setExtraSelections([selection])

    def _keep_in_view(self, row: int) -> None:
        """Scroll so that the row is a third down, unless it is visible with a row to spare; the bar counts in rows."""
        first = self.verticalScrollBar().value()
        rows = max(1, self.viewport().height() // max(1, self.fontMetrics().lineSpacing()))
        if not first <= row - 1 < first + rows - 3:
            self.verticalScrollBar().setValue(max(0, row - rows // 3))

    def _leave_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.numbers_width(), inside.height())
        self._numbers.update()

    def _move_numbers(self, rect: QRect, scrolled: int) -> None:
        if scrolled:
            self._numbers.scroll(0, scrolled)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())


class Numbers(QWidget):
    """The column of line numbers; the listing draws it."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing)
        self._listing = listing

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the numbers."""
        return QSize(self._listing.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Let the listing draw: it knows where its lines are."""
        self._listing.paint_numbers(event)


class PythonColours(QSyntaxHighlighter):
    """Colours Python: keywords, strings, comments, numbers, decorators and the names that are defined."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}

    def dress(self) -> None:
        """Take the colours from the theme and colour everything again."""
        tokens = theme.tokens
        colours = {
            "comment": tokens.muted, "string": tokens.good, "number": tokens.warn, "decorator": tokens.warn,
            "named": tokens.text, "keyword": tokens.accent,
        }  # fmt: skip
        self._formats = {name: QTextCharFormat() for name in colours}
        for name, colour in colours.items():
            self._formats[name].setForeground(QColor(colour))
        self._formats["named"].setFontWeight(600)
        self._formats["comment"].setFontItalic(True)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Colour one line; the block state carries a triple-quoted string over to the next."""
        self.setCurrentBlockState(0)
        place = 0
        if (open_quote := self.previousBlockState()) > 0:
            place = self._colour_string(text, 0, 0, QUOTES[open_quote - 1])
        while match := piece().search(text, place):
            name = str(match.lastgroup)
            if name == "triple":
                place = self._colour_string(text, match.start(), match.end(), match.group()[-3:])
                continue
            self.setFormat(match.start(), len(match.group()), self._formats.get(name, QTextCharFormat()))
            place = match.end()

    def _colour_string(self, text: str, start: int, inside: int, quote: str) -> int:
        """Colour a triple-quoted string from ``start`` up to its closing ``quote`` or the line's end; return where."""
        closing = text.find(quote, inside)
        end = len(text) if closing < 0 else closing + len(quote)
        if closing < 0:
            self.setCurrentBlockState(QUOTES.index(quote) + 1)
        self.setFormat(start, end - start, self._formats.get("string", QTextCharFormat()))
        return end
