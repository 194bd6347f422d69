"""The folds of cross-validation: a strip of all rows for each, with the part that is held out."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from app.language import bind, tr
from app.theme import theme
from app.theme.tokens import bgr
from app.views.marks import mixed
from app.views.painted import PaintedView
from app.views.registry import view
from engines.core.arrays import Floats, Ints
from engines.pictures.folds import Folds

TALLEST = 26  # pixels of a strip
LEGIBLE = 11  # pixels of a strip from which on its name and its score are written beside it
MOST_SEALED = 0.3  # of the width


@view(Folds)
class FoldsView(PaintedView):
    """Strips below each other. Click one to find the rows that it holds out."""

    title: ClassVar[str] = "Folds"

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        bind(self, self.setAccessibleDescription, "One strip for each fold: what is trained on, and what is held out")

    @property
    def folds(self) -> Folds | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Folds) else None

    def empty(self) -> bool:
        """Whether there is no row."""
        return self.folds is None or not len(self.folds.rows)

    # Where things are

    def _top(self) -> float:
        """Return where the strips begin: below the legend and the line of the classes."""
        folds = self.folds
        line = self.fontMetrics().height() + 4
        return line + (theme.px(12) if folds is not None and (folds.groups >= 0).any() else 0)

    def strip(self, place: int) -> QRectF:
        """Return where the rows of a fold are drawn, without those that are sealed."""
        folds = self.folds
        assert folds is not None
        k, metrics = len(folds.scores), self.fontMetrics()
        tall = min(theme.px(TALLEST), (self.height() - self._top()) / max(1, k))
        beside = tall >= theme.px(LEGIBLE)
        left = metrics.horizontalAdvance(tr("fold {i}", i=k)) + 8 if beside else 0
        right = metrics.horizontalAdvance("−0.0000") if beside else 0
        share = min(MOST_SEALED, folds.sealed / (folds.sealed + len(folds.rows)))
        width = max(10.0, (self.width() - left - right) * (1 - share) - (4 if folds.sealed else 0))
        gap = 0.22 * tall if tall >= 5 else 0.0
        return QRectF(left, self._top() + place * tall, width, tall - gap)

    def _sealed(self) -> QRectF:
        """Return where the rows are that take no part."""
        folds = self.folds
        assert folds is not None
        first, last = self.strip(0), self.strip(len(folds.scores) - 1)
        share = min(MOST_SEALED, folds.sealed / (folds.sealed + len(folds.rows)))
        width = (first.width() + 4) * share / (1 - share)
        return QRectF(first.right() + 4, first.top(), width, last.bottom() - first.top())

    # Painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the legend, the classes once, the strips, and what is sealed."""
        folds = self.folds
        assert folds is not None
        self._paint_legend(painter, folds)
        columns = max(1, round(self.strip(0).width() * self.devicePixelRatioF()))
        share = held_out(folds, columns)
        held, train = theme.tokens.color("accent"), tone()
        colours = _mixture(share, train, held)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if (folds.groups >= 0).any():
            first = self.strip(0)
            above = QRectF(first.left(), first.top() - theme.px(10), first.width(), theme.px(6))
            painter.drawImage(above, _image(_classes(folds, columns)[None]))
        legible = self.strip(0).height() >= theme.px(LEGIBLE) * 0.78
        if self.strip(0).height() >= 3:
            for place in range(len(folds.scores)):
                painter.drawImage(self.strip(place), _image(colours[place : place + 1]))
                if legible:
                    self._paint_beside(painter, folds, place)
        else:
            first, last = self.strip(0), self.strip(len(folds.scores) - 1)
            painter.drawImage(QRectF(first.topLeft(), last.bottomRight()), _image(colours))
        if 0 <= folds.lit < len(folds.scores) and legible:
            painter.setPen(QPen(theme.tokens.color("text"), 1.2 * theme.scale))
            painter.drawRect(self.strip(folds.lit).adjusted(-1, -1, 0, 0))
        if folds.sealed:
            self._paint_sealed(painter)

    def _paint_legend(self, painter: QPainter, folds: Folds) -> None:
        metrics, tokens = painter.fontMetrics(), theme.tokens
        x, y = 0, metrics.ascent() + 1
        named = [(tone(), "trained on"), (tokens.color("accent"), "held out")]
        if folds.sealed:
            named.append((tokens.color("faint"), "sealed"))
        for colour, text in named:
            said = tr(text)
            box = QRectF(x, y - theme.px(9), theme.px(9), theme.px(9))
            painter.fillRect(box, QBrush(colour, Qt.BrushStyle.BDiagPattern) if text == "sealed" else colour)
            painter.setPen(tokens.color("muted"))
            painter.drawText(x + theme.px(13), y, said)
            x += theme.px(13) + metrics.horizontalAdvance(said) + theme.px(10)

    def _paint_beside(self, painter: QPainter, folds: Folds, place: int) -> None:
        """Write the name of a fold at its left and its score at the right of the whole."""
        box, tokens = self.strip(place), theme.tokens
        upright = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(tokens.color("text" if place == folds.lit else "muted"))
        beside = QRectF(0, box.top() - 4, box.left() - 6, box.height() + 8)
        painter.drawText(beside, Qt.AlignmentFlag.AlignRight | upright, tr("fold {i}", i=place + 1))
        painter.setPen(tokens.color("text"))
        far = QRectF(box.left(), box.top() - 4, self.width() - box.left(), box.height() + 8)
        painter.drawText(far, Qt.AlignmentFlag.AlignRight | upright, figure(float(folds.scores[place])))

    def _paint_sealed(self, painter: QPainter) -> None:
        box = self._sealed()
        painter.fillRect(box, theme.tokens.color("field"))
        painter.fillRect(box, QBrush(theme.tokens.color("faint"), Qt.BrushStyle.BDiagPattern))

    # Picking

    def at(self, where: QPointF) -> int:
        """Return the fold at a place of the view, -1 for none."""
        folds = self.folds
        if folds is None or self.empty():
            return -1
        tall = self.strip(1).top() - self.strip(0).top()
        place = int((where.y() - self._top()) // max(tall, 1e-9))
        return place if 0 <= place < len(folds.scores) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show what can be clicked."""
        found = self.at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the rows that the fold under the mouse holds out."""
        if (place := self.at(event.position())) >= 0 and self.folds is not None:
            self.picked.emit(np.sort(self.folds.rows[self.folds.fold == place]))

    def event(self, event: QEvent) -> bool:
        """Tell what is in the fold under the mouse."""
        if isinstance(event, QHelpEvent) and (place := self.at(QPointF(event.pos()))) >= 0:
            QToolTip.showText(event.globalPos(), self.describe(place), self)
            return True
        return super().event(event)

    def describe(self, place: int) -> str:
        """Return a fold in words: how many rows of which class are held out, and its score."""
        folds = self.folds
        assert folds is not None
        held = folds.fold == place
        count = int(held.sum())
        lines = [
            tr("fold {i}", i=place + 1),
            tr("{count} {count:row|rows} held out, {others} trained on", count=count, others=len(held) - count),
        ]
        for which in np.unique(folds.groups[folds.groups >= 0]).tolist():
            name = folds.classes[which] if which < len(folds.classes) else str(which + 1)
            lines.append(tr("class {name}: {count}", name=name, count=int((folds.groups[held] == which).sum())))
        if np.isfinite(folds.scores[place]):
            lines.append(tr("score {score}", score=figure(float(folds.scores[place]))))
        lines.append(tr("Click to see its rows in the data"))
        return "\n".join(lines)


def tone() -> QColor:
    """Return the colour of what is trained on."""
    return mixed(theme.tokens.color("accent"), theme.tokens.color("card"), 0.78)


def figure(score: float) -> str:
    """Return a score as it is written beside a strip, nothing while there is none."""
    if not np.isfinite(score):
        return ""
    return (f"{score:.3f}" if abs(score) < 100 else f"{score:.0e}").replace("-", "−")


def held_out(folds: Folds, columns: int) -> Floats:
    """Return how much of each pixel column is held out in each fold, from 0 to 1: (k, columns).

    Of few rows each covers several columns; of many each column covers several rows.
    """
    n, k = len(folds.rows), len(folds.scores)
    if n <= columns:
        row = np.minimum((np.arange(columns) * n) // columns, n - 1)
        return (folds.fold[row][None] == np.arange(k)[:, None]).astype(float)
    column = (np.arange(n) * columns) // n
    counts = np.bincount(folds.fold * columns + column, minlength=k * columns).reshape(k, columns)
    return np.asarray(counts / np.bincount(column, minlength=columns))


def _classes(folds: Folds, columns: int) -> Ints:
    """Return the colour of the class of each pixel column: (columns, 3) blue, green, red."""
    n = len(folds.rows)
    row = np.minimum((np.arange(columns) * n) // columns, n - 1)
    palette = np.array([bgr(theme.tokens.class_color(which)) for which in range(-1, 8)], np.uint8)
    groups = folds.groups[row]
    return palette[np.where(groups < 0, 0, groups % 8 + 1)]


def _mixture(share: Floats, low: QColor, high: QColor) -> Ints:
    """Return colours between two: (k, columns, 3) blue, green, red."""
    first, last = np.array(bgr(low), float), np.array(bgr(high), float)
    return np.rint(first + share[..., None] * (last - first)).astype(np.uint8)


def _image(colours: Ints) -> QImage:
    rows, columns = colours.shape[:2]
    pixels = np.full((rows, columns, 4), 255, np.uint8)
    pixels[..., :3] = colours
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
