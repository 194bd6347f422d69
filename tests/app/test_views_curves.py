"""Training curves: lines, numbers and axes that keep still, whatever the numbers are."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.curves_view import CurvesView
from tests.app.test_views import pixels, shown

pytestmark = pytest.mark.usefixtures("plain_look")


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


@pytest.mark.parametrize("values", [np.nan, np.inf, -np.inf, 0.0, -3.0, 1e308, -1e308, 1e-320])
def test_curves_of_any_numbers_are_drawn(qtbot: QtBot, values: float) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Loss", ("train_loss", "validation_loss"))
    view.show_history({"train_loss": np.full(5, values), "validation_loss": np.array([values])}, 3)
    assert pixels(view).size
    view.show_history({"train_loss": np.full(50_000, values), "validation_loss": np.zeros(50_000)}, 30_000)
    assert pixels(view).size


def columns_of(image: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", name: str) -> list[int]:
    colour = np.array(theme.tokens.color(name).getRgb()[:3])  # type: ignore[index]
    return np.flatnonzero((np.abs(image.astype(int) - colour).max(axis=2) < 20).any(axis=0)).tolist()


def test_running_numbers_do_not_shake(qtbot: QtBot) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Loss", ("train_loss", "validation_loss"))
    losses = np.array([0.9, 0.1111, 0.0888, 0.0007])
    seen = []
    for cursor in range(4):
        view.show_history({"train_loss": losses, "validation_loss": losses}, cursor)
        seen.append(columns_of(pixels(view)[:14], "curve_validation"))
    assert seen[0]
    assert seen == seen[:1] * 4


def test_the_axis_never_shrinks_while_a_run_goes_on(qtbot: QtBot) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Loss", ("train_loss",))
    losses = np.concatenate([np.full(50, 1.9), np.full(50, 0.01)])
    heights = []
    for end in (10, 50, 100):
        view.show_history({"train_loss": losses[:end]}, end - 1)
        image = pixels(view)[30:].astype(int)
        colour = np.array(theme.tokens.color("curve_train").getRgb()[:3])  # type: ignore[index]
        heights.append(int(np.nonzero((np.abs(image - colour).max(axis=2) < 60).any(axis=1))[0].min()))
    assert heights == heights[:1] * 3


def test_what_is_below_zero_has_room(qtbot: QtBot) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Reward", ("train_loss",))
    view.show_history({"train_loss": np.linspace(-3, 1, 200)}, 199)
    colour = np.array(theme.tokens.color("curve_train").getRgb()[:3])  # type: ignore[index]
    on_line = np.abs(pixels(view).astype(int) - colour).max(axis=2) < 100
    low, middle, high = (np.nonzero(on_line[30:275, x : x + 9])[0].mean() for x in (60, 220, 380))
    assert low > middle + 50 > high + 100  # a straight line all the way, not one that is cut off at zero


def test_a_single_step_is_a_dot_and_noise_is_grey(qtbot: QtBot) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Points", ("clustered", "noise"))
    view.show_history({"clustered": np.array([np.nan, 16.0]), "noise": np.array([np.nan, 4.0])}, 1)
    drawn = pixels(view)[40:].astype(int)
    for name in ("curve_train", "unlabelled"):
        colour = np.array(theme.tokens.color(name).getRgb()[:3])  # type: ignore[index]
        assert (np.abs(drawn - colour).max(axis=2) < 20).sum() >= 6, name


def test_a_ring_marks_where_early_stopping_had_its_best(qtbot: QtBot) -> None:
    view = CurvesView()
    shown(qtbot, view)
    view.set_curves("Loss", ("train_loss", "validation_loss"))
    losses = np.abs(np.arange(101) - 40.0) / 40 + 0.2
    best = np.minimum(np.arange(101.0), 40.0)
    plain = {"train_loss": losses / 2, "validation_loss": losses}
    view.show_history(plain, 100)
    assert view.best_step == -1
    assert not columns_of(pixels(view), "good")
    view.show_history(plain | {"best_epoch": best}, 100)
    assert view.best_step == 40
    green = columns_of(pixels(view), "good")
    left, right = theme.px(38), view.width() - theme.px(8)
    assert min(green) == pytest.approx(left + 0.4 * (right - left), abs=8)
    view.show_history(plain | {"best_epoch": best}, 20)
    assert view.best_step == 20  # as far as was known then
    view.show_history(plain | {"best_epoch": np.zeros(101)}, 0)
    assert view.best_step == -1
