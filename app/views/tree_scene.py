"""A tree laid out at one degree of detail: the boxes, what is written in them, and which node is where."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from app.language import as_said, grouped, tr
from app.theme import theme
from app.views.painted import small_figures
from app.views.tree_layout import places
from engines.core.arrays import Ints
from engines.pictures.tree import Tree

WIDEST_BOX, WIDEST_ANSWER = 200, 120
MOST_COUNTS = 4  # classes whose counts are written in a box


@dataclass(frozen=True)
class Detail:
    """How much of a node is drawn. Lengths in pixels at the desk.

    height: of a box. gap: between neighbours. rise: between levels. least: the smallest zoom at which it is readable.
    """

    height: int
    gap: int
    rise: int
    least: float
    words: bool = True
    numbers: bool = True


FULL = Detail(height=50, gap=10, rise=32, least=0.8)
BRIEF = Detail(height=28, gap=8, rise=26, least=0.75, numbers=False)
DOTS = Detail(height=12, gap=4, rise=10, least=0.4, words=False, numbers=False)
DETAILS = (FULL, BRIEF, DOTS)


class TreeScene:
    """Boxes of a tree in pixels at a zoom of 1; the leftmost edge is at 0, the root at the top."""

    def __init__(self, tree: Tree, detail: Detail) -> None:
        self.tree, self.detail = tree, detail
        strong, small = QFontMetricsF(theme.font("strong")), QFontMetricsF(small_figures())
        if detail.words:
            self.headings = [heading(tree, node) for node in range(len(tree.parents))]
            self.answers = [as_said(answer) for answer in tree.answers]
            boxes = np.array([self._width(node, strong, small) for node in range(len(tree.parents))])
            said = np.array([small.horizontalAdvance(answer) if answer else 0.0 for answer in self.answers])
            slots = np.maximum(boxes, np.minimum(said + theme.px(6), theme.px(WIDEST_ANSWER)))
        else:
            self.headings, self.answers = [], []
            boxes = slots = np.full(len(tree.parents), float(theme.px(DOTS.height)))
        self.height = float(theme.px(detail.height))
        x, self.levels = places(tree.parents, slots, theme.px(detail.gap))
        self.boxes = np.column_stack([x - boxes / 2, self.levels * (self.height + theme.px(detail.rise)), boxes])
        self.middles = x
        self.size = (float((x + slots / 2).max(initial=1.0)), float(self.boxes[:, 1].max(initial=0.0) + self.height))

    def _width(self, node: int, strong: QFontMetricsF, small: QFontMetricsF) -> float:
        tree = self.tree
        width = strong.horizontalAdvance(self.headings[node])
        if tree.classes and not tree.questions[node]:
            width += theme.px(16)  # the mark of the class
        if self.detail.numbers:
            numbers = small.horizontalAdvance(counts_in_short(tree, node))
            width = max(width, numbers + small.horizontalAdvance("0.000") + theme.px(12))
        return min(width + theme.px(14), float(theme.px(WIDEST_BOX)))

    def box(self, node: int) -> QRectF:
        """Return the box of a node."""
        left, top, width = self.boxes[node].tolist()
        return QRectF(left, top, width, self.height)

    def at(self, place: QPointF) -> int:
        """Return the node at a place, -1 for none."""
        left, top, width = self.boxes.T
        inside = (left <= place.x()) & (place.x() <= left + width) & (top <= place.y())
        hits = np.flatnonzero(inside & (place.y() <= top + self.height))
        return int(hits[0]) if len(hits) else -1

    def nearest(self, place: QPointF) -> int:
        """Return the node whose middle is nearest to a place."""
        across, down = self.middles - place.x(), self.boxes[:, 1] + self.height / 2 - place.y()
        return int(np.argmin(across**2 + down**2))

    def seen(self, window: QRectF) -> Ints:
        """Return the nodes (k,) of which something is in a window, their answers included."""
        left, top, width = self.boxes.T
        margin = theme.px(WIDEST_ANSWER) / 2
        across = (left <= window.right() + margin) & (left + width >= window.left() - margin)
        down = (top <= window.bottom() + theme.px(20)) & (top + self.height >= window.top())
        return np.flatnonzero(across & down)

    def neighbour(self, node: int, step: int) -> int:
        """Return the next node on the same level to the right (1) or the left (-1), the same at the end."""
        row = np.flatnonzero(self.levels == self.levels[node])
        row = row[np.argsort(self.middles[row], kind="stable")]
        place = int(np.flatnonzero(row == node)[0]) + step
        return int(row[min(max(place, 0), len(row) - 1)])


def heading(tree: Tree, node: int) -> str:
    """Return the question of a node, or what a leaf says."""
    if tree.questions[node]:
        return as_said(tree.questions[node])
    return said_by(tree, node)


def said_by(tree: Tree, node: int) -> str:
    """Return what is predicted where one stops at a node: a class by its name, or a number."""
    value = float(tree.values[node])
    if not tree.classes:
        return f"{value:.4g}".replace("-", "−")
    return tree.classes[int(value)] if 0 <= value < len(tree.classes) else "–"


def count_text(count: float) -> str:
    """Return a number of rows; fractions, where rows were shared out, with one or two decimals."""
    if abs(count - round(count)) < 1e-6:
        return grouped(round(count))
    return f"{count:.1f}" if count >= 10 else f"{count:.2f}"


def counts_in_short(tree: Tree, node: int) -> str:
    """Return the counts of a node as ``9 : 5``; of many classes, or of numbers, only how many rows there are."""
    counts = tree.counts[node].tolist()
    if 1 < len(counts) <= MOST_COUNTS:
        return " : ".join(count_text(count) for count in counts)
    return tr("n = {n}", n=count_text(sum(counts)))
