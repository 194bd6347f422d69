"""Scores over the settings, and all settings side by side: what is drawn where, and taking it over."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.grid_view import GridView
from app.views.parallel_view import ParallelView
from app.views.registry import view_for
from app.views.trials_view import TrialsView
from engines.core.language import say
from engines.pictures.grid import Grid
from engines.pictures.parallel import Parallel
from engines.pictures.trials import Dimension, Trials


def trials(kind: type[Trials] = Grid, columns: int = 4, rows: int = 3, *, known: int = -1, **more: object) -> Trials:
    """A grid whose scores rise to the right and up; the first ``known`` are finished."""
    across = Dimension(
        say("Neighbours k"), tuple(np.linspace(0, 1, columns)), tuple(str(2 * k) for k in range(columns))
    )
    up = Dimension(say("Weight of a vote"), tuple(np.linspace(0, 1, rows)), tuple(f"w{k}" for k in range(rows)))
    places = np.array([(x, y) for x in np.linspace(0, 1, columns) for y in np.linspace(0, 1, rows)])
    scores = 0.6 + 0.2 * places[:, 0] + 0.1 * places[:, 1]
    n = len(places)
    if known >= 0:
        scores[known:] = np.nan
    best = int(np.nanargmax(scores)) if np.isfinite(scores).any() else -1
    captions = tuple(say("{label} = {value}", label="trial", value=i) for i in range(n))
    cells = {"cells": (columns, rows)} if kind is Grid else {}
    lit = (n if known < 0 else known) - 1
    return kind(
        (across, up), places, scores, np.zeros(n, bool), 0.6, 0.9, say("accuracy"), best, lit,
        captions, tuple((("n_neighbors", i),) for i in range(n)), **(cells | more),
    )  # fmt: skip


@pytest.fixture(params=[GridView, ParallelView])
def any_view(request: pytest.FixtureRequest, qtbot: QtBot) -> TrialsView:
    return shown(request.param(), qtbot)


def shown(view: TrialsView, qtbot: QtBot, width: int = 260, height: int = 220) -> TrialsView:
    view.resize(width, height)
    qtbot.addWidget(view)
    view.show()
    return view


def kind_of(view: TrialsView) -> type[Trials]:
    return Grid if isinstance(view, GridView) else Parallel


def image(view: TrialsView) -> QImage:
    return view.grab().toImage()


def test_each_kind_has_its_view() -> None:
    assert view_for(Grid) is GridView
    assert view_for(Parallel) is ParallelView


def test_cells_lie_as_their_settings_do_and_a_click_takes_them(qtbot: QtBot) -> None:
    view = shown(GridView(), qtbot)
    view.show_picture(trials())
    first, up, across = view.box(0), view.box(1), view.box(3)
    assert up.center().y() < first.center().y()
    assert across.center().x() > first.center().x()
    assert across.center().y() == pytest.approx(first.center().y())
    assert all(view.rect().contains(view.box(i).toRect()) for i in range(12))
    with qtbot.waitSignal(view.taken) as told:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=up.center().toPoint())
    assert told.args == [{"n_neighbors": 1}]


def test_higher_scores_are_stronger_and_the_best_has_a_frame(qtbot: QtBot) -> None:
    view = shown(GridView(), qtbot, 500, 400)
    view.show_picture(replace(trials(), lit=-1))
    drawn = image(view)

    def blue(place: int) -> int:
        box = view.box(place)
        return drawn.pixelColor(int(box.left() + 6), int(box.bottom() - 6)).red()

    assert blue(0) > blue(3) > blue(6) > blue(9)
    edge = view.box(11)
    colours = {drawn.pixelColor(int(edge.left()) + i, int(edge.bottom() - 12)).name() for i in range(5)}
    assert theme.tokens.color("good").name() in colours


def test_the_button_takes_the_best_and_says_its_score(qtbot: QtBot) -> None:
    view = shown(GridView(), qtbot)
    assert not view.take_best.isEnabled()
    view.show_picture(trials(known=0))
    assert not view.take_best.isEnabled()
    view.show_picture(trials(known=5))
    assert view.take_best.text() == "Take the best: 0.717"
    with qtbot.waitSignal(view.taken) as told:
        view.take_best.click()
    assert told.args == [{"n_neighbors": 4}]
    speaker.speak("zh")
    assert view.take_best.text() == "采用最好的：0.717"
    speaker.speak("en")
    view.clear()
    assert not view.take_best.isEnabled()


def test_drawn_settings_are_dots_and_the_nearest_is_meant(qtbot: QtBot) -> None:
    view = shown(GridView(), qtbot)
    view.show_picture(replace(trials(), cells=(0, 0)))
    at = view.box(4).center()
    assert view.at(at + QPointF(4, 3)) == 4
    assert view.at(QPointF(view.room().center().x() + 3, 0)) == -1
    assert all(view.room().contains(view.box(i)) for i in range(12))


def test_one_hyper_parameter_is_one_row(qtbot: QtBot) -> None:
    view = shown(GridView(), qtbot)
    one = trials(columns=5, rows=1)
    view.show_picture(replace(one, dimensions=one.dimensions[:1], places=one.places[:, :1]))
    assert len({round(view.box(i).center().y()) for i in range(5)}) == 1
    assert not image(view).isNull()


def test_a_line_goes_through_its_settings_to_its_score(qtbot: QtBot) -> None:
    view = shown(ParallelView(), qtbot)
    picture = trials(Parallel)
    view.show_picture(picture)
    corners = view.corners(picture, 11)
    assert len(corners) == 3
    assert corners[0].y() == corners[1].y() == corners[2].y() == pytest.approx(view.room().top())
    low = view.corners(picture, 0)
    assert low[2].y() == pytest.approx(view.room().bottom())
    with qtbot.waitSignal(view.taken) as told:
        between = (low[1] + low[2]) / 2
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=between.toPoint())
    assert told.args == [{"n_neighbors": 0}]
    assert view.at(QPointF(view.width() / 2, 2)) == -1


def test_a_trial_that_is_not_finished_has_no_line(qtbot: QtBot) -> None:
    view = shown(ParallelView(), qtbot)
    view.show_picture(trials(Parallel, known=1))
    corner = view.corners(view.trials, 11)[0]  # type: ignore[arg-type]
    assert view.at(corner) != 11


def test_the_keyboard_goes_from_trial_to_trial_and_takes(any_view: TrialsView, qtbot: QtBot) -> None:
    any_view.show_picture(trials(kind_of(any_view)))
    any_view.setFocus()
    qtbot.keyClick(any_view, Qt.Key.Key_Left)
    assert any_view.chosen == 11, "the best comes first"
    qtbot.keyClick(any_view, Qt.Key.Key_Up)
    assert any_view.chosen == 10
    qtbot.keyClick(any_view, Qt.Key.Key_Down)
    qtbot.keyClick(any_view, Qt.Key.Key_Down)
    assert any_view.chosen == 11
    with qtbot.waitSignal(any_view.taken) as told:
        qtbot.keyClick(any_view, Qt.Key.Key_Return)
    assert told.args == [{"n_neighbors": 11}]


def test_the_mouse_makes_a_trial_stand_out(any_view: TrialsView, qtbot: QtBot) -> None:
    any_view.show_picture(trials(kind_of(any_view)))
    before = image(any_view)
    at = any_view.box(6).center() if isinstance(any_view, GridView) else any_view.corners(any_view.trials, 6)[2]
    qtbot.mouseMove(any_view, at.toPoint())
    any_view.hovering = any_view.at(at)
    any_view.update()
    assert any_view.hovering >= 0
    assert image(any_view) != before


def test_words_tell_setting_and_score(any_view: TrialsView) -> None:
    some = trials(kind_of(any_view), known=2)
    any_view.show_picture(replace(some, failed=np.arange(12) == 5))
    assert any_view.describe(1) == "trial = 1\naccuracy 0.650\nClick to train once with these settings"
    assert "not finished yet" in any_view.describe(4)
    assert "could not be trained" in any_view.describe(5)
    assert any_view.accessibleDescription()


def test_it_draws_in_every_size_look_and_language(any_view: TrialsView) -> None:
    for known in (0, 1, 7, -1):
        any_view.show_picture(trials(kind_of(any_view), known=known))
        for size in ((60, 40), (240, 170), (900, 500)):
            any_view.resize(*size)
            assert not image(any_view).isNull()
    light = image(any_view)
    theme.set(dark=True)
    assert image(any_view) != light
    theme.set(dark=False)
    any_view.clear()
    assert any_view.empty()
    assert not image(any_view).isNull()


def test_a_thousand_trials_stay_cheap(any_view: TrialsView) -> None:
    any_view.show_picture(trials(kind_of(any_view), columns=40, rows=25))
    image(any_view)
    began = time.perf_counter()
    for _ in range(5):
        any_view.grab()
    assert (time.perf_counter() - began) / 5 < 0.05, "it is kept as an image"
