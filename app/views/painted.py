"""The base of cards that paint one picture from edge to edge."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPixmap, QResizeEvent
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


class KeptView(PaintedView):
    """Draws what takes long only when the picture, the size, the look or the language changes, and keeps it meanwhile.

    A subclass draws with ``paint_kept`` what is kept, and with ``paint_over`` what follows the mouse or the keyboard.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: QPixmap | None = None
        theme.bind(self, self.forget)
        speaker.changed.connect(self.forget)

    def paint_kept(self, painter: QPainter) -> None:
        """Draw ``self.picture``; the painter is as that of ``paint_picture``."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter) -> None:
        """Draw what changes more often, over what is kept."""

    def forget(self) -> None:
        """Draw everything anew."""
        self._kept = None
        self.update()

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture`` at the next chance."""
        if picture is not self.picture:
            self.forget()
        super().show_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.forget()
        super().clear()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Draw everything anew."""
        self.forget()
        super().resizeEvent(event)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw what is kept, and what goes over it."""
        ratio = self.devicePixelRatioF()
        if self._kept is None or self._kept.devicePixelRatioF() != ratio:  # another screen has other pixels
            self._kept = QPixmap(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
            self._kept.setDevicePixelRatio(ratio)
            self._kept.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._kept)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.setFont(small_figures())
            self.paint_kept(inner)
            inner.end()
        painter.drawPixmap(0, 0, self._kept)
        self.paint_over(painter)


def small_figures() -> QFont:
    """Return the small font with figures of one width, so that running numbers do not shake."""
    font = theme.font("small")
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
