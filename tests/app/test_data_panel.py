"""The Data tab: samples, their settings, the split, and where the points came from, by mouse and by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from app.editors.points.document import PointsDocument
from app.kit import QuietButton, ValueSlider
from app.language import speaker
from app.panels.data_panel import DataPanel
from app.panels.sample_gallery import THUMBNAIL_POINTS
from app.session.seal import Seal
from app.theme import theme
from engines.core.dataset import Recipe, Split
from engines.core.errand import quietly
from engines.core.registry import engine_named
from engines.data.importing import writers
from engines.data.points import UNLABELLED, Points
from engines.data.sampling import make_sample, modified, samples

LEFT = Qt.MouseButton.LeftButton


class StandIn(QObject):
    """What the panel needs of a session."""

    experiment_changed = Signal()
    data_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.split = Split()
        self.data = Points()
        self.seal = Seal()
        self.engine = engine_named("classification.logistic")
        self.asked: list[Split] = []

    def sit_exam(self) -> None:
        self.seal.sit()

    def set_split(self, split: Split) -> None:
        self.asked.append(split)
        self.split = split
        self.experiment_changed.emit()


class Bench:
    """What the panel needs of an editor."""

    kind = Points

    def __init__(self, document: PointsDocument) -> None:
        self.document = document

    def options(self) -> None:
        return None

    def write(self, path: Path) -> None:
        self.written = path

    def load_apart(self, work: tuple, name: object, part_of: object) -> None:
        function, *arguments = work
        self.document.load(function(*arguments, tell=quietly), name, part_of)


@pytest.fixture
def session() -> StandIn:
    return StandIn()


@pytest.fixture
def document() -> PointsDocument:
    return PointsDocument()


@pytest.fixture
def panel(qtbot: QtBot, session: StandIn, document: PointsDocument) -> Iterator[DataPanel]:
    panel = DataPanel(session)  # type: ignore[arg-type]
    panel.show_editor(Bench(document))  # type: ignore[arg-type]
    panel.resize(320, 1400)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    yield panel
    speaker.speak("en")
    theme.set(dark=False, projector=False)


def handle(slider: QSlider) -> QPoint:
    """Return the middle of the slider's handle."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    style = slider.style()
    rect = style.subControlRect(QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider)
    return rect.center()


def drag(slider: QSlider, pixels: int) -> None:
    """Drag a slider's handle with the mouse, a few pixels at a time."""
    start = handle(slider)
    QTest.mousePress(slider, LEFT, pos=start)
    for share in np.linspace(0, 1, 9)[1:]:
        QTest.mouseMove(slider, start + QPoint(round(share * pixels), 0))
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(pixels, 0))


def drawn(*labels: int) -> Points:
    return Points(np.arange(2.0 * len(labels)).reshape(-1, 2), np.array(labels))


def slider(panel: DataPanel, name: str) -> ValueSlider:
    """Return the slider of one setting of the sample that is shown."""
    found = panel.form.form.field(name)
    assert isinstance(found, ValueSlider)
    return found


def undos(document: PointsDocument) -> int:
    """Take everything back; return how many undos that was."""
    count = 0
    while document.undo_action.isEnabled():
        document.undo()
        count += 1
    return count


# Samples


@pytest.mark.parametrize("name", list(samples(Points)))
def test_a_click_puts_the_sample_with_its_usual_noise_on_the_stage(
    panel: DataPanel, document: PointsDocument, name: str
) -> None:
    QTest.mouseClick(panel.gallery.buttons[name], LEFT)
    wanted = make_sample(name)
    assert np.array_equal(document.points.x, wanted.x)
    assert document.points.recipe == wanted.recipe
    assert [other for other, thumbnail in panel.gallery.buttons.items() if thumbnail.isChecked()] == [name]


def test_enter_chooses_also_where_the_window_owns_the_space_bar(
    panel: DataPanel, document: PointsDocument, qtbot: QtBot
) -> None:
    played: list[bool] = []
    QShortcut(Qt.Key.Key_Space, panel).activated.connect(lambda: played.append(True))
    thumbnail = panel.gallery.buttons["circles"]
    thumbnail.setFocus()
    qtbot.waitUntil(thumbnail.hasFocus)
    QTest.keyClick(thumbnail, Qt.Key.Key_Space)
    assert (played, len(document)) == ([True], 0)
    QTest.keyClick(thumbnail, Qt.Key.Key_Return)
    assert document.points.recipe.source == "circles"


def test_thumbnails_have_names_in_both_languages(panel: DataPanel) -> None:
    assert panel.gallery.buttons["moons"].accessibleName() == panel.gallery.buttons["moons"].toolTip() == "Moons"
    speaker.speak("zh")
    assert panel.gallery.buttons["moons"].accessibleName() == panel.gallery.buttons["moons"].toolTip() == "双月牙"


@pytest.mark.parametrize("name", list(samples(Points)))
def test_thumbnails_show_the_real_points_in_their_colours(panel: DataPanel, name: str) -> None:
    thumbnail = panel.gallery.buttons[name]
    image = thumbnail.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    points = make_sample(name, n=THUMBNAIL_POINTS, seed=1)
    if points.target == "value":
        used = {theme.value_color(float(value)).name() for value in points.value}
        assert len(used & seen) > 10
        return
    used = {theme.tokens.class_color(int(label)).name() for label in np.unique(points.y)}
    assert used <= seen
    assert not (set(theme.tokens.classes) - used) & seen


# Settings


def test_a_slider_makes_the_sample_anew_while_it_is_dragged(
    panel: DataPanel, document: PointsDocument, qtbot: QtBot
) -> None:
    QTest.mouseClick(panel.gallery.buttons["moons"], LEFT)
    heard: list[float] = []
    document.changed.connect(lambda: heard.append(dict(document.points.recipe.settings)["noise"]))
    drag(slider(panel, "noise").slider, 60)
    assert len(heard) > 3
    assert heard == sorted(heard)
    assert heard[-1] == slider(panel, "noise").value() > 0.2
    assert np.array_equal(document.points.x, make_sample("moons", noise=heard[-1]).x)


def test_one_drag_is_one_undo_and_another_drag_another(panel: DataPanel, document: PointsDocument) -> None:
    QTest.mouseClick(panel.gallery.buttons["moons"], LEFT)
    first = document.points
    drag(slider(panel, "noise").slider, 40)
    second = document.points
    drag(slider(panel, "noise").slider, 40)
    document.undo()
    assert np.array_equal(document.points.x, second.x)
    assert slider(panel, "noise").value() == dict(second.recipe.settings)["noise"]
    document.undo()
    assert np.array_equal(document.points.x, first.x)
    assert slider(panel, "noise").value() == 0.15


def test_arrow_keys_in_a_row_are_one_undo(panel: DataPanel, document: PointsDocument) -> None:
    QTest.mouseClick(panel.gallery.buttons["moons"], LEFT)
    for _ in range(20):
        QTest.keyClick(panel.form.seed.slider, Qt.Key.Key_Right)
    assert document.points.recipe.seed == panel.form.seed.value() > 10
    assert undos(document) == 1


def test_typed_number_of_points(panel: DataPanel, document: PointsDocument) -> None:
    QTest.mouseClick(panel.gallery.buttons["xor"], LEFT)
    slider(panel, "n").number.selectAll()
    QTest.keyClicks(slider(panel, "n").number, "137")
    QTest.keyClick(slider(panel, "n").number, Qt.Key.Key_Return)
    assert len(document) == 137


def test_regenerate_throws_the_dice_and_keeps_the_recipe(panel: DataPanel, document: PointsDocument) -> None:
    document.load(make_sample("spiral", n=90, noise=0.2, seed=4), "Open a lab")
    QTest.mouseClick(panel.form.regenerate, LEFT)
    wanted = make_sample("spiral", n=90, noise=0.2, seed=5)
    assert np.array_equal(document.points.x, wanted.x)
    assert document.points.recipe == wanted.recipe
    document.undo()
    assert document.points.recipe.seed == panel.form.seed.value() == 4


@pytest.mark.parametrize("recipe", [Recipe(), Recipe("iris.csv"), Recipe("moons", then=(Recipe("drawn"),))])
def test_points_from_no_recipe_are_never_replaced_by_a_slider(
    panel: DataPanel, document: PointsDocument, recipe: Recipe
) -> None:
    points = Points(np.ones((3, 2)), np.zeros(3, np.int64), recipe=recipe)
    document.load(points, "Open a file")
    shown = [panel.form.seed, *panel.form.findChildren(ValueSlider)]
    for one in shown:
        drag(one.slider, 50)
    assert document.points is points
    assert panel.form.regenerate.isEnabled() == (recipe.source == "moons")


def test_sample_that_was_edited_can_be_made_again(panel: DataPanel, document: PointsDocument) -> None:
    QTest.mouseClick(panel.gallery.buttons["moons"], LEFT)
    document.begin("Add a point")
    document.add(np.zeros((1, 2)), 1)
    document.end()
    assert not panel.gallery.buttons["moons"].isChecked()
    QTest.mouseClick(panel.form.regenerate, LEFT)
    assert (document.points.recipe.source, len(document)) == ("moons", 250)
    document.undo()
    assert (document.points.recipe.source, len(document)) == ("moons", 251)


# Where they came from


def said(panel: DataPanel) -> str:
    return panel._recipe.text()


def test_recipe_is_told_step_by_step_and_a_hand_in_it_too(panel: DataPanel, document: PointsDocument) -> None:
    assert said(panel) == "edited by hand"
    document.load(modified(make_sample("moons", seed=3), "outliers", n=5), "Open a lab")
    moons = "Moons, Points n = 250, Noise = 0.15, Seed = 3"
    assert said(panel) == f"{moons}; Outliers, Outliers = 5, Distance = 2, Seed = 0"
    document.add(np.zeros((1, 2)), 0)
    assert said(panel).endswith("; edited by hand")
    speaker.speak("zh")
    assert said(panel).startswith("双月牙, 点数 n = 250, 噪声 = 0.15, 种子 = 3; ")
    assert said(panel).endswith("; 手工修改过")
    document.clear()
    assert said(panel) == "手工修改过"


def test_a_file_is_not_called_drawn(panel: DataPanel, document: PointsDocument) -> None:
    document.load(Points(np.ones((1, 2)), np.zeros(1, np.int64), recipe=Recipe("hand-drawn")), "Open a file")
    assert said(panel) == "from hand-drawn"
    document.add(np.zeros((1, 2)), 0)
    assert said(panel) == "from hand-drawn; edited by hand"
    speaker.speak("zh")
    assert said(panel) == "来自 hand-drawn; 手工修改过"


def test_size_is_told(panel: DataPanel, document: PointsDocument) -> None:
    assert panel._size.text() == "nothing yet: choose a sample, import a file, or draw on the stage"
    document.load(drawn(0, 0, 2, UNLABELLED), "Open a file")
    assert panel._size.text() == "rows: 4 · memory: 0 kB"
    document.load(make_sample("moons", n=20_000), "Moons")
    assert panel._size.text() == "rows: 20\u2009000 · memory: 0.8 MB"


# Adding, outliers, files


def test_a_sample_can_be_added_to_the_drawing(panel: DataPanel, document: PointsDocument) -> None:
    document.load(drawn(0, 1), "Open a file")
    QTest.mouseClick(panel.form.mode._buttons["add"], LEFT)
    QTest.mouseClick(panel.gallery.buttons["moons"], LEFT)
    assert len(document) == 252
    assert np.array_equal(document.points.x[2:], make_sample("moons").x)
    assert document.undo_action.text() == "Undo: Add Moons"
    document.undo()
    assert len(document) == 2


def test_outliers_are_added_to_anything(panel: DataPanel, document: PointsDocument) -> None:
    points = drawn(0, 1, 1)
    document.load(points, "Open a file")
    QTest.mouseClick(panel.form.findChild(QuietButton, "outliers"), LEFT)
    assert len(document) == 3 + 8
    assert np.array_equal(document.points.x[:3], points.x)
    assert np.array_equal(document.points.key[:3], points.key)  # so that the split of the old ones stays
    document.undo()
    assert document.points is points


def test_very_many_points_are_made_when_the_slider_rests(
    panel: DataPanel, document: PointsDocument, qtbot: QtBot
) -> None:
    QTest.mouseClick(panel.gallery.buttons["moons"], LEFT)
    field = slider(panel, "n").number
    field.selectAll()
    QTest.keyClicks(field, "30000")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(document) == 250
    qtbot.waitUntil(lambda: len(document) == 30_000)


def test_export_takes_the_first_ending_where_none_is_named(panel: DataPanel, document: PointsDocument) -> None:
    assert not panel.export_button.isEnabled()
    document.load(make_sample("moons", n=40), "Moons")
    assert panel.export_button.isEnabled()
    panel.export_to(Path("moons"))
    assert panel._editor.written.suffix in writers(Points)  # type: ignore[union-attr]
    panel.export_to(Path("moons.npz"))
    assert panel._editor.written == Path("moons.npz")  # type: ignore[union-attr]


# Split


def test_split_sliders_ask_the_session(panel: DataPanel, session: StandIn) -> None:
    drag(panel.split.train.slider, -60)
    split = session.split
    assert split.train == panel.split.train.value() / 100 < 0.65
    assert (split.validation, split.seed) == (0.15, 0)
    assert len(session.asked) > 3
    assert panel.split._test.text() == f"Test: the remaining {split.test:.0%}"


def test_train_takes_from_test_first_and_then_from_validation(panel: DataPanel, session: StandIn) -> None:
    drag(panel.split.train.slider, 400)
    assert (session.split.train, session.split.validation, session.split.test) == (1.0, 0.0, 0.0)
    assert panel.split.validation.value() == 0
    shares = [(split.train, split.validation) for split in session.asked]
    assert all(validation == 0.15 for train, validation in shares if train <= 0.85)


def test_validation_cannot_take_from_train(panel: DataPanel, session: StandIn) -> None:
    drag(panel.split.validation.slider, 400)
    assert session.split.train == 0.7
    assert session.split.validation == pytest.approx(0.3)
    assert panel.split.validation.value() == 30


def test_split_again_draws_anew_with_the_same_shares(panel: DataPanel, session: StandIn) -> None:
    session.set_split(Split(0.6, 0.3, seed=4))
    QTest.mouseClick(panel.split.again, LEFT)
    assert session.split == Split(0.6, 0.3, seed=5)


def test_split_of_another_experiment_is_shown(panel: DataPanel, session: StandIn) -> None:
    session.set_split(Split(0.5, 0.2))
    assert (panel.split.train.value(), panel.split.validation.value()) == (50, 20)
    assert panel.split._test.text() == "Test: the remaining 30%"
    assert len(session.asked) == 1


# Looks


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fits_its_column_without_a_sideways_scroll(panel: DataPanel, document: PointsDocument, language: str) -> None:
    document.load(make_sample("gaussian_quantiles"), "Open a lab")
    document.add(np.zeros((1, 2)), 7)
    speaker.speak(language)  # type: ignore[arg-type]
    panel.resize(270, 700)
    assert panel.widget().minimumSizeHint().width() <= 270
    theme.set(projector=True)
    assert panel.widget().minimumSizeHint().width() <= theme.px(270)
