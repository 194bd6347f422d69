"""The Data tab: samples to start from, how they are made, and how the points are shared out."""

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

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
THUMBNAIL_POINTS = 70
MOST_POINTS = 2000


class Thumbnail(QToolButton):
    """A sample as a small picture of its own points."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(checkable=True)
        self._points = make_sample(sample.name, THUMBNAIL_POINTS, seed=1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self, self.setAccessibleName, sample.title)
        bind(self, self.setToolTip, sample.title)
        theme.bind(self, lambda: self.setFixedSize(QSize(theme.px(58), theme.px(52))))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the points, and a frame when it is chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens
        chosen = self.isChecked() or self.hasFocus() or self.underMouse()
        painter.setPen(QPen(tokens.color("accent" if chosen else "line"), 2 if self.isChecked() else 1))
        painter.setBrush(tokens.color("card"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
        scale = (min(self.width(), self.height()) - 8) / 6.4
        for (x, y), label in zip(self._points.x.tolist(), self._points.y.tolist(), strict=True):
            at = QPointF(self.width() / 2 + x * scale, self.height() / 2 - y * scale)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.class_color(label))
            painter.drawEllipse(at, 1.7 * theme.scale, 1.7 * theme.scale)


class DataPanel(QScrollArea):
    """Makes samples into the document and splits for the session."""

    def __init__(self, session: Session, document: PointsDocument) -> None:
        super().__init__()
        self._session, self._document = session, document
        self._name = ""
        self._seed = 0
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self.setWidget(content)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 10, 8, 0)
        layout.setSpacing(10)
        layout.addWidget(section("Samples"))
        layout.addLayout(self._gallery())
        self.n = ValueSlider("Points n", 10, MOST_POINTS, 250, whole=True, log=True)
        self.noise = ValueSlider("Noise", 0, MOST_NOISE, 0.15, decimals=2)
        self.seed = ValueSlider("Seed", 0, 999, 0, whole=True)
        for slider in (self.n, self.noise, self.seed):
            slider.changed.connect(lambda _: self._make())
            layout.addWidget(slider)
        self.regenerate = QuietButton("Regenerate", "dice")
        bind(
            self.regenerate,
            self.regenerate.setToolTip,
            "The same recipe with another seed: new points of the same kind",
        )
        self.regenerate.clicked.connect(self._regenerate)
        layout.addWidget(self.regenerate)
        self._recipe, self._counts = QLabel(wordWrap=True), QLabel(wordWrap=True)
        layout.addWidget(section("How these points came about"))
        layout.addWidget(self._recipe)
        layout.addWidget(self._counts)
        layout.addWidget(section("Split"))
        self.train = ValueSlider("Train %", 10, 100, 70, whole=True)
        self.validation = ValueSlider("Validation %", 0, 90, 15, whole=True)
        for slider in (self.train, self.validation):
            slider.changed.connect(lambda _: self._split(self._session.split.seed))
            layout.addWidget(slider)
        self._test = QLabel()
        layout.addWidget(self._test)
        self.again = QuietButton("Split again", "refresh")
        self.again.clicked.connect(lambda: self._split(self._session.split.seed + 1))
        layout.addWidget(self.again)
        layout.addStretch()
        for label in (self._recipe, self._counts, self._test):
            label.setProperty("muted", True)
        document.changed.connect(self._show)
        session.experiment_changed.connect(self._show)
        self._show()

    def _gallery(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self.thumbnails = {name: Thumbnail(sample) for name, sample in samples().items()}
        for place, (name, thumbnail) in enumerate(self.thumbnails.items()):
            thumbnail.clicked.connect(lambda _=False, name=name: self._choose(name))
            grid.addWidget(thumbnail, place // COLUMNS, place % COLUMNS)
        grid.setColumnStretch(COLUMNS, 1)
        return grid

    # What a person asks for

    def _choose(self, name: str) -> None:
        self._name = name
        self.noise.set_value(samples()[name].noise)
        self._make()

    def _make(self) -> None:
        """Put the chosen sample with these settings on the stage."""
        if not self._name:
            self._name = next(iter(samples()))
        made = make_sample(self._name, int(self.n.value()), self.noise.value(), int(self.seed.value()))
        self._document.load(made, samples()[self._name].title)

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
        if source in samples() and recipe.source == source:
            self._name = source
            for slider, name in ((self.n, "n"), (self.noise, "noise")):
                slider.set_value(settings[name])
            self.seed.set_value(recipe.seed)
        for name, thumbnail in self.thumbnails.items():
            with QSignalBlocker(thumbnail):
                thumbnail.setChecked(name == recipe.source)
            thumbnail.update()
        bind(self._recipe, self._recipe.setText, self._tell(source, settings, edited=recipe.source != source))
        counts = [
            say("class {n}: {count}", n=label + 1, count=int((points.y == label).sum()))
            for label in range(points.n_classes)
        ]
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
        if source not in samples():
            return say("drawn by hand")
        values = {"title": say(samples()[source].title), "seed": self._document.points.recipe.seed, **settings}
        if edited:
            return say("{title}, n = {n:g}, noise = {noise:.2f}, seed = {seed}; then edited by hand", **values)
        return say("{title}, n = {n:g}, noise = {noise:.2f}, seed = {seed}", **values)


def _joined(notes: list[Note]) -> Note:
    """Return the notes as one, with dots between them."""
    text = " · ".join(f"{{part{i}}}" for i in range(len(notes)))
    return Note(text, tuple((f"part{i}", note) for i, note in enumerate(notes)))
