"""The way that every model goes, above the lesson: which steps are done, what came of them, what is next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.kit import section
from app.language import bind
from app.session.workflow import Workflow
from app.theme import icon, theme
from engines.core.language import say

TITLES = {
    "split": say("Split"),
    "baseline": say("Baseline"),
    "confusion": say("Confusion matrix"),
    "diagnose": say("Diagnose"),
    "improve": say("Improve"),
    "repeat": say("Repeat"),
}
SENTENCES = {
    "split": say("Put rows aside before anything is learned: look at the split in the Data tab."),
    "baseline": say("Run the simplest model once, to its end. Its score on the validation rows is to be beaten."),
    "confusion": say("Click a cell of the confusion matrix: who is taken for whom?"),
    "diagnose": say("Choose a judge under “Run” in the Model tab, or ask the doctor: too simple, too free, too few?"),
    "improve": say("Choose “Once” again, change one thing, an algorithm, a setting or the data, and run."),
    "repeat": say("Go round again until the number stands still. Only then comes the final exam."),
}
FINISHED = say("All six steps are done. Now press “Final exam” in the Data tab, once.")


class PathStrip(QFrame):
    """A line for each step with its tick and what it came to, and the sentence of the one that is next."""

    def __init__(self, workflow: Workflow) -> None:
        super().__init__()
        self._workflow = workflow
        self._rows: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(section("Your way"))
        grid = QWidget()
        self._grid = QGridLayout(grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(2, 1)
        layout.addWidget(grid)
        self.sentence = QLabel(wordWrap=True)
        layout.addWidget(self.sentence)
        for place, (step, title) in enumerate(TITLES.items()):
            mark, name, found = QLabel(), QLabel(), QLabel(alignment=Qt.AlignmentFlag.AlignRight)
            bind(name, name.setText, title)
            bind(name, name.setToolTip, SENTENCES[step])
            found.setProperty("muted", True)
            for column, label in enumerate((mark, name, found)):
                self._grid.addWidget(label, place, column)
            self._rows[step] = (mark, name, found)
        bind(self, self.setAccessibleName, "Your way")
        workflow.changed.connect(self.show_steps)
        theme.bind(self, self.show_steps)

    def show_steps(self) -> None:
        """Show how far one has come; nothing where the lab has no such way."""
        workflow = self._workflow
        self.setVisible(bool(workflow.steps))
        for step, (mark, name, found) in self._rows.items():
            done, here = step in workflow.found, step == workflow.next
            for label in (mark, name, found):
                label.setVisible(step in workflow.steps)
            name.setFont(theme.font("strong" if here else "body"))
            found.setFont(theme.font("small"))
            mark.setPixmap(icon("done" if done else "circle", "good" if done else "accent" if here else "faint").pixmap(
                theme.px(14), theme.px(14)))  # fmt: skip
            bind(mark, mark.setAccessibleName, say("done") if done else say("to do"))
            bind(found, found.setText, workflow.found.get(step, say("")))
        self.sentence.setFont(theme.font("body"))
        sentence = SENTENCES.get(workflow.next, FINISHED)
        if workflow.tried.text and workflow.next in ("improve", "repeat", ""):
            sentence = say("{tried}. {sentence}", tried=workflow.tried, sentence=sentence)
        bind(self.sentence, self.sentence.setText, sentence)
