"""A plane on the screen, for tests of what is drawn on it."""

from pytestqt.qtbot import QtBot

from app.views.plane import Plane
from engines.data.points import Points


def plane(qtbot: QtBot, points: Points | None = None) -> Plane:
    """Return a plane of 800 by 400 pixels that is shown, with these points on it."""
    made = Plane()
    qtbot.addWidget(made)
    made.resize(800, 400)
    with qtbot.waitExposed(made):
        made.show()
    if points is not None:
        made.points.set_points(points)
    return made
