"""What was weighed before a choice: a row each, the winner lit."""

from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout

from app.language import bind
from app.views.registry import CardView, view
from app.views.rows import Rows
from engines.core.picture import Picture
from engines.pictures.tree import Candidates


@view(Candidates)
class CandidatesView(CardView):
    """A table of numbers; it scrolls where it is long, and the winner is brought into view."""

    title: ClassVar[str] = "Candidates"

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.rows)
        bind(self, self.setAccessibleName, self.title)

    def show_picture(self, picture: Picture) -> None:
        """Draw ``picture``, Candidates."""
        assert isinstance(picture, Candidates)
        if picture is not self.rows.picture:
            self.rows.set_picture(picture)

    def clear(self) -> None:
        """Say that there is nothing yet."""
        self.rows.set_picture(None)
