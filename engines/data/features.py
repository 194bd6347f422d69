"""Any data as a matrix of numbers: what an engine learns from that does not mind where its columns come from."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset
from engines.core.language import LearnerError
from engines.data.images import Images
from engines.data.lifting import Lift, lifted
from engines.data.points import UNLABELLED, Points
from engines.data.table import Column, Table
from engines.data.text import Text
from engines.data.word_counts import words_of

MOST_WORDS = 500  # of a text's vocabulary
AXES = ("x₁", "x₂")


@dataclass(frozen=True, eq=False)
class Share:
    """The rows of one part: x (m, d), y (m,) classes, value (m,) numbers, index (m,) into the whole."""

    x: Floats
    y: Ints
    value: Floats
    index: Ints


@dataclass(frozen=True, eq=False)
class Features:
    """What can be learned from and what is to be learned, row by row as in the data.

    x: (n, d) float64. names: (d,) of the columns. y: (n,) int64 class, UNLABELLED where there is none. classes: their
    names. value: (n,) float64, the number to be learned, NaN where there is none. parts: (n,) TRAIN, VALIDATION or
    TEST. numeric: whether a number is to be learned and no class. plane: whether the rows are places on the plane: the
    first two columns. axis: whether the first column is the first coordinate of points whose second is to be learned.
    added: the features that were made of these, one for each further column.
    """

    x: Floats
    names: tuple[str, ...]
    y: Ints
    classes: tuple[str, ...]
    value: Floats
    parts: Ints
    numeric: bool
    plane: bool = False
    axis: bool = False
    added: tuple[Lift, ...] = ()

    def __len__(self) -> int:
        return len(self.x)

    @property
    def places(self) -> Floats:
        """Where the rows are on the plane, or along the axis: (n, 2) or (n, 1)."""
        return self.x[:, : self.x.shape[1] - len(self.added)]

    @property
    def flat(self) -> bool:
        """Whether a model of these columns lies in the plane itself: only then is a straight border drawn straight."""
        return self.plane and not self.added

    def at(self, places: Floats) -> Floats:
        """Return the columns that a point would have at places (m, 2) of the plane, or (m, 1) of the axis: (m, d)."""
        return lifted(places, self.added)

    @property
    def n_classes(self) -> int:
        """One more than the highest class in use; 0 when nothing is labelled."""
        return int(self.y.max(initial=-1)) + 1

    def part(self, which: int) -> Share:
        """Return the rows of one part that have what is to be learned: a class, or a number."""
        known = np.isfinite(self.value) if self.numeric else self.y != UNLABELLED
        index = np.flatnonzero((self.parts == which) & known)
        return Share(self.x[index], self.y[index], self.value[index], index)

    @property
    def train(self) -> Share:
        """The rows to learn from."""
        return self.part(TRAIN)

    @property
    def validation(self) -> Share:
        """The rows to tune by."""
        return self.part(VALIDATION)

    @property
    def test(self) -> Share:
        """The rows kept for the last word."""
        return self.part(TEST)


def classes_of(data: Dataset) -> Features:
    """Return data of any kind with a class to learn.

    Categories become a column of 0 and 1 for each of their labels, pictures their pixels from 0 to 1, texts 1 for each
    word that is in the line and 0 for each that is not. Raises LearnerError when the target is a number, or one of the
    numbers is missing.
    """
    match data:
        case Points():
            names = tuple(data.names[k] if k < len(data.names) else str(k + 1) for k in range(data.n_classes))
            nothing = np.full(len(data), np.nan)
            return Features(data.x, AXES, data.y, names, nothing, data.parts, numeric=False, plane=True)
        case Table():
            x, columns = _matrix(data)
            y, names = _table_classes(data)
            return Features(x, columns, y, names, np.full(len(data), np.nan), data.parts, numeric=False)
        case Images():
            x = data.pixels.reshape(len(data), -1) / 255
            columns = tuple(f"pixel {i}" for i in range(x.shape[1]))
            return Features(x, columns, data.y, data.names, np.full(len(data), np.nan), data.parts, numeric=False)
        case Text():
            x, columns = _words(data.lines)
            return Features(x, columns, data.y, data.names, np.full(len(data), np.nan), data.parts, numeric=False)
    raise LearnerError("No class can be learned from data of this kind.")


def inputs_of(data: Dataset) -> Features:
    """Return data of any kind for an engine that needs no target: with a class where there is one, else without.

    Raises LearnerError when one of the inputs is missing.
    """
    return numbers_of(data) if isinstance(data, Table) and learns_a_number(data) else classes_of(data)


def numbers_of(data: Dataset) -> Features:
    """Return points or a table with a number to learn.

    Of points on the plane the value, where that is what is learned, else the second coordinate from the first; of a
    table a target that is a number. Raises LearnerError when the target is no number, or one of the inputs is missing.
    """
    match data:
        case Points(target="value"):
            return Features(data.x, AXES, data.y, (), data.value, data.parts, numeric=True, plane=True)
        case Points():
            return Features(data.x[:, :1], ("x",), data.y, (), data.x[:, 1], data.parts, numeric=True, axis=True)
        case Table():
            target = data.column(data.target) if data.target else None
            if target is None or target.kind != "number":
                raise LearnerError("A number is to be learned here: choose a column of numbers as the target.")
            x, columns = _matrix(data)
            return Features(x, columns, np.zeros(len(data), np.int64), (), target.numbers, data.parts, numeric=True)
    raise LearnerError("No number can be learned from data of this kind.")


def learns_a_number(data: Dataset) -> bool:
    """Whether what the data hold to be learned is a number and no class."""
    if isinstance(data, Table):
        return bool(data.target) and data.column(data.target).kind == "number"
    return isinstance(data, Points) and data.target != "class"


def _matrix(table: Table) -> tuple[Floats, tuple[str, ...]]:
    """Return the inputs of a table as numbers (n, d) and the names of the columns."""
    if not table.inputs:
        raise LearnerError(
            "There is no column to learn from: the table needs a number or a category besides its target."
        )
    blocks: list[Floats] = []
    names: list[str] = []
    for column in table.inputs:
        if column.missing.any():
            raise LearnerError(
                "“{name}” has missing values: fill them in, or take the column out, on the Data tab.", name=column.name
            )
        if column.kind == "number":
            blocks.append(column.numbers[:, None])
            names.append(column.name)
        else:
            blocks.append((column.codes[:, None] == np.arange(len(column.labels))).astype(float))
            names += [f"{column.name} = {label}" for label in column.labels]
    return np.hstack(blocks), tuple(names)


def _table_classes(table: Table) -> tuple[Ints, tuple[str, ...]]:
    """Return the class of each row, UNLABELLED where it is missing, and the names."""
    if not table.target:
        return np.full(len(table), UNLABELLED), ()
    target: Column = table.column(table.target)
    if target.coded:
        return target.codes, target.labels
    raise LearnerError(
        "The target “{name}” is a number: choose a category as the target, or an algorithm that learns numbers.",
        name=target.name,
    )


def _words(lines: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    """Return which of the most frequent words are in each line, (n, words) of 0 and 1, and the words."""
    found, vocabulary = _vocabulary(lines)
    place = {word: i for i, word in enumerate(vocabulary)}
    x = np.zeros((len(lines), len(vocabulary)))
    for row, words in enumerate(found):
        x[row, [place[word] for word in words if word in place]] = 1
    return x, vocabulary


@lru_cache(maxsize=4)
def _vocabulary(lines: tuple[str, ...]) -> tuple[tuple[frozenset[str], ...], tuple[str, ...]]:
    """Return the words of each line, and those that stand in most lines, the most frequent first."""
    found = tuple(frozenset(words_of(line)) for line in lines)
    counts: dict[str, int] = {}
    for words in found:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return found, tuple(ranked[:MOST_WORDS])
