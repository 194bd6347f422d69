"""Our own line icons, tinted with the theme's colours."""

from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

LOGICAL = 20
RATIOS, RATIOS_OF_FINE_SCREENS = (1, 2), (1, 2, 3)


@lru_cache(maxsize=64)
def source(name: str) -> str:
    """Return the SVG of an icon; FileNotFoundError when there is none of that name."""
    return resources.files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def tinted(name: str, colour: str) -> QIcon:
    """Return the icon drawn in ``colour`` ("#rrggbb"), at one and two times its size, on a fine screen at three."""
    renderer = QSvgRenderer(QByteArray(source(name).replace("currentColor", colour).encode()))
    made = QIcon()
    application = QGuiApplication.instance()
    fine = isinstance(application, QGuiApplication) and application.devicePixelRatio() > 1
    for ratio in RATIOS_OF_FINE_SCREENS if fine else RATIOS:
        pixmap = QPixmap(LOGICAL * ratio, LOGICAL * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, LOGICAL * ratio, LOGICAL * ratio))
        painter.end()
        made.addPixmap(pixmap)
    return made
