"""Which words a class uses most: words where there are spaces, pairs of characters in Chinese."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from engines.data.points import UNLABELLED

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Words that every text is full of and that tell nothing about it.
EMPTY_WORDS = frozenset(
    re.findall(
        r"\S+",
        "a an and are as at be been but by can did do does for from had has have he her him his how i i'm if in is it "
        "it's its me my no not of on one or our out she so than that the their them then there they this to too up us "
        "very was we were what when which who will with would you your ",
    )
)
EMPTY_SIGNS = frozenset("的了是我你他她它们在和也就都很不有这那一个到着又还被把吗呢吧啊")


@cache
def pieces() -> re.Pattern[str]:
    """Return what a line is cut into; compiled for the first line, as it takes longer than importing a file."""
    return re.compile(rf"[{HAN}]+|[^\W\d_{HAN}]+(?:['’][^\W\d_{HAN}]+)?")


@cache
def is_han() -> re.Pattern[str]:
    """Return what tells a Chinese character."""
    return re.compile(f"[{HAN}]")


class WordCounts:
    """Counts words class by class, some lines at a time, so that a window may do it between two frames."""

    def __init__(self) -> None:
        self.chinese = False  # whether any text was Chinese: then pairs of characters are among the words
        self._counts: dict[int, Counter[str]] = {}

    def add(self, lines: Iterable[str], classes: Iterable[int]) -> None:
        """Count the words of some more lines; each word once a line."""
        for line, label in zip(lines, classes, strict=True):
            found = words_of(line)
            self.chinese = self.chinese or any(is_han().match(word) for word in found)
            self._counts.setdefault(label, Counter()).update(found)

    def most(self, label: int, count: int) -> list[tuple[str, int]]:
        """Return the words that stand in most lines of a class, and in how many; none for one without lines."""
        counted = self._counts.get(label, Counter())
        return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:count]

    @property
    def classes(self) -> list[int]:
        """The classes that have words; UNLABELLED is last."""
        return sorted(self._counts, key=lambda label: (label == UNLABELLED, label))


def words_of(line: str) -> set[str]:
    """Return the words of a line, in small letters, without those that tell nothing."""
    found: set[str] = set()
    for piece in pieces().findall(line.lower()):
        if not is_han().match(piece):
            if piece not in EMPTY_WORDS and len(piece) > 1:
                found.add(piece)
        elif len(piece) == 1:
            if piece not in EMPTY_SIGNS:
                found.add(piece)
        else:
            pairs = (piece[i : i + 2] for i in range(len(piece) - 1))
            found.update(pair for pair in pairs if not EMPTY_SIGNS.issuperset(pair))
    return found
