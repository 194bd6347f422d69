"""Lines with labels as people write them: a label and a tab before the line, or after it, or none at all."""

from collections import Counter
from dataclasses import dataclass

from engines.core.language import LearnerError, Note, say
from engines.data.plain_text import one_line
from engines.data.text import LONGEST_NAME, MOST_CHARACTERS, MOST_LINES, MOST_NAMES

LABEL_WORDS = frozenset({"label", "class", "category", "标签", "类别"})
TEXT_WORDS = frozenset({"text", "line", "sentence", "message", "文本", "句子"})
HEADER = "label\ttext"  # what is written over labelled lines, so that they are read back as they were
MOST_SHARE = 0.5  # of the lines that may differ in a column for it to be taken for the labels


@dataclass(frozen=True)
class Lines:
    """What was read. texts and labels: as many, a label empty where there is none. problems: what was changed."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    problems: tuple[Note, ...] = ()


def read_lines(text: str) -> Lines:
    """Read lines; a tab parts label and text where the lines look like it.

    Without a header the column in which few short values come again and again is that of the labels. Empty lines are
    left out. Raises LearnerError when there is no line at all.
    """
    raw = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    side = _side_of_header(raw[0]) if raw else None
    body = raw[1:] if side is not None else raw
    if side is None:
        side = _side_of_labels(body)
    pairs = [_parted(line, side) for line in body]
    return cut_to_size([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def cut_to_size(texts: list[str], labels: list[str]) -> Lines:
    """Return what fits: lines and labels cut to their length, empty lines left out, and told what was.

    Raises LearnerError when no line is left.
    """
    problems: list[Note] = []
    if len(texts) > MOST_LINES:
        problems.append(say("Only the first {most} lines were taken, of {count}.", most=MOST_LINES, count=len(texts)))
    kept_texts, kept_labels, long = [], [], 0
    for text, label in zip(texts[:MOST_LINES], labels[:MOST_LINES], strict=True):
        line = one_line(text[: 2 * MOST_CHARACTERS])
        long += len(text) > MOST_CHARACTERS
        if line:
            kept_texts.append(line[:MOST_CHARACTERS].rstrip())
            kept_labels.append(one_line(label[: 2 * LONGEST_NAME])[:LONGEST_NAME].rstrip())
    if long:
        problems.append(
            say("Lines of more than {most} characters were cut: {count}.", count=long, most=MOST_CHARACTERS)
        )
    if not kept_texts:
        raise LearnerError("There is no line of text in it.")
    return Lines(tuple(kept_texts), tuple(kept_labels), tuple(problems))


def written(lines: tuple[str, ...], labels: tuple[str, ...]) -> str:
    """Return lines as ``read_lines`` reads them: the label before the tab; no tab where no line has a label."""
    lines = tuple(one_line(line) for line in lines)
    if not any(labels):
        return "".join(f"{line}\n" for line in lines)
    pairs = zip(labels, lines, strict=True)
    return f"{HEADER}\n" + "".join(f"{one_line(label)}\t{line}\n" for label, line in pairs)


def _side_of_header(line: str) -> int | None:
    """Return on which side of the tab the labels are (0 or 1), if this is a line of column names; None if it is not."""
    names = [name.strip().lower() for name in line.split("\t")]
    if len(names) != 2:
        return None
    if names[0] in LABEL_WORDS and names[1] in TEXT_WORDS:
        return 0
    return 1 if names[1] in LABEL_WORDS and names[0] in TEXT_WORDS else None


def _side_of_labels(lines: list[str]) -> int:
    """Return where the labels are: 0 before the first tab, 1 after the last one, -1 nowhere."""
    parted = [line for line in lines if "\t" in line]
    if len(parted) < 0.9 * len(lines) or not parted:
        return -1
    before = Counter(line.partition("\t")[0].strip() for line in parted)
    after = Counter(line.rpartition("\t")[2].strip() for line in parted)
    fits = [_may_be_labels(column, len(parted)) for column in (before, after)]
    if all(fits):
        return 1 if _length(after) < _length(before) else 0
    return fits.index(True) if any(fits) else -1


def _may_be_labels(column: Counter[str], count: int) -> bool:
    few = len(column) <= MOST_NAMES and (count < 4 or len(column) <= MOST_SHARE * count + 1)
    return few and max(map(len, column)) <= LONGEST_NAME


def _length(column: Counter[str]) -> float:
    return sum(len(value) * count for value, count in column.items()) / max(1, column.total())


def _parted(line: str, side: int) -> tuple[str, str]:
    if side == 0 and "\t" in line:
        label, _, text = line.partition("\t")
        return text, label
    if side == 1 and "\t" in line:
        text, _, label = line.rpartition("\t")
        return text, label
    return line, ""
