"""Every kind of picture has a view that draws it, in both themes, whatever is in it."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.theme.tokens import bgr
from app.views import marks
from app.views.confusion_matrix import Matrix
from app.views.confusion_view import ConfusionView
from app.views.curves_view import CurvesView
from app.views.network_view import NetworkView
from app.views.plane import Plane
from app.views.registry import CardView, view_for
from app.views.surface_layer import STRENGTH
from engines.core.experiment import Experiment
from engines.core.language import say
from engines.core.picture import Picture
from engines.core.registry import discover, judges
from engines.data.points import Points
from engines.data.sampling import make_sample
from engines.pictures.bars import Bars
from engines.pictures.boundaries import Boundaries
from engines.pictures.chart import Chart
from engines.pictures.circles import Circles
from engines.pictures.confusion import Confusion
from engines.pictures.folds import Folds
from engines.pictures.grid import Grid
from engines.pictures.groups import Groups
from engines.pictures.halos import Halos
from engines.pictures.network import Network
from engines.pictures.parallel import Parallel
from engines.pictures.scatter import Scatter
from engines.pictures.splits import Splits
from engines.pictures.surface import HOME, Surface, grid
from engines.pictures.tiles import Tiles
from engines.pictures.trials import Dimension, Trials

pytestmark = pytest.mark.usefixtures("plain_look")


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


def scatter(n: int = 20) -> Scatter:
    places = np.random.default_rng(0).normal(size=(n, 2))
    return Scatter(places, np.arange(n) % 2, ("a", "b"), (-3.0, -3.0, 3.0, 3.0))


def tiles(n: int = 6) -> Tiles:
    values = np.random.default_rng(0).random((n, 8, 8)).astype(np.float32)
    return Tiles(values, np.arange(n) % 2 == 0, ("a",) * n, 3, np.arange(n))


def splits() -> Splits:
    return Splits(np.array([(1.0, -4.0, 1.0, 4.0), (-8.0, 0.5, 1.0, 0.5)]), np.array([0, 1]), (-8.0, -4.0, 1.0, 4.0))


def circles(k: int = 3) -> Circles:
    centres = np.column_stack([np.linspace(-3, 3, k), np.zeros(k)])
    return Circles(centres, np.ones(k), np.arange(k) - 1, np.stack([centres + 1, centres]))


def halos(n: int = 20) -> Halos:
    return Halos(np.eye(n)[0])


def boundaries(m: int = 3) -> Boundaries:
    surfaces = np.full((m, 2, 8, 16), 0.5, np.float32)
    surfaces[:, 0, :, :8], surfaces[:, 1, :, :8] = 1.0, 0.0
    return Boundaries(surfaces, HOME, ("a",) * m, np.linspace(0.5, 1.0, m), best=0)


def folds(m: int = 20) -> Folds:
    return Folds(np.arange(m), np.arange(m) % 4, np.arange(m) % 2, ("a", "b"), 5, np.linspace(0.5, 1.0, 4), 1)


def trials(kind: type[Trials]) -> Trials:
    return kind(
        (Dimension(say("k"), (0.0, 1.0), ("1", "2")),), np.array([(0.0,), (1.0,)]), np.array([0.5, 0.8]),
        np.zeros(2, bool), 0.5, 0.8, say("accuracy"), 1, 1, (say("k"), say("k")), ((("k", 1),), (("k", 2),)),
    )  # fmt: skip


SAMPLES: dict[type[Picture], Callable[[], Picture]] = {
    Surface: surface, Groups: groups, Confusion: confusion, Network: network, Scatter: scatter, Tiles: tiles,
    Splits: splits, Circles: circles, Halos: halos, Boundaries: boundaries, Folds: folds,
    Grid: lambda: trials(Grid), Parallel: lambda: trials(Parallel),
}  # fmt: skip
BASES = {Chart, Bars, Trials}


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
    colour: QColor = plane.grab().toImage().pixelColor(place)
    return colour


def near(first: QColor, second: QColor, most: int = 40) -> bool:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return all(abs(a - b) <= most for a, b in pairs)


def all_kinds() -> list[type[Picture]]:
    from importlib import import_module
    from pkgutil import iter_modules

    import engines.pictures

    for module in iter_modules(engines.pictures.__path__, "engines.pictures."):
        import_module(module.name)
    found, waiting = [], [Picture]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return sorted(found, key=lambda kind: kind.__name__)


@cache
def drawn_by_engines() -> dict[type[Picture], tuple[Picture, Points]]:
    """A picture of every kind as some engine draws it after some steps, and the points it was drawn for.

    Of the first engine's steps the latest with the most in it is taken: a new kind needs no sample of its own.
    """
    found: dict[type[Picture], tuple[Picture, Points]] = {}
    sizes: dict[type[Picture], int] = {}
    alone = [Experiment(item.key, item.params(), make_sample(item.sample)) for item in discover().engines.values()]
    by_key = {run.engine_key: run for run in alone}
    judged = [replace(by_key["classification.naive_bayes"], judge_key=key) for key in judges()]
    for run in (*alone, *judged):
        known = frozenset(found)
        if set(run.runs.shows) <= known | SAMPLES.keys():
            continue
        data = run.data if isinstance(run.data, Points) else Points(np.zeros((20, 2)), np.zeros(20, int))
        steps = run.start()
        for picture in (picture for step in islice(steps, 40) for picture in step.draw()):
            size = len(pickle.dumps(picture))
            if type(picture) not in known and size >= sizes.get(type(picture), 0):
                found[type(picture)], sizes[type(picture)] = (picture, data), size
        steps.close()
    return found


@pytest.mark.parametrize("kind", all_kinds())
@pytest.mark.parametrize("dark", [False, True])
def test_every_picture_is_drawn_and_cleared(qtbot: QtBot, kind: type[Picture], dark: bool) -> None:
    theme.set(dark=dark)
    if kind in SAMPLES:
        sample, points = SAMPLES[kind](), Points(np.zeros((20, 2)), np.zeros(20, int))
    elif issubclass(kind, tuple(BASES)) and kind not in drawn_by_engines():
        return  # it differs from those that are drawn here by its title alone
    else:
        sample, points = drawn_by_engines()[kind]
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
        widget = plane(qtbot, points)
        empty = pixels(widget)
        widget.show_picture(sample)
        full = pixels(widget)
        widget.clear_pictures()
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


@pytest.mark.parametrize("shape", [(2, 1, 1), (3, 1, 5), (2, 2, 2), (8, 2, 3)])
def test_surfaces_of_any_size_are_drawn(qtbot: QtBot, shape: tuple[int, int, int]) -> None:
    canvas = plane(qtbot)
    values = np.zeros(shape, np.float32)
    values[1] = 1.0
    values[0].flat[0], values[1].flat[-1] = np.nan, np.inf
    canvas.show_picture(Surface(values, HOME))
    assert near(colour_at(canvas, 0.5, 0.5), theme.tokens.class_color(1), 130)


@pytest.mark.parametrize("classes", [3, 8])
def test_there_is_a_border_between_any_two_neighbours(qtbot: QtBot, classes: int) -> None:
    canvas = plane(qtbot)
    canvas.show_picture(surface(classes))
    row = pixels(canvas)[200].astype(int).sum(1)
    for k in range(1, classes):
        x = -8 + 16 * k / classes
        if abs(x) < 5:
            here = round(at(canvas, x, 0).x())
            assert row[here - 8 : here + 9].min() < 0.7 * row[here - 20], f"between class {k - 1} and {k}"


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


@pytest.mark.parametrize("size", [(30, 20), (120, 60), (900, 500)])
def test_cards_of_any_size_and_networks_of_any_depth(qtbot: QtBot, size: tuple[int, int]) -> None:
    for view, picture in (
        (NetworkView(), network((2, *(8,) * 6, 8))),
        (NetworkView(), network((2, 1))),
        (ConfusionView(), confusion(8)),
        (ConfusionView(), Confusion(*(np.zeros(0, int),) * 4, 2)),
    ):
        shown(qtbot, view, size)
        view.show_picture(picture)
        assert pixels(view).size


@pytest.mark.parametrize("kind", [NetworkView, ConfusionView, CurvesView])
def test_cards_have_a_name_and_speak_both_languages(qtbot: QtBot, kind: type[CardView]) -> None:
    view = kind()
    if isinstance(view, CurvesView):
        view.set_curves("Loss", ("train_loss",))
    shown(qtbot, view)
    view.clear()
    english, name = pixels(view), view.accessibleName()
    assert name
    speaker.speak("zh")
    assert view.accessibleName() != name
    assert (pixels(view) != english).any()
    speaker.speak("en")
    assert (pixels(view) == english).all()


def test_the_same_picture_is_not_drawn_twice(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    for view, sample in ((NetworkView(), network), (ConfusionView(), confusion)):
        shown(qtbot, view)
        painted = view if isinstance(view, NetworkView) else view.findChildren(Matrix)[0]
        updates: list[None] = []
        monkeypatch.setattr(painted, "update", lambda updates=updates: updates.append(None))
        first = sample()
        view.show_picture(first)
        updates.clear()
        view.show_picture(first)
        assert not updates
        view.clear()
        assert updates
