"""The network: its geometry, its colours, what the mouse finds, and weights that are typed."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.heat_map import heat_maps
from app.views.network_layout import Edge, NetworkLayout
from app.views.network_painting import is_off
from app.views.network_view import NetworkView
from engines.core.step import Poke
from engines.pictures.network import Network
from engines.pictures.surface import HOME, grid
from tests.app.test_views import near, network, pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


def test_a_typed_weight_is_a_poke_and_escape_is_none(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    view.show_picture(network())
    pokes: list[Poke] = []
    view.poked.connect(pokes.append)
    line = view.line(Edge(0, 2, 1))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=line.pointAt(0.9).toPoint())
    assert view.field.isVisible()
    QTest.keyClicks(view.field, "-1.25")
    QTest.keyClick(view.field, Qt.Key.Key_Return)
    assert pokes == [Poke("weights", (0, 2, 1), -1.25)]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.bias_dot(2, 0).toPoint())
    QTest.keyClicks(view.field, "0,5")
    QTest.keyClick(view.field, Qt.Key.Key_Return)
    assert pokes[-1] == Poke("biases", (1, 0), 0.5)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=line.pointAt(0.9).toPoint())
    QTest.keyClick(view.field, Qt.Key.Key_Escape)
    assert not view.field.isVisible()
    assert len(pokes) == 2


@pytest.mark.parametrize("text", ["", "much", "nan", "inf", "1e999", "0.5.5"])
def test_what_is_no_weight_is_no_poke(qtbot: QtBot, text: str) -> None:
    view = NetworkView()
    shown(qtbot, view)
    view.show_picture(network())
    pokes: list[Poke] = []
    view.poked.connect(pokes.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.line(Edge(0, 2, 1)).pointAt(0.9).toPoint())
    view.field.clear()
    QTest.keyClicks(view.field, text)
    QTest.keyClick(view.field, Qt.Key.Key_Return)
    assert pokes == []
    assert not view.field.isVisible()


def test_training_goes_on_under_the_field_but_another_network_closes_it(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    view.show_picture(network())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.line(Edge(0, 2, 1)).pointAt(0.9).toPoint())
    view.show_picture(network())
    assert view.field.isVisible()
    view.show_picture(network((2, 2, 1)))
    assert not view.field.isVisible()
    assert pixels(view).size


def test_hovering_tells_the_weight_in_both_languages(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    view.show_picture(network())
    before = pixels(view)
    QTest.mouseMove(view, view.line(Edge(0, 2, 1)).pointAt(0.9).toPoint())
    assert (pixels(view) != before).any()
    assert view.describe(Edge(0, 2, 1)).startswith(f"weight x₂ → h₃: {view.value(Edge(0, 2, 1)):+.3f}")
    assert view.describe(Edge(1, 0, -1)).startswith(f"bias of y: {view.value(Edge(1, 0, -1)):+.3f}")
    speaker.speak("zh")
    assert view.describe(Edge(0, 2, 1)).startswith("权重 x₂ → h₃")


def test_units_are_called_as_in_a_textbook() -> None:
    deep = NetworkLayout((2, 3, 12, 4), 300, 200, 1.0)
    assert [deep.name(*unit) for unit in ((0, 1), (1, 2), (2, 11), (3, 3))] == ["x₂", "h¹₃", "h²₁₂", "y₄"]


def test_hovering_is_told_and_a_neuron_is_enlarged(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    view.show_picture(network())
    before = pixels(view)
    told: list[object] = []
    view.hovered.connect(told.append)
    QTest.mouseMove(view, view.neuron(1, 1).center().toPoint())
    changed = (pixels(view) != before).any(axis=2)
    neuron = view.neuron(1, 1)
    assert changed.sum() > 4 * neuron.width() * neuron.height()
    QTest.mouseMove(view, view.line(Edge(1, 0, 1)).pointAt(0.2).toPoint())
    QTest.mouseMove(view, view.bias_dot(2, 0).toPoint())
    QTest.mouseMove(view, QPoint(view.width() - 2, 2))
    assert told == [(1, 1), Edge(1, 0, 1), Edge(1, 0, -1), None]
    assert (pixels(view) == before).all()


@pytest.mark.parametrize("dark", [False, True])
def test_weights_and_neurons_have_the_colours_of_their_signs(qtbot: QtBot, dark: bool) -> None:
    theme.set(dark=dark)
    view = NetworkView()
    shown(qtbot, view)
    slope = np.broadcast_to(np.linspace(-1, 1, 32, dtype=np.float32), (16, 32))
    maps = (np.stack([slope, slope]), np.stack([-slope, slope]), slope[None] / 2 + 0.5)
    weights = (np.array([[3.0, 0.0], [0.0, -3.0]]), np.array([[3.0, -3.0]]))
    view.show_picture(Network((2, 2, 1), weights, (np.zeros(2), np.zeros(1)), maps, HOME, "tanh"))
    image, tokens = view.grab().toImage(), theme.tokens
    positive, negative = tokens.color("positive"), tokens.color("negative")
    rising, falling = (negative, positive), (positive, negative)
    for layer, unit, (left, right) in ((0, 0, rising), (1, 0, falling), (1, 1, rising)):
        square = view.neuron(layer, unit)
        middle = square.center().y()
        assert near(image.pixelColor(QPointF(square.left() + 4, middle).toPoint()), left, 60)
        assert near(image.pixelColor(QPointF(square.right() - 4, middle).toPoint()), right, 60)
        assert near(image.pixelColor(square.center().toPoint()), tokens.color("card"), 60)
    assert near(image.pixelColor(view.line(Edge(0, 0, 0)).center().toPoint()), positive, 10)
    assert near(image.pixelColor(view.line(Edge(0, 1, 1)).center().toPoint()), negative, 10)


def test_a_circle_in_a_map_stays_a_circle(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view, (700, 500))
    places = grid(HOME, 64, 128)
    ring = np.where(np.hypot(*places.T) < 2, 1.0, -1.0).reshape(1, 64, 128).astype(np.float32)
    view.show_picture(Network((1, 1), (np.zeros((1, 1)),), (np.zeros(1),), (ring, ring), HOME, "tanh"))
    square = view.neuron(0, 0)
    image = view.grab(square.toRect().adjusted(2, 2, -2, -2)).toImage()
    blue = np.array([
        [image.pixelColor(x, y).blue() > image.pixelColor(x, y).red() for x in range(image.width())]
        for y in range(image.height())
    ])  # fmt: skip
    assert blue.any(axis=0).sum() == pytest.approx(blue.any(axis=1).sum(), abs=2)
    assert blue.any(axis=0).sum() == pytest.approx(square.width() / 2, abs=3)


def test_maps_of_any_kind_become_images() -> None:
    whole = QRectF(0, 0, 4, 2)
    values = np.array([[[-2, 0, np.nan, 1], [np.inf, -np.inf, 0, 0]]])
    image = heat_maps(values, whole, probability=False)[0]
    assert near(image.pixelColor(0, 0), theme.tokens.color("positive"), 2)  # the last row of a map is an image's first
    assert near(image.pixelColor(1, 0), theme.tokens.color("negative"), 2)
    assert near(image.pixelColor(2, 1), theme.tokens.color("card"), 2)
    assert heat_maps(np.zeros((2, 0, 0)), whole, probability=True)[1].isNull()


@pytest.mark.parametrize("sizes", [(2, 4, 2, 1), (2, *(8,) * 6, 3), (2, 1)])
def test_everything_lies_inside_the_card(sizes: tuple[int, ...]) -> None:
    layout = NetworkLayout(sizes, 306, 215, 1.0)
    room = QRectF(0, 0, 306, 215)
    squares = [layout.neuron(layer, unit) for layer, units in enumerate(sizes) for unit in range(units)]
    assert all(room.contains(square) for square in squares)
    assert not any(a.intersects(b) for i, a in enumerate(squares) for b in squares[i + 1 :])
    for layer in range(len(sizes) - 1):
        for target in range(sizes[layer + 1]):
            assert layout.bias_at(layout.bias_dot(layer + 1, target)) == Edge(layer, target, -1)
            line = layout.line(Edge(layer, target, 0))
            assert line.p1() == QPointF(layout.neuron(layer, 0).right(), layout.neuron(layer, 0).center().y())
            assert layout.weight_at(line.pointAt(0.01)) is not None


def test_a_network_that_has_exploded_is_still_drawn(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    maps = tuple(np.full((n, 16, 32), np.nan, np.float32) for n in (2, 1))
    view.show_picture(Network((2, 1), (np.full((1, 2), np.inf),), (np.full(1, np.nan),), maps, HOME, "relu"))
    assert pixels(view).size


def test_a_neuron_that_is_off_is_struck_through_and_says_so(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    on = network()
    view.show_picture(on)
    before = pixels(view)
    off = tuple(np.arange(size) == 0 for size in on.sizes[1:-1])
    view.show_picture(replace(on, off=off))
    after = pixels(view)
    changed = (after != before).any(axis=2)

    def share(layer: int, unit: int) -> float:
        square = view.neuron(layer, unit).toRect().adjusted(4, 4, -4, -4)
        return float(changed[square.top() : square.bottom(), square.left() : square.right()].mean())

    assert share(1, 0) > 0.9
    assert share(1, 1) == share(0, 0) == share(len(on.sizes) - 1, 0) == 0
    middle = view.line(Edge(0, 0, 1)).pointAt(0.5)
    assert changed[int(middle.y()) - 3 : int(middle.y()) + 4, int(middle.x())].any()
    assert is_off(replace(on, off=off), 1, 0)
    assert not is_off(replace(on, off=off), 1, 1)
    assert not is_off(on, 1, 0)
