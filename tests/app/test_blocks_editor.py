"""A chain built by mouse and keyboard: what stands beside each block, what is told, and when."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.blocks_editor import BlocksEditor
from app.panels.params_form import ParamsForm
from app.theme import theme
from engines.core.blocks import MOST_BLOCKS
from engines.core.dataset import Split
from engines.core.params import specs
from engines.data.images import Images
from engines.data.sampling import make_sample
from engines.vision._blocks import CONVOLUTION, DENSE, MAX
from engines.vision.cnn import CNNParams

CHAIN = "conv 8 3x3 pad 1, relu, max 2, dense 32, dropout 0.2"
LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
Key = Qt.Key

pytestmark = pytest.mark.usefixtures("plain_look")


@pytest.fixture
def editor(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[BlocksEditor]:
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # a real one would grab the keyboard
    form = ParamsForm(CNNParams(blocks=CHAIN))
    qtbot.addWidget(form)
    form.resize(290, 900)
    with qtbot.waitExposed(form):
        form.show()
    form.show_data(make_sample("digits"))
    made = form.field("blocks")
    assert isinstance(made, BlocksEditor)
    yield made  # noqa: PT022 - the form must live as long


def heard(editor: BlocksEditor) -> list[str]:
    told: list[str] = []
    editor.changed.connect(told.append)
    return told


def beside(editor: BlocksEditor) -> list[tuple[str, str]]:
    return [(card.shape.text(), card.weights.text()) for card in editor.cards]


def press(editor: BlocksEditor, place: int) -> None:
    QTest.mouseClick(editor.cards[place], LEFT, NONE, QPoint(20, 8))


def test_shapes_and_weights_stand_beside_each_block_and_the_total_below(editor: BlocksEditor) -> None:
    assert beside(editor) == [("8×8×8", "80"), ("8×8×8", ""), ("4×4×8", ""), ("32", "4128"), ("32", "")]
    assert (editor.last.name.text(), editor.last.shape.text(), editor.last.weights.text()) == (
        "Dense 10, by itself", "10", "330",
    )  # fmt: skip
    assert editor.total.text().startswith("Together 4538 weights")
    assert [card.name.text() for card in editor.cards[:3]] == ["Convolution 8 3×3", "ReLU", "Max pooling 2"]


def test_other_pictures_are_counted_anew(editor: BlocksEditor) -> None:
    told = heard(editor)
    editor.set_data(replace(make_sample("digits"), pixels=np.zeros((1797, 20, 12, 3), np.uint8)))
    assert beside(editor)[:3] == [("20×12×8", "224"), ("20×12×8", ""), ("10×6×8", "")]
    editor.set_data(Images())
    assert editor.last.weights.text() == "33"
    editor.set_data(make_sample("moons"))
    assert beside(editor)[0] == ("–", "")
    assert editor.total.text() == ""
    assert not told


def test_a_number_is_changed_with_a_slider(editor: BlocksEditor) -> None:
    told = heard(editor)
    press(editor, 0)
    card = editor.cards[0]
    assert card.opened
    assert len(card.sliders) == 4
    QTest.keyClick(card.sliders[1].slider, Key.Key_Right)
    assert told == ["conv 8 4x4 pad 1, relu, max 2, dense 32, dropout 0.2"]
    assert beside(editor)[0] == ("7×7×8", "136")
    press(editor, 2)
    assert [card.opened for card in editor.cards] == [False, False, True, False, False]
    QTest.keyClick(editor.cards[2].sliders[0].slider, Key.Key_Right)
    assert "max 3," in told[-1]  # the stride goes with the window
    assert editor.cards[2].sliders[1].value() == 3
    press(editor, 2)
    assert not editor.cards[2].opened


def test_blocks_are_added_from_a_menu_behind_the_chosen_one(editor: BlocksEditor) -> None:
    told = heard(editor)
    press(editor, 0)
    QTest.mouseClick(editor.add, LEFT)
    assert editor.menu is not None
    assert [action.text() for action in editor.menu.actions()] == [
        "Convolution", "Max pooling", "Average pooling", "ReLU", "tanh", "Sigmoid", "Batch norm", "Dense", "dropout",
    ]  # fmt: skip
    editor.menu.actions()[6].trigger()
    assert told == ["conv 8 3x3 pad 1, norm, relu, max 2, dense 32, dropout 0.2"]
    assert editor.chosen == 1
    assert editor.cards[1].hasFocus()


def test_where_none_is_chosen_a_block_goes_as_far_behind_as_it_can_stand(editor: BlocksEditor) -> None:
    told = heard(editor)
    editor.insert(CONVOLUTION)
    assert told[-1] == "conv 8 3x3 pad 1, relu, max 2, conv 8 3x3, dense 32, dropout 0.2"
    editor.chosen = -1
    editor.insert(DENSE)
    assert told[-1].endswith("dropout 0.2, dense 32")


def test_a_block_that_cannot_stand_there_says_why_and_is_not_in_use(editor: BlocksEditor) -> None:
    told = heard(editor)
    press(editor, 3)
    editor.insert(MAX)
    assert not told
    assert editor.value() == "conv 8 3x3 pad 1, relu, max 2, dense 32, max 2, dropout 0.2"
    assert editor.cards[4].problem.isVisible()
    assert "32 units in a row" in editor.cards[4].problem.text()
    assert editor.cards[4].property("block") == "wrong"
    assert beside(editor)[5] == ("–", "")
    assert editor.total.text().startswith("Not in use yet")
    editor.set_value(CHAIN)  # another hyper-parameter was changed meanwhile: what is not in use stays
    assert len(editor.cards) == 6
    QTest.mouseClick(editor.cards[4].up, LEFT)
    assert told == ["conv 8 3x3 pad 1, relu, max 2, max 2, dense 32, dropout 0.2"]
    assert not editor.cards[3].problem.isVisible()
    assert editor.chosen == 3


def test_a_block_is_taken_away_and_moved_by_keys(editor: BlocksEditor) -> None:
    told = heard(editor)
    editor.cards[0].setFocus()
    QTest.keyClick(editor.cards[0], Key.Key_Down)
    assert editor.cards[1].hasFocus()
    QTest.keyClick(editor.cards[1], Key.Key_Down, ALT)
    assert told[-1] == "conv 8 3x3 pad 1, max 2, relu, dense 32, dropout 0.2"
    assert editor.cards[2].hasFocus()
    QTest.keyClick(editor.cards[2], Key.Key_Up)
    QTest.keyClick(editor.cards[1], Key.Key_Delete)
    assert told[-1] == "conv 8 3x3 pad 1, relu, dense 32, dropout 0.2"
    assert editor.cards[1].hasFocus()
    QTest.keyClick(editor.cards[1], Key.Key_Return)
    assert editor.cards[1].opened
    QTest.keyClick(editor.cards[1], Key.Key_Insert)
    assert editor.menu is not None
    QTest.keyClick(editor.cards[0], Key.Key_Up)
    QTest.keyClick(editor.cards[0], Key.Key_Up, ALT)
    for _ in range(4):
        QTest.keyClick(editor.cards[0], Key.Key_Delete)
    assert told[-1] == ""
    assert editor.add.hasFocus()
    assert editor.total.text().startswith("Together 650 weights")


def test_a_block_is_dragged(editor: BlocksEditor) -> None:
    told = heard(editor)
    card = editor.cards[3]
    QTest.mousePress(card, LEFT, NONE, QPoint(20, 8))
    for target in (2, 1, 0):
        place = card.mapFromGlobal(editor.cards[target].mapToGlobal(QPoint(20, 6)))
        QTest.mouseMove(card, place)
        assert not told  # only where it is let go counts
    assert editor.value().startswith("dense 32, conv 8")
    QTest.mouseMove(card, card.mapFromGlobal(editor.cards[2].mapToGlobal(QPoint(20, 6))))
    QTest.mouseRelease(card, LEFT, NONE, card.mapFromGlobal(editor.cards[2].mapToGlobal(QPoint(20, 6))))
    assert not told  # pooling behind a dense block
    assert editor.cards[3].problem.isVisible()
    QTest.mousePress(editor.cards[2], LEFT, NONE, QPoint(20, 8))
    QTest.mouseMove(editor.cards[2], QPoint(20, 900))
    QTest.mouseRelease(editor.cards[2], LEFT, NONE, QPoint(20, 900))
    assert told == ["conv 8 3x3 pad 1, relu, max 2, dropout 0.2, dense 32"]


def test_no_more_than_so_many(editor: BlocksEditor) -> None:
    told = heard(editor)
    for _ in range(40):
        editor.insert(DENSE)
    assert len(editor.cards) == MOST_BLOCKS
    assert not editor.add.isEnabled()
    assert len(told) == MOST_BLOCKS - 5


def test_it_fits_beside_the_stage_in_both_languages_and_on_a_projector(editor: BlocksEditor) -> None:
    for language in ("en", "zh"):
        speaker.speak(language)  # type: ignore[arg-type]
        for projector in (False, True):
            theme.set(projector=projector)
            editor.insert(CONVOLUTION)
            assert editor.minimumSizeHint().width() <= theme.px(250)
    assert editor.last.name.text() == "全连接 10（自动）"


def test_every_number_of_a_chain_has_a_word_for_it() -> None:
    grammar = next(spec.param.blocks for spec in specs(CNNParams) if spec.name == "blocks")
    assert grammar is not None
    for word in grammar.words:
        assert word.hint
        assert grammar.read(word.example) == (word.new(),)
    assert isinstance(make_sample("digits").with_split(Split()), Images)
