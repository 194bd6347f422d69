"""A chain of blocks, built by hand: what comes out of each and how many weights it has stands beside it."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from app.kit import IconButton
from app.language import bind, grouped, tr
from app.panels.block_card import BlockCard, BlockLine, short
from app.theme import theme
from engines.core.blocks import MOST_BLOCKS, Block, Blocks, Entry, Made, Row, Word, written
from engines.core.dataset import Dataset
from engines.core.language import LearnerError, Note, say
from engines.core.params import ParamSpec


class BlocksEditor(QWidget):
    """Edits the line of a chain; ``changed`` carries the new one, as soon as all its blocks can stand in their places.

    Until then the chain before stays in use, and the block that is wrong says why.
    """

    changed = Signal(str)

    def __init__(self, spec: ParamSpec, text: str) -> None:
        super().__init__()
        assert spec.param.blocks is not None
        self._grammar = spec.param.blocks
        self._entry: Entry | None = None
        self._told = text
        self._blocks: Blocks = self._grammar.read(text)
        self.rows: tuple[Row, ...] = ()
        self.chosen = -1  # the block that is open
        self._held = -1  # the block that the mouse drags
        self.cards: list[BlockCard] = []
        label = QLabel()
        bind(label, label.setText, spec.param.label)
        bind(self, self.setAccessibleName, spec.param.label)
        self.add = IconButton("plus", "Add a block", "Insert")
        self.add.clicked.connect(self.open_menu)
        self.menu: QMenu | None = None
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(label)
        head.addStretch()
        head.addWidget(self.add)
        self._first, self.last = BlockLine(), BlockLine()
        for line in (self._first, self.last):
            line.name.setProperty("muted", True)
        self.total = QLabel(wordWrap=True)
        theme.bind(self.total, self._restyle)
        self._column = QVBoxLayout()
        self._column.setSpacing(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self._first)
        layout.addLayout(self._column)
        layout.addWidget(self.last)
        layout.addWidget(self.total)
        self._refresh()

    # What it holds

    def value(self) -> str:
        """Return the chain as it is shown, be it in use or not."""
        return written(self._blocks)

    @property
    def problem(self) -> Note | None:
        """Why the chain cannot be used, None where it can."""
        return next((row.problem for row in self.rows if row.problem), None)

    def set_value(self, text: str) -> None:
        """Show another chain without telling; what is not in use yet stays as long as the chain in use is the same."""
        if text != self._told:
            self._told = text
            self._blocks = self._grammar.read(text)
            self.chosen = -1
            self._refresh()

    def set_data(self, data: Dataset) -> None:
        """Count for these data from now on."""
        try:
            entry: Entry | None = self._grammar.entry(data)
        except LearnerError:
            entry = None
        if entry != self._entry:
            self._entry = entry
            self._refresh()

    # What a person does

    def open_menu(self) -> None:
        """Offer all kinds of block."""
        if len(self._blocks) >= MOST_BLOCKS:
            return
        if self.menu is not None:
            self.menu.deleteLater()
        menu = self.menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for word in self._grammar.words:
            action = menu.addAction(tr(word.title))
            action.setToolTip(tr(word.hint))
            action.triggered.connect(lambda _=False, word=word: self.insert(word))
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def insert(self, word: Word) -> None:
        """Put a new block behind the chosen one; where none is chosen, as far behind as it can stand."""
        if len(self._blocks) >= MOST_BLOCKS:
            return
        place = self.chosen + 1 if self.chosen >= 0 else self._place_for(word.new())
        self.chosen = place
        self._put((*self._blocks[:place], word.new(), *self._blocks[place:]))
        self.cards[place].setFocus()

    def _place_for(self, block: Block) -> int:
        """Return the last place where a block leads to no problem; the end where there is none."""
        blocks, entry = self._blocks, self._entry
        for place in range(len(blocks), -1, -1):
            if entry is None:
                break
            rows = self._grammar.rows((*blocks[:place], block, *blocks[place:]), entry)
            if not any(row.problem for row in rows):
                return place
        return len(blocks)

    def _choose(self, place: int) -> None:
        """Open a block, or close it."""
        self.chosen = -1 if place == self.chosen else place
        self.cards[place].setFocus()
        self._refresh()

    def _step(self, place: int, by: int) -> None:
        """Let the keyboard go to the next block."""
        if 0 <= place + by < len(self.cards):
            self.cards[place + by].setFocus()

    def _replace(self, place: int, block: Block) -> None:
        self._put((*self._blocks[:place], block, *self._blocks[place + 1 :]))

    def _remove(self, place: int) -> None:
        self.chosen = -1
        self._put((*self._blocks[:place], *self._blocks[place + 1 :]))
        if self.cards:
            self.cards[min(place, len(self.cards) - 1)].setFocus()
        else:
            self.add.setFocus()

    def _move(self, place: int, by: int) -> None:
        """Let a block change places with a neighbour."""
        if 0 <= place + by < len(self._blocks):
            if self.chosen == place:
                self.chosen = place + by
            self._put(_moved(self._blocks, place, place + by))
            self.cards[place + by].setFocus()

    def _drag(self, place: int, height: float) -> None:
        """Put the block that is held where the mouse is; height: in pixels of the screen."""
        if self._held < 0:
            self._held, self.chosen = place, -1
            self._refresh()
        target = self._at(height)
        if target != self._held:
            self._blocks = _moved(self._blocks, self._held, target)
            self._held = target
            self._refresh()

    def _at(self, height: float) -> int:
        """Return the place of the card at a height of the screen, the nearest end beyond them."""
        y = self.mapFromGlobal(QPoint(0, round(height))).y()
        return next((place for place, card in enumerate(self.cards) if y < card.geometry().bottom() + 2),
                    len(self.cards) - 1)  # fmt: skip

    def _drop(self) -> None:
        place, self._held = self._held, -1
        if place >= 0:
            self.cards[place].setFocus()
            self._put(self._blocks)

    def _put(self, blocks: Blocks) -> None:
        """Take over blocks; tell them where they can be used."""
        self._blocks = blocks
        self._refresh()
        text = written(blocks)
        if self.problem is None and text != self._told:
            self._told = text
            self.changed.emit(text)

    # What is shown

    def _refresh(self) -> None:
        entry = self._entry
        if entry is not None:
            self.rows = self._grammar.rows(self._blocks, entry)
        else:
            self.rows = tuple(Row(block, Made(())) for block in (*self._blocks, self._grammar.closing(1)))
        self._fit(len(self._blocks))
        for place, (card, row) in enumerate(zip(self.cards, self.rows, strict=False)):
            card.show_row(row, place, len(self.cards), opened=place == self.chosen)
        self._first.tell(say("goes in"), entry.shape if entry else (), 0)
        closing = self.rows[-1]
        numbers = " ".join(short(slot, number) for slot, number in zip(closing.block.word.slots,
                           closing.block.numbers, strict=True)) if entry else ""  # fmt: skip
        self.last.tell(say("{title} {numbers}, by itself", title=say(closing.block.word.title), numbers=numbers),
                       closing.made.shape, closing.made.parameters)  # fmt: skip
        self.add.setEnabled(len(self._blocks) < MOST_BLOCKS)
        self._say_total()

    def _say_total(self) -> None:
        if self.problem is not None:
            note = say("Not in use yet: mend the red block. Until then the blocks before stay in use.")
        elif self._entry is None:
            note = say("")
        else:
            made = [row.made for row in self.rows]
            note = say("Together {weights} weights, {operations} multiplications for one example",
                       weights=grouped(sum(each.parameters for each in made)),
                       operations=grouped(sum(each.operations for each in made)))  # fmt: skip
        bind(self.total, self.total.setText, note)
        self._restyle()

    def _restyle(self) -> None:
        self.total.setFont(theme.font("small"))
        self.total.setStyleSheet(f"color: {theme.tokens.bad if self.problem else theme.tokens.muted}")

    def _fit(self, count: int) -> None:
        """Have as many cards as there are blocks; each shows the block of its place."""
        while len(self.cards) > count:
            card = self.cards.pop()
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < count:
            card, place = BlockCard(), len(self.cards)
            card.pressed.connect(lambda place=place: self._choose(place))
            card.changed.connect(lambda block, place=place: self._replace(place, block))
            card.moved.connect(lambda by, place=place: self._move(place, by))
            card.removed.connect(lambda place=place: self._remove(place))
            card.stepped.connect(lambda by, place=place: self._step(place, by))
            card.wanted.connect(lambda place=place: self._add_behind(place))
            card.dragged.connect(lambda height, place=place: self._drag(place, height))
            card.dropped.connect(self._drop)
            self.cards.append(card)
            self._column.addWidget(card)
            card.show()

    def _add_behind(self, place: int) -> None:
        self.chosen = place
        self._refresh()
        self.open_menu()


def _moved(blocks: Blocks, place: int, target: int) -> Blocks:
    """Return blocks with one of them in another place."""
    rest = [*blocks[:place], *blocks[place + 1 :]]
    return (*rest[:target], blocks[place], *rest[target:])
