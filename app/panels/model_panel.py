"""The Model tab: which algorithm, its hyper-parameters, the seed, and what is done to the numbers."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.kit import ChoiceBox, IconButton, MessageBar, ValueSlider, section
from app.language import bind, speaker, tr
from app.panels.feature_chips import FeatureChips, told
from app.panels.judge_form import JudgeForm
from app.panels.params_form import ParamsForm
from app.session.offers import offers
from app.session.session import Session
from app.theme import theme
from engines.core.engine import NO_ENGINE
from engines.core.judge import EXAMINED
from engines.core.language import LearnerError, say
from engines.core.params import specs

MOST_SEEDS = 9999


class ModelPanel(QScrollArea):
    """Asks for algorithm, hyper-parameters and seed, and hands them to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self.setWidget(content)
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(0, 10, 8, 0)
        self._layout.setSpacing(10)
        self._engines = ChoiceBox("Algorithm", [])
        self._engines.chosen.connect(session.choose)
        self._engines.box.opening.connect(offers.fill)
        self._summary = self._muted()
        self._form: ParamsForm | None = None
        self._form_of: tuple[str, tuple[str, ...]] | None = None
        self._locked: tuple[str, ...] = ()
        self._error = MessageBar()
        self._facts = self._muted()
        self._layout.addWidget(self._engines)
        self._layout.addWidget(self._summary)
        self.features = FeatureChips(session)
        self._layout.addWidget(self.features)
        self._hyper = section("Hyper-parameters")
        self._layout.addWidget(self._hyper)
        self._place = self._layout.count()
        self._layout.addWidget(self._error)
        self.judge = JudgeForm(session)
        self.judge.changed.connect(self._set_judge_param)
        self._layout.addWidget(self.judge)
        self._dice = self._seed_row()
        self._layout.addWidget(self._dice)
        self._layout.addWidget(section("What is done to the numbers"))
        self._layout.addWidget(self._facts)
        self._layout.addStretch()
        session.experiment_changed.connect(self._show)
        session.data_changed.connect(self._say_facts)
        session.data_changed.connect(lambda: self.form.show_data(session.data))
        session.data_changed.connect(self.features.show_features)
        session.seal.changed.connect(self._say_facts)
        speaker.changed.connect(self._say_facts)
        offers.filled.connect(self._show_offers)
        offers.fill_soon()
        self._show()

    @property
    def form(self) -> ParamsForm:
        """The form of the current algorithm."""
        assert self._form is not None
        return self._form

    def lock(self, names: tuple[str, ...]) -> None:
        """Show these hyper-parameters without letting them be changed."""
        self._locked = names
        self._show()

    def _muted(self) -> QLabel:
        label = QLabel(wordWrap=True)
        label.setProperty("muted", True)
        theme.bind(label, lambda: label.setFont(theme.font("small")))
        return label

    def _seed_row(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        self._seed = ValueSlider("Random seed", 0, MOST_SEEDS, self._session.seed, whole=True)
        self._seed.changed.connect(lambda seed: self._session.set_seed(int(seed)))
        dice = IconButton("dice", "Throw the dice: another random start")
        dice.clicked.connect(lambda: self._session.set_seed((self._session.seed + 1) % (MOST_SEEDS + 1)))
        row.addWidget(self._seed, stretch=1)
        row.addWidget(dice, alignment=Qt.AlignmentFlag.AlignTop)
        return box

    def _show(self) -> None:
        session = self._session
        wanted = (session.engine.key, self._locked)
        if wanted != self._form_of:
            self._rebuild()
            self._form_of = wanted
        self.form.show_data(session.data)
        self.form.show_params(session.params)
        self.judge.show_judge()
        self.features.show_features()
        self._show_offers()
        self._seed.set_value(session.seed)
        self._say_facts()

    def _show_offers(self) -> None:
        session = self._session
        offered: list[tuple[str | None, str]] = []
        for family, engines in offers.families(type(session.data), session.engine).items():
            offered += [(None, family), *((item.key, item.title) for item in engines)]
        self._engines.set_options([*offered, (NO_ENGINE.key, NO_ENGINE.title)])
        self._engines.choose(session.engine.key)

    def _rebuild(self) -> None:
        engine = self._session.engine
        if self._form:
            self._form.hide()
            self._form.deleteLater()
        self._form = ParamsForm(self._session.params, self._locked)
        self._form.changed.connect(self.set_param)
        self._layout.insertWidget(self._place, self._form)
        bind(self._summary, self._summary.setText, engine.summary)
        self._hyper.setVisible(bool(specs(engine.params)))
        self._dice.setVisible(engine is not NO_ENGINE)
        self._error.hide()

    def ask_param(self, name: str, value: Any) -> None:
        """Set what was changed in a picture: of a number what lies beyond the range becomes its nearest end.

        What the lab has locked stays.
        """
        judged = self._session.judge_params
        if judged is not None and any(spec.name == name for spec in specs(type(judged))):
            owner, take = type(judged), self._set_judge_param
        else:
            owner, take = type(self._session.params), self.set_param
            if name in self._locked:
                return
        spec = next(spec for spec in specs(owner) if spec.name == name)
        if spec.kind in ("int", "float"):
            value = min(max(value, spec.param.low), spec.param.high)
        take(name, round(value) if spec.kind == "int" else value)

    def _set_judge_param(self, name: str, value: object) -> None:
        try:
            self._session.set_judge_param(name, value)
            self._error.hide()
        except LearnerError as error:
            self._error.say(error.note, "bad")
            self.judge.show_judge()

    def set_param(self, name: str, value: object) -> None:
        """Set a hyper-parameter, as the form does; what is wrong with the value is said here."""
        try:
            self._session.set_param(name, value)
            self._error.hide()
        except LearnerError as error:
            self._error.say(error.note, "bad")
            self.form.show_params(self._session.params)

    def _say_facts(self) -> None:
        session = self._session
        split = session.split
        facts = [tr(fact) for fact in session.engine.facts]
        facts += [tr(fact) for fact in session.judge.facts] if session.judge else []
        facts += told(session)
        facts.append(
            say(
                "split {train:.0%} / {validation:.0%} / {test:.0%}, seed {seed}",
                train=split.train, validation=split.validation, test=split.test, seed=split.seed,
            ).render(speaker.language)
        )  # fmt: skip
        facts.append(tr("random seed {seed}", seed=session.seed))
        exams = session.seal.exams
        if session.engine.task in EXAMINED:
            facts.append(tr("final exams on this test set: {count}", count=exams) if exams else tr("test set sealed"))
        self._facts.setText(" · ".join(facts))
