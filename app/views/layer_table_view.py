"""What networks cost: a row for each layer, or for each of several networks."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QVBoxLayout

from app.kit import ElidedLabel
from app.language import bind, speaker, tr
from app.theme import theme
from app.views.registry import CardView, view
from app.views.rows import Rows
from engines.core.language import Note, say
from engines.core.picture import Picture
from engines.core.step import Question
from engines.pictures.layer_table import LayerTable, Milestones, Shape
from engines.pictures.tree import Candidates

LAYER_HEADS = (say("output"), say("memory"), say("multiply–adds"), say("parameters"))
NETWORK_HEADS = (say("parameters"), say("multiply–adds"), say("memory"), say("layers"), say("year"),
                 say("ms"))  # fmt: skip


class CostRows(Rows):
    """A table of texts with one row lit. pressed: the row that was clicked, or chosen by Enter."""

    pressed = Signal(int)
    indent: ClassVar[int] = 0
    clickable = False  # a view may set it; Qt asks before __init__ is through

    def __init__(self) -> None:
        super().__init__()
        self._lit = -1

    def show_rows(
        self, of: Note, heads: tuple[Note, ...], names: tuple[Note | str, ...], texts: list[list[str]], lit: int
    ) -> None:
        """Show these rows under these heads; the lit one is brought into view when it has changed."""
        self.set_picture(Candidates(of, heads, names, np.zeros((len(names), len(heads)))))
        before, self._texts, self._lit = self._lit, texts, lit
        if lit >= 0 and lit != before:
            self._bring(lit)

    def resizeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the lit row in view."""
        super().resizeEvent(event)
        if self._lit >= 0 and self.picture is not None:
            self._bring(self._lit)

    def _paint_row(self, painter: QPainter, picture: Candidates, row: int, columns: list[tuple[float, float]]) -> None:
        """Draw a row, on a band of colour where it is lit."""
        if row == self._lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.tokens.color("accent_soft"))
            painter.drawRoundedRect(self.row_rect(row).adjusted(0, 1, 0, -1), theme.px(4), theme.px(4))
        super()._paint_row(painter, picture, row, columns)

    def _row_at(self, event: QMouseEvent) -> int:
        """Return the row under the mouse, -1 for none."""
        count = 0 if self.picture is None else len(self.picture.names)
        below_head = event.position().y() >= self.head_height
        hits = [row for row in range(count) if self.row_rect(row).contains(event.position())] if below_head else []
        return hits[0] if hits else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the row that was clicked."""
        if self.clickable and (row := self._row_at(event)) >= 0:
            self._at = row
            self.pressed.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up and down go from row to row, Enter chooses one."""
        chosen = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0
        if self.clickable and chosen:
            self.pressed.emit(self._at)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Show what can be clicked."""
        if self.clickable and isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseMove:
            hand = self._row_at(event) >= 0
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        return super().viewportEvent(event)


class CostView(CardView):
    """Rows with one line of words above and one below."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = CostRows()
        self.caption, self.total = ElidedLabel(), ElidedLabel()
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for label in (self.caption, self.total):
            label.setProperty("muted", True)
        theme.bind(self, self._dress)
        layout.addWidget(self.caption)
        layout.addWidget(self.rows, stretch=1)
        layout.addWidget(self.total)
        bind(self, self.setAccessibleName, self.title)
        bind(self, self.rows.setAccessibleName, self.title)
        speaker.changed.connect(self._say)
        self._words: tuple[Note, Note] = (say(""), say(""))

    def _dress(self) -> None:
        for label in (self.caption, self.total):
            label.setFont(theme.font("small"))

    def say_about(self, caption: Note, total: Note) -> None:
        """Write what stands above and below the rows."""
        self._words = (caption, total)
        self._say()

    def _say(self) -> None:
        for label, note in zip((self.caption, self.total), self._words, strict=True):
            text = tr(note)
            label.setText(text)
            label.setToolTip(text)
            label.setVisible(bool(text))
        self._column.activate()  # now: the rows are painted before the loop comes round

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.rows.set_picture(None)
        self.say_about(say(""), say(""))


@view(LayerTable)
class LayerTableView(CostView):
    """The layers of a network from the first to the last; what they cost together stands below."""

    title: ClassVar[str] = "Layers"

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a LayerTable."""
        assert isinstance(picture, LayerTable)
        names = tuple(
            say("{name} · {kind}", name=name, kind=kind) if name else kind
            for name, kind in zip(picture.names, picture.kinds, strict=True)
        )
        numbers = zip(picture.memory.tolist(), picture.operations.tolist(), picture.parameters.tolist(), strict=True)
        texts = [
            [shape_text(shape), size(memory), count(operations), f"{parameters:,}"]
            for shape, (memory, operations, parameters) in zip(picture.shapes, numbers, strict=True)
        ]
        self.rows.show_rows(say("layer"), LAYER_HEADS, names, texts, picture.lit)
        total = say(
            "Together {parameters} parameters, {operations} multiply–adds, {memory}",
            parameters=f"{int(picture.parameters.sum()):,}", operations=count(int(picture.operations.sum())),
            memory=size(int(picture.memory.sum())),
        )  # fmt: skip
        self.say_about(picture.caption, total)


@view(Milestones)
class MilestonesView(CostView):
    """Networks beside one another. A click on one has a picture sent through it, and the time taken."""

    title: ClassVar[str] = "Milestones"

    def __init__(self) -> None:
        super().__init__()
        self.rows.clickable = True
        self.rows.viewport().setMouseTracking(True)
        self.rows.pressed.connect(lambda row: self.wondered.emit(Question("time", (row,))))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, Milestones."""
        assert isinstance(picture, Milestones)
        texts = [
            [f"{parameters:,}", count(operations), size(memory), f"{layers}", f"{year}", milliseconds(time)]
            for parameters, operations, memory, layers, year, time in zip(
                picture.parameters.tolist(), picture.operations.tolist(), picture.memory.tolist(),
                picture.layers.tolist(), picture.years.tolist(), picture.milliseconds.tolist(), strict=True,
            )
        ]  # fmt: skip
        self.rows.show_rows(say("network"), NETWORK_HEADS, picture.names, texts, picture.lit)
        self.say_about(say(""), say("Click a network: how long does one picture take here?"))


def shape_text(shape: Shape) -> str:
    """Return height × width × channels, or how many units there are."""
    return f"{shape[1]}×{shape[2]}×{shape[0]}" if len(shape) == 3 else "×".join(str(side) for side in shape)


def count(number: int) -> str:
    """Return a number with three figures and K, M or G."""
    return _short(number, 1000, ("", " K", " M", " G", " T"))


def size(number: int) -> str:
    """Return bytes with three figures and KB, MB or GB."""
    return _short(number, 1000, (" B", " KB", " MB", " GB", " TB"))


def milliseconds(time: float) -> str:
    """Return a time with three figures, a dash where there is none."""
    return "–" if np.isnan(time) else f"{time:.0f}" if time >= 100 else f"{time:.1f}" if time >= 10 else f"{time:.2f}"


def _short(number: int, step: int, signs: tuple[str, ...]) -> str:
    value, place = float(number), 0
    while value >= step and place < len(signs) - 1:
        value, place = value / step, place + 1
    return f"{number}{signs[0]}" if not place else f"{value:.3g}{signs[place]}"
