"""The formulas of a lesson: where they stand in the Markdown, and how each is drawn for the page."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from app.theme import theme

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

FORMULA_MARGIN = 1.0  # pixels that ziamath leaves around a formula


@dataclass(frozen=True)
class Formula:
    """One formula of a lesson, as written."""

    latex: str
    display: bool


@dataclass(frozen=True)
class Look:
    """What a rendered formula depends on, besides its text; ``x_height`` in pixels is that of the text around it."""

    colour: str
    pixels: float
    ratio: float
    x_height: int


@dataclass(frozen=True)
class Drawn:
    """A rendered formula: its size on the page in pixels; ``image`` has the screen's ratio. None: it has an error.

    ink: the height of the formula itself, ``height`` without what pads it to the line.
    """

    image: QImage | None
    width: float = 0.0
    height: float = 0.0
    ink: float = 0.0


def draw_formula(formula: Formula, look: Look) -> Drawn:
    """Render one formula with its baseline where the page will put it; ``Drawn(None)`` where it is not valid LaTeX.

    A page centres an image on half the x-height, so the image is padded, top or bottom, until that line runs right.
    """
    from PySide6.QtSvg import QSvgRenderer

    svg = _svg(formula, look)
    if not svg:
        return Drawn(None)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    box = renderer.viewBoxF()  # y = 0 is the baseline
    above, below = -box.top(), box.bottom()
    half = look.x_height / 2
    height = box.height() if formula.display else max(2 * above - half, 2 * below + half)
    baseline = above if formula.display else (height + half) / 2
    size = QSizeF(box.width(), height) * look.ratio
    image = QImage(size.toSize().expandedTo(QSize(1, 1)), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(look.ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, baseline - above, box.width(), box.height()))
    painter.end()
    return Drawn(image, box.width(), height, box.height())


def _svg(formula: Formula, look: Look) -> str:
    """Return a formula as SVG 1.1, which is what Qt draws; empty when it is not valid LaTeX."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "path is deprecated", DeprecationWarning)  # how ziamath finds its own fonts
        import ziamath

        ziamath.config.svg2 = False
        try:
            drawing = ziamath.Latex(
                formula.latex, size=look.pixels, color=look.colour, inline=not formula.display, margin=FORMULA_MARGIN
            )
            return str(drawing.svg())
        except Exception:  # noqa: BLE001 - a border: the parser raises whatever comes; the learner sees the source instead
            return ""


def mark_of(number: int) -> str:
    """Return what stands in the page for a formula until it is drawn."""
    return f"\N{INTERLINEAR ANNOTATION ANCHOR}{number}\N{INTERLINEAR ANNOTATION TERMINATOR}"


def parser_of(formulas: list[Formula]) -> "MarkdownIt":
    """Return a Markdown parser that leaves a mark for each formula and appends it to ``formulas``; HTML stays text."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def note(latex: str, options: dict[str, Any]) -> str:
        formulas.append(Formula(latex, bool(options["display_mode"])))
        return mark_of(len(formulas) - 1)

    def block(_renderer: Any, tokens: Any, place: int, *_rest: Any) -> str:
        mark = note(tokens[place].content.strip(), {"display_mode": True})
        return f'<p class="formula" align="center">{mark}</p>'

    def heading(_renderer: Any, tokens: Any, place: int, *_rest: Any) -> str:
        return f'<p class="{tokens[place].tag}">' if tokens[place].nesting == 1 else "</p>\n"

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    dollarmath_plugin(parser, renderer=note, allow_space=False, double_inline=True)
    parser.add_render_rule("math_block", block)
    parser.add_render_rule("heading_open", heading)  # Qt makes <h1> larger than its style sheet says
    parser.add_render_rule("heading_close", heading)
    box = f'<table class="challenge" width="100%" cellpadding="{theme.px(10)}" cellspacing="0"><tr><td>'
    parser.add_render_rule("blockquote_open", lambda *_: box)
    parser.add_render_rule("blockquote_close", lambda *_: "</td></tr></table>")
    return parser
