"""Colours, type and icons: there in both themes, and the Chinese font really is ours."""

import re

import pytest
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette, QRawFont
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.theme import icon, theme
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.usefixtures("plain_look")


def test_dark_and_light_reach_palette_and_sheet(qapp: QApplication) -> None:
    light = qapp.palette().color(QPalette.ColorRole.Window)
    theme.set(dark=True)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.tokens.window)
    assert qapp.palette().color(QPalette.ColorRole.Window).lightness() < 60 < light.lightness()
    assert theme.tokens.card in qapp.styleSheet()


def test_text_can_be_read_on_its_ground() -> None:
    def luminance(name: str) -> float:
        channels = [c / 255 for c in (QColor(getattr(theme.tokens, name)).getRgb()[:3])]  # type: ignore[index]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for dark in (False, True):
        theme.set(dark=dark)
        for text, ground in (("text", "card"), ("muted", "card"), ("text", "field"), ("on_accent", "accent")):
            brighter, darker = sorted((luminance(text), luminance(ground)), reverse=True)
            assert (brighter + 0.05) / (darker + 0.05) >= 4.5, (dark, text, ground)  # WCAG AA


def test_a_bound_callback_runs_now_at_changes_and_not_after_its_owner(qtbot: QtBot) -> None:
    calls: list[bool] = []
    owner = QLabel()
    theme.bind(owner, lambda: calls.append(theme.dark))
    theme.set(dark=True)
    assert calls == [False, True]
    gone: list[bool] = []
    owner.destroyed.connect(lambda: gone.append(True))
    owner.deleteLater()
    qtbot.waitUntil(lambda: bool(gone))
    theme.set(dark=False)
    assert calls == [False, True]


def test_projector_mode_enlarges_type_and_lengths() -> None:
    small, length = theme.font("body").pixelSize(), theme.px(100)
    theme.set(projector=True)
    assert theme.font("body").pixelSize() > 1.3 * small
    assert theme.px(100) == round(1.4 * length)


@pytest.mark.parametrize("role", ["small", "body", "strong", "title", "number", "mono"])
def test_chinese_is_drawn_with_the_font_that_is_shipped(role: str) -> None:
    families = theme.font(role).families()
    chinese = next(family for family in families if "CJK" in family)
    raw = QRawFont.fromFont(QFont(chinese))
    assert raw.familyName() == chinese
    assert all(raw.supportsCharacter(ord(character)) for character in "沙盘聚类学习率，。：“”")


def test_figures_of_a_number_are_equally_wide() -> None:
    metrics = QFontMetrics(theme.font("number"))
    assert len({metrics.horizontalAdvance(figure * 4) for figure in "0123456789"}) == 1


def test_every_icon_that_is_named_exists_and_is_tinted() -> None:
    names = set(re.findall(r'icon\("([a-z-]+)"|IconButton\(\s*"([a-z-]+)"|set_icon\("([a-z-]+)"', _source()))
    found = {name for group in names for name in group if name}
    assert len(found) > 10
    for name in found | {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}:
        image = icon(name, "accent").pixmap(40, 40).toImage()
        pixels = [image.pixelColor(x, y) for x in range(40) for y in range(40)]
        colours = {pixel.name() for pixel in pixels if pixel.alpha() > 250}
        assert theme.tokens.accent in colours, name


def _source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
