"""What can be done to one column, as a menu."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu

from app.editors.table.header import kind_note
from app.language import tr
from app.theme import icon
from engines.core.language import Note, say
from engines.data.table import COLUMN_KINDS, Column
from engines.data.table_edits import Fill

if TYPE_CHECKING:
    from app.editors.table.stage import TableStage

FILL_WORDS: dict[Fill, str] = {
    "mean": "Mean", "median": "Median", "mode": "Most frequent value", "previous": "Value of the row before",
}  # fmt: skip


def fill_note(how: Fill) -> Note:
    """Return what a way to fill gaps is called."""
    return say(FILL_WORDS[how])


def column_menu(stage: "TableStage", column: Column) -> QMenu:
    """Return the menu of a column; it is gone after it was used."""
    menu = QMenu(stage)
    menu.aboutToHide.connect(menu.deleteLater)
    name = column.name

    def add(to: QMenu, text: Note, act: Callable[[], object], icon_name: str = "", *, checked: bool = False) -> QAction:
        action = to.addAction(icon(icon_name) if icon_name else QIcon(), tr(text))
        action.setCheckable(checked)
        action.setChecked(checked)
        action.triggered.connect(lambda _=False: act())
        return action

    add(menu, say("Rename …"), lambda: stage.ask_rename(name))
    kinds = menu.addMenu(tr("Kind"))
    for kind in COLUMN_KINDS:
        add(kinds, kind_note(kind), partial(stage.change_kind, name, kind), checked=kind == column.kind)
    if stage.table.target == name:
        add(menu, say("No longer the target"), lambda: stage.choose_target(""), "target")
    else:
        add(menu, say("Make it the target"), lambda: stage.choose_target(name), "target")
    menu.addSeparator()
    add(menu, say("Sort upwards"), lambda: stage.sort(name), "sort-up")
    add(menu, say("Sort downwards"), lambda: stage.sort(name, descending=True), "sort-down")
    menu.addSeparator()
    gaps = menu.addMenu(tr("Fill what is missing with"))
    for how in FILL_WORDS:
        if not column.coded or how in ("mode", "previous"):
            add(gaps, fill_note(how), partial(stage.fill, name, how))
    add(gaps, say("A value …"), lambda: stage.ask_fill(name))
    add(menu, say("Mark a value as missing …"), lambda: stage.ask_missing(name))
    menu.addSeparator()
    add(menu, say("Delete the column"), lambda: stage.delete_columns([name]), "trash")
    return menu
