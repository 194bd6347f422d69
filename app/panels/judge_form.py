"""How the experiment is run: once, or by a judge that runs it several times and compares."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.kit import ChoiceBox
from app.language import bind
from app.panels.params_form import ParamsForm
from app.session.offers import offers
from app.session.session import Session
from app.theme import theme
from engines.core.engine import NO_ENGINE
from engines.core.judge import SUPERVISED, Judge

ONCE = "Once"


class JudgeForm(QWidget):
    """Offers the judges that fit the algorithm, and the settings of the one that is chosen.

    ``changed(name, value)`` when a person changes a setting.
    """

    changed = Signal(str, object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.choice = ChoiceBox("Run", [("", ONCE)])
        self.choice.chosen.connect(session.choose_judge)
        self.choice.box.opening.connect(offers.fill)
        self._summary = QLabel(wordWrap=True)
        self._summary.setProperty("muted", True)
        self.form: ParamsForm | None = None
        self._form_of: tuple[str, str] = ("", "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choice)
        layout.addWidget(self._summary)
        self._room = layout
        theme.bind(self, self._restyle)
        offers.filled.connect(self.show_judge)
        offers.fill_soon()
        self.show_judge()

    def show_judge(self) -> None:
        """Show what is chosen; nothing where no judge fits."""
        session = self._session
        fitting = offers.judges(session.engine, session.judge)
        likely = bool(fitting) or (not offers.known and session.engine.task in SUPERVISED)
        self.setVisible(likely and session.engine is not NO_ENGINE)
        self.choice.set_options([("", ONCE), *((item.key, item.title) for item in fitting)])
        self.choice.choose(session.judge.key if session.judge else "")
        wanted = (session.engine.key, session.judge.key if session.judge else "")
        if wanted != self._form_of:
            self._form_of = wanted
            self._rebuild(session.judge)
        if self.form and session.judge_params is not None:
            self.form.show_params(session.judge_params)

    def _rebuild(self, judge: Judge | None) -> None:
        if self.form:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._summary.setVisible(judge is not None)
        if judge is not None and self._session.judge_params is not None:
            bind(self._summary, self._summary.setText, judge.summary)
            self.form = ParamsForm(self._session.judge_params, named=type(self._session.params))
            self.form.changed.connect(self.changed)
            self._room.addWidget(self.form)

    def _restyle(self) -> None:
        self._summary.setFont(theme.font("small"))
        self._room.setSpacing(theme.px(10))
