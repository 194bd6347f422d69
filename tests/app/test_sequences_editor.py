"""Drawing series with a real mouse on a real chart: tools, gaps, channels, the split in time, undo."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editors.sequences.document import SequencesDocument
from app.editors.sequences.editor import SeriesEditor
from app.editors.sequences.stage import SequencesStage
from app.language import speaker
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from app.views.series_chart import SeriesChart
from app.views.series_reduction import BLOCK, Reduction
from engines.core.dataset import Split
from engines.data.importing import write_file
from engines.data.moments import following
from engines.data.sampling import make_sample
from engines.data.sequences import MOST_CHANNELS, MOST_MOMENTS, Sequences

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, CONTROL, SHIFT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip
Place = tuple[float, float]


@dataclass
class Desk:
    """The stage of series in a window, and a hand on the mouse. Places are (row, value)."""

    window: QWidget
    stage: SequencesStage
    session: Session

    @property
    def chart(self) -> SeriesChart:
        return self.stage.chart

    @property
    def editor(self) -> SeriesEditor:
        return self.stage.editor

    @property
    def document(self) -> SequencesDocument:
        return self.stage.editor.document

    @property
    def values(self) -> np.ndarray:
        return self.document.series.values[:, 0]

    def pixel(self, place: Place) -> QPoint:
        return self.chart.pixel_of(*place).toPoint()

    def drag(self, *places: Place, button: Qt.MouseButton = LEFT, moves: int = 12) -> None:
        target = self.chart.viewport()
        way = [self.pixel(places[0])]  # all of it beforehand: the view may move
        for start, end in pairwise(places):
            shares = np.linspace(0, 1, moves + 1)[1:]
            way += [self.pixel(tuple(np.add(start, share * np.subtract(end, start)))) for share in shares]
        QTest.mousePress(target, button, NONE, way[0])
        for pixel in way[1:]:
            QTest.mouseMove(target, pixel)
        QTest.mouseRelease(target, button, NONE, way[-1])

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.window, key, modifiers)

    def wheel(self, turn: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        at = QPointF(self.chart.viewport().rect().center())
        event = QWheelEvent(at, self.chart.viewport().mapToGlobal(at), QPoint(), QPoint(0, turn),
                            Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(self.chart.viewport(), event)

    def load(self, values: object, **more: object) -> None:
        array = np.array(values, float)
        self.document.load(Sequences(array.reshape(len(array), -1), **more), "Clear")  # type: ignore[arg-type]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    session = Session(Runner(warm=False, spare=False), "clustering.kmeans")
    stage = SequencesStage(session)
    stage.active = True
    window = QWidget()
    QVBoxLayout(window).addWidget(stage)
    window.resize(820, 560)
    window.addActions([stage.document.undo_action, stage.document.redo_action])
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield Desk(window, stage, session)
    session.close()
    speaker.speak("en")
    theme.set(dark=False, projector=False)


# Drawing


def test_a_curve_is_drawn_from_nothing(desk: Desk) -> None:
    assert desk.stage.empty.isVisible()
    desk.drag((0, -1), (50, 1), (90, 0))
    assert not desk.stage.empty.isVisible()
    assert len(desk.document) == pytest.approx(91, abs=1)
    assert np.isfinite(desk.values).all()
    assert desk.values[0] == pytest.approx(-1, abs=0.05)
    assert desk.values[50] == pytest.approx(1, abs=0.05)
    assert (np.diff(desk.values[:48]) > 0).all()
    assert desk.session.data is not None
    assert len(desk.session.data) == len(desk.document)
    assert desk.document.series.recipe.source == "drawn"


def test_a_fast_mouse_leaves_no_row_out(desk: Desk) -> None:
    desk.drag((2, -1), (80, 1), moves=1)
    assert np.isfinite(desk.values[2:]).all()
    assert (np.diff(desk.values[2:]) > 0).all()
    assert np.isnan(desk.values[:2]).all()


def test_drawing_over_values_leaves_the_others_alone(desk: Desk) -> None:
    desk.load(np.zeros(100))
    desk.drag((20, 0.5), (40, 0.5))
    assert desk.values[22:39] == pytest.approx(np.full(17, 0.5), abs=0.05)
    assert (desk.values[:18] == 0).all()
    assert (desk.values[43:] == 0).all()


def test_drawing_past_the_end_leads_there_and_goes_on_naming(desk: Desk) -> None:
    desk.load(np.zeros(60), moments=tuple(f"{1949 + k // 12}-{k % 12 + 1:02d}" for k in range(60)), unit="month")
    desk.chart.getViewBox().setRange(xRange=(0, 120), yRange=(-2, 2), padding=0)
    desk.drag((80, 1), (100, 1))
    assert len(desk.document) == pytest.approx(101, abs=1)
    assert np.isfinite(desk.values).all()
    assert (np.diff(desk.values[59:80]) > 0).all()
    assert desk.document.series.moments[60:62] == ("1954-01", "1954-02")
    assert len(desk.document.series.moments) == len(desk.document.series.key) == len(desk.document)


def test_one_undo_takes_a_stroke_back(desk: Desk) -> None:
    desk.drag((0, 0), (60, 1))
    before = desk.values.copy()
    desk.drag((10, -1), (40, -1))
    after = desk.values.copy()
    desk.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(desk.values, before)
    assert desk.chart.lines.channels[0].reach == pytest.approx((before.min(), before.max()))
    desk.key(Qt.Key.Key_Y, CONTROL)
    assert np.array_equal(desk.values, after)
    desk.key(Qt.Key.Key_Z, CONTROL)
    desk.key(Qt.Key.Key_Z, CONTROL)
    assert len(desk.document) == 0


def test_no_series_grows_beyond_what_it_can_be(desk: Desk) -> None:
    desk.document.load(make_sample("random_walk", n=MOST_MOMENTS), "Random walk")
    desk.document.begin("Draw a curve")
    desk.document.write(0, MOST_MOMENTS - 2, np.arange(5.0))
    desk.document.end()
    assert len(desk.document) == MOST_MOMENTS
    assert desk.values[-2:].tolist() == [0, 1]


# The other tools


def test_smoothing_takes_the_edge_off_where_it_passes(desk: Desk) -> None:
    rough = np.where(np.arange(200) % 2, 1.0, -1.0)
    desk.load(rough)
    desk.key(Qt.Key.Key_M)
    desk.drag((60, 0), (120, 0))
    assert np.abs(desk.values[70:110]).max() < 0.6
    assert np.array_equal(desk.values[:30], rough[:30])


def test_raising_makes_a_hill_and_a_selection_is_raised_as_a_whole(desk: Desk) -> None:
    desk.load(np.append(np.zeros(199), 3))
    desk.key(Qt.Key.Key_U)
    desk.drag((100, 0), (100, 1))
    assert desk.values[100] == pytest.approx(1, abs=0.05)
    assert 0 < desk.values[97] < desk.values[100]
    assert desk.values[60] == 0
    desk.editor.select((10, 20))
    desk.drag((15, 0), (15, -1))
    assert desk.values[10:20] == pytest.approx(np.full(10, -1), abs=0.05)
    assert desk.values[20] == desk.values[9] == 0


def test_a_gap_is_made_and_filled(desk: Desk) -> None:
    desk.load(np.arange(100.0))
    desk.key(Qt.Key.Key_E)
    desk.drag((40, 50), (50, 50))
    missing = np.flatnonzero(np.isnan(desk.values))
    assert missing.min() > 30
    assert {42, 48} <= set(missing.tolist())
    QTest.mouseClick(desk.stage.toolbar.fill, LEFT)
    assert desk.values == pytest.approx(np.arange(100.0))


def test_noise_strays_each_row_once_a_stroke(desk: Desk) -> None:
    desk.load(np.sin(np.arange(400) / 10))
    before = desk.values.copy()
    desk.key(Qt.Key.Key_N)
    desk.drag((100, 0), (200, 0), (100, 0), (200, 0), moves=40)
    moved = desk.values - before
    assert np.std(moved[110:190]) == pytest.approx(0.1 * before.std(), rel=0.5)
    assert (moved[:60] == 0).all()


def test_a_stretch_is_selected_deleted_and_inserted(desk: Desk) -> None:
    desk.load(np.arange(100.0))
    desk.key(Qt.Key.Key_V)
    desk.drag((20, 50), (39, 50))
    start, stop = desk.editor.hand.selection or (0, 0)
    assert (start, stop) == (pytest.approx(20, abs=1), pytest.approx(40, abs=1))
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.document) == 100 - (stop - start)
    assert desk.editor.hand.selection is None
    desk.key(Qt.Key.Key_Z, CONTROL)
    desk.editor.select((50, 60))
    QTest.mouseClick(desk.stage.toolbar.insert, LEFT)
    assert len(desk.document) == 110
    assert desk.values[60:].tolist() == list(range(50, 100))
    assert ((desk.values[50:60] > 49) & (desk.values[50:60] < 50)).all()
    desk.drag((5, 50), (5, 50))
    assert desk.editor.hand.selection is None


def test_reach_grows_with_the_wheel_and_keys(desk: Desk) -> None:
    reach = desk.editor.hand.reach
    desk.wheel(120, CONTROL)
    assert desk.editor.hand.reach > reach
    desk.key(Qt.Key.Key_BracketLeft)
    assert desk.editor.hand.reach == pytest.approx(reach)
    for _ in range(60):
        desk.key(Qt.Key.Key_BracketRight)
    assert desk.editor.hand.reach == 300


# Looking


def test_wheel_zooms_and_the_middle_button_pans(desk: Desk) -> None:
    desk.load(np.sin(np.arange(1000) / 20))
    box = desk.chart.getViewBox()
    whole = box.viewRect()
    desk.wheel(240)
    closer = box.viewRect()
    assert closer.width() < 0.85 * whole.width()
    assert closer.height() == pytest.approx(whole.height())
    desk.wheel(240, SHIFT)
    assert box.viewRect().height() < 0.85 * whole.height()
    left = box.viewRect().left()
    desk.drag((500, 0), (450, 0), button=MIDDLE)
    assert box.viewRect().left() == pytest.approx(left + 50, abs=3)
    assert not desk.document.undo_action.isEnabled() or desk.values[0] == 0
    desk.key(Qt.Key.Key_F)
    assert box.viewRect().width() == pytest.approx(whole.width())


def test_the_mouse_reads_moment_and_value(desk: Desk) -> None:
    desk.document.load(make_sample("airline_passengers"), "Airline passengers")
    QTest.mouseMove(desk.chart.viewport(), desk.pixel((60, 300)))
    assert desk.stage.toolbar.told.text() == "1954-01 · passengers = 204"
    desk.load([1.0, np.nan, 3])
    QTest.mouseMove(desk.chart.viewport(), desk.pixel((1, 2)))
    assert "missing" in desk.stage.toolbar.told.text()


# Channels


def test_channels_are_added_named_chosen_hidden_and_deleted(desk: Desk, qtbot: QtBot) -> None:
    desk.load(np.zeros(50))
    options = desk.stage.options()
    qtbot.addWidget(options)
    options.show()
    QTest.mouseClick(options.add, LEFT)
    assert desk.document.series.names == ("value", "channel 2")
    assert desk.editor.hand.channel == 1
    desk.chart.getViewBox().setRange(xRange=(0, 50), yRange=(-2, 2), padding=0)
    desk.drag((10, 1), (30, 1))
    assert np.isfinite(desk.document.series.values[12:29, 1]).all()
    assert (desk.values == 0).all()
    row = options.rows[1]
    row.name.setFocus()
    row.name.selectAll()
    QTest.keyClicks(row.name, "sales")
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert desk.document.series.names == ("value", "sales")
    QTest.mouseClick(options.rows[0].eye, LEFT)
    assert desk.editor.hidden == {0}
    QTest.mouseClick(options.rows[0].dot, LEFT)
    assert (desk.editor.hand.channel, desk.editor.hidden) == (0, frozenset())
    QTest.mouseClick(options.rows[1].delete, LEFT)
    assert desk.document.series.names == ("value",)
    assert len(options.rows) == 1
    assert not options.rows[0].delete.isEnabled()


def test_there_are_as_many_channels_as_can_be(desk: Desk, qtbot: QtBot) -> None:
    desk.load(np.zeros((5, MOST_CHANNELS)), names=tuple("abcdefgh"))
    options = desk.stage.options()
    qtbot.addWidget(options)
    assert not options.add.isEnabled()
    desk.key(Qt.Key.Key_8)
    assert desk.editor.hand.channel == 7


def test_the_unit_changes_only_when_it_is_typed(desk: Desk, qtbot: QtBot) -> None:
    desk.document.load(make_sample("seasonal"), "Seasonal demand")
    options = desk.stage.options()
    qtbot.addWidget(options)
    options.show()
    speaker.speak("zh")
    assert options.unit.text() == "月"
    options.unit.setFocus()
    QTest.keyClick(options.unit, Qt.Key.Key_Return)
    assert desk.document.series.unit == "month"
    QTest.keyClicks(options.unit, "x")
    QTest.keyClick(options.unit, Qt.Key.Key_Return)
    assert desk.document.series.unit == "月x"
    assert "120" in options.facts.text()


# The split


def test_series_are_split_in_time_and_points_as_before(desk: Desk) -> None:
    desk.session.set_data(make_sample("moons", n=40))
    assert desk.session.split.how == "stratified"
    desk.load(np.arange(100.0))
    assert desk.session.split == Split(how="time")
    assert desk.session.data.parts.tolist() == [0] * 70 + [1] * 15 + [2] * 15
    assert desk.chart.bands.borders == (70, 85)
    desk.session.set_data(make_sample("moons", n=40))
    assert desk.session.split.how == "stratified"


def test_a_split_by_chance_is_kept_if_it_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    desk.load(np.arange(100.0))
    options = desk.stage.options()
    qtbot.addWidget(options)
    assert "Switched" in options.split_note.text()
    desk.session.set_split(Split(how="random"))
    assert desk.chart.bands.borders is None
    assert "by chance" in options.split_note.text()
    desk.load(np.arange(50.0))
    assert desk.session.split.how == "random"


def test_borders_are_dragged_with_the_mouse(desk: Desk) -> None:
    desk.load(np.arange(100.0))
    asked: list[Split] = []
    desk.session.experiment_changed.connect(lambda: asked.append(desk.session.split))
    desk.drag((69.5, 50), (49.5, 50))
    assert desk.session.split.train == pytest.approx(0.5, abs=0.011)
    assert desk.session.split.train + desk.session.split.validation == pytest.approx(0.85)
    assert len(asked) == 1
    assert desk.values.tolist() == list(range(100))  # nothing was drawn
    desk.drag((84.5, 50), (20, 50))
    assert desk.session.split.validation == 0
    assert desk.session.split.train == pytest.approx(0.5, abs=0.011)
    first, known = desk.session.split.borders(100)
    assert first == known
    desk.drag((first - 0.5, 50), (first + 19.5, 50))
    assert desk.session.split.validation == pytest.approx(0.2, abs=0.011)
    desk.drag((first - 0.5, 50), (-5, 50))
    assert desk.session.split.train == pytest.approx(0.05)


# Files and looks


def test_a_file_is_imported_apart_from_the_window(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    made = make_sample("airline_passengers")
    write_file(made, tmp_path / "it.dat")
    with qtbot.waitSignal(desk.document.loaded, timeout=20_000):
        desk.stage.open_file(tmp_path / "it.dat")
    assert np.array_equal(desk.values, made.values[:, 0])
    assert desk.document.series.moments == made.moments
    (tmp_path / "bad.dat").write_bytes(b"\x89PNG\0\0\0")
    with qtbot.waitSignal(desk.stage.said, timeout=20_000) as told:
        desk.stage.open_file(tmp_path / "bad.dat")
    assert "no text" in told.args[0].render()
    assert len(desk.document) == 144
    desk.stage.stop_reading()


def test_all_is_said_in_chinese_and_seen_in_the_dark(desk: Desk, qtbot: QtBot) -> None:
    desk.document.load(make_sample("airline_passengers"), "Airline passengers")
    options = desk.stage.options()
    qtbot.addWidget(options)
    options.show()
    light = desk.chart.grab().toImage().pixelColor(60, 60)
    speaker.speak("zh")
    theme.set(dark=True)
    labels = [label.text() for label in options.findChildren(QLabel)]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in labels if text)
    dark = desk.chart.grab().toImage().pixelColor(60, 60)
    assert dark.lightness() < 80 < light.lightness()


def test_rings_and_bands_are_painted(desk: Desk) -> None:
    desk.load(np.zeros(100))
    plain = desk.chart.grab().toImage()
    desk.stage.ring(np.array([10, 50]))
    ringed = desk.chart.grab().toImage()
    assert plain != ringed
    desk.session.set_split(Split(0.2, 0.2, how="time"))
    assert desk.chart.grab().toImage() != ringed


# How quick it is


@pytest.mark.parametrize("n", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 5000, 100_003])
def test_a_reduced_line_reaches_as_far_as_the_values(n: int) -> None:
    values = np.random.default_rng(n).normal(0, 1, n)
    line = Reduction()
    line.read(values)
    for columns in (1, 7, 100, 4000):
        rows, drawn = line.line(0, n, columns)
        assert (drawn.min(), drawn.max()) == (values.min(), values.max())
        assert len(rows) == len(drawn) <= max(n if n <= 2 * columns else 0, 2 * columns + 4)
    low, high = n // 3, max(n // 3 + 1, n // 2)
    rows, drawn = line.line(low, high, 50)
    assert drawn.min() >= values.min()
    assert drawn.max() >= values[low:high].max() - 1e-12


def test_a_touched_line_is_that_of_the_new_values() -> None:
    values = np.zeros(10_000)
    line = Reduction()
    line.read(values)
    values[5000:5010] = 7
    line.touch(5000, 5010)
    assert line.reach == (0, 7)
    assert line.line(0, 10_000, 20)[1].max() == 7
    values[:] = np.nan
    line.touch(0, 10_000)
    assert np.isnan(line.reach).all()


def test_a_million_values_are_drawn_within_a_frame(desk: Desk) -> None:
    desk.document.load(make_sample("random_walk", n=1_000_000), "Random walk")
    view = desk.chart.viewport()
    view.repaint()
    seconds = []
    for _ in range(9):
        began = time.perf_counter()
        desk.chart.getViewBox().scaleBy((0.9, 1))
        view.repaint()
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.016  # the best of some: other work may be going on
    desk.drag((300_000, 0), (400_000, 0))
    assert len(desk.document) == 1_000_000
    assert desk.values[350_000] == pytest.approx(0, abs=30)


@pytest.mark.parametrize(
    ("last", "then"),
    [("1949-12", ("1950-01", "1950-02")), ("2012-02-28", ("2012-02-29", "2012-03-01")), ("1871", ("1872", "1873")),
     ("monday", ("", "")), ("2020-13", ("", "")), ("2020-02-31", ("", "")), ("9999-12-31", ("", "")), ("", ("", ""))],
)  # fmt: skip
def test_names_of_moments_go_on(last: str, then: tuple[str, ...]) -> None:
    assert following(last, 2) == then
