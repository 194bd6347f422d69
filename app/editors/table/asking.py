"""What is asked about a table: names and values for its edits, and which columns leave it for another kind of data."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.editors.table.dialogs import PlaneQuestion, SeriesQuestion, TextQuestion, TextsQuestion
from app.editors.table.editing import TableEditing
from engines.core.language import Note, say
from engines.data.points import Points
from engines.data.table import NO_COLOUR
from engines.data.table_conversion import sequences_of, text_of
from engines.data.text import Text

SLOWER = 50  # times: what is done value by value, against what is done to a whole column


class TableAsking(TableEditing):
    """Asks a question and does what the answer says: an edit, or columns handed over as data of another kind."""

    def _ask(self, title: Note, text: str, take: Callable[[str], object]) -> None:
        question = TextQuestion(self, title, text)
        question.answered.connect(take)
        question.open()

    def ask_column(self) -> None:
        """Ask what a new column is called."""
        self._ask(say("Name of the new column"), "", self.add_column)

    def ask_rename(self, name: str) -> None:
        """Ask for another name."""
        self._ask(say("New name of “{name}”", name=name), name, lambda text: self.rename(name, text))

    def ask_fill(self, name: str) -> None:
        """Ask for a value to fill with."""
        self._ask(say("Fill what is missing in “{name}” with", name=name), "",
                  lambda text: self.fill(name, "value", text))  # fmt: skip

    def ask_missing(self, name: str) -> None:
        """Ask which value stands for none."""
        self._ask(say("Which value of “{name}” means that there is none?", name=name), "",
                  lambda text: self.mark_value(name, text))  # fmt: skip

    # The ways out of a table

    def ask_plane(self) -> None:
        """Ask which columns go onto the plane."""
        question = PlaneQuestion(self, self.table)
        question.answered.connect(self.show_on_plane)
        question.open()

    def show_on_plane(self, across: str, up: str, colour: str, standardise: bool) -> None:
        """Hand two columns over as points; rows without both values are counted, not lost in silence."""
        table = self.table

        def make() -> Points:
            return table.to_points(across, up, colour or NO_COLOUR, standardise=standardise)

        def take(points: Points) -> None:
            self.wanted.emit(points, say("“{x}” and “{y}” of a table", x=across, y=up))
            if left_out := len(table) - len(points):
                self.said.emit(say("Rows left out, as a value is missing: {count} of {n}. The table still has them.",
                                   count=left_out, n=len(table)), "warn")  # fmt: skip

        self._carry_out(make, take)

    def ask_series(self) -> None:
        """Ask which columns become series."""
        question = SeriesQuestion(self, self.table)
        question.answered.connect(self.show_as_series)
        question.open()

    def show_as_series(self, names: Sequence[str]) -> None:
        """Hand columns of numbers over as series, the rows as moments."""
        table = self.table
        self._carry_out(
            lambda: sequences_of(table, names),
            lambda series: self.wanted.emit(series, say("Series from a table")),
            len(table) * SLOWER,
        )

    def ask_texts(self) -> None:
        """Ask which column holds the texts, and which one their labels."""
        question = TextsQuestion(self, self.table)
        question.answered.connect(self.show_as_texts)
        question.open()

    def show_as_texts(self, text: str, label: str) -> None:
        """Hand a column over as lines with labels, label "" for none; rows without a text are counted."""
        table = self.table

        def take(lines: Text) -> None:
            self.wanted.emit(lines, say("Texts from a table"))
            if left_out := len(table) - len(lines):
                self.said.emit(say("Rows left out, as they have no text: {count} of {n}. The table still has them.",
                                   count=left_out, n=len(table)), "warn")  # fmt: skip

        # Without a label the target would be taken, so there is none here but the label.
        self._carry_out(lambda: text_of(replace(table, target=label), text, label), take, len(table) * SLOWER)
