"""The formula with today's numbers in it, line under line."""

import re
from typing import ClassVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from app.language import tr
from app.theme import theme
from app.views.painted import PaintedView, small_figures
from app.views.registry import view
from engines.pictures.workings import Workings

SIGN = re.compile(r"\s*([=←≈])\s*")
SMALLEST, LARGEST = 0.85, 1.9  # of the small font: grows with the card, so that it can be read from afar


@view(Workings)
class WorkingsView(PaintedView):
    """Sets the first sign of each line under that of the line above; long lines are broken after a sign."""

    title: ClassVar[str] = "The numbers put in"

    @property
    def workings(self) -> Workings | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Workings) else None

    def empty(self) -> bool:
        """Whether there is no line."""
        return self.workings is None or not self.workings.lines

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the lines in the largest type in which all of them fit."""
        workings = self.workings
        assert workings is not None
        lines = [_parts(tr(line)) for line in workings.lines]
        font, rows, begin = self._fitting(lines)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        height = metrics.height() * 1.25
        rows = _shortened(rows, int(self.height() / height))
        y = max(0.0, (self.height() - height * len(rows)) / 2)
        for number, head, text in rows:
            strong = number == workings.strong
            painter.setPen(theme.tokens.color("accent" if strong else "text"))
            if head:
                box = QRectF(0, y, begin - metrics.horizontalAdvance(" "), height)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, head)
            painter.drawText(QRectF(begin, y, self.width(), height), Qt.AlignmentFlag.AlignVCenter, text)
            y += height

    def _fitting(self, lines: list[tuple[str, str]]) -> tuple[QFont, list[tuple[int, str, str]], float]:
        """Return the font, the rows (number of the line, what stands before the sign, the rest), where signs stand."""
        base = small_figures()
        size = base.pixelSize()
        for pixels in range(round(size * LARGEST), round(size * SMALLEST) - 1, -1):
            base.setPixelSize(pixels)
            rows, begin = _rows(lines, QFontMetricsF(base), self.width())
            whole = len(rows) == len(lines) or pixels <= size  # larger type is no reason to break a line
            if whole and len(rows) * QFontMetricsF(base).height() * 1.25 <= self.height():
                break
        return base, rows, begin


def _shortened(rows: list[tuple[int, str, str]], room: int) -> list[tuple[int, str, str]]:
    """Return as many rows as there is room for: the first and the last, where the result is, with dots between."""
    if len(rows) <= room:
        return rows
    last = max(1, room // 2)
    return [*rows[: max(0, room - last - 1)], (-1 - len(rows), "", "…"), *rows[-last:]]


def _parts(text: str) -> tuple[str, str]:
    """Return what stands before the first sign, and the rest with it."""
    found = SIGN.search(text)
    if found is None:
        return "", text
    return text[: found.start()], f"{found[1]} {text[found.end() :]}"


def _rows(
    lines: list[tuple[str, str]], metrics: QFontMetricsF, width: float
) -> tuple[list[tuple[int, str, str]], float]:
    """Return the lines broken so that each is at most ``width`` pixels long, and where the signs stand."""
    heads = [metrics.horizontalAdvance(head) for head, _ in lines if head]
    begin = min(max(heads, default=0.0) + metrics.horizontalAdvance("  "), width * 0.5) if heads else 0.0
    rows: list[tuple[int, str, str]] = []
    for number, (head, text) in enumerate(lines):
        head = metrics.elidedText(head, Qt.TextElideMode.ElideMiddle, begin - metrics.horizontalAdvance(" "))
        for piece in _broken(text, metrics, width - begin):
            rows.append((number, head, piece))
            head = ""
    return rows, begin


def _broken(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """Return a line in pieces that are at most ``width`` long, broken between words."""
    pieces, now = [], ""
    for word in text.split(" "):
        longer = f"{now} {word}" if now else word
        if now and metrics.horizontalAdvance(longer) > width:
            pieces.append(now)
            now = f"   {word}"
        else:
            now = longer
    return [*pieces, now]
