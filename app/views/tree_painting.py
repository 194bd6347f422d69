"""How a tree is drawn: branches with their answers, boxes with question, numbers and a bar of the classes."""

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.theme import theme
from app.views import marks
from app.views.painted import small_figures
from app.views.tree_scene import TreeScene, counts_in_short
from engines.core.arrays import Bools, Floats, Ints
from engines.pictures.tree import Tree

CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def paint_scene(painter: QPainter, scene: TreeScene, window: QRectF, chosen: int) -> None:
    """Draw what is in a window (of the scene). chosen: the node that a person looks at, -1 for none."""
    seen = scene.seen(window)
    shares = shares_of(scene.tree.counts)
    _paint_branches(painter, scene, window)
    if scene.detail.words:
        _paint_answers(painter, scene, seen)
        pruned = set(scene.tree.pruned.tolist())
        for node in seen.tolist():
            _paint_node(painter, scene, node, shares[node], pruned=node in pruned)
    else:
        _paint_dots(painter, scene, seen, shares)
    _outline(painter, scene, scene.tree.lit, "accent", 2.5)
    _outline(painter, scene, chosen, "text", 1.5)


def shares_of(counts: Floats) -> Floats:
    """Return each class's share of the rows of a node (m, classes); 0 where there are none."""
    return counts / np.maximum(counts.sum(1, keepdims=True), 1e-300)


def _outline(painter: QPainter, scene: TreeScene, node: int, colour: str, width: float) -> None:
    if not 0 <= node < len(scene.boxes):
        return
    pen = QPen(theme.tokens.color(colour), width * theme.scale)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corner = theme.px(5 if scene.detail.words else 2)
    painter.drawRoundedRect(scene.box(node), corner, corner)


def _paint_branches(painter: QPainter, scene: TreeScene, window: QRectF) -> None:
    """Draw a line from each node to its children; those to what is being cut off are dashed."""
    tree = scene.tree
    children = np.flatnonzero(tree.parents >= 0)
    above = tree.parents[children]
    ends = np.column_stack([
        scene.middles[above], scene.boxes[above, 1] + scene.height, scene.middles[children], scene.boxes[children, 1],
    ])  # fmt: skip
    inside = (ends[:, 3] >= window.top()) & (ends[:, 1] <= window.bottom())
    inside &= ends[:, [0, 2]].min(1) <= window.right()
    inside &= ends[:, [0, 2]].max(1) >= window.left()
    cut = np.isin(children, tree.pruned)
    pen = QPen(theme.tokens.color("faint"), theme.scale)
    pen.setCosmetic(True)
    for which, style in ((inside & ~cut, Qt.PenStyle.SolidLine), (inside & cut, Qt.PenStyle.DashLine)):
        pen.setStyle(style)
        painter.setPen(pen)
        painter.drawLines([QLineF(*line) for line in ends[which].tolist()])


def _paint_answers(painter: QPainter, scene: TreeScene, seen: Ints) -> None:
    """Write on each branch, just above the node it leads to, the answer that leads there."""
    font = small_figures()
    painter.setFont(font)
    metrics, tokens = QFontMetricsF(font), theme.tokens
    height, widest = metrics.height(), theme.px(116)
    paper = tokens.color("card")
    painter.setPen(tokens.color("muted"))
    for node in seen.tolist():
        answer = scene.answers[node]
        if not answer:
            continue
        text = metrics.elidedText(answer, Qt.TextElideMode.ElideRight, widest)
        width = metrics.horizontalAdvance(text) + 4
        rect = QRectF(scene.middles[node] - width / 2, scene.boxes[node, 1] - height - theme.px(3), width, height)
        painter.fillRect(rect, paper)
        painter.drawText(rect, CENTRE, text)


def _paint_node(painter: QPainter, scene: TreeScene, node: int, shares: Floats, *, pruned: bool) -> None:
    tree, tokens, rect = scene.tree, theme.tokens, scene.box(node)
    pen = QPen(tokens.color("line" if pruned else "faint"), 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(tokens.color("field" if pruned else "accent_soft" if node == tree.lit else "card"))
    painter.drawRoundedRect(rect, theme.px(5), theme.px(5))
    pad, line = theme.px(6), theme.px(18)
    inner = rect.adjusted(pad, theme.px(3), -pad, -theme.px(3))
    _paint_heading(painter, scene, node, QRectF(inner.left(), inner.top(), inner.width(), line), pruned=pruned)
    if scene.detail.numbers:
        painter.setFont(small_figures())
        painter.setPen(tokens.color("faint" if pruned else "muted"))
        numbers = QRectF(inner.left(), inner.top() + line, inner.width(), theme.px(15))
        painter.drawText(numbers, LEFT, counts_in_short(tree, node))
        painter.drawText(numbers, RIGHT, f"{float(tree.impurities[node]):.3f}")
    tall = theme.px(6 if scene.detail.numbers else 4)
    _paint_bar(painter, tree, node, shares, QRectF(inner.left(), inner.bottom() - tall, inner.width(), tall), pruned)


def _paint_heading(painter: QPainter, scene: TreeScene, node: int, rect: QRectF, *, pruned: bool) -> None:
    """Write the question, or the class with its mark; struck out where it is being cut off."""
    tree, tokens = scene.tree, theme.tokens
    font = theme.font("strong")
    font.setStrikeOut(pruned)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    room = rect
    if tree.classes and not tree.questions[node]:
        text = metrics.elidedText(scene.headings[node], Qt.TextElideMode.ElideRight, rect.width() - theme.px(16))
        width = metrics.horizontalAdvance(text) + theme.px(16)
        room = QRectF(rect.center().x() - width / 2, rect.top(), width, rect.height())
        colour = tokens.color("faint") if pruned else None
        middle = QPointF(room.left() + theme.px(6), room.center().y())
        marks.paint(painter, int(tree.values[node]), middle, 5 * theme.scale, colour=colour)
        room = room.adjusted(theme.px(15), 0, 0, 0)
    else:
        text = metrics.elidedText(scene.headings[node], Qt.TextElideMode.ElideRight, rect.width() + 1)
    painter.setPen(tokens.color("faint" if pruned else "text"))
    painter.drawText(room, CENTRE, text)


def _paint_bar(painter: QPainter, tree: Tree, node: int, shares: Floats, rect: QRectF, pruned: bool) -> None:
    """Fill a bar with the shares of the classes; where a number is learned, with the colour of the number."""
    if not tree.classes:
        painter.fillRect(rect, theme.tokens.color("faint") if pruned else _value_colours(tree)[node])
        return
    painter.fillRect(rect, theme.tokens.color("field_hover"))  # seen where nobody came
    edges = np.concatenate([[0.0], np.cumsum(shares)]) * rect.width() + rect.left()
    for which, (left, right) in enumerate(pairwise(edges.tolist())):
        if right > left:
            colour = theme.tokens.color("faint") if pruned else theme.tokens.class_color(which)
            painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), colour)


def _value_colours(tree: Tree) -> list[QColor]:
    """Return a colour for the number of every node: the lowest and the highest have the strongest."""
    low, high = float(tree.values.min()), float(tree.values.max())
    half = (high - low) / 2 or 1.0
    return [theme.value_color((value - (low + high) / 2) / half) for value in tree.values.tolist()]


def _paint_dots(painter: QPainter, scene: TreeScene, seen: Ints, shares: Floats) -> None:
    """Fill small boxes with the shares of the classes, the boxes of a colour with one call."""
    tree, tokens = scene.tree, theme.tokens
    painter.setRenderHint(
        QPainter.RenderHint.Antialiasing, False
    )  # rounded and smooth they would take 10 times as long
    painter.setPen(Qt.PenStyle.NoPen)
    cut = np.isin(seen, tree.pruned)
    boxes = scene.boxes[seen]
    painter.setBrush(tokens.color("field_hover"))  # where nobody came
    _fill(painter, boxes[:, 0], boxes[:, 1], boxes[:, 2], scene.height, tree.counts[seen].sum(1) == 0)
    if tree.classes:
        edges = np.column_stack([np.zeros(len(seen)), np.cumsum(shares[seen], 1)]) * boxes[:, 2:]
        for which in range(shares.shape[1]):
            wide = edges[:, which + 1] - edges[:, which]
            painter.setBrush(tokens.class_color(which))
            _fill(painter, boxes[:, 0] + edges[:, which], boxes[:, 1], wide, scene.height, (wide > 0) & ~cut)
    else:
        colours = _value_colours(tree)
        for node in seen.tolist():
            painter.fillRect(scene.box(node), colours[node])
    painter.setBrush(tokens.color("line"))
    _fill(painter, boxes[:, 0], boxes[:, 1], boxes[:, 2], scene.height, cut)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _fill(painter: QPainter, left: Floats, top: Floats, wide: Floats, height: float, which: Bools) -> None:
    corners = np.column_stack([left, top, wide])[which].tolist()
    painter.drawRects([QRectF(x, y, width, height) for x, y, width in corners])
