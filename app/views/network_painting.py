"""How a network is drawn: edges, neurons with their maps, and what the mouse is on."""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QTransform

from app.language import tr
from app.theme import theme
from app.views.marks import mixed
from app.views.network_layout import BIGGEST_NEURON, NetworkLayout
from engines.core.arrays import Floats
from engines.pictures.network import Network

STRONGEST = 3.0  # a weight of this size, or beyond it, has the widest edge
WIDTHS = 10  # so many widths of edges: those of one width and sign are drawn by one call
WIDEST = 7.0
OFF = -2  # in the place of a sign: the weight of a neuron that is off


def paint_edges(painter: QPainter, picture: Network, layout: NetworkLayout) -> None:
    """Draw every weight: as wide as it is large, in the colour of its sign; what is no number looks bad.

    Weak edges are paled towards the card, not made translucent: Qt takes some twenty times as long for that. The edges
    of a neuron that is off are thin and grey.
    """
    tokens, widest = theme.tokens, WIDEST * layout.side / BIGGEST_NEURON
    batches: dict[tuple[int, int], list[QLineF]] = {}
    for layer, weights in enumerate(picture.weights):
        signs, sizes = _classed(weights)
        for place in _silent(picture, layer):
            signs[place], sizes[place] = OFF, 0
        for line, sign, size in zip(layout.lines(layer), signs, sizes, strict=True):
            batches.setdefault((size, sign), []).append(line)
    for (size, sign), lines in sorted(batches.items(), key=lambda batch: batch[0]):  # the strongest over the others
        full = tokens.color({-1: "negative", 0: "bad", 1: "positive", OFF: "faint"}[sign])
        colour = mixed(tokens.color("card"), full, 0.35 + 0.65 * size / WIDTHS)
        width = max(0.6 * theme.scale, widest * size / WIDTHS)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLines(lines)


def is_off(picture: Network, layer: int, unit: int) -> bool:
    """Whether dropout has switched this neuron off; layer 0 are the inputs."""
    return 0 < layer <= len(picture.off) and bool(picture.off[layer - 1][unit])


def _silent(picture: Network, layer: int) -> list[int]:
    """Return which weights of a connection come from, or go to, a neuron that is off, as ``weights.ravel()`` runs."""
    if not picture.off:
        return []
    targets, sources = picture.sizes[layer + 1], picture.sizes[layer]
    into = [is_off(picture, layer + 1, unit) for unit in range(targets)]
    out = [is_off(picture, layer, unit) for unit in range(sources)]
    return np.flatnonzero(np.logical_or.outer(into, out)).tolist()


def paint_off(painter: QPainter, rect: QRectF) -> None:
    """Grey a neuron out and strike it through."""
    tokens = theme.tokens
    veil = tokens.color("card")
    veil.setAlphaF(0.72)
    painter.setPen(QPen(tokens.color("faint"), 1, Qt.PenStyle.DashLine))
    painter.setBrush(veil)
    painter.drawRoundedRect(rect, max(1.5, rect.width() * 0.1), max(1.5, rect.width() * 0.1))
    inset = rect.width() * 0.12
    inner = rect.adjusted(inset, inset, -inset, -inset)
    painter.setPen(QPen(tokens.color("muted"), max(1.2, rect.width() * 0.05)))
    painter.drawLines([QLineF(inner.topLeft(), inner.bottomRight()), QLineF(inner.bottomLeft(), inner.topRight())])


def _classed(weights: Floats) -> tuple[list[int], list[int]]:
    """Return the sign of each weight (0 for NaN, and only for that) and its size, 1 to WIDTHS, target by target."""
    flat = np.asarray(weights, float).ravel()
    unknown = np.isnan(flat)
    signs = np.where(unknown, 0, np.where(flat > 0, 1, -1))
    share = np.where(unknown, 1.0, np.minimum(np.abs(flat), STRONGEST) / STRONGEST)
    return signs.tolist(), np.rint(1 + (WIDTHS - 1) * share).astype(int).tolist()


def paint_neuron(painter: QPainter, rect: QRectF, image: QImage, window: QRectF, *, chosen: bool) -> None:
    """Draw a neuron's map in its rounded square; window: the part of the image that is shown."""
    corner = max(1.5, rect.width() * 0.1)
    painter.setPen(QPen(theme.tokens.color("text" if chosen else "faint"), 2 if chosen else 1))
    painter.setBrush(theme.tokens.color("card"))
    if not image.isNull():
        painter.setBrush(_fill(image, window, rect))
    painter.drawRoundedRect(rect, corner, corner)


def _fill(image: QImage, window: QRectF, rect: QRectF) -> QBrush:
    """Return a brush that fills ``rect`` with the ``window`` of an image."""
    brush = QBrush(image)
    place = QTransform.fromTranslate(rect.left(), rect.top())
    place.scale(rect.width() / window.width(), rect.height() / window.height())
    place.translate(-window.left(), -window.top())
    brush.setTransform(place)
    return brush


def square_window(picture: Network) -> QRectF:
    """Return the middle of a map, in its cells, that is as wide as high in data units: there a circle stays a circle.

    All maps of a picture have as many rows and columns.
    """
    left, bottom, right, top = picture.area
    width, height = right - left, top - bottom
    rows, columns = picture.maps[0].shape[1:]
    across, down = max(1.0, columns * min(1.0, height / width)), max(1.0, rows * min(1.0, width / height))
    return QRectF((columns - across) / 2, (rows - down) / 2, across, down)


def paint_bias(painter: QPainter, at: QPointF, bias: float, radius: float, *, chosen: bool) -> None:
    """Draw the dot of a bias in the colour of its sign."""
    tokens = theme.tokens
    painter.setPen(QPen(tokens.color("text" if chosen else "card"), 1.5 if chosen else 1))
    painter.setBrush(tokens.color("bad" if math.isnan(bias) else "positive" if bias > 0 else "negative"))
    painter.drawEllipse(at, radius, radius)


def paint_name(painter: QPainter, layout: NetworkLayout, unit: int) -> None:
    """Write the name of an input left of it."""
    rect = layout.neuron(0, unit)
    painter.setPen(theme.tokens.color("muted"))
    box = QRectF(0, rect.top(), rect.left() - 4, rect.height())
    name = layout.name(0, unit)
    if painter.fontMetrics().horizontalAdvance(name) <= box.width():
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)


def paint_tag(painter: QPainter, at: QPointF, text: str, room: QRectF) -> None:
    """Write ``text`` on a dark tag above a place, or below it where there is no room above."""
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 8
    left = max(2.0, min(at.x() - width / 2, room.right() - width - 2))
    top = at.y() - height - 6 if at.y() > height + 10 else at.y() + 8
    box = QRectF(left, top, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tokens.color("text"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.tokens.color("card"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def paint_enlarged(
    painter: QPainter, picture: Network, layout: NetworkLayout, unit: tuple[int, int], image: QImage, room: QRectF
) -> None:
    """Draw a neuron's whole map large, beside the neuron, and below it what it is and what it answers."""
    lines = [tr("{name}: from {low:.2f} to {high:.2f}", name=layout.name(*unit), **_range(picture, unit))]
    if is_off(picture, *unit):
        lines.append(tr("off just now"))
    if unit[0]:
        lines.append(tr("bias {value:+.3f}", value=float(picture.biases[unit[0] - 1][unit[1]])))
    row = painter.fontMetrics().height() + 1
    text_width = max(painter.fontMetrics().horizontalAdvance(line) for line in lines) + 8
    left, bottom, right, top = picture.area
    shape = min(1.0, (top - bottom) / (right - left))
    height_left = room.height() - row * len(lines) - 14
    width = max(min(room.width() * 0.5, theme.px(190), height_left / shape), text_width)
    height = max(0.0, min(width * shape, height_left))
    rect = layout.neuron(*unit)
    beside = rect.right() + 10 if rect.center().x() < room.width() / 2 else rect.left() - width - 10
    x = max(5.0, min(beside, room.width() - width - 5))
    y = max(5.0, min(rect.center().y() - height / 2, room.height() - height - row * len(lines) - 9))
    box = QRectF(x, y, width, height)
    painter.setPen(QPen(theme.tokens.color("text"), 1.5))
    painter.setBrush(theme.tokens.color("card"))
    painter.drawRoundedRect(box.adjusted(-4, -4, 4, row * len(lines) + 5), 5, 5)
    painter.drawImage(box, image)
    painter.setPen(theme.tokens.color("text"))
    for place, line in enumerate(lines):
        below = QRectF(box.left(), box.bottom() + 2 + place * row, width, row)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, line)


def _range(picture: Network, unit: tuple[int, int]) -> dict[str, float]:
    values = picture.maps[unit[0]][unit[1]]
    return {"low": float(values.min(initial=math.inf)), "high": float(values.max(initial=-math.inf))}
