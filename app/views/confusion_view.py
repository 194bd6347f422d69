"""The confusion matrix: who was taken for whom. A cell leads back to its points."""

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kit import QuietButton, Segmented
from app.language import bind
from app.session.seal import Seal
from app.theme import theme
from app.views.confusion_matrix import Matrix
from app.views.registry import CardView, view
from app.views.score_table import ScoreTable
from engines.core.arrays import Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION
from engines.core.language import say
from engines.core.picture import Picture
from engines.evaluation.scores import Shown
from engines.pictures.confusion import Confusion

PARTS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
EMPTY = {
    "validation": say("No points are kept for validation: these are the training points"),
    "test": say("No points are kept for the test: these are the training points"),
}
JUDGED = {"train": say("Rows of the training share"), "validation": say("Rows of the validation share"),
          "test": say("Rows of the test share")}  # fmt: skip
LARGE = (560, 260)  # pixels from which the scores have room beside the matrix
WAYS: tuple[Shown, ...] = ("counts", "row", "column")


@view(Confusion)
class ConfusionView(CardView):
    """Counts for one share of the data; click a cell, or move with the arrows and press Enter.

    Where there is room, precision, recall and F1 of each class stand beside it; else they are told by the tooltips.
    """

    title: ClassVar[str] = "Confusion matrix"

    def __init__(self) -> None:
        super().__init__()
        self.parts = Segmented([("train", "training"), ("validation", "validation"), ("test", "test")])
        self.parts.choose("validation")
        self.instead = QLabel()  # says so when the chosen share is empty
        self.instead.setWordWrap(True)
        self.instead.setProperty("muted", True)
        self.instead.hide()
        self.sealed = SealedPage()
        self.sealed.button.clicked.connect(self.exam)
        self.sealed.hide()
        self._seal: Seal | None = None
        self.shown = Segmented([("counts", "counts"), ("row", "% of truth"), ("column", "% of prediction")])
        self.table = ScoreTable()
        self.matrix = Matrix()
        self._wanted = self.parts.current
        self.parts.chosen.connect(self._want)
        self.shown.chosen.connect(self._show_as)
        self.matrix.turned.connect(self._turn)
        self.matrix.chosen.connect(self._pick)
        self._picture: Confusion | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(24)
        above.addWidget(self.parts, stretch=4)
        above.addWidget(self.shown, stretch=3)
        below.setSpacing(24)
        below.addWidget(self.matrix, stretch=4)
        below.addWidget(self.table, stretch=3)
        layout.addLayout(above)
        layout.addWidget(self.instead)
        layout.addWidget(self.sealed, stretch=1)
        layout.addLayout(below, stretch=1)
        theme.bind(self.instead, lambda: self.instead.setFont(theme.font("small")))
        bind(self, self.setAccessibleName, "Confusion matrix")
        self.resize(theme.px(240), theme.px(170))  # a card behind another is never laid out: it must not count as large
        self._count()

    def heed(self, seal: Seal) -> None:
        """Show the test share only while the seal is open."""
        self._seal = seal
        seal.changed.connect(self._follow_seal)

    def _follow_seal(self) -> None:
        """Turn to the test after the exam, and back to validation when the model is another."""
        assert self._seal is not None
        if self._seal.open:
            self._wanted = "test"
        elif self._wanted == "test":
            self._wanted = "validation"
        self._count()

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, a Confusion."""
        assert isinstance(picture, Confusion)
        if picture is not self._picture:
            self._picture = picture
            self._count()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self._picture = None
        self._count()

    def _want(self, part: str) -> None:
        self._wanted = part
        self._count()
        self.looked.emit()

    @property
    def large(self) -> bool:
        """Whether there is room for the scores beside the matrix."""
        return self.width() >= theme.px(LARGE[0]) and self.height() >= theme.px(LARGE[1])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show more where there is room for it."""
        super().resizeEvent(event)
        if self.large != self.table.isVisibleTo(self):
            self._count()

    def _show_as(self, of: Shown) -> None:
        self.shown.choose(of)
        self.matrix.show_as(of)

    def _turn(self) -> None:
        """Show the next of counts, shares of what is true, shares of what is said."""
        self._show_as(WAYS[(WAYS.index(self.matrix.of) + 1) % len(WAYS)])

    def _count(self) -> None:
        """Count the share that is wanted; where it has no points, those learned from, and say so."""
        picture, part = self._picture, self._wanted
        alone = picture is not None and picture.one_share
        falls = picture is not None and not alone and not _has(picture, part) and _has(picture, "train")
        if picture is not None and alone:
            part = next((name for name in PARTS if _has(picture, name)), part)
            bind(self.instead, self.instead.setText, JUDGED[part])
        elif falls:
            bind(self.instead, self.instead.setText, EMPTY[part])
            part = "train"
        self.instead.setVisible(falls or alone)
        self.parts.setVisible(not alone)
        self.parts.choose(part)
        sealed = part == "test" and self._seal is not None and not self._seal.open
        self.sealed.setVisible(sealed)
        self.matrix.setVisible(not sealed)
        self.matrix.set_counts(None if sealed else picture, self._part())
        self.matrix.corner.setVisible(not self.large)
        for widget in (self.shown, self.table):
            widget.setVisible(self.large and not sealed)
        if self.large:
            counts = self.matrix.counts
            names = tuple(self.matrix.label(k) for k in range(len(counts)))
            self.table.show_scores(self.matrix.scores if counts.sum() else None, names)

    def _part(self) -> int:
        return PARTS[self.parts.current]

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where the cell for truth ``row`` and prediction ``column`` is, in this widget's pixels."""
        return self.matrix.cell(row, column).translated(QPointF(self.matrix.pos()))

    @property
    def counts(self) -> Ints:
        """The counts shown: (classes, classes), truth down, prediction across."""
        return self.matrix.counts

    def _pick(self, row: int, column: int) -> None:
        picture = self._picture
        if picture is not None:
            hit = (picture.truth == row) & (picture.predicted == column) & (picture.parts == self._part())
            self.picked.emit(picture.index[hit])
            self.looked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Pass a click that was sent to the card on to the matrix."""
        self.matrix.press(event.position() - QPointF(self.matrix.pos()))


class SealedPage(QWidget):
    """Stands in the place of the test share before the final exam."""

    def __init__(self) -> None:
        super().__init__()
        text = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        text.setProperty("muted", True)
        bind(text, text.setText, "Sealed until the final exam")
        self.button = QuietButton("Final exam", "lock")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch()
        layout.addWidget(text)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()


def _has(picture: Confusion, part: str) -> bool:
    return bool((picture.parts == PARTS[part]).any())
