"""The lesson of a lab: Markdown with formulas, read beside the experiment.

The text is there at once; formulas follow one by one while the window is idle, and are put in together, so that the
page moves once at most.
"""

from html import escape
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QFontMetrics, QImage, QResizeEvent, QShowEvent, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser, QVBoxLayout, QWidget

from app.language import bind, speaker, tr
from app.panels.lesson_formulas import Drawn, Formula, Look, draw_formula, mark_of, parser_of
from app.theme import theme
from engines.core.lab import Lab

SCHEME = "formula"
TEXT_PIXELS = 14
LINE_PIXELS = 22
LEFT_MARGIN, RIGHT_MARGIN = 4, 10  # the scroll bar is on the right
FORMULA_PIXELS = 17  # the mathematical font looks smaller than the text's at the same size


class Page(QTextBrowser):
    """A text browser that opens nothing but our own formulas: no file, no network."""

    def __init__(self) -> None:
        super().__init__()
        self.images: dict[str, QImage] = {}
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """Answer ``formula:<number>`` with its image, anything else with an empty one, without looking for it."""
        url = QUrl(name)
        if kind == QTextDocument.ResourceType.ImageResource.value and url.scheme() == SCHEME:
            return self.images.get(url.path(), QImage())
        return QImage()


class LessonPanel(QWidget):
    """Shows one lesson; said again when language, theme, type size, width or screen change."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.page)
        self.setFocusProxy(self.page)
        self._lab: Lab | None = None
        self._markdown = ""
        self._formulas: list[Formula] = []
        self._drawn: dict[tuple[Formula, Look], Drawn] = {}
        self._stale = False
        self._top = True
        self._widest = self._fitted = 0.0  # pixels of the widest formula, and of the room it was fitted to
        self._idle = QTimer(self, interval=0)
        self._idle.timeout.connect(self._draw_next)
        self._settled = QTimer(self, interval=60, singleShot=True)
        self._settled.timeout.connect(self._render)
        bind(self, self.page.setAccessibleName, "Lesson")
        speaker.changed.connect(self._render_soon)
        theme.bind(self, self._render_soon)

    def put_above(self, widget: QWidget) -> None:
        """Show something above the text."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, widget)

    def show_lab(self, lab: Lab) -> None:
        """Show the lesson of ``lab`` from its beginning, in the current language."""
        self._lab, self._top = lab, True
        self._render_soon()

    def show_text(self, markdown: str) -> None:
        """Show a text of one's own: Markdown with $…$ and $$…$$."""
        self._lab, self._markdown, self._top = None, markdown, True
        self._render_soon()

    @property
    def finished(self) -> bool:
        """Whether text and all formulas are on the page."""
        return not self._stale and not self._idle.isActive() and not self._settled.isActive()

    # Rendering

    def _render_soon(self) -> None:
        """Render now when the panel is seen, otherwise when it will be: a hidden lesson costs nothing."""
        self._stale = True
        if self.isVisible():
            self._render()

    def _render(self) -> None:
        self._stale = False
        self._formulas = []
        html = parser_of(self._formulas).render(self._source())
        look = self._look()
        missing = [formula for formula in self._formulas if (formula, look) not in self._drawn]
        self._show(html, look)
        if missing:
            self._idle.start()
        else:
            self._idle.stop()

    def _draw_next(self) -> None:
        """Render one formula that is still missing; after the last one lay the page out again."""
        look = self._look()
        for formula in self._formulas:
            if (formula, look) not in self._drawn:
                self._drawn[formula, look] = draw_formula(formula, look)
                return
        self._idle.stop()
        self._render()

    def _source(self) -> str:
        if self._lab is None:
            return self._markdown
        language = speaker.language
        parts = [f"# {self._lab.title[language]}", self._lab.lesson[language]]
        if self._lab.challenge:
            parts += [f"## {tr('Challenge')}", f"> {self._lab.challenge[language]}"]
        return "\n\n".join(parts)

    def _look(self) -> Look:
        pixels = float(theme.px(100)) / 100
        font = theme.font("body")
        font.setPixelSize(theme.px(TEXT_PIXELS))
        return Look(theme.tokens.text, FORMULA_PIXELS * pixels, self.devicePixelRatioF(), QFontMetrics(font).xHeight())

    def _show(self, html: str, look: Look) -> None:
        """Put ``html`` on the page with the formulas that are drawn, and stay where the reader was."""
        bar = self.page.verticalScrollBar()
        place = 0 if self._top else bar.value()
        self.page.images.clear()
        self._widest, self._fitted = 0.0, self._room()
        for number, formula in enumerate(self._formulas):
            html = html.replace(mark_of(number), self._image(number, formula, look))
        document = self.page.document()
        document.clear()
        font = theme.font("body")
        font.setPixelSize(theme.px(TEXT_PIXELS))
        document.setDefaultFont(font)
        document.setDocumentMargin(theme.px(LEFT_MARGIN))
        document.setIndentWidth(theme.px(22))
        document.setDefaultStyleSheet(_style(even=self._fits_in_lines(look)))
        self.page.setHtml(html)
        frame = document.rootFrame().frameFormat()
        frame.setRightMargin(theme.px(RIGHT_MARGIN))
        document.rootFrame().setFrameFormat(frame)
        bar.setValue(place)
        self._top = False

    def _fits_in_lines(self, look: Look) -> bool:
        """Return whether no formula within the text is higher than a line: the lines can then be evenly spaced."""
        inline = [self._drawn.get((formula, look)) for formula in self._formulas if not formula.display]
        return all(drawn is None or drawn.ink <= theme.px(LINE_PIXELS) + 2 for drawn in inline)

    def _image(self, number: int, formula: Formula, look: Look) -> str:
        """Return the tag for one formula: room for it while it is not drawn, its source when it cannot be."""
        drawn = self._drawn.get((formula, look))
        if drawn is not None and drawn.image is None:
            return f"<code>{escape(formula.latex)}</code>"
        if drawn is None or drawn.image is None:
            width, height = look.pixels, look.pixels * (2.5 if formula.display else 1.0)
        else:
            width, height = drawn.width, drawn.height
            self.page.images[str(number)] = drawn.image
            self._widest = max(self._widest, width)
        fit = min(1.0, self._room() / width)
        size = f'width="{width * fit:.2f}" height="{height * fit:.2f}"'
        return f'<img src="{SCHEME}:{number}" {size} style="vertical-align: middle" />'

    def _room(self) -> float:
        """Return the width that a formula may take before it is made smaller."""
        return max(40.0, self.page.viewport().width() - theme.px(LEFT_MARGIN) - theme.px(RIGHT_MARGIN) - 2.0)

    # Qt's calls

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Render what was put off while nobody could see it."""
        super().showEvent(event)
        if self._stale:
            self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit wide formulas again once the width has settled."""
        super().resizeEvent(event)
        if self.isVisible() and self._widest > min(self._fitted, self._room()):
            self._settled.start()

    def event(self, event: QEvent) -> bool:
        """Draw again, sharp, when the window has moved to a screen of another resolution."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._render_soon()
        return super().event(event)


def _style(even: bool) -> str:
    """Return the page's style sheet. ``even`` lines keep their height; others grow with a tall formula."""
    tokens, px = theme.tokens, theme.px
    kind = "fixed" if even else "minimum"
    return f"""
        * {{ color: {tokens.text}; }}
        p, li {{ line-height: {px(LINE_PIXELS)}px; -qt-line-height-type: {kind}; }}
        p {{ margin-top: 0; margin-bottom: {px(8)}px; }}
        li {{ margin-bottom: {px(5)}px; }}
        p.formula {{ -qt-line-height-type: minimum; margin-top: {px(4)}px; margin-bottom: {px(12)}px; }}
        p.h1, p.h2, p.h3 {{ font-weight: bold; -qt-line-height-type: minimum; }}
        p.h1 {{ font-size: {px(17)}px; margin-bottom: {px(10)}px; }}
        p.h2 {{ font-size: {px(14)}px; margin-top: {px(18)}px; margin-bottom: {px(6)}px; }}
        p.h3 {{ margin-top: {px(12)}px; }}
        table.challenge {{ background-color: {tokens.accent_soft}; }}
        code {{ font-family: "{theme.font("mono").families()[0]}"; background-color: {tokens.field}; }}
        a {{ color: {tokens.accent}; }}
    """
