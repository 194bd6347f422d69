"""The Data tab: samples to start from, how they are made, and how the points are shared out."""

from functools import partial

from PySide6.QtCore import QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.editors.points.document import PointsDocument
from app.kit import QuietButton, ValueSlider, section
from app.language import bind
from app.session.session import Session
from app.theme import theme
from engines.core.dataset import Split
from engines.core.language import Note, say
from engines.data.points import UNLABELLED
from engines.data.samples import MOST_NOISE, Sample, make_sample, samples

COLUMNS = 4
THUMBNAIL_POINTS = 120
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOST_POINTS = 2000


class Thumbnail(QToolButton):
    """A sample as a small picture of its own points. Enter clicks it: the window keeps the space bar for play."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._points = make_sample(sample.name, THUMBNAIL_POINTS, seed=1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self, self.setAccessibleName, sample.title)
        bind(self, self.setToolTip, sample.title)
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.setMinimumWidth(theme.px(52))
        self.setFixedHeight(theme.px(54))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose with the keyboard."""
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

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
        for (x, y), label in zip(self._points.x.tolist(), self._points.y.tolist(), strict=True):
            at = QPointF(self.width() / 2 + x * scale, self.height() / 2 - y * scale)
            painter.setBrush(tokens.class_color(label))
            painter.drawEllipse(at, 1.5 * theme.scale, 1.5 * theme.scale)


class DataPanel(QScrollArea):
    """Makes samples into the document and splits for the session.

    The sliders make the sample on the stage anew. Points that came from no sample are never replaced by a slider: then
    the sliders only say how the next sample will be made.
    """

    def __init__(self, session: Session, document: PointsDocument) -> None:
        super().__init__()
        self._session, self._document = session, document
        self._name = ""  # the sample that the points on the stage began as
        self._drags = 0
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self.setWidget(content)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 10, 8, 0)
        layout.setSpacing(10)
        self._add_samples(layout)
        self._recipe, self._counts, self._test = QLabel(), QLabel(), QLabel()
        for label in (self._recipe, self._counts, self._test):
            label.setWordWrap(True)
            label.setProperty("muted", True)
        layout.addWidget(section("How these points came about"))
        layout.addWidget(self._recipe)
        layout.addWidget(self._counts)
        self._add_split(layout)
        layout.addStretch()
        document.changed.connect(self._show)
        session.experiment_changed.connect(self._show)
        self._show()

    def _add_samples(self, layout: QVBoxLayout) -> None:
        layout.addWidget(section("Samples"))
        layout.addLayout(self._gallery())
        self.n = ValueSlider("Points n", 10, MOST_POINTS, 250, whole=True, log=True)
        self.noise = ValueSlider("Noise", 0, MOST_NOISE, 0.15, decimals=2)
        self.seed = ValueSlider("Seed", 0, 999, 0, whole=True)
        for slider in (self.n, self.noise, self.seed):
            slider.slider.sliderPressed.connect(self._begin_drag)
            slider.changed.connect(partial(self._change, slider))
            layout.addWidget(slider)
        self.regenerate = QuietButton("Regenerate", "dice")
        bind(
            self.regenerate,
            self.regenerate.setToolTip,
            "The same recipe with another seed: new points of the same kind",
        )
        self.regenerate.clicked.connect(self._regenerate)
        layout.addWidget(self.regenerate)

    def _add_split(self, layout: QVBoxLayout) -> None:
        layout.addWidget(section("Split"))
        self.train = ValueSlider("Train %", 10, 100, 70, whole=True)
        self.validation = ValueSlider("Validation %", 0, 90, 15, whole=True)
        for slider in (self.train, self.validation):
            slider.changed.connect(lambda _: self._split(self._session.split.seed))
            layout.addWidget(slider)
        layout.addWidget(self._test)
        self.again = QuietButton("Split again", "refresh")
        self.again.clicked.connect(lambda: self._split(self._session.split.seed + 1))
        layout.addWidget(self.again)

    def _gallery(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self.thumbnails = {name: Thumbnail(sample) for name, sample in samples().items()}
        for place, (name, thumbnail) in enumerate(self.thumbnails.items()):
            thumbnail.clicked.connect(lambda _=False, name=name: self._choose(name))
            grid.addWidget(thumbnail, place // COLUMNS, place % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        return grid

    # What a person asks for

    def _choose(self, name: str) -> None:
        self._name = name
        self.noise.set_value(samples()[name].noise)
        self._make()

    def _begin_drag(self) -> None:
        self._drags += 1

    def _change(self, slider: ValueSlider, _: float) -> None:
        """Follow a slider: one drag, or changes in a row by keyboard, are one undo."""
        if self._name:
            self._make(part_of=(slider, self._drags))

    def _make(self, part_of: object = None) -> None:
        """Put the sample with these settings on the stage."""
        made = make_sample(self._name, int(self.n.value()), self.noise.value(), int(self.seed.value()))
        self._document.load(made, samples()[self._name].title, part_of)

    def _regenerate(self) -> None:
        self.seed.set_value((int(self.seed.value()) + 1) % 1000)
        self._make()

    def _split(self, seed: int) -> None:
        train = self.train.value() / 100
        validation = min(self.validation.value() / 100, 1 - train)
        self._session.set_split(Split(train, validation, seed))

    # What is shown

    def _show(self) -> None:
        points = self._document.points
        recipe = points.recipe
        source = recipe.source.removesuffix("+drawn")
        settings = dict(recipe.settings)
        self._name = source if source in samples() and {"n", "noise"} <= settings.keys() else ""
        self.regenerate.setEnabled(bool(self._name))
        if self._name:
            self.n.set_value(settings["n"])
            self.noise.set_value(settings["noise"])
            self.seed.set_value(recipe.seed)
        for name, thumbnail in self.thumbnails.items():
            with QSignalBlocker(thumbnail):
                thumbnail.setChecked(name == recipe.source)
        bind(self._recipe, self._recipe.setText, self._tell(source, settings, edited=recipe.source != source))
        counts = [
            say("class {n}: {count}", n=label + 1, count=int((points.y == label).sum()))
            for label in range(points.n_classes)
        ]
        if not len(points):
            counts.append(say("no points yet: choose a sample or draw on the stage"))
        if (points.y == UNLABELLED).any():
            counts.append(say("no class: {count}", count=int((points.y == UNLABELLED).sum())))
        bind(self._counts, self._counts.setText, _joined(counts))
        self._show_split()

    def _show_split(self) -> None:
        split = self._session.split
        self.train.set_value(round(100 * split.train))
        self.validation.set_value(round(100 * split.validation))
        bind(self._test, self._test.setText, say("Test: the remaining {share:.0%}", share=split.test))

    def _tell(self, source: str, settings: dict[str, float], *, edited: bool) -> Note:
        if source == "drawn":
            return say("drawn by hand")
        if source != self._name:
            return say("from {source}; then edited by hand" if edited else "from {source}", source=source)
        values = {"title": say(samples()[source].title), "seed": self._document.points.recipe.seed, **settings}
        if edited:
            return say("{title}, n = {n:g}, noise = {noise:.2f}, seed = {seed}; then edited by hand", **values)
        return say("{title}, n = {n:g}, noise = {noise:.2f}, seed = {seed}", **values)


def _joined(notes: list[Note]) -> Note:
    """Return the notes as one, with dots between them."""
    text = " · ".join(f"{{part{i}}}" for i in range(len(notes)))
    return Note(text, tuple((f"part{i}", note) for i, note in enumerate(notes)))
