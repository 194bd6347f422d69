"""What the mouse does on the plane: each tool is a small class with press, drag and release."""

from app.editors.points.tools.base import Hand, Tool
from app.editors.points.tools.painting import PER_SPRAY, Brush, Ellipse, Line, Ring, Single, Spray
from app.editors.points.tools.selecting import Lasso, Rectangle
from app.editors.points.tools.touching import DragClass, Eraser, Jitter, Magnet, Move, Push, Relabel

TOOLS: tuple[type[Tool], ...] = (
    Rectangle, Lasso, Move, DragClass, Brush, Spray, Single, Line, Ellipse, Ring, Eraser, Relabel, Magnet, Push, Jitter,
)  # fmt: skip

__all__ = ["PER_SPRAY", "TOOLS", "Brush", "Hand", "Tool"]
