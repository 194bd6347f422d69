"""Which view draws which kind of picture: a new kind brings its view and touches nothing here."""

import pkgutil
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import ClassVar, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

import app.views
from app.session.seal import Seal
from engines.core.picture import Picture
from engines.core.step import Poke


class Layer:
    """Draws one kind of picture on the plane; may own things that can be dragged."""

    def __init__(self, plane: QWidget) -> None:
        self.plane = plane

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``."""
        raise NotImplementedError

    def clear(self) -> None:
        """Draw nothing."""
        raise NotImplementedError

    def restyle(self) -> None:
        """Draw with the colours of now."""

    def grab(self, x: float, y: float, reach: float, *, only_look: bool = False) -> bool:
        """Take what can be dragged within ``reach`` of a place; whether there is something."""
        return False

    def drag(self, x: float, y: float) -> Poke | None:
        """Move what was taken and return what the engine must know."""
        return None

    def drop(self) -> None:
        """Let go."""


class CardView(QWidget):
    """Draws one kind of picture in a card. poked: a Poke; picked: indices of points (m,).

    asked: the name of a hyper-parameter and the value it should have. taken: hyper-parameters by name, to train once
    with. hovered: what the mouse is on, in the view's own terms, or None. looked: a person has looked closer at a cell
    or at another share. exam: a person wants the final exam.
    """

    title: ClassVar[str] = ""
    wide: ClassVar[bool] = False  # whether it needs the room of two cards
    poked = Signal(object)
    picked = Signal(object)
    asked = Signal(str, object)
    taken = Signal(object)
    hovered = Signal(object)
    looked = Signal()
    wondered = Signal(object)
    exam = Signal()

    def heed(self, seal: Seal) -> None:
        """Hide the test share while it is sealed; a view that shows none of it has nothing to do."""

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``."""
        raise NotImplementedError

    def clear(self) -> None:
        """Say that there is nothing yet."""
        raise NotImplementedError


View = type[Layer] | type[CardView]
V = TypeVar("V", type[Layer], type[CardView])
_views: dict[type[Picture], View] = {}


def view(kind: type[Picture]) -> Callable[[V], V]:
    """Declare a class to be the view of ``kind``."""

    def register(cls: V) -> V:
        _views[kind] = cls
        return cls

    return register


def view_for(kind: type[Picture]) -> View:
    """Return the view of ``kind`` or of the nearest kind it derives from; KeyError when there is none.

    It is looked for in the files that are called after these kinds or after the files they stand in, so that what a
    run does not draw is not imported.
    """
    bases = kind.__mro__
    for base in bases:
        for name in files_of(base) & _modules():
            import_module(f"{app.views.__name__}.{name}")
    for base in bases:
        if base in _views:
            return _views[base]
    raise KeyError(f"no view draws {kind.__name__}: it is looked for in {sorted(files_of(kind))} of app.views")


def files_of(kind: type) -> set[str]:
    """Return how the file of a kind's view may be called: ``MapChain`` is drawn by ``map_chain_view``."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    return {f"{stem}_{what}" for stem in (words, kind.__module__.rpartition(".")[2]) for what in ("view", "layer")}


@cache
def _modules() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(app.views.__path__))


def views() -> dict[type[Picture], View]:
    """Return every view by the kind of picture it draws; imports all modules of this package."""
    for name in _modules():
        import_module(f"{app.views.__name__}.{name}")
    return dict(_views)
