"""What the stage shows while there are no pictures: what can be done first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.kit import PrimaryButton, QuietButton
from app.language import bind
from app.theme import theme


class EmptyState(QWidget):
    """``new`` wants an empty picture, ``folder`` a folder to be imported, ``sample(name)`` a sample."""

    new = Signal()
    folder = Signal()
    sample = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        title, text = QLabel(), QLabel(wordWrap=True)
        theme.bind(title, lambda: title.setFont(theme.font("title")))
        bind(title, title.setText, "No pictures yet")
        text.setProperty("muted", True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        theme.bind(text, lambda: text.setFixedWidth(theme.px(380)))
        bind(
            text, text.setText,
            "Draw the first one yourself, take a sample, or import a folder that holds one folder of pictures for each "
            "class. Files can also be dragged here.",
        )  # fmt: skip
        self.draw = PrimaryButton("brush", "Draw a picture")
        self.digits = QuietButton("Digits 8 × 8", "grid")
        self.shapes = QuietButton("Drawn shapes", "circle")
        self.open = QuietButton("Import a folder …", "folder-open")
        self.draw.clicked.connect(self.new)
        self.digits.clicked.connect(lambda: self.sample.emit("digits"))
        self.shapes.clicked.connect(lambda: self.sample.emit("shapes"))
        self.open.clicked.connect(self.folder)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((first, (self.draw, self.open)), (second, (self.digits, self.shapes))):
            row.setSpacing(8)
            row.addStretch()
            for button in buttons:
                button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
                row.addWidget(button)
            row.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch()
        layout.addWidget(title, alignment=Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(text)
        middle.addStretch()
        layout.addLayout(middle)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addStretch()
