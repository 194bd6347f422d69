"""The shipped fonts: Inter for Latin, a GB2312 part of Noto Sans SC for Chinese, JetBrains Mono for code."""

from importlib import resources
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

SIZES = {"small": 11.0, "body": 13.0, "strong": 13.0, "title": 14.0, "number": 20.0, "mono": 12.5}
BOLD = {"strong", "title", "number"}


def register() -> list[str]:
    """Make the shipped fonts known to Qt and return their families; a machine needs no font of its own."""
    families: list[str] = []
    folder = resources.files("resources").joinpath("fonts")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith((".otf", ".ttf")):
            if isinstance(file, Path):  # Qt then reads of a large font only what is drawn
                number = QFontDatabase.addApplicationFont(str(file))
            else:
                number = QFontDatabase.addApplicationFontFromData(file.read_bytes())
            families += QFontDatabase.applicationFontFamilies(number)
    return families


def font(role: str, scale: float) -> QFont:
    """Return the font of a role: small, body, strong, title, number or mono; KeyError for another."""
    made = QFont()
    # Each weight is a family of its own: asked for a weight among fonts of the same name that were registered from
    # memory, Qt gives now one and now the other.
    if role == "mono":
        made.setFamilies(["JetBrains Mono", "Noto Sans CJK SC"])
    elif role in BOLD:
        made.setFamilies(["Inter Semi Bold", "Noto Sans CJK SC Bold"])
    else:
        made.setFamilies(["Inter", "Noto Sans CJK SC"])
    made.setPixelSize(round(SIZES[role] * scale))
    if role in ("number", "strong"):
        made.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that a running number does not shake
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
