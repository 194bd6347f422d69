"""The classes with their counts: one click shows only one, a second changes its name; and what else can be done."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.editors.images import classes
from app.editors.images.classes import shown_name
from app.editors.images.editor import ALL, ImagesEditor
from app.kit import IconButton
from app.language import bind, speaker, tr
from app.theme import theme
from engines.core.language import say
from engines.data.points import UNLABELLED

LABEL = Qt.ItemDataRole.UserRole
MOST_MERGES = 30  # classes in the menu


class ClassList(QWidget):
    """Filters the sheet by class and changes the classes."""

    def __init__(self, editor: ImagesEditor) -> None:
        super().__init__()
        self._editor = editor
        self._told: object = None
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(24)
        self.tree.setStyleSheet("QTreeView::item { border-radius: 0px; }")  # one bar over both columns
        bind(self.tree, self.tree.setAccessibleName, "Classes")
        bind(self.tree, self.tree.setToolTip, "Click: show only this class. Double click: change its name")
        self.tree.currentItemChanged.connect(self._filter)
        self.tree.itemChanged.connect(self._rename)
        self.add = IconButton("plus", "Add a class")
        self.add.clicked.connect(lambda: editor.change_classes(classes.added, "Add a class"))
        self.more = IconButton("chevron-down", "Reorder, merge or delete")
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self.fill_menu)
        self.more.setMenu(self.menu)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(self.add)
        buttons.addWidget(self.more)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.tree, stretch=1)
        layout.addLayout(buttons)
        editor.chosen.connect(self._show)
        speaker.changed.connect(self._say_again)  # a method: it is let go with this widget
        theme.bind(self, self._restyle)

    def _restyle(self) -> None:
        self.setFixedWidth(theme.px(128))
        self.tree.setIconSize(QSize(theme.px(12), theme.px(12)))
        self.tree.setIndentation(0)
        self._show(anew=True)

    # What is shown

    def _show(self, *, anew: bool = False) -> None:
        """Show names and counts; at every move of the mouse nothing else would come of it."""
        editor, images = self._editor, self._editor.images
        told = (images.names, id(images.y), id(images.boxes), editor.filter, len(images))
        if told == self._told and not anew:
            return
        self._told = told
        self._kept = (images.y, images.boxes)  # so that the ids stay their own
        counts = [int(held.sum()) for held in classes.members(images)]
        labels = [ALL, *range(len(images.names))]
        if counts[-1] or not len(images):
            labels.append(UNLABELLED)
        with QSignalBlocker(self.tree):
            if [self._label(place) for place in range(self.tree.topLevelItemCount())] != labels:
                self.tree.clear()
                self.tree.addTopLevelItems([QTreeWidgetItem() for _ in labels])
            for place, label in enumerate(labels):
                item = self.tree.topLevelItem(place)
                assert item is not None
                self._fill(item, label, len(images) if label == ALL else counts[label])
                if label == editor.filter:
                    self.tree.setCurrentItem(item)

    def _fill(self, item: QTreeWidgetItem, label: int, count: int) -> None:
        item.setData(0, LABEL, label)
        text = tr("All") if label == ALL else shown_name(self._editor.images, label)
        item.setText(0, text)
        item.setText(1, f"{count:,}".replace(",", "\u2009"))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setForeground(1, theme.tokens.color("muted"))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if label >= 0:
            flags |= Qt.ItemFlag.ItemIsEditable
        item.setFlags(flags)
        item.setIcon(0, QIcon() if label == ALL else swatch(theme.tokens.class_color(label)))

    def _say_again(self) -> None:
        self._show(anew=True)

    def _label(self, place: int) -> int:
        item = self.tree.topLevelItem(place)
        return int(item.data(0, LABEL)) if item is not None and item.data(0, LABEL) is not None else -99

    # What a person does

    def _filter(self, item: QTreeWidgetItem | None, _: object = None) -> None:
        if item is not None:
            self._editor.show_only(int(item.data(0, LABEL)))

    def _rename(self, item: QTreeWidgetItem, column: int) -> None:
        label = int(item.data(0, LABEL))
        if column == 0 and label >= 0 and item.text(0) != shown_name(self._editor.images, label):
            self._editor.change_classes(classes.renamed, "Rename a class", label, item.text(0))
        self._show(anew=True)

    def fill_menu(self) -> None:
        """Offer what can be done to the class that is shown."""
        editor, label = self._editor, self._editor.filter
        names = editor.images.names
        self.menu.clear()
        if label < 0:
            self.menu.addAction(tr("First choose a class in the list")).setEnabled(False)
            return
        for text, other in (("Move up", label - 1), ("Move down", label + 1)):
            action = self.menu.addAction(tr(text))
            action.setEnabled(0 <= other < len(names))
            action.triggered.connect(partial(self._swap, label, other))
        merge = self.menu.addMenu(tr("Merge into …"))
        merge.setEnabled(len(names) > 1)
        for other in range(min(MOST_MERGES, len(names))):
            if other != label:
                action = merge.addAction(swatch(theme.tokens.class_color(other)), shown_name(editor.images, other))
                action.triggered.connect(partial(self._merge, label, other))
        self.menu.addAction(tr("Delete with its pictures")).triggered.connect(partial(self._delete, label))

    def _swap(self, label: int, other: int, _: bool = False) -> None:
        self._editor.filter = other
        self._editor.change_classes(classes.swapped, "Reorder the classes", label, other)

    def _merge(self, label: int, into: int, _: bool = False) -> None:
        self._editor.filter = into - (into > label)
        self._editor.change_classes(classes.merged, "Merge classes", label, into)

    def _delete(self, label: int, _: bool = False) -> None:
        name = say("Delete the class “{name}”", name=shown_name(self._editor.images, label))
        self._editor.filter = ALL
        self._editor.change_classes(classes.deleted, name, label)


def swatch(colour: QColor) -> QIcon:
    """Return a small square of one colour."""
    side = theme.px(12)
    pixmap = QPixmap(2 * side, 2 * side)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(0, 0, side, side, 3, 3)
    painter.end()
    return QIcon(pixmap)
