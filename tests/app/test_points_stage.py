"""Points on the stage of a session: files out and in, apart from the window."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.editors.points.stage import PointsStage
from app.session.errand import Errand
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from engines.core.dataset import TEST, Split
from engines.core.language import say
from engines.data.points import Points
from engines.data.sampling import make_sample, make_sample_apart, modified_apart


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[PointsStage]:
    session = Session(Runner(warm=False, spare=False), "clustering.kmeans")  # a runner that was never started
    stage = PointsStage(session)
    stage.active = True
    qtbot.addWidget(stage)
    yield stage
    stage.stop_reading()
    session.close()


def test_what_is_written_comes_back(stage: PointsStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage.document.load(make_sample("moons", n=40), "Moons")
    drawn = stage.points.points
    with qtbot.waitSignal(stage.said, timeout=20_000) as said:
        stage.write(tmp_path / "moons.npz")
    assert said.args[0].render("en") == "“moons.npz” is written."
    stage.document.clear()
    with qtbot.waitSignal(stage.document.loaded, timeout=20_000):
        stage.open_file(tmp_path / "moons.npz")
    assert np.array_equal(stage.points.points.x, drawn.x)
    assert np.array_equal(stage.points.points.y, drawn.y)


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_lost(
    stage: PointsStage, qtbot: QtBot, tmp_path: Path
) -> None:
    stage.document.load(make_sample("moons", n=40), "Moons")
    with qtbot.waitSignal(stage.said, timeout=20_000) as said:
        stage.write(tmp_path / "nowhere" / "moons.npz")
    assert "cannot be written" in said.args[0].render("en")
    assert said.args[1] == "bad"
    assert len(stage.document) == 40


def test_a_broken_file_is_said_and_the_drawing_stays(stage: PointsStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage.document.load(make_sample("moons", n=40), "Moons")
    (tmp_path / "broken.npz").write_bytes(b"PK not really")
    with qtbot.waitSignal(stage.said, timeout=20_000) as said:
        stage.open_file(tmp_path / "broken.npz")
    assert "broken.npz" in said.args[0].render("en")
    assert len(stage.document) == 40


def test_a_large_sample_is_made_apart_and_can_be_taken_back(stage: PointsStage, qtbot: QtBot) -> None:
    stage.document.load(make_sample("moons", n=40), "Moons")
    with qtbot.waitSignal(stage.document.loaded, timeout=20_000):
        stage.load_apart((make_sample_apart, "rings", 3, {"n": 30_000}), say("Rings"))
    wanted = make_sample("rings", seed=3, n=30_000)
    assert stage.points.points.recipe == wanted.recipe
    assert np.array_equal(stage.points.points.x, wanted.x)
    stage.document.undo()
    assert len(stage.document) == 40


def test_outliers_for_very_many_points_are_made_apart(stage: PointsStage, qtbot: QtBot) -> None:
    many = make_sample("moons", n=25_000)
    stage.document.load(many, "Moons")
    with qtbot.waitSignal(stage.document.loaded, timeout=20_000):
        stage.load_apart((modified_apart, many, "outliers", 0, {"n": 5}), say("Outliers"))
    assert len(stage.document) == 25_005
    assert str(stage.points.points.recipe).startswith("moons:n=25000")


def test_an_errand_that_is_over_is_let_go_with_its_data(stage: PointsStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage.document.load(make_sample("moons", n=40), "Moons")
    for name in ("one.npz", "two.npz"):
        with qtbot.waitSignal(stage.said, timeout=20_000):
            stage.write(tmp_path / name)
    qtbot.waitUntil(lambda: not stage.findChildren(Errand), timeout=5000)
    stage.stop_reading()  # nothing is left to be given up


# The sealed test share


@pytest.fixture
def sealed(qtbot: QtBot) -> Iterator[PointsStage]:
    """Two classes, half of them for the test, with an algorithm that learns classes."""
    session = Session(Runner(warm=False, spare=False), "classification.knn")
    stage = PointsStage(session)
    stage.active = True
    qtbot.addWidget(stage)
    stage.resize(700, 400)
    stage.show()
    places = [(-2.0, 0.0), (-1.0, 0.0), (1.0, 0.0), (2.0, 0.0)]
    stage.document.load(Points(np.array(places), np.array([0, 0, 1, 1])), "Four")
    session.set_split(Split(0.5, 0.0))
    yield stage
    stage.stop_reading()
    session.close()


def colours(stage: PointsStage) -> list[str]:
    """The colour at the edge of each point's mark, of class 0, of class 1, or neither."""
    image, view = stage.plane.grab().toImage(), stage.plane.getViewBox()
    found = []
    for x, y in stage.session.data.x.tolist():
        centre = stage.plane.mapFromScene(view.mapViewToScene(QPointF(x, y)))
        near = {image.pixelColor(centre.x() + dx, centre.y() + dy).name() for dx in range(-6, 7) for dy in range(-6, 7)}
        names = [theme.tokens.class_color(which).name() for which in (0, 1)]
        found.append(next((str(which) for which in (0, 1) if names[which] in near), "neither"))
    return found


def test_what_a_test_point_is_stays_sealed_until_the_final_exam(sealed: PointsStage) -> None:
    parts = sealed.session.data.parts
    assert (parts == TEST).sum() == 2
    expected = ["0", "0", "1", "1"]
    hidden = ["neither" if part == TEST else each for each, part in zip(expected, parts, strict=True)]
    assert colours(sealed) == hidden
    assert np.array_equal(sealed.plane.points.sealed, parts == TEST)
    sealed.session.seal.sit()
    assert not sealed.plane.points.sealed.any()
    assert all(shown in {"neither", each} for shown, each in zip(colours(sealed), expected, strict=True))
    sealed.session.set_param("n_neighbors", 3)  # another model, which has not sat it
    assert colours(sealed) == hidden


def test_where_no_class_is_learned_nothing_is_sealed(sealed: PointsStage) -> None:
    sealed.session.choose("clustering.kmeans")
    assert not sealed.plane.points.sealed.any()
    assert "Grey rings" not in sealed.toolbar._count.toolTip()
    sealed.session.choose("classification.knn")
    assert sealed.plane.points.sealed.any()
    assert "Grey rings" in sealed.toolbar._count.toolTip()


def test_of_very_many_points_those_of_the_test_share_have_one_colour(sealed: PointsStage) -> None:
    sealed.document.load(make_sample("moons", n=6000), "Moons")
    sealed.plane.grab()
    layer = sealed.plane.points
    assert isinstance(layer._picture, QImage)
    before = layer._picture.copy()
    sealed.session.seal.sit()
    sealed.plane.grab()
    assert isinstance(layer._picture, QImage)
    assert layer._picture != before
