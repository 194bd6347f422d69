"""The base of cards that paint one picture from edge to edge."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.language import bind, speaker, tr
from app.theme import theme
from app.views.registry import CardView
from engines.core.picture import Picture


class PaintedView(CardView):
    """Keeps the newest picture and has ``paint_picture`` draw it; says that there is nothing yet where there is none.

    Bound to look and language. A subclass sets ``title`` and draws.
    """

    def __init__(self) -> None:
        super().__init__()
        self.picture: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.bind(self, self.update)
        speaker.changed.connect(self.update)
        bind(self, self.setAccessibleName, self.title)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw ``self.picture``; the painter is smooth and has the small font with figures of one width."""
        raise NotImplementedError

    def empty(self) -> bool:
        """Whether the picture holds nothing to draw."""
        return False

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough for a few words and lines."""
        return QSize(theme.px(240), theme.px(170))

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture`` at the next chance."""
        if picture is not self.picture:
            self.picture = picture
            self.update()

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.picture = None
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, or that there is none."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_figures())
        if self.picture is None or self.empty():
            painter.setPen(theme.tokens.color("muted"))
            where = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), where, tr("Nothing yet: press play"))
            return
        self.paint_picture(painter)


def small_figures() -> QFont:
    """Return the small font with figures of one width, so that running numbers do not shake."""
    font = theme.font("small")
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
