"""The boundary of before as a dashed outline, and how far its number has moved since."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from app.language import speaker, tr
from app.theme import theme
from app.views.fit_layer import dashed, segments
from app.views.over_plane import OverPlane
from app.views.surface_layer import borders
from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.core.step import Pictures
from engines.pictures.fit import Fit
from engines.pictures.surface import Surface

DASH = 7.0  # pixels
# The number that tells most about a model, as far as a run tells it.
NUMBERS = ("validation_accuracy", "validation_loss", "mean", "train_accuracy", "train_loss")


@dataclass(frozen=True, eq=False)
class Ghost:
    """What was kept of a step. lines: places (m, 2) each. scalars: the numbers of that step."""

    lines: tuple[Floats, ...]
    scalars: Mapping[str, float]

    def told(self, now: Mapping[str, float]) -> Note:
        """Return its number, and what it is ``now``, where a run that tells it is shown."""
        known = [name for name in NUMBERS if math.isfinite(self.scalars.get(name, math.nan))]
        both = [name for name in known if math.isfinite(now.get(name, math.nan))]
        if not known:
            return say("Ghost")
        name = (both or known)[0]
        label = say(name.replace("_", " "))
        before = _written(name, self.scalars[name])
        if not both:
            return say("Ghost: {name} {before}", name=label, before=before)
        return say("Ghost: {name} {before} → {now}", name=label, before=before, now=_written(name, now[name]))


def _written(name: str, value: float) -> str:
    return f"{100 * value:.1f} %" if name.endswith("accuracy") else f"{value:.3f}"


def ghost_of(pictures: Pictures, scalars: Mapping[str, float]) -> Ghost | None:
    """Return what can be kept of a step: the borders of its surface, or its line; None where there is neither."""
    for picture in pictures:
        match picture:
            case Surface(values=values, area=area):
                path = borders(np.clip(np.nan_to_num(values), 0, 1), area)
                lines = [np.array([(at.x(), at.y()) for at in part.toList()]) for part in path.toSubpathPolygons()]
            case Fit(x=x, y=y) if len(x):
                lines = [np.column_stack([x, y[0]])]
            case _:
                continue
        if lines:
            return Ghost(tuple(lines), dict(scalars))
    return None


class GhostItem(OverPlane):
    """Draws a ghost over the plane, with a small label in its lower left corner."""

    def __init__(self) -> None:
        super().__init__(30)
        self.ghost: Ghost | None = None
        self._now: Mapping[str, float] = {}
        self._dashes: list[QLineF] = []
        self._dashed_for: tuple[object, ...] = ()
        speaker.changed.connect(self.draw_again)
        theme.changed.connect(self.draw_again)

    @property
    def label(self) -> str:
        """What the label says, in the language of now; empty without a ghost."""
        return "" if self.ghost is None else tr(self.ghost.told(self._now))

    def show_ghost(self, ghost: Ghost | None) -> None:
        """Draw this one from now on; None for none."""
        self.ghost = ghost
        self.draw_again()

    def compare(self, scalars: Mapping[str, float]) -> None:
        """Tell the number of the ghost beside those of the step that is shown."""
        before, self._now = self.label, scalars
        if self.label != before:
            self.update()

    def draw_again(self) -> None:
        """Draw with the words and colours of now."""
        self._dashed_for = ()
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the dashed outline and the label, in pixels."""
        if self.ghost is None:
            return
        to_scene, room = self.sceneTransform(), self.getViewBox().sceneBoundingRect()
        painter.save()
        painter.setTransform(to_scene.inverted()[0], True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(room)
        pieces = self._pieces(self.ghost, to_scene, room)
        paper = theme.tokens.color("card")
        paper.setAlphaF(0.7)
        painter.setPen(QPen(paper, 3.6 * theme.scale))  # so that the dashes are seen on every colour
        painter.drawLines(pieces)
        painter.setPen(QPen(theme.tokens.color("text"), 1.8 * theme.scale))
        painter.drawLines(pieces)
        self._paint_label(painter, room)
        painter.restore()

    def _pieces(self, ghost: Ghost, to_scene: QTransform, room: QRectF) -> list[QLineF]:
        """Return the dashes; they are made anew when another part of the plane is seen."""
        key = (ghost, to_scene.m11(), to_scene.m22(), to_scene.dx(), to_scene.dy(), room.width(), room.height())
        if key != self._dashed_for:
            self._dashed_for = key
            lines = [segments(line[:, 0], line[:, 1], to_scene, room) for line in ghost.lines]
            self._dashes = [dash for pieces in lines for dash in dashed(pieces, DASH * theme.scale)]
        return self._dashes

    def _paint_label(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(theme.font("small"))
        metrics, text = painter.fontMetrics(), self.label
        key, margin = theme.px(24), theme.px(8)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width() - key - 4 * margin))
        height, width = metrics.height() + margin, metrics.horizontalAdvance(text) + key + 2 * margin
        box = QRectF(room.left() + margin, room.bottom() - height - margin, width, height)
        paper = theme.tokens.color("card")
        paper.setAlphaF(0.9)
        painter.setPen(QPen(theme.tokens.color("line"), 1))
        painter.setBrush(paper)
        painter.drawRoundedRect(box, 4, 4)
        middle = box.center().y()
        sample = QLineF(box.left() + margin, middle, box.left() + margin + key - theme.px(5), middle)
        painter.setPen(QPen(theme.tokens.color("text"), 1.8 * theme.scale))
        painter.drawLines(dashed([sample], DASH * theme.scale))
        where = QRectF(box.left() + margin + key, box.top(), width, height)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)
