"""What a confusion matrix says, in words: for tooltips and screen readers."""

import numpy as np

from app.language import tr
from engines.core.arrays import Ints
from engines.core.language import Note, say
from engines.evaluation.scores import Scores, shares


def label(names: tuple[Note | str, ...], k: int) -> Note | str:
    """Return what a class is called: its name in the data, or its number."""
    if k < len(names) and names[k] and names[k] != str(k + 1):
        return names[k]
    return say("class {number}", number=k + 1)


def of_cell(counts: Ints, row: int, column: int, truth: Note | str, predicted: Note | str) -> str:
    """Return what a cell counts, and which share that is of its row and of its column."""
    count = int(counts[row, column])
    if count == 0:
        return tr("No row of “{truth}” was called “{predicted}”.", truth=truth, predicted=predicted)
    return tr(
        "{n} of {total} rows of “{truth}” ({row:.1%}) were called “{predicted}”: {column:.1%} of all that were called "
        "so. Click to mark them in the data.", n=count, total=int(counts[row].sum()), truth=truth, predicted=predicted,
        row=float(shares(counts, "row")[row, column]), column=float(shares(counts, "column")[row, column]),
    )  # fmt: skip


def of_class(scores: Scores, k: int, name: Note | str) -> str:
    """Return how well a class is told from the others."""
    if np.isnan(scores.recall[k]):
        return tr("“{name}” neither occurs nor is predicted in this share.", name=name)
    return tr(
        "“{name}”: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}, {n} {n:row|rows}.", name=name,
        precision=float(scores.precision[k]), recall=float(scores.recall[k]), f1=float(scores.f1[k]),
        n=int(scores.support[k]),
    )  # fmt: skip


def of_all(scores: Scores) -> str:
    """Return how well all classes are told from each other."""
    precision, recall, f1 = scores.average("macro")
    return tr(
        "Accuracy {accuracy:.3f}, balanced accuracy {balanced:.3f}. Mean over the classes: precision {precision:.3f}, "
        "recall {recall:.3f}, F1 {f1:.3f}.", accuracy=scores.accuracy,
        balanced=scores.balanced_accuracy, precision=precision, recall=recall, f1=f1,
    )  # fmt: skip
