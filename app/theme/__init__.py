"""How the window looks: one object knows the colours, the type and the scale; everything binds to it."""

from collections.abc import Callable
from itertools import count

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QIcon
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.theme import fonts, icons, style
from app.theme.tokens import DARK, LIGHT, Tokens

__all__ = ["Theme", "Tokens", "icon", "theme"]

PROJECTOR_SCALE = 1.4
PROJECTOR_HEIGHT = 900  # pixels of the window for which that is right; less of them are larger on the same wall


class Theme(QObject):
    """Light or dark, desk or projector. ``changed`` fires after palette, sheet and fonts are in place."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.dark = False
        self.projector = False
        self._projected = PROJECTOR_SCALE
        self._registered = False
        self._sheet = True
        self._keys = count()
        self._bound: dict[int, Callable[[], object]] = {}
        self._slots: tuple[int, ...] = ()
        self._tokens = {False: LIGHT, True: DARK}

    @property
    def tokens(self) -> Tokens:
        """The colours of now."""
        return self._tokens[self.dark]

    def set_class_colours(self, slots: tuple[int, ...]) -> None:
        """Give class k the palette's colour ``slots[k]``; the classes after those keep the one of their number."""
        if slots != self._slots:
            self._slots = slots
            self._tokens = {dark: plain.recoloured(slots) for dark, plain in ((False, LIGHT), (True, DARK))}
            for callback in list(self._bound.values()):
                callback()
            self.changed.emit()

    @property
    def scale(self) -> float:
        """1 at the desk, more on a projector."""
        return self._projected if self.projector else 1.0

    def px(self, pixels: float) -> int:
        """Return a length in pixels, grown for the projector."""
        return round(pixels * self.scale)

    def palette_color(self, slot: int) -> QColor:
        """Return a colour of the palette as it was before any class was recoloured."""
        return (DARK if self.dark else LIGHT).class_color(slot)

    def value_color(self, value: float) -> QColor:
        """Return the colour of a number: -1 and less is the negative colour, 1 and more the positive, 0 the card's."""
        tokens = self.tokens
        end = tokens.color("positive" if value >= 0 else "negative")
        share = 0.15 + 0.85 * min(1.0, abs(value))
        paper = tokens.color("card")
        pairs = ((paper.red(), end.red()), (paper.green(), end.green()), (paper.blue(), end.blue()))
        return QColor(*(round(low + (high - low) * share) for low, high in pairs))

    def font(self, role: str) -> QFont:
        """Return the font of a role: small, body, strong, title, number or mono."""
        return fonts.font(role, self.scale)

    def set(self, dark: bool | None = None, projector: bool | None = None, height: int = PROJECTOR_HEIGHT) -> None:
        """Change the look; ``None`` leaves a side as it is. height: of the window, for the type on a projector."""
        before = (self.dark, self.projector)
        self.dark = self.dark if dark is None else dark
        if projector is not None:
            self.projector = projector
            self._projected = PROJECTOR_SCALE * min(1.2, max(0.82, height / PROJECTOR_HEIGHT))
        if (self.dark, self.projector) != before:
            self._apply()
            for callback in list(self._bound.values()):
                callback()
            self.changed.emit()

    def install(self, application: QApplication, *, sheet: bool = True) -> None:
        """Dress the application: Fusion, our fonts, palette and sheet.

        sheet: without it, until ``finish``: a window whose widgets are put together before there is a sheet is
        ready in half the time, as Qt would match every widget anew each time it moves in the tree.
        """
        self._sheet = sheet
        if sheet and application.styleSheet() == style.sheet(self.tokens, self.scale):
            return  # it wears all that already; dressing every widget again takes long
        application.setStyle(QStyleFactory.create("Fusion"))
        self._apply()

    def finish(self) -> None:
        """Put on the sheet that ``install`` has left for later."""
        application = QApplication.instance()
        if isinstance(application, QApplication) and not self._sheet:
            self._sheet = True
            application.setStyleSheet(style.sheet(self.tokens, self.scale))

    def _apply(self) -> None:
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        if not self._registered:
            fonts.register()
            self._registered = True
        application.setFont(self.font("body"))
        application.setPalette(style.palette(self.tokens))
        if self._sheet:
            application.setStyleSheet(style.sheet(self.tokens, self.scale))

    def bind(self, owner: QObject, callback: Callable[[], object]) -> None:
        """Call ``callback`` now and at every change of the look, as long as ``owner`` lives."""
        key = next(self._keys)
        self._bound[key] = callback
        owner.destroyed.connect(lambda: self._bound.pop(key, None))
        callback()


theme = Theme()


def icon(name: str, colour: str | None = None) -> QIcon:
    """Return an icon in the token colour ``colour`` (text when none is given)."""
    return icons.tinted(name, getattr(theme.tokens, colour or "text"))
