"""Where the neurons and weights of a network lie in a card, worked out once for each size of the card."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

from engines.core.arrays import Floats

REACH = 5.0  # pixels from an edge at which it is hit
BIGGEST_NEURON = 46.0
NAME_ROOM, LETTER = 24.0, 7.0  # for the names of the inputs, left of them: of two letters, and for each more
LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
UPPER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Edge:
    """A weight: the connection from ``source`` in layer ``layer`` to ``target`` in the next; source -1 is the bias."""

    layer: int
    target: int
    source: int


class NetworkLayout:
    """Squares, lines and dots of a network of ``sizes`` units in ``width`` × ``height`` pixels.

    scale: of the theme, larger for a projector. added: names of the inputs behind the two coordinates.
    """

    def __init__(
        self, sizes: tuple[int, ...], width: float, height: float, scale: float, added: tuple[str, ...] = ()
    ) -> None:
        self.sizes, self._added = sizes, added
        letters = max((len(name) for name in added), default=2)
        room = min((NAME_ROOM + LETTER * max(0, letters - 2)) * scale, width * (0.1 if letters <= 2 else 0.2))
        across = (width - room) / len(sizes)
        self.side = max(1.0, min(BIGGEST_NEURON * scale, height / max(sizes) * 0.8, across * 0.55))
        self.dot_radius = min(4.0, 1.2 + self.side * 0.07) * scale  # of the dot that stands for a bias
        step = (width - room - self.side - 4) / max(1, len(sizes) - 1)
        self._neurons = [
            [self._square(room + layer * step, height, units, unit) for unit in range(units)]
            for layer, units in enumerate(sizes)
        ]
        self._lines = [self._between(left, right) for left, right in pairwise(self._neurons)]
        self._ends = [
            np.array([[line.x1(), line.y1(), line.x2(), line.y2()] for line in lines]) for lines in self._lines
        ]

    def _square(self, left: float, height: float, units: int, unit: int) -> QRectF:
        spread = min(height / units, self.side * 1.6)
        middle = height / 2 + (unit - (units - 1) / 2) * spread
        return QRectF(left, middle - self.side / 2, self.side, self.side)

    @staticmethod
    def _between(sources: list[QRectF], targets: list[QRectF]) -> list[QLineF]:
        return [
            QLineF(source.right(), source.center().y(), target.left(), target.center().y())
            for target in targets
            for source in sources
        ]

    def neuron(self, layer: int, unit: int) -> QRectF:
        """Return the square of a neuron; layer 0 are the inputs."""
        return self._neurons[layer][unit]

    def lines(self, layer: int) -> list[QLineF]:
        """Return the lines of all weights from ``layer`` to the next, target by target, as ``weights.ravel()`` runs."""
        return self._lines[layer]

    def line(self, edge: Edge) -> QLineF:
        """Return the line of a weight, from the right side of its source to the left side of its target."""
        return self._lines[edge.layer][edge.target * self.sizes[edge.layer] + edge.source]

    def bias_dot(self, layer: int, unit: int) -> QPointF:
        """Return the middle of the dot that stands for a neuron's bias."""
        return self._neurons[layer][unit].bottomLeft()

    def neuron_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return layer and unit of the neuron at a place."""
        for layer, squares in enumerate(self._neurons):
            for unit, square in enumerate(squares):
                if square.contains(at):
                    return layer, unit
        return None

    def bias_at(self, at: QPointF) -> Edge | None:
        """Return the bias whose dot is at a place; where dots lie close together, the nearest."""
        dots = [
            (QLineF(at, square.bottomLeft()).length(), Edge(layer - 1, unit, -1))
            for layer, squares in enumerate(self._neurons)
            for unit, square in enumerate(squares)
            if layer
        ]
        distance, edge = min(dots, key=lambda dot: dot[0], default=(np.inf, None))
        return edge if distance <= self.dot_radius + 2 else None

    def weight_at(self, at: QPointF) -> Edge | None:
        """Return the weight whose line is nearest to a place, none if all are out of reach."""
        best, nearest = None, REACH
        for layer, ends in enumerate(self._ends):
            distances = _distances(at.x(), at.y(), ends)
            closest = int(distances.argmin())
            if distances[closest] < nearest:
                nearest = float(distances[closest])
                best = Edge(layer, *divmod(closest, self.sizes[layer]))
        return best

    def name(self, layer: int, unit: int) -> str:
        """Return what a textbook calls a unit: x₁, h₂ (h¹₂ where there are several hidden layers), y."""
        below = str(unit + 1).translate(LOWER)
        last = len(self.sizes) - 1
        if layer == 0:
            return f"x{below}" if unit < 2 or unit - 2 >= len(self._added) else self._added[unit - 2]
        if layer == last:
            return "y" if self.sizes[last] == 1 else f"y{below}"
        above = "" if last == 2 else str(layer).translate(UPPER)
        return f"h{above}{below}"


def _distances(x: float, y: float, ends: Floats) -> Floats:
    """Return how far a place is from each line (n, 4: x1, y1, x2, y2), in pixels."""
    start, along = ends[:, :2], ends[:, 2:] - ends[:, :2]
    length = np.maximum((along**2).sum(1), 1e-9)
    share = np.clip((((x, y) - start) * along).sum(1) / length, 0.0, 1.0)
    across, down = ((x, y) - start - share[:, None] * along).T
    distances: Floats = np.hypot(across, down)
    return distances
