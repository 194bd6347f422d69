"""Something put together from blocks, written in one line: ``conv 8 3x3 pad 1, relu, max 2, dense 32``.

Each family of networks brings its words, and what a block does to the shape of what goes through it. Reading, writing
and counting need no torch: the window shows what a change comes to while it is being made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from engines.core.dataset import Dataset
from engines.core.language import LearnerError, Note, say

Shape = tuple[int, ...]
MOST_BLOCKS = 32
NUMBER = re.compile(r"\d*\.?\d+")
SIDES = re.compile(r"(\d+)x(\d+)")
BETWEEN = re.compile(r"[,，\n]")  # both commas


@dataclass(frozen=True)
class Slot:
    """One number of a block.

    sign: the word before it, as in ``pad 1``; a number without one is told by its place and must be there. One that has
    a sign may be left out: it is ``default`` then, or where ``like`` names another number of the block by its place, as
    large as that. square: it is written 3x3. live: a network whose blocks differ in such numbers only keeps its
    weights. log: it is asked for by factors.
    """

    label: str
    low: float
    high: float
    default: float
    sign: str = ""
    like: int = -1
    square: bool = False
    whole: bool = True
    live: bool = False
    log: bool = False

    def written(self, number: float) -> str:
        """Return a number as it stands in the line."""
        side = f"{number:g}"
        text = f"{side}x{side}" if self.square else side
        return f"{self.sign} {text}" if self.sign else text


@dataclass(frozen=True)
class Word:
    """A kind of block. key: as it is written. hint: what it does, in a sentence."""

    key: str
    title: str
    slots: tuple[Slot, ...] = ()
    hint: str = ""

    def new(self) -> "Block":
        """Return a block of this kind with its usual numbers."""
        return Block(self, tuple(slot.default for slot in self.slots))

    @property
    def example(self) -> str:
        """A block of this kind with all its numbers written."""
        return " ".join((self.key, *(slot.written(slot.default) for slot in self.slots)))


@dataclass(frozen=True)
class Block:
    """A word and its numbers, one for each slot."""

    word: Word
    numbers: tuple[float, ...] = ()

    def __str__(self) -> str:
        """Return it as it is written: numbers that are what they are without being written are left out."""
        shown = [slot.written(number) for place, (slot, number) in enumerate(zip(self.word.slots, self.numbers,
                 strict=True)) if not (slot.sign and number == self._unwritten(place))]  # fmt: skip
        return " ".join((self.word.key, *shown))

    def _unwritten(self, place: int) -> float:
        slot = self.word.slots[place]
        return self.numbers[slot.like] if slot.like >= 0 else slot.default

    def whole(self, place: int) -> int:
        """Return one of its numbers as a whole number."""
        return int(self.numbers[place])

    def with_number(self, place: int, number: float) -> "Block":
        """Return it with another number; those that were as large because they follow this one still follow it."""
        numbers = list(self.numbers)
        for follower, slot in enumerate(self.word.slots):
            if slot.like == place and numbers[follower] == numbers[place]:
                numbers[follower] = number
        numbers[place] = number
        return Block(self.word, tuple(numbers))

    @property
    def without_live(self) -> "Block":
        """The same with every number that may change while it runs as it is by default."""
        pairs = zip(self.word.slots, self.numbers, strict=True)
        return Block(self.word, tuple(slot.default if slot.live else number for slot, number in pairs))


Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class Made:
    """What a block does. shape: what comes out of it for one example. parameters: numbers that are learned.

    operations: multiplications with an addition for one example.
    """

    shape: Shape
    parameters: int = 0
    operations: int = 0


@dataclass(frozen=True)
class Row:
    """A block in its place: what comes out of it, or why it cannot stand there (``shape`` is empty then)."""

    block: Block
    made: Made
    problem: Note | None = None


@dataclass(frozen=True)
class Entry:
    """What goes in at the front, and how many numbers come out at the end."""

    shape: Shape
    outputs: int


@dataclass(frozen=True)
class Grammar:
    """The words of one kind of network and how blocks follow one another.

    entry: of a set of data; LearnerError where there is nothing to learn from yet. follow: what a block makes of a
    shape; LearnerError where it cannot stand there, a sentence of its own. closing:
    the block that is added at the end by itself, from how many numbers are to come out.
    """

    words: tuple[Word, ...]
    entry: Callable[[Dataset], Entry]
    follow: Callable[[Block, Shape], Made]
    closing: Callable[[int], Block]

    def word(self, key: str) -> Word:
        """Return a word; KeyError when there is none of this key."""
        return {word.key: word for word in self.words}[key]

    def read(self, text: str) -> Blocks:
        """Return the blocks of a line. LearnerError, naming the block, for whatever cannot be read."""
        return _read(self, text)

    def rows(self, blocks: Blocks, entry: Entry) -> tuple[Row, ...]:
        """Return a row for each block and one for what is added at the end; behind a problem nothing is known."""
        rows: list[Row] = []
        shape = entry.shape
        for block in (*blocks, self.closing(entry.outputs)):
            row = Row(block, Made(()))
            if shape:
                try:
                    row = Row(block, self.follow(block, shape))
                except LearnerError as error:
                    row = Row(block, Made(()), error.note)
            shape = row.made.shape
            rows.append(row)
        return tuple(rows)

    def checked(self, blocks: Blocks, entry: Entry) -> tuple[Row, ...]:
        """Return the rows; LearnerError, naming the block, where one cannot stand in its place."""
        rows = self.rows(blocks, entry)
        for place, row in enumerate(rows, start=1):
            if row.problem:
                raise LearnerError("Block {place}, “{block}”: {problem}", place=place, block=str(row.block),
                                   problem=row.problem)  # fmt: skip
        return rows

    def reached(self, before: str, after: str) -> bool:
        """Whether a run with the blocks ``before`` can go on with ``after``: only numbers that are live differ."""
        old, new = self.read(before), self.read(after)
        return [block.without_live for block in old] == [block.without_live for block in new]


def written(blocks: Blocks) -> str:
    """Return blocks as one line, which ``Grammar.read`` reads back."""
    return ", ".join(map(str, blocks))


@lru_cache(maxsize=256)
def _read(grammar: Grammar, text: str) -> Blocks:
    parts = [part for part in (part.strip() for part in BETWEEN.split(text)) if part]
    if len(parts) > MOST_BLOCKS:
        raise LearnerError("These are {count} blocks; at most {most} can stand in a row.", count=len(parts),
                           most=MOST_BLOCKS)  # fmt: skip
    return tuple(_block(grammar, part, place) for place, part in enumerate(parts, start=1))


def _block(grammar: Grammar, text: str, place: int) -> Block:
    tidy = re.sub(r"(?<=\d)\s*[x×*]\s*(?=\d)", "x", text.lower())
    key, *given = tidy.split()
    word = next((word for word in grammar.words if word.key == key), None)
    if word is None:
        raise LearnerError("Block {place}, “{given}”: there is no block “{word}”; there are: {words}.", place=place,
                           given=text, word=key, words=", ".join(word.key for word in grammar.words))  # fmt: skip
    numbers = _numbers(word, given)
    if numbers is None:
        raise LearnerError("Block {place}, “{given}”: write it like “{example}”.", place=place, given=text,
                           example=word.example)  # fmt: skip
    for slot, number in zip(word.slots, numbers, strict=True):
        if not slot.low <= number <= slot.high:
            raise LearnerError("Block {place}, “{given}”: {label} is {value}; it must be from {low} to {high}.",
                               place=place, given=text, label=say(slot.label), value=f"{number:g}", low=f"{slot.low:g}",
                               high=f"{slot.high:g}")  # fmt: skip
    return Block(word, numbers)


def _numbers(word: Word, given: list[str]) -> tuple[float, ...] | None:
    """Return the number of each slot, None where they are not written as they should be."""
    found: dict[int, float] = {}
    signs = {slot.sign: place for place, slot in enumerate(word.slots) if slot.sign}
    plain = [place for place, slot in enumerate(word.slots) if not slot.sign]
    rest = list(given)
    while rest:
        first = rest.pop(0)
        place = signs.get(first, -1)
        if place < 0:
            if not plain:
                return None
            place = plain.pop(0)
        elif not rest:
            return None
        else:
            first = rest.pop(0)
        number = _number(word.slots[place], first)
        if number is None or place in found:
            return None
        found[place] = number
    if plain:
        return None
    for place, slot in enumerate(word.slots):
        found.setdefault(place, found.get(slot.like, slot.default))
    return tuple(found[place] for place in range(len(word.slots)))


def _number(slot: Slot, text: str) -> float | None:
    if slot.square and (sides := SIDES.fullmatch(text)):
        return float(sides[1]) if sides[1] == sides[2] else None
    if not NUMBER.fullmatch(text) or (slot.whole and not text.isdigit()):
        return None
    return float(text)
