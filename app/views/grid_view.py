"""Scores over two hyper-parameters: cells or dots in the colour of the score, the best with a frame."""

from itertools import pairwise
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout

from app.kit import QuietButton
from app.language import as_said, bind
from app.theme import theme
from app.views.registry import view
from app.views.trials_view import TrialsView, colour_of, score_text, share_of
from engines.core.language import say
from engines.core.picture import Picture
from engines.pictures.grid import Grid
from engines.pictures.trials import Dimension, Trials

WIDEST_TEXTS = 0.34  # of the width, for what is written at the left
REACH = 12  # pixels from a dot within which it is meant


@view(Grid)
class GridView(TrialsView):
    """The first hyper-parameter across, the second up. Click a trial to train once with its settings."""

    title: ClassVar[str] = "Scores over the settings"

    def __init__(self) -> None:
        super().__init__()
        self.take_best = QuietButton("Take the best")
        self.take_best.clicked.connect(lambda: self.take(self.trials.best if self.trials else -1))
        self.take_best.setEnabled(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch()
        layout.addWidget(self.take_best, alignment=Qt.AlignmentFlag.AlignHCenter)

    @property
    def grid(self) -> Grid | None:
        """What is drawn."""
        return self.picture if isinstance(self.picture, Grid) else None

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Grid."""
        super().show_picture(picture)
        self._tell_best()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        super().clear()
        self._tell_best()

    def _tell_best(self) -> None:
        trials = self.trials
        known = trials is not None and trials.best >= 0
        self.take_best.setEnabled(known)
        if trials is not None and known:
            score = score_text(float(trials.scores[trials.best]))
            bind(self.take_best, self.take_best.setText, say("Take the best: {score}", score=score))
            bind(self.take_best, self.take_best.setToolTip, trials.captions[trials.best])
        else:
            bind(self.take_best, self.take_best.setText, "Take the best")

    # Where things are

    def room(self) -> QRectF:
        """Return where the cells or dots are: between what is written at the left and below."""
        grid = self.grid
        assert grid is not None
        line = self.fontMetrics().height()
        top = line + 4 if len(grid.dimensions) > 1 else 2
        left = float(theme.px(4))
        if len(grid.dimensions) > 1:
            widest = max(
                (self.fontMetrics().horizontalAdvance(as_said(text)) for text in grid.dimensions[1].texts), default=0
            )
            left = min(widest + theme.px(8), self.width() * WIDEST_TEXTS)
        below = 2 * line + 8 + self.take_best.sizeHint().height()
        return QRectF(left, top, max(20.0, self.width() - left - 4), max(20.0, self.height() - top - below))

    def box(self, place: int) -> QRectF:
        """Return the cell of a trial, or the square around its dot."""
        grid, room = self.grid, self.room()
        assert grid is not None
        across = float(grid.places[place, 0])
        up = float(grid.places[place, 1]) if grid.places.shape[1] > 1 else 0.0
        columns, rows = grid.cells
        if columns and rows:
            wide, tall = room.width() / columns, room.height() / rows
            column, row = round(across * (columns - 1)), round(up * (rows - 1))
            return QRectF(room.left() + column * wide, room.bottom() - (row + 1) * tall, wide, tall)
        size = max(theme.px(9), min(room.width(), room.height()) / 32)
        inner = room.adjusted(size, size, -size, -size)
        up = up if grid.places.shape[1] > 1 else 0.5
        x, y = inner.left() + across * inner.width(), inner.bottom() - up * inner.height()
        return QRectF(x - size / 2, y - size / 2, size, size)

    def at(self, where: QPointF) -> int:
        """Return the cell under a place, or the nearest dot."""
        grid = self.grid
        assert grid is not None
        boxes = [self.box(place) for place in range(len(grid.captions))]
        if grid.cells[0]:
            return next((place for place, box in enumerate(boxes) if box.contains(where)), -1)
        far = [np.hypot(box.center().x() - where.x(), box.center().y() - where.y()) for box in boxes]
        nearest = int(np.argmin(far))
        return nearest if far[nearest] <= theme.px(REACH) else -1

    # Painting

    def paint_trials(self, painter: QPainter, trials: Trials) -> None:
        """Draw what is written beside the axes, then the trials, the best last."""
        room = self.room()
        self._paint_axes(painter, trials, room)
        if not (isinstance(trials, Grid) and trials.cells[0]):
            painter.setPen(QPen(theme.tokens.color("line"), 1))
            painter.setBrush(theme.tokens.color("field"))
            painter.drawRect(room)
        order = [place for place in range(len(trials.captions)) if place not in (trials.best, trials.lit)]
        for place in (*order, *(place for place in (trials.lit, trials.best) if place >= 0)):
            self._paint_trial(painter, trials, place)

    def _paint_trial(self, painter: QPainter, trials: Trials, place: int) -> None:
        tokens, box = theme.tokens, self.box(place)
        cells = isinstance(trials, Grid) and trials.cells[0] > 0
        known = bool(np.isfinite(trials.scores[place]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour_of(trials, place) if known else tokens.color("field"))
        if cells:
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            self._write_score(painter, trials, place, box)
        elif known:
            painter.setPen(QPen(tokens.color("muted"), 1))
            painter.drawEllipse(box)
        self._paint_frame(painter, trials, place, box, round_=not cells)
        if trials.failed[place]:
            painter.setPen(QPen(tokens.color("muted"), 1.5 * theme.scale))
            reach, middle = min(theme.px(4), box.width() / 3), box.center()
            painter.drawLine(middle + QPointF(-reach, -reach), middle + QPointF(reach, reach))
            painter.drawLine(middle + QPointF(-reach, reach), middle + QPointF(reach, -reach))

    def _paint_frame(self, painter: QPainter, trials: Trials, place: int, box: QRectF, *, round_: bool) -> None:
        if place not in (trials.best, trials.lit):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.tokens.color("good" if place == trials.best else "text"), 2.5 * theme.scale))
        if round_:
            painter.drawEllipse(box.adjusted(-2, -2, 2, 2))
        else:
            painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -1.5))

    def _write_score(self, painter: QPainter, trials: Trials, place: int, box: QRectF) -> None:
        """Write the score into a cell that has room for it, with as many decimals as fit."""
        score = float(trials.scores[place])
        if score != score:  # NaN
            return
        metrics = painter.fontMetrics()
        texts = (
            score_text(score),
            f"{score:.2f}".replace("-", "−"),
            f"{score:.2f}".replace("-", "−").replace("0.", "."),
        )
        text = next((text for text in texts if metrics.horizontalAdvance(text) <= box.width() - 6), "")
        if text and metrics.ascent() <= box.height() - 2:
            painter.setPen(theme.tokens.color("on_accent" if share_of(trials, place) > 0.55 else "text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_axes(self, painter: QPainter, trials: Trials, room: QRectF) -> None:
        metrics, line = painter.fontMetrics(), painter.fontMetrics().height()
        first, *others = trials.dimensions
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.tokens.color("muted"))
        for place, text in _fitting(
            first,
            [room.left() + self._along(first, p, room.width()) for p in first.places],
            [metrics.horizontalAdvance(as_said(text)) + 6.0 for text in first.texts],
        ):
            wide = metrics.horizontalAdvance(text)
            x = min(max(place - wide / 2, room.left()), room.right() - wide)
            painter.drawText(QRectF(x, room.bottom() + 2, wide + 2, line), Qt.AlignmentFlag.AlignLeft, text)
        name = metrics.elidedText(f"{as_said(first.name)} →", Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(QRectF(room.left(), room.bottom() + line + 2, room.width(), line), right, name)
        for second in others[:1]:
            name = metrics.elidedText(f"↑ {as_said(second.name)}", Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, name)
            heights = [room.bottom() - self._along(second, p, room.height()) for p in second.places]
            for place, text in _fitting(second, heights, [float(line)] * len(heights)):
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.left()) - 4)
                painter.drawText(QRectF(0, place - line / 2, room.left() - 5, line), right, shown)

    def _along(self, dimension: Dimension, place: float, length: float) -> float:
        """Return how far a place of an axis is along ``length`` pixels: the middle of a cell, or of a dot."""
        grid = self.grid
        assert grid is not None
        count = grid.cells[0 if dimension is grid.dimensions[0] else 1]
        if count:
            return (round(place * (count - 1)) + 0.5) * length / count
        edge = max(theme.px(9), min(self.room().width(), self.room().height()) / 32)
        return edge + place * (length - 2 * edge)

    def paint_shown(self, painter: QPainter, trials: Trials, place: int) -> None:
        """Draw a frame around a trial."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.tokens.color("text"), 1.5 * theme.scale, Qt.PenStyle.DotLine))
        painter.drawRect(self.box(place).adjusted(-1, -1, 1, 1))


def _fitting(dimension: Dimension, at: list[float], sizes: list[float]) -> list[tuple[float, str]]:
    """Return the texts of an axis that do not run into each other, with where they stand; every so many-th of them."""
    for every in range(1, len(at) + 1):
        chosen = list(range(0, len(at), every))
        apart = [abs(at[b] - at[a]) - (sizes[a] + sizes[b]) / 2 for a, b in pairwise(chosen)]
        if all(gap >= 0 for gap in apart):
            return [(at[i], as_said(dimension.texts[i])) for i in chosen]
    return []
