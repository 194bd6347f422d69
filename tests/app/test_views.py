"""Every kind of picture has a view that draws it, in both themes, whatever is in it."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.theme.tokens import bgr
from app.views import marks
from app.views.confusion_view import ConfusionView
from app.views.curves_view import CurvesView
from app.views.network_view import Edge, NetworkView
from app.views.plane import Plane
from app.views.registry import CardView, view_for
from app.views.surface_layer import STRENGTH
from engines.core.picture import Picture
from engines.core.step import Poke
from engines.data.points import Points
from engines.pictures.confusion import Confusion
from engines.pictures.groups import Groups
from engines.pictures.network import Network
from engines.pictures.surface import HOME, Surface, grid


@pytest.fixture(autouse=True)
def plain_look(qapp: QApplication) -> Iterator[None]:
    theme.install(qapp)
    yield
    theme.set(dark=False, projector=False)
    speaker.speak("en")


def surface(classes: int = 2) -> Surface:
    """Class 0 at the left, the last class at the right, in as many stripes as there are classes."""
    x = grid(HOME)[:, 0].reshape(64, 128)
    stripe = np.clip(((x + 8) / 16 * classes).astype(int), 0, classes - 1)
    return Surface(np.eye(classes, dtype=np.float32)[stripe].transpose(2, 0, 1), HOME)


def groups(k: int = 2, n: int = 20) -> Groups:
    centres = np.column_stack([np.linspace(-2, 2, k), np.zeros(k)])
    return Groups(np.arange(n) % k, centres, np.stack([centres + 1, centres]))


def confusion(classes: int = 2) -> Confusion:
    truth = np.arange(40) % classes
    predicted = np.where(np.arange(40) < 8, 0, truth)
    return Confusion(truth, predicted, np.arange(40) % 3, np.arange(100, 140), classes)


def network(sizes: tuple[int, ...] = (2, 3, 1)) -> Network:
    rng = np.random.default_rng(0)
    weights = tuple(rng.normal(size=(b, a)) for a, b in pairwise(sizes))
    biases = tuple(rng.normal(size=b) for b in sizes[1:])
    maps = tuple(rng.normal(size=(units, 16, 32)).astype(np.float32) for units in sizes)
    return Network(sizes, weights, biases, maps, HOME, "tanh")


SAMPLES: dict[type[Picture], Callable[[], Picture]] = {
    Surface: surface, Groups: groups, Confusion: confusion, Network: network,
}  # fmt: skip


def pixels(widget: QWidget) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Return what a widget shows: (height, width, 3) RGB."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return data[..., :3].copy()


def shown(qtbot: QtBot, widget: QWidget, size: tuple[int, int] = (420, 300)) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(*size)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def plane(qtbot: QtBot, points: Points | None = None) -> Plane:
    made = Plane()
    shown(qtbot, made, (800, 400))
    if points is not None:
        made.points.set_points(points)
    return made


def at(plane: Plane, x: float, y: float) -> QPointF:
    return QPointF(plane.mapFromScene(plane.getViewBox().mapViewToScene(QPointF(x, y))))


def colour_at(plane: Plane, x: float, y: float) -> QColor:
    place = at(plane, x, y).toPoint()
    return plane.grab().toImage().pixelColor(place)


def near(first: QColor, second: QColor, most: int = 40) -> bool:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return all(abs(a - b) <= most for a, b in pairs)


def all_kinds() -> list[type[Picture]]:
    from importlib import import_module
    from pkgutil import iter_modules

    import engines.pictures

    for module in iter_modules(engines.pictures.__path__, "engines.pictures."):
        import_module(module.name)
    return sorted(Picture.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", all_kinds())
@pytest.mark.parametrize("dark", [False, True])
def test_every_picture_is_drawn_and_cleared(qtbot: QtBot, kind: type[Picture], dark: bool) -> None:
    theme.set(dark=dark)
    sample = SAMPLES[kind]()
    view = view_for(kind)
    if issubclass(view, CardView):
        widget = view()
        shown(qtbot, widget)
        widget.clear()
        empty = pixels(widget)
        widget.show_picture(sample)
        full = pixels(widget)
        widget.clear()
    else:
        widget = plane(qtbot, Points(np.zeros((20, 2)), np.zeros(20, int)))  # type: ignore[assignment]
        empty = pixels(widget)
        widget.show_picture(sample)
        full = pixels(widget)
        widget.clear_pictures()  # type: ignore[attr-defined]
    assert (full != empty).any(axis=2).mean() > 0.003
    assert (pixels(widget) == empty).all()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 8])
def test_background_is_the_prediction(qtbot: QtBot, classes: int, dark: bool) -> None:
    theme.set(dark=dark)
    canvas = plane(qtbot)
    canvas.show_picture(surface(classes))
    tokens = theme.tokens
    for k in range(classes):
        x = -8 + 16 * (k + 0.5) / classes
        if abs(x) > 5.5:
            continue
        seen = colour_at(canvas, x, 1.0)
        paper, full = bgr(tokens.color("card")), bgr(tokens.class_color(k))
        blue, green, red = (round(p + STRENGTH * (f - p)) for p, f in zip(paper, full, strict=True))
        between = QColor(red, green, blue)
        assert near(seen, between, 12)


def test_the_border_lies_where_both_are_equally_likely(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(surface(2))
    row = pixels(canvas)[200].astype(int).sum(1)
    darkest = int(row[60:780].argmin()) + 60
    assert abs(darkest - at(canvas, 0, 0).x()) <= 6


@pytest.mark.parametrize("values", [np.nan, np.inf, 0.0])
def test_hopeless_probabilities_do_not_crash(qtbot: QtBot, values: float) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(Surface(np.full((2, 64, 128), values, np.float32), HOME))
    canvas.show_picture(Surface(np.full((1, 64, 128), values, np.float32), HOME))
    assert pixels(canvas).size


def test_twelve_groups_and_labels_of_another_length(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.random.default_rng(0).normal(size=(30, 2)), np.zeros(30, int)))
    canvas.show_picture(groups(12, 30))
    canvas.show_picture(groups(3, 7))
    assert pixels(canvas).size


def test_points_take_the_colour_of_their_group_and_get_their_own_back(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.array([[-2.0, 1.0], [2.0, 1.0]]), np.array([2, 2])))
    own = colour_at(canvas, -2, 1)
    canvas.show_picture(groups(2, 2))
    assert near(colour_at(canvas, -2, 1), theme.tokens.class_color(0))
    assert near(colour_at(canvas, 2, 1), theme.tokens.class_color(1))
    canvas.clear_pictures()
    assert colour_at(canvas, -2, 1) == own


def test_train_is_filled_and_held_out_is_outlined(qtbot: QtBot) -> None:
    points = Points(np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([0, 0]), parts=np.array([0, 2], np.uint8))
    canvas = plane(qtbot, points)
    assert near(colour_at(canvas, -1, 0), theme.tokens.class_color(0))
    assert near(colour_at(canvas, 1, 0), theme.tokens.color("card"))


def test_every_class_has_a_shape_of_its_own(qtbot: QtBot) -> None:
    outlines = [marks.path(k) for k in range(8)]
    told = {(p.boundingRect().width(), p.boundingRect().height(), p.elementCount()) for p in outlines}
    assert len(told) == 8


def test_many_points_are_rasterised(qtbot: QtBot) -> None:
    x = np.random.default_rng(0).uniform(-2, 2, (20_000, 2))
    canvas = plane(qtbot, Points(x, np.zeros(20_000, int)))
    assert near(colour_at(canvas, 0, 0), theme.tokens.class_color(0))
    assert not near(colour_at(canvas, 4, 0), theme.tokens.class_color(0))


def test_rings_are_drawn_and_taken_away(qtbot: QtBot) -> None:
    canvas = plane(qtbot, Points(np.array([[1.0, 1.0]]), np.array([0])))
    before = pixels(canvas)
    canvas.points.ring(np.array([0]))
    assert (pixels(canvas) != before).any()
    canvas.points.ring(np.array([], int))
    assert (pixels(canvas) == before).all()


# The plane and the mouse


def drag(canvas: Plane, button: Qt.MouseButton, *places: tuple[float, float]) -> None:
    viewport = canvas.viewport()
    pixels_at = [at(canvas, *place).toPoint() for place in places]
    QTest.mousePress(viewport, button, pos=pixels_at[0])
    for place in pixels_at[1:]:
        QTest.mouseMove(viewport, place)
    QTest.mouseRelease(viewport, button, pos=pixels_at[-1])


def test_a_centre_is_dragged_and_the_tool_is_not_bothered(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(groups(2))
    pokes: list[Poke] = []
    presses: list[object] = []
    canvas.poked.connect(pokes.append)
    canvas.pressed.connect(presses.append)
    drag(canvas, Qt.MouseButton.LeftButton, (2, 0), (2.5, 0.5), (3, 1))
    assert not presses
    assert pokes[-1].target == "centres"
    assert pokes[-1].index == (1,)
    assert pokes[-1].value == pytest.approx((3, 1), abs=0.03)  # type: ignore[comparison-overlap]
    drag(canvas, Qt.MouseButton.LeftButton, (0, 2), (0, 2.5))
    assert len(presses) == 1


def test_events_are_in_data_units(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    seen: list[object] = []
    canvas.pressed.connect(seen.append)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.RightButton, pos=at(canvas, 1.5, -0.5).toPoint())
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.RightButton, pos=at(canvas, 1.5, -0.5).toPoint())
    event = seen[0]
    assert (event.x, event.y) == pytest.approx((1.5, -0.5), abs=event.per_pixel)  # type: ignore[attr-defined]
    assert event.button is Qt.MouseButton.RightButton  # type: ignore[attr-defined]


def test_middle_button_pans_and_home_comes_back(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    home = canvas.getViewBox().viewRect()
    drag(canvas, Qt.MouseButton.MiddleButton, (0, 0), (1, 0.5), (2, 1))
    moved = canvas.getViewBox().viewRect()
    assert moved.center().x() == pytest.approx(home.center().x() - 2, abs=0.1)
    assert moved.center().y() == pytest.approx(home.center().y() - 1, abs=0.1)
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(4, 200).toPoint())
    assert canvas.getViewBox().viewRect().center().x() == pytest.approx(home.center().x(), abs=0.01)


# Cards


def test_a_cell_leads_to_its_points_by_mouse_and_by_keys(qtbot: QtBot) -> None:
    view = ConfusionView()
    shown(qtbot, view)
    sample = confusion(2)
    view.show_picture(sample)
    picked: list[np.ndarray] = []  # type: ignore[type-arg]
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(1, 0).center().toPoint())
    expected = sample.index[(sample.truth == 1) & (sample.predicted == 0) & (sample.parts == 2)]
    assert picked[-1].tolist() == expected.tolist()
    assert view.counts.sum() == (sample.parts == 2).sum()
    matrix = view.findChildren(QWidget)[-1]
    QTest.keyClick(matrix, Qt.Key.Key_Up)
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    expected = sample.index[(sample.truth == 0) & (sample.predicted == 0) & (sample.parts == 2)]
    assert picked[-1].tolist() == expected.tolist()


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


def test_hovering_tells_the_weight_in_both_languages(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    view.show_picture(network())
    before = pixels(view)
    QTest.mouseMove(view, view.line(Edge(0, 2, 1)).pointAt(0.9).toPoint())
    assert (pixels(view) != before).any()
    assert view.describe(Edge(0, 2, 1)).startswith("weight ")
    speaker.speak("zh")
    assert view.describe(Edge(0, 2, 1)).startswith("权重")


@pytest.mark.parametrize("size", [(30, 20), (120, 60), (900, 500)])
def test_cards_of_any_size_and_networks_of_any_depth(qtbot: QtBot, size: tuple[int, int]) -> None:
    for view, picture in (
        (NetworkView(), network((2, *(8,) * 6, 8))),
        (NetworkView(), network((2, 1))),
        (ConfusionView(), confusion(8)),
    ):
        shown(qtbot, view, size)
        view.show_picture(picture)
        assert pixels(view).size


def test_a_network_that_has_exploded_is_still_drawn(qtbot: QtBot) -> None:
    view = NetworkView()
    shown(qtbot, view)
    maps = tuple(np.full((n, 16, 32), np.nan, np.float32) for n in (2, 1))
    view.show_picture(Network((2, 1), (np.full((1, 2), np.inf),), (np.full(1, np.nan),), maps, HOME, "relu"))
    assert pixels(view).size


def test_curves_show_both_lines_and_numbers(qtbot: QtBot) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Loss", ("train_loss", "validation_loss"))
    empty = pixels(view)
    falling = np.linspace(1, 0, 1_000_000)
    view.show_history({"train_loss": falling, "validation_loss": falling + 0.2}, 500_000)
    full = pixels(view)
    for name in ("curve_train", "curve_validation"):
        colour = np.array(theme.tokens.color(name).getRgb()[:3])  # type: ignore[index]
        assert (np.abs(full[60:].astype(int) - colour).max(axis=2) < 60).sum() > 100
    assert (full != empty).any()
    view.show_history({"train_loss": np.full(5, np.nan), "validation_loss": np.full(5, np.inf)}, 2)
    assert pixels(view).size
    view.clear()
    assert (pixels(view) == empty).all()


def test_a_closed_plane_takes_late_events_and_looks_in_its_stride(qtbot: QtBot) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(surface())
    canvas.close()
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    place = QPointF(50, 50)
    for kind in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        canvas.event(QMouseEvent(kind, place, canvas.mapToGlobal(place), left, left, none))
    canvas.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, place, place, left, left, none))
    canvas.show_cursor(1.0)
    theme.set(dark=True)
