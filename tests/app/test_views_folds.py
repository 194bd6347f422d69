"""The folds: what each strip shows, where it is, which rows a click leads to."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.folds_view import FoldsView, held_out, tone
from app.views.registry import view_for
from engines.pictures.folds import Folds
from tests.app.test_views import near, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def folds(k: int = 5, m: int = 50, sealed: int = 10, classes: int = 2) -> Folds:
    """The first fold holds out the first rows, and so on; the rows are 100 and up."""
    groups = np.arange(m) % classes if classes else np.full(m, -1)
    scores = np.linspace(0.5, 1, k)
    scores[-1] = np.nan
    return Folds(100 + np.arange(m), np.arange(m) * k // max(1, m), groups, ("a", "b"), sealed, scores, lit=1)


@pytest.fixture
def view(qtbot: QtBot) -> FoldsView:
    made = FoldsView()
    shown(qtbot, made, (420, 260))
    return made


def test_it_is_the_view_of_folds() -> None:
    assert view_for(Folds) is FoldsView


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(240, 170), (900, 500), (40, 30)])
def test_whatever_is_in_it_is_drawn(qtbot: QtBot, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    made = FoldsView()
    shown(qtbot, made, size)
    for k, m, sealed, classes in ((5, 50, 10, 2), (20, 3000, 0, 3), (400, 400, 50, 0), (2, 2, 900, 1)):
        made.show_picture(folds(k, m, sealed, classes))
        assert not made.empty()
        assert len(np.unique(pixels(made).reshape(-1, 3), axis=0)) > 2
    made.clear()
    assert made.empty()


def test_a_strip_is_held_out_where_its_fold_is(view: FoldsView) -> None:
    view.show_picture(folds())
    image = view.grab().toImage()
    for place in range(5):
        box = view.strip(place)
        for other in range(5):
            at = QPoint(int(box.left() + (other + 0.5) * box.width() / 5), int(box.center().y()))
            expected = theme.tokens.color("accent") if other == place else tone()
            assert near(image.pixelColor(at), expected, 6), (place, other)


def test_classes_are_told_once_above_and_only_where_there_are_some(view: FoldsView) -> None:
    view.show_picture(folds(m=10))
    image, box = view.grab().toImage(), view.strip(0)
    colours = [
        image.pixelColor(int(box.left() + (row + 0.5) * box.width() / 10), int(box.top() - theme.px(7)))
        for row in range(2)
    ]
    assert near(colours[0], theme.tokens.class_color(0), 6)
    assert near(colours[1], theme.tokens.class_color(1), 6)
    above = view.strip(0).top()
    view.show_picture(folds(classes=0))
    assert view.strip(0).top() < above


def test_many_rows_are_mixed_in_one_pixel() -> None:
    many = Folds(np.arange(1000), np.arange(1000) % 2, np.zeros(1000, int), ("a",), 0, np.zeros(2))
    assert held_out(many, 100).shape == (2, 100)
    assert np.allclose(held_out(many, 100), 0.5)
    assert np.allclose(held_out(many, 100).sum(0), 1.0)


def test_strips_stay_inside_and_apart(qtbot: QtBot) -> None:
    for size in ((240, 170), (900, 500)):
        view = FoldsView()
        shown(qtbot, view, size)
        for k in (2, 5, 20, 150):
            view.show_picture(folds(k, 300))
            strips = [view.strip(place) for place in range(k)]
            assert strips[0].left() >= 0
            assert strips[-1].bottom() <= size[1] + 1
            assert strips[0].right() < size[0]
            assert all(one.bottom() <= other.top() + 1e-6 for one, other in itertools.pairwise(strips))


def test_a_click_leads_to_the_rows_that_are_held_out(view: FoldsView) -> None:
    picked: list[np.ndarray] = []
    view.picked.connect(picked.append)
    view.show_picture(folds())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.strip(2).center().toPoint())
    assert picked[-1].tolist() == list(range(120, 130))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert len(picked) == 1
    QTest.mouseMove(view, view.strip(2).center().toPoint())


def test_a_fold_is_told_in_words(view: FoldsView) -> None:
    view.show_picture(folds())
    told = view.describe(1)
    assert "10 rows held out, 40 trained on" in told
    assert "class a: 5" in told
    assert "score 0.625" in told
    assert "score" not in view.describe(4)
