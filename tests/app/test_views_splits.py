"""The cuts of a tree over the plane: where, how thick, and the region that is lit."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.plane import Plane
from app.views.splits_layer import FILL, MOST_CUTS, WIDTHS, SplitsLayer, across, around, strokes
from engines.pictures.splits import Splits
from engines.pictures.surface import HOME, Surface
from tests.app import planes

NOTHING = Splits(np.zeros((0, 4)), np.zeros(0, np.int64))
ROOT = (1.0, -4.0, 1.0, 4.0)
BELOW = (-8.0, 0.5, 1.0, 0.5)
TREE = Splits(np.array([ROOT, BELOW]), np.array([0, 4]))
LIT = Splits(np.array([ROOT, BELOW]), np.array([0, 4]), (-8.0, -4.0, 1.0, 4.0))
pytestmark = pytest.mark.usefixtures("plain_look")


@pytest.fixture
def plane(qtbot: QtBot) -> Plane:
    return planes.plane(qtbot)


def image(plane: Plane) -> QImage:
    return plane.grab().toImage()


def at(plane: Plane, x: float, y: float) -> tuple[int, int]:
    place = plane.mapFromScene(plane.getViewBox().mapViewToScene(QPointF(x, y)))
    return place.x(), place.y()


def unlike_paper(plane: Plane, x: float, y: float, *, down: bool) -> int:
    """How many pixels beside a place are not of the colour of the paper, along a line of 20 through it."""
    shown, (column, row) = image(plane), at(plane, x, y)
    places = [(column, row + i) if down else (column + i, row) for i in range(-10, 11)]
    paper = theme.tokens.color("card").rgb()
    return sum(shown.pixelColor(*place).rgb() != paper for place in places)


def near(first: QColor, second: QColor, most: int = 12) -> bool:
    return all(
        abs(a - b) <= most
        for a, b in ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    )


def test_each_cut_is_where_it_says_and_nowhere_else(plane: Plane) -> None:
    plane.show_picture(TREE)
    assert unlike_paper(plane, 1.0, 2.0, down=False)
    assert unlike_paper(plane, 1.0, -2.0, down=False)
    assert unlike_paper(plane, -2.0, 0.5, down=True)
    assert not unlike_paper(plane, 3.0, 0.5, down=True), "the cut of a node ends where its region ends"


def test_a_cut_is_the_thinner_the_deeper_it_lies(plane: Plane) -> None:
    seen = []
    for depth in (0, 1, 4, 9):
        plane.show_picture(Splits(np.array([ROOT]), np.array([depth])))
        seen.append(unlike_paper(plane, 1.0, 2.0, down=False))
    assert seen[0] > seen[1] > seen[2] == seen[3] == WIDTHS[-1]
    assert seen[0] == WIDTHS[0]


def test_faint_cuts_are_thin_and_grey_whatever_their_depth(plane: Plane) -> None:
    plane.show_picture(Splits(np.array([ROOT]), np.array([0]), faint=True))
    assert unlike_paper(plane, 1.0, 2.0, down=False) == WIDTHS[-1]
    column, row = at(plane, 1.0, 2.0)
    colours = [image(plane).pixelColor(column + i, row) for i in range(-3, 4)]
    assert any(near(colour, theme.tokens.color("muted")) for colour in colours)


def test_a_surface_whose_border_the_cuts_draw_has_none_of_its_own(plane: Plane) -> None:
    values = np.zeros((2, 64, 128), np.float32)
    values[0, :, :72], values[1, :, 72:] = 0.5001, 0.5001
    seen = []
    for border in (False, True):
        plane.show_picture(Surface(values, HOME, border))
        row = at(plane, 1.0, 0.0)[1]
        shades = [image(plane).pixelColor(at(plane, 1.0, 0.0)[0] + i, row).lightness() for i in range(-8, 9)]
        seen.append(min(shades))
    assert seen[0] > seen[1] + 50


def test_a_projector_gets_thicker_lines(plane: Plane) -> None:
    plane.show_picture(TREE)
    before = unlike_paper(plane, 1.0, 2.0, down=False)
    theme.set(projector=True)
    assert unlike_paper(plane, 1.0, 2.0, down=False) > before


@pytest.mark.parametrize("dark", [False, True])
def test_the_lit_region_is_outlined_and_its_own_cut_has_the_accent(plane: Plane, dark: bool) -> None:
    theme.set(dark=dark)
    plane.show_picture(LIT)
    accent, text = theme.tokens.color("accent"), theme.tokens.color("text")
    shown = image(plane)
    edge = [shown.pixelColor(at(plane, 1.0, 2.0)[0] + i, at(plane, 1.0, 2.0)[1]) for i in range(-3, 4)]
    own = [shown.pixelColor(at(plane, -2.0, 0.5)[0], at(plane, -2.0, 0.5)[1] + i) for i in range(-3, 4)]
    assert any(near(colour, accent) for colour in edge)
    assert any(near(colour, accent) for colour in own)
    assert not any(near(colour, text) for colour in own)
    paper, inside = theme.tokens.color("card"), shown.pixelColor(*at(plane, -2.0, -2.0))
    assert inside != paper
    assert near(inside, QColor(*(round(p + FILL * (a - p)) for p, a in (
        (paper.red(), accent.red()), (paper.green(), accent.green()), (paper.blue(), accent.blue()),
    ))), 4)  # fmt: skip
    assert shown.pixelColor(*at(plane, 3.0, -2.0)) == paper


def test_all_but_the_lit_region_is_veiled(plane: Plane) -> None:
    plane.show_picture(Surface(np.ones((1, 64, 128), np.float32), HOME))
    bare = image(plane).pixelColor(*at(plane, 3.0, -2.0)).saturation()
    plane.show_picture(LIT)
    seen = image(plane)
    assert seen.pixelColor(*at(plane, 3.0, -2.0)).saturation() < 0.7 * bare
    assert seen.pixelColor(*at(plane, -2.0, -2.0)).saturation() > 0.7 * bare
    plane.show_picture(TREE)
    assert image(plane).pixelColor(*at(plane, 3.0, -2.0)).saturation() == bare


def test_the_veil_reaches_the_edges_after_the_window_has_grown(qtbot: QtBot, plane: Plane) -> None:
    plane.show_picture(Surface(np.ones((1, 64, 128), np.float32), HOME))
    bare = image(plane).pixelColor(*at(plane, 3.0, -2.0)).saturation()
    plane.show_picture(LIT)
    image(plane)
    plane.resize(1100, 400)
    qtbot.wait(30)
    assert image(plane).pixelColor(*at(plane, 7.5, -2.0)).saturation() < 0.7 * bare


def test_the_parts_beside_a_region_fill_the_rest() -> None:
    whole, region = QRectF(-4, -3, 8, 6), QRectF(-1, -2, 2, 3)
    parts = around(region, whole)
    assert len(parts) == 4
    assert sum(part.width() * part.height() for part in parts) == 8 * 6 - 2 * 3
    assert not any(part.intersects(region) for part in parts)
    assert around(whole, whole) == ()
    assert around(QRectF(100, 100, 1, 1), whole) == (whole,)
    assert len(around(QRectF(-9, -9, 10, 18), whole)) == 1


def test_only_the_cut_that_goes_right_through_the_region_is_its_own() -> None:
    ends = np.array([ROOT, BELOW, (-8.0, 2.0, -1.0, 2.0), (0.0, -4.0, 0.0, 4.0), (-3.0, -4.0, -3.0, 0.5)])
    assert across(ends, LIT.lit).tolist() == [False, True, False, True, False]
    assert not across(ends, NOTHING.lit).any()
    assert across(np.zeros((0, 4)), LIT.lit).tolist() == []


def test_nothing_is_drawn_for_no_cuts_and_after_clearing(plane: Plane) -> None:
    empty = image(plane)
    plane.show_picture(NOTHING)
    assert image(plane) == empty
    plane.show_picture(LIT)
    assert image(plane) != empty
    plane.clear_pictures()
    assert image(plane) == empty


def test_the_theme_is_followed_while_a_picture_is_there(plane: Plane) -> None:
    plane.show_picture(LIT)
    light = image(plane)
    theme.set(dark=True)
    assert image(plane) != light
    theme.set(dark=False)
    assert image(plane) == light


def many(count: int) -> Splits:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-5, 5, count), np.sort(rng.uniform(-3, 3, (2, count)), axis=0)
    return Splits(np.column_stack([x, y[0], x, y[1]]), np.arange(count) % 12)


def test_of_very_many_cuts_the_first_ones_are_kept() -> None:
    made = strokes(many(3 * MOST_CUTS))
    assert sum(len(stroke.lines) for stroke in made) == MOST_CUTS
    assert [stroke.width for stroke in made] == sorted(WIDTHS[: len(made)])[-len(made) :], "the root lies on top"
    root = sum(len(stroke.lines) for stroke in made if stroke.width == WIDTHS[0])
    assert root == 3 * MOST_CUTS // 12


def test_the_same_picture_is_prepared_once(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = plane.layer(Splits)
    assert isinstance(layer, SplitsLayer)
    calls: list[object] = []

    def prepared(picture: Splits) -> tuple[()]:
        calls.append(picture)
        return ()

    monkeypatch.setattr("app.views.splits_layer.strokes", prepared)
    layer.show_picture(TREE)
    layer.show_picture(TREE)
    assert calls == [TREE]


def test_a_thousand_cuts_cost_little(plane: Plane) -> None:
    picture = many(1000)
    began = time.perf_counter()
    strokes(picture)
    assert time.perf_counter() - began < 0.02
