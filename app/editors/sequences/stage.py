"""Series on the stage: a chart on which one draws, split in time."""

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editors.editor import Editor
from app.editors.sequences.document import SequencesDocument
from app.editors.sequences.editor import SeriesEditor
from app.editors.sequences.options import SeriesOptions
from app.editors.sequences.toolbar import SeriesToolbar
from app.kit import EmptyNote
from app.session.session import Session
from app.theme import theme
from app.views.series_chart import SeriesChart
from engines.core.dataset import How, Split
from engines.data.sequences import Sequences

LEAST_SHARE = 0.05  # of the moments that stay to train with while a border is dragged


class SequencesStage(Editor):
    """One draws a curve; the bands show what is learned from and what is held out."""

    kind = Sequences

    def __init__(self, session: Session) -> None:
        document = SequencesDocument()
        super().__init__(session, document)
        document.setParent(self)
        self.chart = SeriesChart()
        self.editor = SeriesEditor(self.chart, document)
        self.toolbar = SeriesToolbar(self.editor)
        self._options: SeriesOptions | None = None
        self._dragged: Split | None = None  # the split while a border is dragged
        self._here = False  # whether the session has series
        self._split_before: How | None = None  # the way of splitting that series took the place of
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.chart, stretch=1)
        self.empty = EmptyNote(
            self.chart,
            "Draw a curve: press the left button and drag from left to right. Or choose a sample at the right, or "
            "import a file with a number a line.",
        )
        theme.bind(self, lambda: self.chart.setMinimumHeight(theme.px(150)))
        self.editor.refused.connect(lambda note: self.said.emit(note, "bad"))
        self.chart.border_moved.connect(self._move_border)
        self.chart.border_dropped.connect(self._drop_border)
        document.changed.connect(self._show_all)
        document.moved.connect(self._show_all)
        session.data_changed.connect(self._follow_session)
        session.experiment_changed.connect(self._show_all)
        self._follow_session()

    def options(self) -> QWidget:
        """Return channels, facts and actions for the Data tab."""
        if self._options is None:
            self._options = SeriesOptions(self.editor)
            self._options.refused.connect(lambda note: self.said.emit(note, "bad"))
            self._show_all()
        return self._options

    def ring(self, index: np.ndarray) -> None:
        """Ring these moments: (m,)."""
        self.chart.ring(index)

    # The split

    def _follow_session(self) -> None:
        """Split in time when series come to the stage, and as before when they leave it."""
        here, before = isinstance(self.session.data, Sequences), self._here
        self._here = here
        split = self.session.split
        if here and not before and split.how != "time":
            self._split_before = split.how
            self.session.set_split(replace(split, how="time"))
        elif before and not here and self._split_before is not None:
            how, self._split_before = self._split_before, None
            if split.how == "time":
                self.session.set_split(replace(split, how=how))
        self._show_all()

    def _move_border(self, which: int, row: float) -> None:
        """Share the moments out anew while a border is dragged; the run follows when it is dropped."""
        length = len(self.document)
        if not length:
            return
        split = self._dragged or self.session.split
        share = min(1.0, max(0.0, row / length))
        known = split.train + split.validation
        if which == 0:
            train = max(LEAST_SHARE, share)
            known = max(known, train)
        else:
            train = split.train
            known = max(share, train)
        # whole per cents, as the sliders have them
        train, known = round(train, 2), round(known, 2)
        self._dragged = Split(train, round(known - train, 2), split.seed, "time")
        self._show_all()

    def _drop_border(self) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is not None and dragged != self.session.split:
            self.session.set_split(dragged)
        self._show_all()

    # What is shown

    def _show_all(self) -> None:
        split = self._dragged or self.session.split
        length = len(self.editor.document.values)
        self.chart.show_split(split.borders(length) if split.how == "time" else None, length)
        self.toolbar.show_split(split)
        self.empty.setVisible(not length)
        if self._options is not None:
            self._options.show_split(split, switched=self._split_before is not None)
