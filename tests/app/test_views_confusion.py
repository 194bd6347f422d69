"""The confusion matrix: counts, colours, words, and cells that lead back to their points."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.session.seal import Model, Seal
from app.theme import theme
from app.views.confusion_matrix import Matrix
from app.views.confusion_view import ConfusionView
from app.views.confusion_words import of_class
from engines.core.dataset import Split
from engines.core.language import Note
from engines.core.params import Params
from engines.pictures.confusion import Confusion
from tests.app.test_views import confusion, near, shown

pytestmark = pytest.mark.usefixtures("plain_look")


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
    for width, expected in ((760, "down: truth"), (190, "↓ truth")):
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


def example(n_classes: int = 2, names: tuple[str, ...] = ("no", "yes"), *, one_share: bool = False) -> Confusion:
    """Of 8 no one is called yes; of 4 yes one is called no; all of the validation share."""
    truth, predicted = np.repeat([0, 1], [8, 4]), np.r_[np.zeros(7, int), 1, 0, 1, 1, 1]
    return Confusion(truth, predicted, np.full(12, 1), np.arange(12), n_classes, names, one_share)


def test_cells_are_counts_or_shares_of_the_row_or_of_the_column(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view)
    view.show_picture(example())
    matrix = view.matrix
    assert matrix._texts() == [["7", "1"], ["1", "3"]]
    corner = matrix.corner
    QTest.mouseClick(corner, Qt.MouseButton.LeftButton)
    assert matrix._texts() == [["87.5%", "12.5%"], ["25.0%", "75.0%"]]
    assert "row" in corner.toolTip()
    QTest.keyClick(corner, Qt.Key.Key_Return)
    assert matrix._texts() == [["87.5%", "25.0%"], ["12.5%", "75.0%"]]
    assert view.shown.current == "column"
    before = view.grab().toImage()
    QTest.mouseClick(corner, Qt.MouseButton.LeftButton)
    assert matrix._texts() == [["7", "1"], ["1", "3"]]
    assert view.grab().toImage() != before


def test_where_there_is_room_the_scores_stand_beside_it(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view, (800, 420))
    view.show_picture(example(3, ("no", "yes", "perhaps")))
    assert view.table.isVisible()
    assert view.shown.isVisible()
    assert not view.matrix.corner.isVisible()
    table = view.table.picture
    assert table is not None
    assert table.names[:3] == ("no", "yes", "perhaps")
    each = [[0.875, 0.875, 0.875, 8], [0.75, 0.75, 0.75, 4], [np.nan, np.nan, np.nan, 0]]
    means = [[0.8125, 0.8125, 0.8125, 12], [10 / 12] * 3 + [12], [10 / 12] * 3 + [12]]
    assert table.values == pytest.approx(np.array(each + means), nan_ok=True)
    assert all(width > 0 for _, width in view.table._columns(table)), "no score is left out"
    view.shown._buttons["row"].click()
    assert view.matrix.of == "row"
    view.resize(570, 300)
    assert all(width > 0 for _, width in view.table._columns(table))
    view.resize(240, 180)
    assert not view.table.isVisible()
    assert view.matrix.corner.isVisible()
    view.resize(800, 420)
    assert view.table.isVisible()
    view.clear()
    assert view.table.picture is None


def described(matrix: Matrix, k: int) -> str:
    """What the mark of a class tells."""
    return of_class(matrix.scores, k, matrix.label(k))


def test_classes_have_their_names_and_a_number_where_they_have_none(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view, (800, 420))
    view.show_picture(example())
    assert view.matrix.describe(1, 0).startswith("1 of 4 rows of “yes” (25.0%) were called “no”: 12.5% of all")
    assert described(view.matrix, 1) == "“yes”: precision 0.750, recall 0.750, F1 0.750, 4 rows."
    view.show_picture(example(3, ("no", "2")))
    assert [str(view.matrix.label(k)) for k in range(1)] == ["no"]
    assert "“class 2”" in described(view.matrix, 1)
    assert described(view.matrix, 2) == "“class 3” neither occurs nor is predicted in this share."
    speaker.speak("zh")
    try:
        assert "类别 2" in described(view.matrix, 1)
    finally:
        speaker.speak("en")


def test_what_is_under_the_mouse_is_told(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view, (500, 300))
    matrix = view.matrix
    assert matrix.told_at(QPointF(100, 100)) == ""
    view.show_picture(example())
    first, last = matrix.cell(0, 0), matrix.cell(1, 1)
    assert matrix.told_at(first.center()) == matrix.describe(0, 0)
    assert matrix.told_at(QPointF(first.left() - 8, last.center().y())) == described(matrix, 1)
    assert matrix.told_at(QPointF(last.center().x(), first.top() - 8)) == described(matrix, 1)
    below = matrix.told_at(QPointF(first.center().x(), last.bottom() + 8))
    assert below.startswith("Accuracy 0.833, balanced accuracy 0.812.")


def test_a_picture_of_one_share_offers_no_other(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view)
    view.parts._buttons["train"].click()
    view.show_picture(example(one_share=True))
    assert not view.parts.isVisible()
    assert view.instead.text() == "Rows of the validation share"
    assert view.counts.sum() == 12
    view.show_picture(confusion(2))
    assert view.parts.isVisible()
    assert view.parts.current == "train"


def test_nothing_yet_is_not_an_empty_share(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def heard(text: str | Note, **_: object) -> str:
        said.append(str(text))
        return str(text)

    monkeypatch.setattr("app.views.confusion_matrix.tr", heard)
    view = ConfusionView()
    shown(qtbot, view)
    nobody = np.zeros(0, int)
    view.show_picture(Confusion(nobody, nobody, nobody, nobody, 2, one_share=True))
    view.grab()
    assert said[-1] == "Nothing yet: press play"
    only_test = example()
    view.show_picture(Confusion(only_test.truth, only_test.predicted, np.full(12, 2), only_test.index, 2))
    view.grab()
    assert said[-1] == "No points in this share"


def test_a_card_that_was_never_laid_out_asks_for_no_more_than_a_small_one(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.show_picture(confusion(2))
    assert view.minimumSizeHint().width() < 215
    assert not view.table.isVisibleTo(view)


def test_that_a_share_is_empty_is_told_in_a_line_of_its_own(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view, (240, 240))
    sample = confusion(2)
    view.show_picture(replace(sample, parts=np.zeros(len(sample.parts), np.uint8)))
    assert view.instead.isVisible()
    assert view.instead.width() > 200
    assert view.matrix.height() > 120
