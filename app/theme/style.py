"""The palette and the style sheet, both made from the tokens."""

from importlib import resources
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette

from app.theme.tokens import Tokens

SHEET = Template("""
QWidget { color: $text; selection-background-color: $accent; selection-color: $on_accent; }
QMainWindow, QWidget#window { background: $window; }
QFrame#card { background: $card; border: 1px solid $line; border-radius: ${r10}px; }
QFrame#topbar, QFrame#transport { background: $card; border: none; }
QFrame#topbar { border-bottom: 1px solid $line; }
QFrame#transport { border-top: 1px solid $line; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
*[muted="true"] { color: $muted; }
QLabel:disabled, QCheckBox:disabled { color: $faint; }
QToolTip { background: $text; color: $card; border: none; padding: ${p4}px ${p8}px; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${r6}px; padding: ${p4}px; }
QToolButton:hover { background: $field_hover; }
QToolButton:checked { background: $accent_soft; color: $accent; }
QToolButton:focus, QPushButton:focus { border: 1px solid $accent; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }
QPushButton { background: $field; border: 1px solid transparent; border-radius: ${r6}px; padding: ${p5}px ${p12}px; }
QPushButton:hover { background: $field_hover; }
QPushButton:disabled { color: $faint; }
QPushButton[primary="true"] { background: $accent; color: $on_accent; }
QPushButton[primary="true"]:hover { background: $accent; border: 1px solid $text; }
QPushButton[primary="true"]:disabled { background: $field; color: $faint; border-color: transparent; }
QPushButton[segment="true"] { padding: ${p3}px ${p8}px; background: transparent; color: $muted; }
QPushButton[segment="true"]:checked { background: $accent_soft; color: $accent; }
QPushButton[toggle="true"] { padding: ${p3}px ${p4}px; }
QPushButton[toggle="true"]:checked { background: $accent_soft; color: $accent; border-color: $accent; }

QComboBox, QLineEdit, QSpinBox {
  background: $field; border: 1px solid transparent; border-radius: ${r6}px; padding: ${p4}px ${p8}px; }
QComboBox:hover, QLineEdit:hover { background: $field_hover; }
QComboBox:focus, QLineEdit:focus { border: 1px solid $accent; }
QComboBox::drop-down { border: none; width: ${p20}px; }
QComboBox::down-arrow { image: url("$list_arrow"); width: ${p12}px; height: ${p12}px; }
QComboBox QAbstractItemView {
  background: $card; border: 1px solid $line; outline: none;
  selection-background-color: $accent_soft; selection-color: $accent; }
QLineEdit[number="true"] { background: transparent; padding: 0 ${p3}px; }
QLineEdit[number="true"]:hover, QLineEdit[number="true"]:focus { background: $field; }

QSlider { background: transparent; min-height: ${p16}px; }
QSlider::groove:horizontal { height: ${p4}px; border-radius: ${p2}px; background: $field_hover; }
QSlider::sub-page:horizontal { background: $accent; border-radius: ${p2}px; }
QSlider::handle:horizontal {
  width: ${p14}px; margin: -${p5}px 0; border-radius: ${p6}px; background: $card; border: 2px solid $accent; }
QSlider::handle:horizontal:focus { background: $accent_soft; }
QSlider::sub-page:horizontal:disabled { background: $line; }
QSlider::handle:horizontal:disabled { border-color: $faint; }

QProgressBar { background: $field_hover; border: none; border-radius: ${p3}px; }
QProgressBar::chunk { background: $accent; border-radius: ${p3}px; }

QCheckBox { spacing: ${p8}px; }
QCheckBox::indicator {
  width: ${p14}px; height: ${p14}px; border: 1px solid $faint; border-radius: ${p3}px; background: $card; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QCheckBox:focus { color: $accent; }

QTabWidget::pane { border: none; }
QTabBar { background: transparent; }
QTabBar::tab {
  background: transparent; color: $muted; padding: ${p5}px ${p10}px; border-radius: ${r6}px; margin-right: ${p2}px; }
QTabBar::tab:hover { background: $field; }
QTabBar::tab:selected { background: $accent_soft; color: $accent; }
QTabBar::tab:focus { border: 1px solid $accent; }

QTreeView, QListView, QListWidget, QTextBrowser, QPlainTextEdit {
  background: $card; border: none; outline: none; }
QTreeView::item, QListView::item { padding: ${p4}px ${p4}px; border-radius: ${r6}px; }
QTreeView::item:hover, QListView::item:hover { background: $field; }
QTreeView::item:selected, QListView::item:selected { background: $accent_soft; color: $accent; }
QTreeView::branch { background: transparent; }
QMenu { background: $card; border: 1px solid $line; padding: ${p4}px; }
QMenu::item { padding: ${p5}px ${p16}px; border-radius: ${r6}px; }
QMenu::item:selected { background: $accent_soft; color: $accent; }
QSplitter::handle { background: transparent; }

QScrollBar:vertical { background: transparent; width: ${p8}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p8}px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: ${p4}px; min-height: ${p20}px; min-width: ${p20}px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QLabel[chip="true"] { background: $field; border-radius: ${r6}px; padding: ${p4}px ${p8}px; color: $muted; }
QFrame[message="info"] { background: $accent_soft; border-radius: ${r6}px; }
QFrame[message="warn"], QFrame[message="bad"] { background: $field; border: 1px solid $bad; border-radius: ${r6}px; }
QFrame[message="warn"] { border-color: $warn; }
QFrame[block] { background: $field; border: 1px solid transparent; border-radius: ${r6}px; }
QFrame[block="chosen"] { border-color: $accent; }
QFrame[block="wrong"] { border-color: $bad; }
""")


def sheet(tokens: Tokens, scale: float) -> str:
    """Return the style sheet; lengths grow with ``scale``."""
    lengths = {f"{kind}{n}": round(n * scale) for kind, sizes in (("p", range(2, 21)), ("r", (6, 10))) for n in sizes}
    colours = {name: value for name, value in vars(tokens).items() if isinstance(value, str)}
    arrow = Path(str(resources.files("resources").joinpath("icons", "fixed", "list-arrow.svg"))).as_posix()
    return SHEET.substitute(colours, list_arrow=arrow, **{name: str(value) for name, value in lengths.items()})


def palette(tokens: Tokens) -> QPalette:
    """Return the palette for what the sheet does not reach (setColorScheme does nothing offscreen)."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, name in {
        roles.Window: "window",
        roles.WindowText: "text",
        roles.Base: "card",
        roles.AlternateBase: "field",
        roles.Text: "text",
        roles.Button: "field",
        roles.ButtonText: "text",
        roles.Highlight: "accent",
        roles.HighlightedText: "on_accent",
        roles.ToolTipBase: "text",
        roles.ToolTipText: "card",
        roles.PlaceholderText: "faint",
        roles.Link: "accent",
        roles.Mid: "line",
        roles.Dark: "line",
        roles.Light: "field",
        roles.Accent: "accent",
    }.items():
        made.setColor(role, QColor(getattr(tokens, name)))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.faint))
    return made
