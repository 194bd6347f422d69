"""The samples of one kind of data: points as small pictures of themselves, the others by name."""

from functools import cache

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.kit import EnterButton
from app.language import bind
from app.theme import theme
from engines.core.dataset import Dataset
from engines.core.language import say
from engines.data.points import Points
from engines.data.sampling import Sample, make_sample, samples

COLUMNS = 4
THUMBNAIL_POINTS = 120


@cache
def _thumbnail_points(name: str) -> Points:
    made = make_sample(name, n=THUMBNAIL_POINTS, seed=1)
    assert isinstance(made, Points)
    return made


class SampleButton(EnterButton):
    """One sample. Enter clicks it: the window keeps the space bar for play."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.setCheckable(True)
        bind(self, self.setAccessibleName, sample.title)
        if sample.about:
            bind(self, self.setToolTip, say("{title}: {about}", title=say(sample.title), about=say(sample.about)))
        else:
            bind(self, self.setToolTip, sample.title)


class Thumbnail(SampleButton):
    """A sample of points as a small picture of its own points."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(sample)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._points = _thumbnail_points(sample.name)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.setMinimumWidth(theme.px(52))
        self.setFixedHeight(theme.px(54))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the points, and a frame when it is chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens
        chosen = self.isChecked() or self.hasFocus() or self.underMouse()
        painter.setPen(QPen(tokens.color("accent" if chosen else "line"), 2 if self.isChecked() else 1))
        painter.setBrush(tokens.color("card"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
        painter.setClipRect(self.rect().adjusted(3, 3, -4, -4))
        scale = (min(self.width(), self.height()) - 8) / 6.4
        painter.setPen(Qt.PenStyle.NoPen)
        points = self._points
        numbers = points.value.tolist() if points.target == "value" else [None] * len(points)
        for (x, y), label, number in zip(points.x.tolist(), points.y.tolist(), numbers, strict=True):
            at = QPointF(self.width() / 2 + x * scale, self.height() / 2 - y * scale)
            if number is None:
                painter.setBrush(tokens.class_color(label))
            else:
                painter.setBrush(theme.value_color(number))
            painter.drawEllipse(at, 1.5 * theme.scale, 1.5 * theme.scale)


class NamedSample(SampleButton):
    """A sample by its name."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(sample)
        bind(self, self.setText, sample.title)
        self.setProperty("sample", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


class SampleGallery(QWidget):
    """All samples of a kind; ``chosen(name)`` when a person takes one."""

    chosen = Signal(str)

    def __init__(self, kind: type[Dataset]) -> None:
        super().__init__()
        self._columns = COLUMNS if kind is Points else 2
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        make = Thumbnail if kind is Points else NamedSample
        self.buttons: dict[str, SampleButton] = {name: make(item) for name, item in samples(kind).items()}
        for place, (name, button) in enumerate(self.buttons.items()):
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            grid.addWidget(button, place // self._columns, place % self._columns)
        for column in range(self._columns):
            grid.setColumnStretch(column, 1)

    def show_chosen(self, name: str) -> None:
        """Mark the sample that is on the stage; an unknown name marks none."""
        for other, button in self.buttons.items():
            with QSignalBlocker(button):
                button.setChecked(other == name)
