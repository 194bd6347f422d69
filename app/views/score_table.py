"""The scores of a confusion matrix as a table: a row for each class, then the means over all."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.language import bind
from app.theme import theme
from app.views import marks
from app.views.rows import Rows
from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.evaluation.scores import Scores
from engines.pictures.tree import Candidates

HEADS = (say("precision"), say("recall"), say("F1"), say("rows"))
MEANS = (say("macro mean"), say("micro mean"), say("weighted mean"))


class ScoreTable(Rows):
    """Precision, recall and F1 of each class; it scrolls where there are many."""

    leaves_out: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        bind(self, self.setAccessibleName, "Precision, recall and F1, a row for each class")

    def show_scores(self, scores: Scores | None, names: tuple[Note | str, ...]) -> None:
        """Show the scores of these classes; None for nothing yet."""
        if scores is None:
            self.set_picture(None)
        else:
            self.set_picture(Candidates(say("class"), HEADS, (*names, *MEANS), figures_of(scores)))

    def _paint_row(self, painter: QPainter, picture: Candidates, row: int, columns: list[tuple[float, float]]) -> None:
        """Draw a row, and before the name of a class its mark."""
        super()._paint_row(painter, picture, row, columns)
        if row < len(picture.names) - len(MEANS):
            rect = self.row_rect(row)
            marks.paint(painter, row, QPointF(rect.left() + theme.px(11), rect.center().y()), 4.5 * theme.scale)


def figures_of(scores: Scores) -> Floats:
    """Return the rows of the table: (classes + 3, 4)."""
    each = np.column_stack([scores.precision, scores.recall, scores.f1, scores.support])
    total = np.full((3, 1), scores.support.sum())
    return np.vstack([each, np.hstack([scores.averages, total])])
