"""Parallel coordinates: an upright axis for each hyper-parameter and one for the score, a line for each trial."""

from itertools import pairwise
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.language import as_said
from app.theme import theme
from app.views.registry import view
from app.views.trials_view import TrialsView, colour_of, score_text, share_of
from engines.pictures.parallel import Parallel
from engines.pictures.trials import Trials

REACH = 8  # pixels from a line within which it is meant


@view(Parallel)
class ParallelView(TrialsView):
    """Where good lines run close together, that setting matters. Click a line to train once with its settings."""

    title: ClassVar[str] = "Settings and scores"

    def room(self) -> QRectF:
        """Return where the axes stand: below their names."""
        line, side = self.fontMetrics().height(), float(theme.px(16))
        return QRectF(side, line + 10, max(20.0, self.width() - 2 * side), max(20.0, self.height() - line - 20))

    def corners(self, trials: Trials, place: int) -> list[QPointF]:
        """Return where the line of a trial meets the axes, the last of which is that of the score."""
        room, heights = self.room(), [*trials.places[place].tolist(), share_of(trials, place)]
        step = room.width() / max(1, len(heights) - 1)
        return [QPointF(room.left() + i * step, room.bottom() - h * room.height()) for i, h in enumerate(heights)]

    def at(self, where: QPointF) -> int:
        """Return the trial whose line is nearest, -1 when it is too far."""
        trials = self.trials
        assert trials is not None
        known = np.flatnonzero(np.isfinite(trials.scores)).tolist()
        far = [min(_distance(where, a, b) for a, b in _pairs(self.corners(trials, place))) for place in known]
        if not far or min(far) > theme.px(REACH):
            return -1
        return int(known[int(np.argmin(far))])

    def paint_trials(self, painter: QPainter, trials: Trials) -> None:
        """Draw the lines, low scores first, then the axes and what is written at them."""
        known = np.flatnonzero(np.isfinite(trials.scores))
        for place in known[np.argsort(trials.scores[known], kind="stable")].tolist():
            if place != trials.best:
                self._paint_line(painter, trials, place, colour_of(trials, place), 1.3)
        if trials.best >= 0:
            self._paint_line(painter, trials, trials.best, theme.tokens.color("good"), 3.2)
        self._paint_axes(painter, trials)

    def paint_shown(self, painter: QPainter, trials: Trials, place: int) -> None:
        """Draw a line over the others."""
        if np.isfinite(trials.scores[place]):
            self._paint_line(painter, trials, place, theme.tokens.color("text"), 2.4)

    def _paint_line(self, painter: QPainter, trials: Trials, place: int, colour: QColor, width: float) -> None:
        pen = QPen(colour, width * theme.scale)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(self.corners(trials, place)))

    def _paint_axes(self, painter: QPainter, trials: Trials) -> None:
        room, names = self.room(), [*(as_said(axis.name) for axis in trials.dimensions), as_said(trials.measure)]
        step = room.width() / max(1, len(names) - 1)
        metrics, line = painter.fontMetrics(), painter.fontMetrics().height()
        ends = (0.0, 1.0), (score_text(trials.low), score_text(trials.high))
        written = [*((axis.places, tuple(map(as_said, axis.texts))) for axis in trials.dimensions), ends]
        for i, (name, (places, texts)) in enumerate(zip(names, written, strict=True)):
            x, last = room.left() + i * step, i == len(names) - 1
            painter.setPen(QPen(theme.tokens.color("muted"), 1))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            wide = step - 6 if i > 0 and not last else room.left() + step / 2 - 6
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(wide))
            long = metrics.horizontalAdvance(shown)
            left = min(max(0.0, x - long / 2), self.width() - long)
            painter.drawText(QPointF(left, metrics.ascent() + 1), shown)
            taken = -np.inf
            for share, text in sorted(zip(places, texts, strict=True)):
                y = room.bottom() - share * room.height()
                if -y - taken < line:  # it would run into the one below
                    continue
                taken = -y
                self._write(painter, QPointF(x, y), text, left=last, room=step * 0.6)

    def _write(self, painter: QPainter, at: QPointF, text: str, *, left: bool, room: float) -> None:
        """Write beside an axis, on a piece of paper that keeps it readable over the lines."""
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(max(12, room)))
        wide, tall = metrics.horizontalAdvance(text), metrics.height()
        box = QRectF(at.x() - wide - 7 if left else at.x() + 4, at.y() - tall / 2, wide + 3, tall)
        box.moveTop(min(max(box.top(), 0), self.height() - tall))
        paper = QColor(theme.tokens.color("card"))
        paper.setAlphaF(0.8)
        painter.fillRect(box, paper)
        painter.drawLine(at - QPointF(2, 0), at + QPointF(2, 0))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _pairs(corners: list[QPointF]) -> list[tuple[QPointF, QPointF]]:
    return list(pairwise(corners))


def _distance(where: QPointF, a: QPointF, b: QPointF) -> float:
    """Return how far a place is from the piece between two others."""
    along, to = b - a, where - a
    length = QPointF.dotProduct(along, along)
    share = min(1.0, max(0.0, QPointF.dotProduct(to, along) / length)) if length else 0.0
    off = to - along * share
    return float(np.hypot(off.x(), off.y()))
