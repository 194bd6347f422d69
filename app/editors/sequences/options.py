"""What the Data tab shows for series: their channels, how long they are, and what can be done to a stretch."""

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.editors.sequences.document import LIVE_UP_TO
from app.editors.sequences.editor import SeriesEditor
from app.kit import EnterButton, IconButton, QuietButton, section
from app.language import bind, tr
from app.theme import theme
from app.views.series_items import channel_color
from engines.core.dataset import Split
from engines.core.language import LearnerError, Note, say
from engines.data.sequences import MOST_CHANNELS


class ChannelDot(EnterButton):
    """The colour of a channel; a click edits that channel. Enter does the same."""

    def __init__(self, editor: SeriesEditor, channel: int) -> None:
        super().__init__()
        self._editor, self._channel = editor, channel
        bind(self, self.setToolTip, say("Edit channel {n}", n=channel + 1))
        bind(self, self.setAccessibleName, say("Edit channel {n}", n=channel + 1))
        self.clicked.connect(lambda: editor.choose_channel(channel))
        theme.bind(self, lambda: self.setFixedSize(QSize(theme.px(28), theme.px(28))))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the colour: filled, with a frame, where the channel is the one that is edited."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self._editor.hand.channel == self._channel
        if active or self.hasFocus():
            painter.setPen(QPen(theme.tokens.color("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.tokens.color("accent_soft"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(QPen(channel_color(self._channel), 2))
        painter.setBrush(channel_color(self._channel) if active else theme.tokens.color("card"))
        painter.drawEllipse(QPointF(self.width() / 2, self.height() / 2), theme.px(5), theme.px(5))


class ChannelRow(QWidget):
    """One channel: colour, name, whether it is shown, and a button that takes it away."""

    def __init__(self, editor: SeriesEditor, channel: int) -> None:
        super().__init__()
        self._editor, self._channel = editor, channel
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.dot = ChannelDot(editor, channel)
        self.name = QLineEdit()
        bind(self.name, self.name.setAccessibleName, say("Name of channel {n}", n=channel + 1))
        self.eye = IconButton("eye", "Show or hide the channel", checkable=True)
        self.delete = IconButton("trash", "Delete the channel")
        for widget in (self.dot, self.name, self.eye, self.delete):
            layout.addWidget(widget, stretch=widget is self.name)
        self.name.editingFinished.connect(self._rename)
        self.eye.clicked.connect(self._switch)
        self.delete.clicked.connect(lambda: editor.document.delete_channel(channel))

    def show_channel(self) -> None:
        """Show how the channel is now."""
        names = self._editor.document.series.names
        active = self._editor.hand.channel == self._channel
        if self._channel < len(names) and not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(names[self._channel])
        self.eye.setChecked(self._channel not in self._editor.hidden)
        self.eye.setEnabled(not active)
        self.delete.setEnabled(len(names) > 1)
        self.dot.update()

    def _rename(self) -> None:
        self.name.setModified(False)
        self._editor.document.rename_channel(self._channel, self.name.text())
        self.show_channel()

    def _switch(self) -> None:
        change = frozenset({self._channel})
        hidden = self._editor.hidden
        self._editor.show_hidden(hidden - change if self._channel in hidden else hidden | change)


class SeriesOptions(QWidget):
    """Channels, unit, facts, and actions on the selected stretch."""

    refused = Signal(object)

    def __init__(self, editor: SeriesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._split: Split | None = None
        self.rows: list[ChannelRow] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(section("Channels"))
        self._channels = QVBoxLayout()
        self._channels.setSpacing(4)
        layout.addLayout(self._channels)
        self.add = QuietButton("Add a channel", "plus")
        self.add.clicked.connect(self._add_channel)
        layout.addWidget(self.add, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(self._unit_row())
        self.facts, self.split_note = QLabel(wordWrap=True), QLabel(wordWrap=True)
        for label in (self.facts, self.split_note):
            label.setProperty("muted", True)
            layout.addWidget(label)
        layout.addWidget(section("The selected stretch, or all of it"))
        layout.addLayout(self._actions())
        editor.document.changed.connect(self._follow)
        editor.document.ended.connect(self._follow_end)
        editor.chosen.connect(self._show_rows)
        self._show()

    def _unit_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel()
        bind(label, label.setText, "One step of time")
        self.unit = QLineEdit()
        bind(self.unit, self.unit.setAccessibleName, "One step of time")
        bind(self.unit, self.unit.setPlaceholderText, "day, month, second …")
        self.unit.editingFinished.connect(self._change_unit)
        theme.bind(self.unit, lambda: self.unit.setMaximumWidth(theme.px(150)))
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.unit, stretch=1000)
        return row

    def _actions(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        editor = self._editor
        self.smooth = QuietButton("Smooth", "smooth")
        self.noise = QuietButton("Add noise", "jitter")
        self.fill = QuietButton("Fill gaps", "fill-gap")
        self.gap = QuietButton("Make a gap", "eraser")
        for place, (button, act) in enumerate((
            (self.smooth, editor.smooth), (self.noise, editor.add_noise),
            (self.fill, editor.fill_gaps), (self.gap, editor.make_gap),
        )):  # fmt: skip
            button.clicked.connect(act)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(button, place // 2, place % 2)
        return grid

    def show_split(self, split: Split, *, switched: bool) -> None:
        """Say how the moments are shared out, and whether that was changed because these are series."""
        self._split = split
        if split.how != "time":
            note = say(
                "Split by chance: neighbours in time end up on both sides, and a forecast looks better than it is."
            )
        elif switched:
            note = say("Switched to a split in time, as these are series: the past to learn from, the future to test "
                       "with. Drag the borders in the chart.")  # fmt: skip
        else:
            note = say("Split in time: the past to learn from, the future to test with. Drag the borders in the chart.")
        bind(self.split_note, self.split_note.setText, note)

    def _change_unit(self) -> None:
        if self.unit.isModified():
            self.unit.setModified(False)
            self._editor.document.set_unit(self.unit.text())

    def _add_channel(self) -> None:
        try:
            self._editor.document.add_channel(tr("channel {n}", n=len(self._editor.document.series.names) + 1))
        except LearnerError as error:
            self.refused.emit(error.note)
        else:
            self._editor.choose_channel(len(self._editor.document.series.names) - 1)

    # What is shown

    def _follow(self) -> None:
        if not self._editor.document.in_gesture:
            self._show()

    def _follow_end(self) -> None:
        """Tell what a stroke has changed; in a long series that comes with the change itself."""
        if len(self._editor.document) <= LIVE_UP_TO:
            self._show()

    def _show(self) -> None:
        series = self._editor.document.series
        if len(self.rows) != len(series.names):
            self._make_rows(len(series.names))
        if not (self.unit.hasFocus() and self.unit.isModified()):
            bind(self.unit, self.unit.setText, series.unit)
        self.add.setEnabled(len(series.names) < MOST_CHANNELS)
        bind(self.facts, self.facts.setText, self._told())
        self._show_rows()

    def _make_rows(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            row.hide()
            row.deleteLater()
        while len(self.rows) < count:
            row = ChannelRow(self._editor, len(self.rows))
            self.rows.append(row)
            self._channels.addWidget(row)

    def _show_rows(self) -> None:
        for row in self.rows:
            row.show_channel()
        some = len(self._editor.document) > 0
        for button in (self.smooth, self.noise, self.fill):
            button.setEnabled(some)
        self.gap.setEnabled(self._editor.hand.selection is not None)

    def _told(self) -> Note:
        """Return length and range of the channel that is edited."""
        series = self._editor.document.series
        if not len(series):
            return say("no moments yet")
        channel = min(self._editor.hand.channel, len(series.names) - 1)
        low, high = self._editor.chart.lines.channels[channel].reach
        if np.isnan(low):
            return say("{n} {n:moment|moments}, none with a value in this channel", n=len(series))
        missing = int(np.isnan(series.values[:, channel]).sum())
        first, last = self._editor.name_of(0), self._editor.name_of(len(series) - 1)
        return say("{n} {n:moment|moments}, from {first} to {last}; values from {low:.5g} to {high:.5g}; missing: "
                   "{missing}",
                   n=len(series), first=first, last=last, low=low, high=high, missing=missing)  # fmt: skip
