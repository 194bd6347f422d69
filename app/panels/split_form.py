"""How the rows are shared out to train, validate and test with."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.kit import ChoiceBox, QuietButton, ValueSlider, section
from app.language import bind
from app.session.session import Session
from engines.core.dataset import HOWS, Split
from engines.core.language import say


class SplitForm(QWidget):
    """Asks for the shares and hands them to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(section("Split"))
        self.train = ValueSlider("Train %", 10, 100, 70, whole=True)
        self.validation = ValueSlider("Validation %", 0, 90, 15, whole=True)
        for slider in (self.train, self.validation):
            slider.changed.connect(lambda _: self._split(session.split.seed))
            layout.addWidget(slider)
        self._test = QLabel()
        self._test.setProperty("muted", True)
        layout.addWidget(self._test)
        self.how = ChoiceBox("Way", [(how, how) for how in HOWS])
        bind(
            self.how,
            self.how.setToolTip,
            "stratified: each class keeps its share; random: by chance; time: the first rows to learn from, the last "
            "to test with",
        )
        self.how.chosen.connect(lambda _: self._split(session.split.seed))
        layout.addWidget(self.how)
        self.again = QuietButton("Split again", "refresh")
        self.again.clicked.connect(lambda: self._split(session.split.seed + 1))
        layout.addWidget(self.again)
        session.experiment_changed.connect(self._show)
        self._show()

    def _split(self, seed: int) -> None:
        train = self.train.value() / 100
        validation = min(self.validation.value() / 100, 1 - train)
        how = next(how for how in HOWS if how == self.how.value())
        self._session.set_split(Split(train, validation, seed, how))

    def _show(self) -> None:
        split = self._session.split
        self.train.set_value(round(100 * split.train))
        self.validation.set_value(round(100 * split.validation))
        self.how.choose(split.how)
        self.again.setEnabled(split.how != "time")
        bind(self._test, self._test.setText, say("Test: the remaining {share:.0%}", share=split.test))
