"""The small widgets: keyboard, names and words in both languages."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit import (
    Card,
    ChoiceBox,
    ElidedBox,
    ElidedLabel,
    FoldingChoice,
    IconButton,
    MessageBar,
    PrimaryButton,
    QuietButton,
    Segmented,
    Switch,
)
from app.language import speaker, tr
from engines.core.language import say

pytestmark = pytest.mark.usefixtures("plain_look")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_buttons_are_pressed_by_keys(qtbot: QtBot, key: Qt.Key) -> None:
    for button in (IconButton("plus", "Another class"), PrimaryButton("play", "Play"), QuietButton("Regenerate")):
        qtbot.addWidget(button)
        button.show()
        with qtbot.waitSignal(button.clicked):
            QTest.keyClick(button, key)


def test_a_switch_and_a_segment_too(qtbot: QtBot) -> None:
    switch = Switch("Noise")
    segmented = Segmented([("test", "test"), ("train", "training")])
    for widget in (switch, segmented):
        qtbot.addWidget(widget)
        widget.show()
    QTest.keyClick(switch, Qt.Key.Key_Return)
    assert switch.isChecked()
    assert segmented.current == "test"
    with qtbot.waitSignal(segmented.chosen) as chosen:
        QTest.keyClick(segmented.findChildren(QWidget)[-1], Qt.Key.Key_Return)
    assert chosen.args == ["train"]
    assert segmented.current == "train"


def test_an_icon_button_tells_its_name_and_key_in_both_languages(qtbot: QtBot) -> None:
    button = IconButton("reset", "Begin again", "R")
    qtbot.addWidget(button)
    assert (button.toolTip(), button.accessibleName()) == ("Begin again (R)", "Begin again")
    speaker.speak("zh")
    assert (button.toolTip(), button.accessibleName()) == ("重新开始（R）", "重新开始")


def test_choosing_tells_the_key_and_setting_does_not(qtbot: QtBot) -> None:
    box = ChoiceBox("Activation", [("tanh", "tanh"), ("linear", "linear")])
    qtbot.addWidget(box)
    box.show()
    with qtbot.assertNotEmitted(box.chosen):
        box.choose("linear")
        box.choose("unknown")
    assert box.value() == "linear"
    speaker.speak("zh")
    assert box.box.itemText(1) == "线性"


def test_a_message_can_be_closed_and_changes_its_language(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert not bar.isVisible()
    bar.say(say("{n} points cannot make {k} clusters: draw more points or lower k.", n=2, k=3), "bad")
    assert bar.text().startswith("2 points cannot make 3 clusters")
    speaker.speak("zh")
    assert bar.text().startswith("2 个点无法分成 3 ")
    close = bar.findChild(IconButton)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_a_card_without_a_title_has_no_empty_heading(qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    card.show()
    assert not card.findChildren(QWidget)[0].isVisible()
    card.set_title("Network")
    assert card.findChildren(QWidget)[0].isVisible()


def test_elided_label_takes_no_room_it_is_not_given_and_ends_in_dots(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("Draw data where K-Means fails")
    label.resize(label.sizeHint())
    label.show()
    whole = label.grab().toImage()
    assert label.minimumWidth() == 1
    label.resize(label.sizeHint().width() // 2, label.height())
    half = label.grab().toImage()
    last = [half.pixelColor(half.width() - 1, y) for y in range(half.height())]
    assert len({colour.name() for colour in last}) == 1  # no letter is cut in two at the end
    assert whole.copy(0, 0, 40, whole.height()) == half.copy(0, 0, 40, half.height())


def test_a_list_ends_with_an_ellipsis_where_room_is_short(qtbot: QtBot) -> None:
    box = ElidedBox()
    qtbot.addWidget(box)
    box.addItems(["The numbers put in", "Tree"])
    box.resize(300, 30)
    box.show()
    assert box.shown_text() == "The numbers put in"
    wide = box.grab().toImage()
    box.resize(110, 30)
    assert box.shown_text().startswith("The num")
    assert box.shown_text().endswith("…")
    assert box.grab().toImage() != wide
    box.setCurrentIndex(1)
    assert box.shown_text() == "Tree"


def test_a_choice_folds_into_a_list_where_its_buttons_have_no_room(qtbot: QtBot) -> None:
    around = QWidget()
    choice = FoldingChoice("Curves", [("loss", "Loss"), ("accuracy", "Accuracy"), ("weights", "Parameters")])
    layout = QHBoxLayout(around)
    layout.addWidget(choice)
    layout.addStretch()
    qtbot.addWidget(around)
    said: list[str] = []
    choice.chosen.connect(said.append)
    around.resize(700, 60)
    with qtbot.waitExposed(around):
        around.show()
    assert not choice.folded
    assert choice.width() == choice.sizeHint().width()
    QTest.mouseClick(choice.buttons._buttons["accuracy"], Qt.MouseButton.LeftButton)
    around.resize(layout.minimumSize().width(), 60)
    qtbot.waitUntil(lambda: choice.folded)
    assert choice.current == "accuracy"
    assert choice.box.currentText() == "Accuracy"
    QTest.keyClick(choice.box, Qt.Key.Key_Down)
    assert said == ["accuracy", "weights"]
    speaker.speak("zh")
    assert choice.box.currentText() == tr("Parameters")
    assert choice.box.accessibleName() == "曲线"
    around.resize(700, 60)
    qtbot.waitUntil(lambda: not choice.folded)
    assert choice.current == "weights"
    choice.choose("loss")
    assert choice.box.currentText() == tr("Loss")
    assert said == ["accuracy", "weights"]
