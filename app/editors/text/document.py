"""The lines that are edited: whole frozen texts, which share the lines that did not change."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.editors.document import Document
from engines.core.arrays import Ints
from engines.core.language import LearnerError, Note
from engines.data.plain_text import one_line
from engines.data.points import UNLABELLED
from engines.data.text import LONGEST_NAME, MOST_CHARACTERS, MOST_LINES, MOST_NAMES, Text
from engines.data.text_lines import Lines


class TextDocument(Document):
    """Lines and their classes. Every method is one undo, and none if it changes nothing."""

    def __init__(self) -> None:
        super().__init__(Text())

    @property
    def text(self) -> Text:
        """The lines of now, frozen."""
        assert isinstance(self.data, Text)
        return self.data

    # Lines

    def set_line(self, row: int, line: str) -> bool:
        """Write a line anew; whether it had to be cut. An empty one takes the line away."""
        cleaned = one_line(line)
        cut = len(cleaned) > MOST_CHARACTERS
        cleaned = cleaned[:MOST_CHARACTERS].rstrip()
        if not cleaned:
            self.delete(np.array([row]))
        elif cleaned != self.text.lines[row]:
            lines = self.text.lines
            self.put(replace(self.text, lines=(*lines[:row], cleaned, *lines[row + 1 :])), "Edit a line")
        return cut

    def insert(self, at: int, lines: Lines, name: str | Note) -> None:
        """Put lines before row ``at``; labels that are not known yet become classes.

        Raises LearnerError when there would be too many lines or classes.
        """
        text, count = self.text, len(lines.texts)
        if len(text) + count > MOST_LINES:
            raise LearnerError("There are at most {most} lines.", most=MOST_LINES)
        names = list(dict.fromkeys((*text.names, *filter(None, lines.labels))))
        self._check_names(names)
        place = {name: label for label, name in enumerate(names)}
        labels = np.array([place[label] if label else UNLABELLED for label in lines.labels], np.int64)
        key = np.random.default_rng(len(text)).random(count)
        made = Text(
            (*text.lines[:at], *lines.texts, *text.lines[at:]),
            np.concatenate([text.y[:at], labels, text.y[at:]]),
            tuple(names),
            key=np.concatenate([text.key[:at], key, text.key[at:]]),
            recipe=text.recipe,
        )
        self.put(made, name)

    def delete(self, rows: Ints) -> None:
        """Take lines away: indices (m,)."""
        if len(rows):
            kept = np.ones(len(self), bool)
            kept[rows] = False
            self.put(self.text.taken(np.flatnonzero(kept)), "Delete lines")

    def label(self, rows: Ints, label: int) -> None:
        """Give lines a class, UNLABELLED for none; a class that is not there is ignored."""
        y = self.text.y.copy()
        y[rows] = label
        if label < len(self.text.names) and not np.array_equal(y, self.text.y):
            self.put(replace(self.text, y=y), "Label lines")

    # Classes

    def add_class(self, name: str) -> int:
        """Add a class and return which it is; LearnerError when there are as many as can be."""
        name = self._cleaned(name)
        if name in self.text.names:
            return self.text.names.index(name)
        names = [*self.text.names, name]
        self._check_names(names)
        self.put(replace(self.text, names=tuple(names)), "Add a class")
        return len(names) - 1

    def rename_class(self, label: int, name: str) -> None:
        """Call a class by another name; nothing is done for an empty one, or one that another class has."""
        name = self._cleaned(name)
        if name and name not in self.text.names:
            names = list(self.text.names)
            names[label] = name
            self.put(replace(self.text, names=tuple(names)), "Rename a class")

    def recolour_class(self, label: int) -> None:
        """Give a class the next colour: it changes places with the next class, for the colour is that of the place."""
        text = self.text
        other = (label + 1) % len(text.names)
        if other != label:
            names = list(text.names)
            names[label], names[other] = names[other], names[label]
            places = np.arange(len(names))
            places[[label, other]] = other, label
            self.put(replace(text, names=tuple(names), y=_moved(text.y, places)), "Recolour a class")

    def merge_class(self, label: int, into: int) -> None:
        """Give the lines of a class to another one, and take it away."""
        if label != into:
            self._take_away(label, into, "Merge classes")

    def delete_class(self, label: int) -> None:
        """Take a class away; its lines stay, without a class."""
        self._take_away(label, UNLABELLED, "Delete a class")

    def _take_away(self, label: int, into: int, name: str) -> None:
        text = self.text
        places = np.arange(len(text.names))
        places[label + 1 :] -= 1
        places[label] = into if into < label else into - 1
        if into == UNLABELLED:
            places[label] = UNLABELLED
        names = (*text.names[:label], *text.names[label + 1 :])
        self.put(replace(text, names=names, y=_moved(text.y, places)), name)

    def _cleaned(self, name: str) -> str:
        return one_line(name)[:LONGEST_NAME].rstrip()

    def _check_names(self, names: Sequence[str]) -> None:
        if len(names) > MOST_NAMES:
            raise LearnerError("There are at most {most} classes.", most=MOST_NAMES)


def _moved(y: Ints, places: Ints) -> Ints:
    """Return classes (n,) after each class k has become ``places[k]``."""
    return np.where(y == UNLABELLED, UNLABELLED, places[y]) if len(places) else y
