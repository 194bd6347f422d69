"""The confusion matrix: counts, colours, words, and cells that lead back to their points."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.session.seal import Model, Seal
from app.theme import theme
from app.views.confusion_view import ConfusionView, Matrix
from engines.core.dataset import Split
from engines.core.language import Note
from engines.core.params import Params
from engines.pictures.confusion import Confusion
from tests.app.test_views import confusion, near, plain_look, shown  # noqa: F401 - plain_look is a fixture


def test_a_cell_leads_to_its_points_by_mouse_and_by_keys(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view)
    sample = confusion(2)
    view.show_picture(sample)
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(1, 0).center().toPoint())
    expected = sample.index[(sample.truth == 1) & (sample.predicted == 0) & (sample.parts == 1)]
    assert picked[-1].tolist() == expected.tolist()
    assert view.counts.sum() == (sample.parts == 1).sum()
    matrix = view.matrix
    QTest.keyClick(matrix, Qt.Key.Key_Up)
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    expected = sample.index[(sample.truth == 0) & (sample.predicted == 0) & (sample.parts == 1)]
    assert picked[-1].tolist() == expected.tolist()


def test_an_empty_share_falls_to_training_and_says_so(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view)
    whole = confusion(2)
    only_train = Confusion(whole.truth, whole.predicted, np.zeros(40, int), whole.index, 2)
    view.show_picture(only_train)
    assert view.parts.current == "train"
    assert view.counts.sum() == 40
    assert view.instead.isVisible()
    assert "validation" in view.instead.text()
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(1, 0).center().toPoint())
    assert picked[-1].tolist() == whole.index[(whole.truth == 1) & (whole.predicted == 0)].tolist()
    view.show_picture(whole)  # there are validation points again
    assert view.parts.current == "validation"
    assert not view.instead.isVisible()
    assert view.counts.sum() == (whole.parts == 1).sum()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("classes", range(2, 9))
def test_a_cell_is_as_strong_as_its_share_of_the_row(qtbot: QtBot, classes: int, dark: bool) -> None:
    theme.set(dark=dark)
    view = ConfusionView()
    shown(qtbot, view, (500, 420))
    truth = np.repeat(np.arange(classes), 10)
    view.show_picture(Confusion(truth, truth, np.full(len(truth), 1), np.arange(len(truth)), classes))
    image, tokens = view.grab().toImage(), theme.tokens
    for row in range(classes):
        for column in range(classes):
            corner = view.cell_rect(row, column).topLeft() + QPointF(4, 4)
            expected = tokens.color("accent" if row == column else "field")
            assert near(image.pixelColor(corner.toPoint()), expected, 4)


def test_a_cell_is_told_in_words() -> None:
    view = ConfusionView()
    truth, predicted = np.array([0, 0, 1, 1, 1]), np.array([1, 1, 0, 1, 1])
    view.show_picture(Confusion(truth, predicted, np.full(5, 1), np.arange(5), 2))
    matrix = view.matrix
    told = "2 of 2 rows of “class 1” (100.0%) were called “class 2”: 50.0% of all that were called so."
    assert matrix.describe(0, 1).startswith(told)
    assert matrix.describe(1, 0).startswith("1 of 3 rows of “class 2” (33.3%) were called “class 1”: 100.0%")
    assert matrix.describe(0, 0) == "No row of “class 1” was called “class 1”."
    view.deleteLater()


def test_the_line_below_is_shortened_before_it_is_cut_off(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def heard(text: str | Note, **_: object) -> str:
        said.append(text.text if isinstance(text, Note) else text)
        return said[-1]

    monkeypatch.setattr("app.views.confusion_matrix.tr", heard)
    matrix = Matrix()
    qtbot.addWidget(matrix)
    truth = np.array([0, 1, 1])
    matrix.set_counts(Confusion(truth, truth, np.zeros(3, np.uint8), np.arange(3), 2), 0)
    for width, expected in ((520, "down: truth"), (190, "↓ truth")):
        matrix.resize(width, 200)
        matrix.grab()
        assert expected in said[-1]


def test_the_test_share_is_sealed_until_the_exam_and_for_the_next_model_again(qtbot: QtBot) -> None:
    view, seal = ConfusionView(), Seal()
    seal.follow(Model("one", Params(), 0), Split())
    view.heed(seal)
    shown(qtbot, view)
    sample = confusion(2)
    view.show_picture(sample)
    view.parts._buttons["test"].click()
    assert view.sealed.isVisible()
    assert not view.counts.size
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    assert not picked
    with qtbot.waitSignal(view.exam):
        QTest.mouseClick(view.sealed.button, Qt.MouseButton.LeftButton)
    seal.sit()
    assert not view.sealed.isVisible()
    assert view.counts.sum() == (sample.parts == 2).sum()
    seal.follow(Model("another", Params(), 0), Split())
    assert view.parts.current == "validation"
    assert view.counts.sum() == (sample.parts == 1).sum()
    view.parts._buttons["test"].click()
    assert view.sealed.isVisible()
