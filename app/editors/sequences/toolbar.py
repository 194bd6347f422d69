"""The strip over the chart: tools, what can be done to the selected stretch, and what is under the mouse."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.editors.sequences.editor import SeriesEditor
from app.editors.sequences.tools import TOOLS
from app.kit import IconButton
from app.language import bind
from app.theme import theme
from engines.core.dataset import Split
from engines.core.language import say


class SeriesToolbar(QWidget):
    """Buttons for what the editor can do, and a read-out."""

    def __init__(self, editor: SeriesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._split = Split()
        self._row = -1
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.buttons = {tool.name: IconButton(tool.icon, tool.text, tool.key, checkable=True) for tool in TOOLS}
        for name, button in self.buttons.items():
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, name=name: editor.choose(name))
            layout.addWidget(button)
        layout.addSpacing(10)
        self.fill = IconButton("fill-gap", "Fill the gaps with straight lines")
        self.insert = IconButton("insert", "Insert as many moments as are selected")
        self.delete = IconButton("x", "Delete the selected moments", "Delete")
        self.fit = IconButton("fit", "Show all", "F")
        self.clear = IconButton("trash", "Clear the series")
        for button, act in (
            (self.fill, editor.fill_gaps), (self.insert, editor.insert_rows), (self.delete, editor.delete_rows),
            (self.fit, editor.chart.fit), (self.clear, editor.document.clear),
        ):  # fmt: skip
            button.clicked.connect(act)
            layout.addWidget(button)
            if button is self.delete:
                layout.addSpacing(10)
        self.told = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.told.setProperty("muted", True)
        layout.addWidget(self.told, stretch=1)
        theme.bind(self.told, lambda: self.told.setFont(theme.font("body")))
        editor.chosen.connect(self._show)
        editor.hovered.connect(self._show_row)
        editor.document.changed.connect(self._show)
        self._show()

    def show_split(self, split: Split) -> None:
        """Tell how the moments are shared out."""
        self._split = split
        self._show()

    def _show(self) -> None:
        editor = self._editor
        self.buttons[editor.tool.name].setChecked(True)
        chosen = editor.hand.selection is not None
        for button in (self.insert, self.delete):
            button.setEnabled(chosen)
        for button in (self.fill, self.clear):
            button.setEnabled(len(editor.document) > 0)
        self._show_row(self._row)

    def _show_row(self, row: int) -> None:
        """Tell what is under the mouse, else what is selected, else how much there is."""
        self._row = row
        editor, values = self._editor, self._editor.document.values
        channel = editor.hand.channel
        name = editor.document.series.names[channel]
        if 0 <= row < len(values):
            value = values[row, channel]
            if np.isnan(value):
                bind(self.told, self.told.setText, say("{moment} · {name}: missing", moment=editor.name_of(row),
                                                       name=name))  # fmt: skip
            else:
                bind(self.told, self.told.setText, say("{moment} · {name} = {value:.5g}", moment=editor.name_of(row),
                                                       name=name, value=value))  # fmt: skip
        elif editor.hand.selection:
            count = editor.hand.selection[1] - editor.hand.selection[0]
            bind(self.told, self.told.setText, say("{count} {count:moment|moments} selected", count=count))
        else:
            shares = [round(100 * share) for share in (self._split.train, self._split.validation, self._split.test)]
            note = say("{n} {n:moment|moments} · {shares}", n=len(values), shares=" / ".join(map(str, shares)))
            bind(self.told, self.told.setText, note)
