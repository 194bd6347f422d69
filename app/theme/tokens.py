"""Every colour of the window, once for light and once for dark."""

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor


def bgr(colour: QColor) -> tuple[int, int, int]:
    """Return blue, green, red: the order of bytes in a 32-bit image."""
    return colour.blue(), colour.green(), colour.red()


@dataclass(frozen=True)
class Tokens:
    """Colours as "#rrggbb". ``classes`` are told apart by colour-blind people too, and each has a shape of its own."""

    window: str
    card: str
    line: str
    field: str
    field_hover: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    on_accent: str
    good: str
    warn: str
    bad: str
    positive: str
    negative: str
    unlabelled: str
    running_line: str
    curve_train: str
    curve_validation: str
    classes: tuple[str, ...]

    def color(self, name: str) -> QColor:
        """Return the colour called ``name``; AttributeError for an unknown one."""
        return QColor(getattr(self, name))

    def recoloured(self, slots: tuple[int, ...]) -> "Tokens":
        """Return the same with the classes' colours taken from these places; those after them stay."""
        taken = tuple(self.classes[slot % len(self.classes)] for slot in slots)
        return replace(self, classes=(*taken, *self.classes[len(slots) :])[: len(self.classes)])

    def class_color(self, which: int) -> QColor:
        """Return the colour of class ``which`` (they repeat after eight); -1 is unlabelled."""
        return QColor(self.unlabelled if which < 0 else self.classes[which % len(self.classes)])


LIGHT = Tokens(
    window="#f3f5f8",
    card="#ffffff",
    line="#dfe3ea",
    field="#f1f3f7",
    field_hover="#e6eaf1",
    text="#171c26",
    muted="#5b6472",
    faint="#98a1b0",
    accent="#2f6fed",
    accent_soft="#e8f0fe",
    on_accent="#ffffff",
    good="#15803d",
    warn="#b45309",
    bad="#c62828",
    positive="#2f7fd6",
    negative="#f08a24",
    unlabelled="#8a93a3",
    running_line="#fff1c2",
    curve_train="#2f7fd6",
    curve_validation="#f08a24",
    classes=("#f08a24", "#2f7fd6", "#2a9d6f", "#b5478f", "#c9a100", "#46b3d9", "#c44536", "#6a5acd"),
)

DARK = Tokens(
    window="#13161b",
    card="#1a1e25",
    line="#2c323c",
    field="#242a33",
    field_hover="#2d3440",
    text="#eceff4",
    muted="#a3acba",
    faint="#6c7686",
    accent="#5b8dff",
    accent_soft="#22304f",
    on_accent="#0d1220",
    good="#34c77b",
    warn="#f0b429",
    bad="#ff7b72",
    positive="#5aa7f7",
    negative="#ffa24d",
    unlabelled="#97a1b1",
    running_line="#4a4020",
    curve_train="#5aa7f7",
    curve_validation="#ffa24d",
    classes=("#ffa24d", "#5aa7f7", "#45c796", "#dd79bd", "#e6c229", "#72d2f2", "#f0776a", "#9d8ff0"),
)
