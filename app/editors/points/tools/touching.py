"""Tools that change points that are there: move, relabel, erase, pull, push, jitter, move a whole class."""

import numpy as np

from app.editors.points.tools.base import GRAB_PIXELS, Tool
from app.views.plane import PlaneEvent
from engines.core.arrays import Floats, Ints

STRENGTH = 0.004  # of the way that a point goes to or from the magnet in one moment, for each unit of intensity


class Move(Tool):
    """Drags the nearest point."""

    name, text, icon, key, gesture = "move", "Move a point", "move", "V", "Move a point"
    hint = "drag a point"
    _rows = np.zeros(0, np.int64)

    def press(self, at: PlaneEvent) -> None:
        """Take the point under the mouse."""
        row = self._document.nearest(at.x, at.y, GRAB_PIXELS * at.per_pixel)
        self._rows = np.array([row] if row >= 0 else [], np.int64)

    def drag(self, at: PlaneEvent) -> None:
        """Move it."""
        if len(self._rows):
            self._document.move(self._rows, np.array([[at.x, at.y]]))

    def release(self, at: PlaneEvent) -> None:
        """Let go."""
        self._rows = np.zeros(0, np.int64)


class DragClass(Tool):
    """Drags all points of the class of the nearest one."""

    name, text, icon, key, gesture = "class", "Move a class", "move-class", "G", "Move a class"
    hint = "drag any point: its whole class comes along"
    _rows: Ints = np.zeros(0, np.int64)
    _places: Floats = np.zeros((0, 2))
    _start = (0.0, 0.0)

    def press(self, at: PlaneEvent) -> None:
        """Take the class of the point under the mouse."""
        row = self._document.nearest(at.x, at.y, GRAB_PIXELS * at.per_pixel)
        self._rows = self._document.of_class(int(self._document.y[row])) if row >= 0 else np.zeros(0, np.int64)
        self._places, self._start = self._document.places(self._rows), (at.x, at.y)

    def drag(self, at: PlaneEvent) -> None:
        """Move it by as much as the mouse has gone."""
        if len(self._rows):
            self._document.move(self._rows, self._places + np.subtract((at.x, at.y), self._start))

    def release(self, at: PlaneEvent) -> None:
        """Let go."""
        self._rows, self._places = np.zeros(0, np.int64), np.zeros((0, 2))


class Sweeper(Tool):
    """Base of what works on the points within the radius all along the way, also between two places of a fast mouse."""

    round = True
    _last: tuple[float, float] = (0.0, 0.0)

    def press(self, at: PlaneEvent) -> None:
        """Work where the button went down."""
        self._last = (at.x, at.y)
        self.drag(at)

    def drag(self, at: PlaneEvent) -> None:
        """Work along the way."""
        here = (at.x, at.y)
        self._work(self._document.along(self._last, here, self._hand.radius), at)
        self._last = here

    def _work(self, rows: Ints, at: PlaneEvent) -> None:
        raise NotImplementedError


class Eraser(Sweeper):
    """Takes away the points within the radius."""

    name, text, icon, key, gesture = "eraser", "Eraser", "eraser", "E", "Erase"
    hint = "takes away what lies in the circle"

    def _work(self, rows: Ints, at: PlaneEvent) -> None:
        self._document.remove(rows)


class Relabel(Sweeper):
    """Gives the points within the radius the class, or the number, of the button."""

    name, text, icon, key, gesture = "relabel", "Relabel", "relabel", "C", "Relabel"
    hint = "gives what lies in the circle the class of the button"
    paints = True

    def _work(self, rows: Ints, at: PlaneEvent) -> None:
        if self._document.looks.target == "value":
            self._document.set_values(rows, self._hand.number(at.button))
        else:
            self._document.label(rows, self._hand.label(at.button))


class Mover(Tool):
    """Base of what moves the points within the radius for as long as the button is down."""

    round = intense = continuous = True

    def press(self, at: PlaneEvent) -> None:
        """Begin."""
        self.tick(at)

    def tick(self, at: PlaneEvent) -> None:
        """Move them a little more."""
        rows = self._document.near(at.x, at.y, self._hand.radius)
        if len(rows):
            places = self._document.places(rows)
            self._document.move(rows, places + self._way(places, np.array([at.x, at.y])))

    def _way(self, places: Floats, mouse: Floats) -> Floats:
        """Return how far each of the places (m, 2) is moved."""
        raise NotImplementedError

    @property
    def _strength(self) -> float:
        return min(1.0, STRENGTH * self._hand.intensity)


class Magnet(Mover):
    """Pulls points towards the mouse."""

    name, text, icon, key, gesture = "magnet", "Magnet", "magnet", "M", "Pull together"
    hint = "pulls what lies in the circle to its middle"

    def _way(self, places: Floats, mouse: Floats) -> Floats:
        return self._strength * (mouse - places)


class Push(Mover):
    """Pushes points away from the mouse, to the rim of the circle."""

    name, text, icon, key, gesture = "push", "Push away", "push", "U", "Push away"
    hint = "pushes what lies in the circle to its rim"

    def _way(self, places: Floats, mouse: Floats) -> Floats:
        way = places - mouse
        distance = np.hypot(*way.T)
        beside = distance < 1e-9  # exactly under the mouse there is no way out: any will do
        angle = self._dice.uniform(0, 2 * np.pi, len(way))
        outwards = np.where(
            beside[:, None], np.column_stack([np.cos(angle), np.sin(angle)]), way / np.maximum(distance, 1e-9)[:, None]
        )
        return self._strength * np.maximum(self._hand.radius - distance, 0)[:, None] * outwards


class Jitter(Mover):
    """Shakes points about where they are."""

    name, text, icon, key, gesture = "jitter", "Jitter", "jitter", "J", "Jitter"
    hint = "shakes what lies in the circle"

    def _way(self, places: Floats, mouse: Floats) -> Floats:
        return self._dice.normal(0, 0.3 * self._strength * self._hand.radius, places.shape)
