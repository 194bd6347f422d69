"""How a sample is made: its settings, its seed, and whether it replaces the drawing or is added to it."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editors.document import Document
from app.kit import QuietButton, Segmented, ValueSlider, section
from app.language import bind
from app.panels.params_form import ParamsForm
from engines.core.dataset import Dataset, Recipe
from engines.core.language import LearnerError, say
from engines.core.params import specs
from engines.data.sampling import (
    make_sample,
    make_sample_apart,
    modified,
    modified_apart,
    modifiers,
    sample_named,
    samples,
)

MOST_SEEDS = 999
REST_MILLISECONDS = 250


class SampleForm(QWidget):
    """Makes samples into a document. ``said(Note, kind)`` is for the message bar.

    ``apart(work, name, part_of)``: what takes longer than a frame is to be made as an errand, a function and its
    arguments; the document then loads the result as ``name``, ``part_of`` what the slider does.

    The sliders make the sample that is there anew. Data that came from no sample, or was edited since, is never
    replaced by a slider: then the sliders only say how the next sample will be made.
    """

    said = Signal(object, str)
    apart = Signal(object, object, object)

    def __init__(self, document: Document, kind: type[Dataset]) -> None:
        super().__init__()
        self._document, self._kind = document, kind
        self._name = ""  # the sample whose settings are shown
        self._live = False  # whether the sliders make it anew
        self._drags = 0
        self._values: dict[str, Any] = {}
        self._form: ParamsForm | None = None
        self._soon = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._part: object = None
        self._soon.timeout.connect(lambda: self._make(self._part))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        self.seed = ValueSlider("Seed", 0, MOST_SEEDS, 0, whole=True)
        self._follow_drags(self.seed)
        self.seed.changed.connect(lambda _: self._changed("seed"))
        self.regenerate = QuietButton("Regenerate", "dice")
        bind(
            self.regenerate,
            self.regenerate.setToolTip,
            "The same recipe with another seed: new points of the same kind",
        )
        self.regenerate.clicked.connect(self._regenerate)
        self._layout.addWidget(self.seed)
        self._layout.addLayout(self._actions())
        if not hasattr(self._document, "add_data"):
            self.mode.hide()
        self._add_modifiers()
        self._show_form("")

    def _actions(self) -> QVBoxLayout:
        row = QVBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.regenerate)
        self.mode = Segmented([("replace", "Replace"), ("add", "Add")])
        bind(self.mode, self.mode.setToolTip, "Whether a sample takes the place of what is there, or is added to it")
        row.addWidget(self.mode)
        return row

    def _add_modifiers(self) -> None:
        for name, item in modifiers(self._kind).items():
            self._layout.addWidget(section(item.title))
            form = ParamsForm(item.settings(), marks=False)
            values = item.settings().to_json()
            form.changed.connect(lambda field, value, values=values: values.update({field: value}))
            button = QuietButton("Add to the data", "plus")
            button.clicked.connect(lambda _=False, name=name, values=values: self._modify(name, values))
            button.setObjectName(name)
            self._layout.addWidget(form)
            self._layout.addWidget(button)

    # What a person asks for

    def choose(self, name: str) -> None:
        """Make a sample with the settings that are shown, or its usual ones."""
        if name != self._name:
            kept = {key: value for key, value in self._values.items() if key == "n"}
            self._show_form(name)
            self._take(kept)
        if self.mode.current == "add":
            self._add()
        else:
            self._make()

    def _follow_drags(self, slider: ValueSlider) -> None:
        slider.slider.sliderPressed.connect(self._begin_drag)

    def _begin_drag(self) -> None:
        self._drags += 1

    def _changed(self, name: str, value: Any = None) -> None:
        """Follow a slider: one drag, or changes in a row by keyboard, are one undo."""
        if name != "seed":
            self._values[name] = value
        if not self._live:
            return
        self._part = (name, self._drags)
        if self._slow():
            self._soon.start()
        else:
            self._make(self._part)

    def _slow(self) -> bool:
        """Whether making it takes longer than a frame."""
        return int(self._values.get("n", 0)) >= sample_named(self._name).slow_from

    def _made(self) -> Dataset | None:
        try:
            return make_sample(self._name, seed=int(self.seed.value()), **self._values)
        except LearnerError as error:
            self.said.emit(error.note, "bad")
            return None

    def _make(self, part_of: object = None) -> None:
        """Put the sample with these settings on the stage."""
        self._soon.stop()
        title = say(sample_named(self._name).title)
        if self._slow():
            work = (make_sample_apart, self._name, int(self.seed.value()), dict(self._values))
            self.apart.emit(work, title, part_of)
        elif (made := self._made()) is not None:
            self._document.load(made, title, part_of)

    def _add(self) -> None:
        """Add the sample to what is there."""
        made = self._made()
        if made is not None:
            name = say("Add {title}", title=say(sample_named(self._name).title))
            self._document.add_data(made, name)  # type: ignore[attr-defined] # only shown where there is one

    def _modify(self, name: str, values: dict[str, Any]) -> None:
        data, seed = self._document.data, int(self.seed.value())
        if len(data) >= sample_named(name).slow_from:
            work = (modified_apart, data, name, seed, dict(values))
            self.apart.emit(work, say(sample_named(name).title), None)
            return
        try:
            made = modified(data, name, seed=seed, **values)
        except LearnerError as error:
            self.said.emit(error.note, "bad")
        else:
            self._document.load(made, sample_named(name).title)

    def _regenerate(self) -> None:
        self.seed.set_value((int(self.seed.value()) + 1) % (MOST_SEEDS + 1))
        self._make()

    # What is shown

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the settings of what is there, if it is a sample of this kind."""
        made_here = recipe.source in samples(self._kind)
        self._live = made_here and not recipe.then
        self.regenerate.setEnabled(made_here)
        if not made_here:
            return
        if recipe.source != self._name:
            self._show_form(recipe.source)
        self._take(dict(recipe.settings))
        self.seed.set_value(recipe.seed)

    def _show_form(self, name: str) -> None:
        self._name = name
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        settings = sample_named(name).settings if name else None
        self._values = settings().to_json() if settings else {}
        if settings is not None and specs(settings):
            self._form = ParamsForm(settings(), marks=False)
            self._form.changed.connect(self._changed)
            for spec in specs(settings):
                if isinstance(control := self._form.field(spec.name), ValueSlider):
                    self._follow_drags(control)
            self._layout.insertWidget(0, self._form)
        fixed = not name or sample_named(name).fixed
        self.seed.setVisible(not fixed)
        self.regenerate.setVisible(not fixed)

    def _take(self, values: dict[str, Any]) -> None:
        """Show these values where the sample has such settings."""
        settings = sample_named(self._name).settings
        known = {spec.name for spec in specs(settings)}
        self._values.update({key: value for key, value in values.items() if key in known})
        if self._form is not None:
            self._form.show_params(settings().with_values(**self._values))

    @property
    def form(self) -> ParamsForm:
        """The form of the sample whose settings are shown."""
        assert self._form is not None
        return self._form
