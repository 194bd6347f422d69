"""The lesson: text at once, formulas after it, in the right place, colour, size and language; nothing else loaded."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels import lesson_panel
from app.panels.lesson_formulas import Drawn, Formula, Look, draw_formula
from app.panels.lesson_panel import LessonPanel
from app.theme import theme
from engines.core.lab import course, lab_named

LOOK = Look("#ff0000", 17.0, 1.0, 8)


@pytest.fixture(autouse=True)
def _same_looks() -> Iterator[None]:
    yield
    speaker.speak("en")
    theme.set(dark=False, projector=False)


@pytest.fixture
def panel(qtbot: QtBot) -> LessonPanel:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    panel.resize(320, 400)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def settle(qtbot: QtBot, panel: LessonPanel) -> None:
    qtbot.waitUntil(lambda: panel.finished, timeout=10_000)


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return raw[:, : image.width(), ::-1].copy()  # alpha, red, green, blue


def image_sizes(panel: LessonPanel) -> list[tuple[float, float]]:
    """Widths and heights that the page gives its images."""
    sizes = []
    block = panel.page.document().begin()
    while block.isValid():
        fragment = block.begin()
        while not fragment.atEnd():
            shape = fragment.fragment().charFormat()
            if shape.isImageFormat():
                sizes.append((shape.toImageFormat().width(), shape.toImageFormat().height()))
            fragment += 1
        block = block.next()
    return sizes


def test_text_is_there_before_the_formulas(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_lab(lab_named("deep/mlp"))
    assert "No straight line separates a disc" in panel.page.toPlainText()
    assert panel.page.images == {}
    settle(qtbot, panel)
    assert len(panel.page.images) >= 4
    assert "$" not in panel.page.toPlainText()
    assert "\N{REPLACEMENT CHARACTER}" not in panel.page.toPlainText()


@pytest.mark.parametrize("key", [lab.key for chapter in course() for lab in chapter.labs])
def test_every_formula_of_every_lesson_is_drawn(qtbot: QtBot, panel: LessonPanel, key: str) -> None:
    for language in ("en", "zh"):
        speaker.speak(language)
        panel.show_lab(lab_named(key))
        settle(qtbot, panel)
        lab = lab_named(key)
        assert lab.title[language] in panel.page.toPlainText()
        assert lab.challenge[language].split()[0] in panel.page.toPlainText()
        least = 1 if key.startswith("data/") else 3  # lessons about data alone need few
        assert len(panel.page.images) == len(image_sizes(panel)) >= least
        for image in panel.page.images.values():
            assert pixels(image)[..., 0].max() > 100


def test_nothing_is_done_while_nobody_looks(qtbot: QtBot) -> None:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    panel.show_lab(lab_named("deep/mlp"))
    assert panel.page.toPlainText() == ""
    panel.show()
    settle(qtbot, panel)
    assert "Multilayer perceptron" in panel.page.toPlainText()


def test_baselines_agree(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text("H $H$ H $H_1^2$ H")
    settle(qtbot, panel)
    dark = pixels(panel.page.viewport().grab().toImage())[..., 1] < 110
    columns = dark.any(0)
    edges = np.flatnonzero(np.diff(columns.astype(int)))
    glyphs = [dark[:, start + 1 : end + 1] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    bottoms = [int(np.flatnonzero(glyph.any(1))[-1]) for glyph in glyphs]
    assert len(bottoms) >= 5
    assert max(bottoms[:3]) - min(bottoms[:3]) <= 1  # H, formula H, H


def test_formulas_take_the_colour_of_the_text(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text("$$W$$")
    for dark in (False, True):
        theme.set(dark=dark)
        settle(qtbot, panel)
        image = pixels(panel.page.images["0"])
        strongest = image.reshape(-1, 4)[image[..., 0].argmax()]
        expected = QColor(theme.tokens.text)
        assert np.abs(strongest[1:].astype(int) - [expected.red(), expected.green(), expected.blue()]).max() <= 6


def test_projector_makes_formulas_and_text_larger(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text("$$W$$")
    settle(qtbot, panel)
    small, small_text = image_sizes(panel)[0], panel.page.document().defaultFont().pixelSize()
    theme.set(projector=True)
    settle(qtbot, panel)
    assert image_sizes(panel)[0][1] == pytest.approx(1.4 * small[1], rel=0.1)
    assert panel.page.document().defaultFont().pixelSize() > 1.3 * small_text


def test_language_is_switched_live(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_lab(lab_named("classical/kmeans"))
    speaker.speak("zh")
    assert "没有人告诉机器该怎样分组" in panel.page.toPlainText()
    assert "挑战" in panel.page.toPlainText()
    speaker.speak("en")
    assert "Nobody has told the machine" in panel.page.toPlainText()
    assert "Challenge" in panel.page.toPlainText()


def test_what_was_drawn_is_kept(qtbot: QtBot, panel: LessonPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Formula] = []

    def count(formula: Formula, look: Look) -> Drawn:
        drawn.append(formula)
        return draw_formula(formula, look)

    monkeypatch.setattr(lesson_panel, "draw_formula", count)
    panel.show_text("$a$ and $b$ and $a$")
    settle(qtbot, panel)
    assert drawn == [Formula("a", False), Formula("b", False)]
    theme.set(dark=True)
    settle(qtbot, panel)
    theme.set(dark=False)
    settle(qtbot, panel)
    panel.show_text("$b$ again")
    settle(qtbot, panel)
    assert len(drawn) == 4  # two a colour


def test_a_formula_with_an_error_shows_its_source(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text(r"Good $x$, bad $\frac{1$, too.")
    settle(qtbot, panel)
    assert r"bad \frac{1, too." in panel.page.toPlainText()
    assert len(panel.page.images) == 1
    assert draw_formula(Formula(r"\frac{1", True), LOOK).image is None


def test_digits_between_formulas_stay_digits(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text("$a$ $b$ ($c$)1($d$)")
    settle(qtbot, panel)
    assert len(image_sizes(panel)) == 4
    assert ")1(" in panel.page.toPlainText()


def test_wide_formulas_fit_and_grow_again(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text("$$" + " + ".join(f"x_{{{n}}}" for n in range(12)) + "$$")
    settle(qtbot, panel)
    narrow = image_sizes(panel)[0]
    assert narrow[0] <= panel.page.viewport().width()
    assert panel.page.horizontalScrollBar().maximum() == 0
    panel.resize(900, 400)
    qtbot.waitUntil(lambda: image_sizes(panel)[0][0] > narrow[0])
    panel.resize(320, 400)
    qtbot.waitUntil(lambda: image_sizes(panel)[0] == narrow)


def test_keys_scroll_and_the_place_is_kept(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_lab(lab_named("deep/xor"))
    settle(qtbot, panel)
    bar = panel.page.verticalScrollBar()
    assert bar.value() == 0
    panel.page.setFocus()
    QTest.keyClick(panel.page, Qt.Key.Key_PageDown)
    place = bar.value()
    assert place > 100
    QTest.keyClick(panel.page, Qt.Key.Key_Down)
    assert bar.value() > place
    place = bar.value()
    theme.set(dark=True)
    settle(qtbot, panel)
    assert abs(bar.value() - place) <= 2
    panel.show_lab(lab_named("deep/mlp"))
    settle(qtbot, panel)
    assert bar.value() == 0


def test_only_formulas_are_loaded(qtbot: QtBot, panel: LessonPanel, tmp_path: Path) -> None:
    picture = tmp_path / "real.png"
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    assert image.save(str(picture))
    panel.show_text(f"![there]({picture.as_uri()}) ![far](https://example.org/a.png) $x$")
    settle(qtbot, panel)
    kind = QTextDocument.ResourceType.ImageResource.value
    for address in (picture.as_uri(), str(picture), "https://example.org/a.png", "formula:99", "qrc:/x.png"):
        assert panel.page.loadResource(kind, QUrl(address)).isNull()
    style = QTextDocument.ResourceType.StyleSheetResource.value
    assert panel.page.loadResource(style, QUrl("formula:0")).isNull()
    shown = pixels(panel.page.viewport().grab().toImage())
    assert not ((shown[..., 1] > 200) & (shown[..., 2] < 60) & (shown[..., 3] < 60)).any()


def test_html_is_text_and_links_go_nowhere(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_text('<script>alert(1)</script> <img src="x"> [away](https://example.org/)')
    settle(qtbot, panel)
    assert "<script>" in panel.page.toPlainText()
    assert image_sizes(panel) == []
    assert not panel.page.openExternalLinks()
    assert not panel.page.openLinks()


def test_an_inline_formula_has_its_baseline_where_the_page_puts_it() -> None:
    flat, deep = draw_formula(Formula("x", False), LOOK), draw_formula(Formula("x_{y_{y}}", False), LOOK)
    for drawn in (flat, deep):
        assert drawn.image is not None
        assert drawn.height >= drawn.ink
        assert drawn.image.height() == round(drawn.height)
    assert deep.height > flat.height
