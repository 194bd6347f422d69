"""The dendrogram: what is drawn of a growing tree, the cut that asks, the branches that lead back to their points."""

import itertools
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent

from app.language import speaker
from app.theme import theme
from app.views.dendrogram_view import DendrogramView, clusters_at
from app.views.registry import view_for
from engines.clustering.agglomerative import AgglomerativeParams, agglomerative
from engines.core.language import catalogue
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.dendrogram import Dendrogram, nothing

FIVE = Points(np.array([[0.0, 0], [1, 0], [5, 0], [7, 0], [7, 4]]), np.zeros(5, int))
LEFT = Qt.MouseButton.LeftButton


def trees(data: Points = FIVE, **params: Any) -> list[Dendrogram]:
    """The dendrogram of every step up to the rest."""
    values = {"n_clusters": 2, "pace": "merge by merge"} | params
    shown = []
    for step in agglomerative.start(data, AgglomerativeParams(**values), np.random.default_rng(0)):
        shown.append(next(picture for picture in step.draw() if isinstance(picture, Dendrogram)))
        if step.rest:
            break
    return shown


@pytest.fixture
def card(qtbot):
    view = DendrogramView()
    qtbot.addWidget(view)
    view.resize(260, 190)
    view.show()
    qtbot.waitExposed(view)
    return view


def shown(card, tree):
    card.show_picture(tree)
    return card.grab().toImage()


def mouse(card, kind, x, y, button=LEFT):
    at = QPointF(x, y)
    event = QMouseEvent(kind, at, card.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier)
    {
        QEvent.Type.MouseButtonPress: card.mousePressEvent,
        QEvent.Type.MouseMove: card.mouseMoveEvent,
        QEvent.Type.MouseButtonRelease: card.mouseReleaseEvent,
    }[kind](event)


def count(image, colour, reach=40):
    """Pixels that are nearly of a colour."""
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    wanted = np.array([colour.blue(), colour.green(), colour.red()])
    return int((np.abs(data[:, : image.width(), :3].astype(int) - wanted).max(2) < reach).sum())


def place_of(card, merge):
    """The middle of a merge's bar."""
    tree, room = card.tree, card._room
    return room.across.pixel(float(tree.places[merge].mean())), room.up.pixel(float(tree.heights[merge]))


def test_it_is_found_as_the_view_of_its_picture():
    assert view_for(Dendrogram) is DendrogramView


def test_branches_grow_and_have_the_colours_of_the_clusters_below_the_cut(card):
    first, second = theme.tokens.class_color(0), theme.tokens.class_color(1)
    grown = [shown(card, replace(tree, cut=None)) for tree in trees()]  # the cut is nearly as blue as class 1
    assert count(grown[0], first) == count(grown[0], second) == 0
    assert count(grown[2], second) > 5
    assert count(grown[3], first) > 20
    assert count(grown[5], first) > count(grown[2], first)
    assert count(grown[4], theme.tokens.color("text"), 10) > count(grown[5], theme.tokens.color("text"), 10)


def test_the_axes_stay_while_the_tree_grows(card):
    rooms = []
    for tree in trees():
        shown(card, tree)
        rooms.append(card._room)
    assert all(room == rooms[0] for room in rooms)


def test_nothing_is_told_where_the_tree_is_not_known_yet(card):
    assert card.empty()
    waiting = shown(card, nothing(trees()[0].up))
    assert card.empty()
    assert count(waiting, theme.tokens.color("accent")) == 0
    card.clear()
    assert card.tree is None
    assert card.branch_at(QPointF(100, 100)) == -1
    mouse(card, QEvent.Type.MouseButtonPress, 100, 100)
    mouse(card, QEvent.Type.MouseMove, 100, 100)


def test_dragging_the_cut_asks_for_the_number_of_clusters_once_for_each(card):
    asked = []
    card.asked.connect(lambda name, value: asked.append((name, value)))
    tree = trees()[-1]
    shown(card, tree)
    room = card._room
    mouse(card, QEvent.Type.MouseButtonPress, room.rect.center().x(), room.up.pixel(tree.cut.value))
    assert asked == [("n_clusters", 2)]
    for height in np.linspace(tree.cut.value, 1.5, 30):
        mouse(card, QEvent.Type.MouseMove, room.rect.center().x(), room.up.pixel(float(height)))
    assert asked == [("n_clusters", 2), ("n_clusters", 3), ("n_clusters", 4)]
    assert all(isinstance(value, int) for _, value in asked)
    mouse(card, QEvent.Type.MouseButtonRelease, 5, 5)
    mouse(card, QEvent.Type.MouseMove, 100, 30)
    assert len(asked) == 3


def test_a_cut_at_a_distance_asks_for_the_distance(card):
    asked = []
    card.asked.connect(lambda name, value: asked.append((name, value)))
    tree = trees(cut="distance", distance_threshold=5.5)[-1]
    shown(card, tree)
    room = card._room
    mouse(card, QEvent.Type.MouseButtonPress, room.rect.right() - 20, room.up.pixel(5.5) + 3)
    mouse(card, QEvent.Type.MouseMove, room.rect.right() - 20, room.up.pixel(3.0))
    assert [name for name, _ in asked] == ["distance_threshold"] * 2
    assert asked[1][1] == pytest.approx(3.0)
    mouse(card, QEvent.Type.MouseMove, room.rect.right() - 20, -500)
    assert asked[2][1] == pytest.approx(tree.top)


def test_a_cut_far_above_the_tree_can_still_be_taken(card):
    tree = trees(cut="distance", distance_threshold=900.0)[-1]
    shown(card, tree)
    mouse(card, QEvent.Type.MouseMove, card._room.rect.center().x(), card._room.rect.top())
    assert card.cursor().shape() is Qt.CursorShape.SplitVCursor


def test_clusters_at_a_height():
    tree = trees()[-1]
    assert [clusters_at(tree, h) for h in (0.0, 1.0, 1.5, 2.0, 3.0, 6.0, 99.0)] == [5, 5, 4, 4, 3, 2, 1]


def test_a_click_on_a_branch_rings_its_points_and_elsewhere_nothing(card):
    picked = []
    card.picked.connect(lambda rows: picked.append(sorted(rows.tolist())))
    shown(card, trees()[-1])
    for merge in (2, 3):
        mouse(card, QEvent.Type.MouseButtonPress, *place_of(card, merge))
    assert picked == [[2, 3, 4], [0, 1, 2, 3, 4]]
    mouse(card, QEvent.Type.MouseButtonPress, *place_of(card, 3), button=Qt.MouseButton.RightButton)
    mouse(card, QEvent.Type.MouseButtonPress, 2, 2)
    assert len(picked) == 2
    shown(card, trees()[1])  # of what has not happened yet nothing can be clicked
    mouse(card, QEvent.Type.MouseButtonPress, *place_of(card, 3))
    assert len(picked) == 2


def test_arrows_choose_a_branch_and_enter_rings_its_points(card, qtbot):
    picked = []
    card.picked.connect(lambda rows: picked.append(sorted(rows.tolist())))
    shown(card, trees()[-1])
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        card.keyPressEvent(event)
        assert event.isAccepted()
    assert picked == [[2, 3, 4]]
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    card.keyPressEvent(event)
    assert not event.isAccepted()


def test_what_is_under_the_mouse_is_told_in_both_languages(card):
    shown(card, trees()[-1])
    at = QPointF(*place_of(card, 2))
    assert card.describe(at) == "3 points, together from distance 4.761 on. Click to ring them on the plane."
    assert card.describe(QPointF(2, 2)) == ""
    cut = QPointF(card._room.rect.center().x(), card._room.up.pixel(card.tree.cut.value))
    assert card.describe(cut).startswith("Drag the cut")
    speaker.speak("zh")
    try:
        assert card.describe(at).startswith("3 个点，从距离 4.761 起")
        assert card.accessibleName() == catalogue("zh")["Dendrogram"]
    finally:
        speaker.speak("en")


@pytest.mark.parametrize("size", [(240, 150), (900, 500), (60, 40), (20, 10)])
@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_drawn_at_any_size_and_look(card, size, dark):
    card.resize(*size)
    for projector in (False, True):
        theme.set(dark=dark, projector=projector)
        try:
            for tree in (trees()[0], trees()[-1], trees(make_sample("blobs", n=400, seed=1), pace="all at once")[-1]):
                assert not shown(card, tree).isNull()
        finally:
            theme.set(dark=False, projector=False)


def test_points_on_one_spot_have_a_flat_tree(card):
    flat = trees(Points(np.ones((6, 2)), np.zeros(6, int)))[-1]
    image = shown(card, flat)
    assert count(image, QColor(theme.tokens.accent)) > 50


def test_many_leaves_are_drawn_fast_and_counted_where_there_is_room(card):
    tree = trees(make_sample("blobs", n=3000, noise=0.5, seed=1), pace="fast start")[-1]
    assert len(tree.heights) == 80
    card.resize(900, 500)
    shown(card, tree)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        card.grab()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.03
    assert all(earlier <= later for earlier, later in itertools.pairwise(tree.heights))
