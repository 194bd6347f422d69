"""How the rows are shared out to train, validate and test with."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.kit import ChoiceBox, QuietButton, ValueSlider, section
from app.language import bind
from app.session.session import Session
from engines.core.dataset import HOWS, Dataset, Split
from engines.core.judge import EXAMINED
from engines.core.language import say
from engines.data.table import Table


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
            "to test with; grouped: rows with the same value in a column stay together",
        )
        self.how.chosen.connect(lambda _: self._split(session.split.seed))
        layout.addWidget(self.how)
        self.group = ChoiceBox("Group", [])
        bind(self.group, self.group.setToolTip, "Rows with the same value in this column are never torn apart")
        self.group.chosen.connect(lambda _: self._split(session.split.seed))
        layout.addWidget(self.group)
        self.again = QuietButton("Split again", "refresh")
        self.again.clicked.connect(lambda: self._split(session.split.seed + 1))
        layout.addWidget(self.again)
        self.exam = QuietButton("Final exam", "lock")
        bind(self.exam, self.exam.setToolTip, "Opens the test share for the model as it is now: once, at the very end")
        self.exam.clicked.connect(session.sit_exam)
        layout.addWidget(self.exam)
        self._remark = QLabel(wordWrap=True)
        self._remark.setProperty("muted", True)
        layout.addWidget(self._remark)
        session.seal.changed.connect(self._show_seal)
        session.experiment_changed.connect(self._show)
        session.data_changed.connect(self._show)
        self._show()

    def _split(self, seed: int) -> None:
        train = self.train.value() / 100
        validation = min(self.validation.value() / 100, 1 - train)
        how = next(how for how in HOWS if how == self.how.value())
        group = self.group.value() if how == "grouped" else ""
        self._session.set_split(Split(train, validation, seed, how, group))

    def _show(self) -> None:
        split = self._session.split
        self.train.set_value(round(100 * split.train))
        self.validation.set_value(round(100 * split.validation))
        data = self._session.data
        self.how.set_options([(how, how) for how in HOWS if how != "grouped" or groupable(data)])
        self.how.choose(split.how)
        self.group.set_options([(name, name) for name in groupable(data)])
        self.group.choose(split.group)
        self.group.setVisible(split.how == "grouped")
        self.again.setEnabled(split.how != "time")
        bind(self._test, self._test.setText, say("Test: the remaining {share:.0%}", share=split.test))
        self._show_seal()

    def _show_seal(self) -> None:
        seal = self._session.seal
        self.exam.setVisible(self._session.engine.task in EXAMINED)
        self.exam.setEnabled(not seal.open)
        self._remark.setVisible(seal.exams > 0)
        bind(self._remark, self._remark.setText, seal.remark())


def groupable(data: Dataset) -> tuple[str, ...]:
    """Return the columns by which rows can be kept together, numbers last."""
    if not isinstance(data, Table):
        return ()
    names = [name for name in data.names if name != data.target]
    return tuple(sorted(names, key=lambda name: (data.column(name).kind == "number", names.index(name))))
