"""Pictures on the stage by mouse and keyboard: drawing, boxes, sheet, classes, the whole set, files; undo of each."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.editors.images import stage as stage_module
from app.editors.images.augment_dialog import AugmentDialog
from app.editors.images.import_dialog import ImportDialog
from app.editors.images.stage import ImagesStage
from app.editors.images.tools import BoxTool, Eraser, Fill, Pen
from app.language import speaker, tr
from app.theme import theme
from engines.core.dataset import TEST, TRAIN, VALIDATION, Dataset, Recipe, Split
from engines.core.language import Note
from engines.data.files.pictures import PictureOptions
from engines.data.images import Images
from engines.data.importing import Imported
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


class StandIn(QObject):
    """What the editor needs of a session."""

    data_changed, cleared, experiment_changed = Signal(), Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.split = Split()
        self.data: Dataset | None = None
        self.params: Any = SimpleNamespace()

    def watch(self, picture: int) -> None:
        self.params = SimpleNamespace(watch=picture)
        self.experiment_changed.emit()

    def set_data(self, data: Dataset) -> None:
        self.data = data.with_split(self.split)
        self.data_changed.emit()


class Desk:
    """The stage and a hand on it."""

    def __init__(self, stage: ImagesStage) -> None:
        self.stage, self.editor, self.board, self.sheet = stage, stage.editor, stage.board, stage.sheet
        self.document = stage.pictures
        self.heard: list[tuple[str, str]] = []
        stage.said.connect(lambda note, kind: self.heard.append((tr(note), kind)))

    @property
    def images(self) -> Images:
        return self.document.images

    def picture(self, row: int = 0) -> np.ndarray:
        return self.images.pixels[row]

    def at(self, x: float, y: float) -> QPoint:
        return self.board.to_screen(x, y).toPoint()

    def drag(self, *places: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        self.press(*places[0], button=button)
        for place in places[1:]:
            QTest.mouseMove(self.board, self.at(*place))
        QTest.mouseRelease(self.board, button, NONE, self.at(*places[-1]))

    def press(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.board, button, NONE, self.at(x, y))

    def click(self, row: int, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.sheet.viewport(), LEFT, keys, self.sheet.centre_of(row))

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.board, key, keys)

    def load(self, data: Images) -> None:
        self.document.load(data, "data")


def plain(n: int = 3, side: int = 16, names: tuple[str, ...] = ("a", "b"), *, colour: bool = False) -> Images:
    pixels = np.zeros((n, side, side, *((3,) if colour else ())), np.uint8)
    return Images(pixels, np.arange(n) % len(names), names, recipe=Recipe("plain"))


def boxed() -> Images:
    return Images(
        np.zeros((2, 16, 16), np.uint8), np.array([UNLABELLED, 0]), ("a", "b"),
        np.array([[0, 0, 2, 2, 8, 8], [0, 1, 6, 6, 14, 14], [1, 1, 0, 0, 4, 4]], float),
    )  # fmt: skip


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    stage = ImagesStage(StandIn())  # type: ignore[arg-type]
    stage.active = True
    stage.addActions([stage.document.undo_action, stage.document.redo_action])
    stage.resize(900, 620)
    qtbot.addWidget(stage)
    with qtbot.waitExposed(stage):
        stage.show()
    desk = Desk(stage)
    desk.load(plain())
    stage.board.setFocus()
    yield desk
    stage.stop_reading()
    speaker.speak("en")
    theme.set(dark=False, projector=False)


def undone(desk: Desk, before: Images) -> bool:
    """One undo brings back what was there, and one redo what was done."""
    after = desk.images
    desk.document.undo()
    back = all(np.array_equal(desk.images.arrays()[name], before.arrays()[name]) for name in ("pixels", "y", "boxes"))
    back = back and desk.images.names == before.names
    desk.document.redo()
    again = all(np.array_equal(desk.images.arrays()[name], after.arrays()[name]) for name in ("pixels", "y", "boxes"))
    return back and again and desk.images.names == after.names


# Drawing


def test_a_hard_pen_of_one_pixel_draws_just_where_it_goes(desk: Desk) -> None:
    desk.editor.set_pen(size=1, soft=False)
    before = desk.images
    desk.drag((2.5, 3.5), (9.5, 3.5))
    expected = np.zeros((16, 16), np.uint8)
    expected[3, 2:10] = 255
    assert np.array_equal(desk.picture(), expected)
    assert not desk.picture(1).any()
    assert undone(desk, before)
    assert desk.images.recipe.edited


def test_a_soft_stroke_fades_and_going_over_it_again_adds_nothing(desk: Desk) -> None:
    desk.drag((3, 8), (12, 8))
    once = desk.picture().copy()
    assert set(np.unique(once)) - {0, 255}
    desk.key(Key.Key_Z, CONTROL)
    desk.drag((3, 8), (12, 8), (3, 8), (12, 8))
    assert np.array_equal(desk.picture(), once)


def test_while_one_draws_board_and_sheet_show_it_and_the_data_wait(desk: Desk) -> None:
    desk.press(8, 8)
    QTest.mouseMove(desk.board, desk.at(12, 8))
    assert desk.editor.pixels is not None
    assert desk.editor.pixels.max() == 255
    assert not desk.picture().any()
    assert desk.board.grab().toImage().pixelColor(desk.at(10, 7.6)).lightness() > 200
    assert desk.sheet.grab().toImage().pixelColor(desk.sheet.centre_of(0)).lightness() > 150
    QTest.mouseRelease(desk.board, LEFT, NONE, desk.at(12, 8))
    assert desk.picture().max() == 255


@pytest.mark.parametrize("how", ["eraser", "right button"])
def test_erasing_gives_the_ground_back(desk: Desk, how: str) -> None:
    white = np.full((3, 16, 16), 255, np.uint8)
    white[0, 8, 4:12] = 0
    desk.load(Images(white, np.zeros(3, np.int64), ("a",)))
    desk.editor.set_pen(size=4)
    if how == "eraser":
        desk.key(Key.Key_E)
        assert desk.editor.tool is Eraser
        desk.drag((2, 8.5), (14, 8.5))
    else:
        desk.editor.set_pen(soft=False)
        desk.drag((2, 8.5), (14, 8.5), button=RIGHT)
    assert (desk.picture() == 255).all()


def test_undo_in_the_middle_of_a_stroke_gives_the_stroke_up(desk: Desk) -> None:
    before = desk.images
    desk.key(Key.Key_N)
    desk.press(4, 4)
    QTest.mouseMove(desk.board, desk.at(8, 8))
    desk.key(Key.Key_Z, CONTROL)
    QTest.mouseMove(desk.board, desk.at(9, 9))
    QTest.mouseRelease(desk.board, LEFT, NONE, desk.at(9, 9))
    assert np.array_equal(desk.images.pixels, before.pixels)


def test_filling_stops_at_lines(desk: Desk) -> None:
    wall = plain().pixels.copy()
    wall[0, :, 8] = 255
    desk.load(Images(wall, np.zeros(3, np.int64), ("a",)))
    before = desk.images
    desk.key(Key.Key_F)
    assert desk.editor.tool is Fill
    desk.editor.set_pen(ink=(128, 128, 128))
    desk.drag((2.5, 2.5))
    assert (desk.picture()[:, :8] == 128).all()
    assert not desk.picture()[:, 9:].any()
    assert undone(desk, before)
    desk.press(-3, 5)  # beside the picture
    QTest.mouseRelease(desk.board, LEFT, NONE, desk.at(-3, 5))
    assert (desk.picture()[:, :8] == 128).all()


def test_a_click_that_changes_nothing_is_no_undo(desk: Desk) -> None:
    desk.document.undo_action.setEnabled(False)
    desk.editor.set_pen(ink=BLACK)
    desk.drag((8, 8), (10, 10))
    assert not desk.images.recipe.edited


def test_colours_are_laid_on_a_picture_in_colour_and_as_grey_on_a_grey_one(desk: Desk) -> None:
    desk.load(plain(colour=True))
    red = next(button for button in desk.stage.strip.inks if button.toolTip() == "Red")
    assert red.isVisible()
    red.click()
    desk.editor.set_pen(soft=False)
    desk.drag((8, 8), (9, 8))
    assert desk.picture()[8, 8].tolist() == [230, 50, 45]
    desk.load(plain())
    assert not red.isVisible()


def test_keys_of_pen_and_tools(desk: Desk) -> None:
    desk.key(Key.Key_BracketRight)
    desk.key(Key.Key_BracketRight)
    assert desk.editor.hand.size == 4
    assert desk.stage.strip.size_.value() == 4
    for _ in range(9):
        desk.key(Key.Key_BracketLeft)
    assert desk.editor.hand.size == 1
    desk.key(Key.Key_X)
    assert desk.editor.tool is BoxTool
    assert not desk.stage.strip.size_.isEnabled()
    desk.key(Key.Key_B)
    assert desk.editor.tool is Pen
    assert desk.stage.tools.buttons[Pen].isChecked()


def test_shift_invert_and_wipe_are_for_all_that_is_selected(desk: Desk) -> None:
    pixels = plain().pixels.copy()
    pixels[:, 0, 0] = 9
    desk.load(Images(pixels, np.zeros(3, np.int64), ("a",)))
    before = desk.images
    desk.click(0)
    desk.click(1, SHIFT)
    desk.board.setFocus()
    desk.key(Key.Key_Left, SHIFT)
    assert desk.images.pixels[:, 0, 15].tolist() == [9, 9, 0]  # it comes in at the other side
    assert undone(desk, before)
    desk.stage.strip.invert.click()
    assert desk.images.pixels[:, 5, 5].tolist() == [255, 255, 0]
    desk.stage.strip.wipe.click()
    assert [len(np.unique(picture)) for picture in desk.images.pixels] == [1, 1, 2]


# Boxes


def test_a_box_is_drawn_moved_resized_and_deleted(desk: Desk) -> None:
    desk.key(Key.Key_X)
    before = desk.images
    desk.drag((3.2, 4.1), (9.8, 12.3))
    assert desk.images.boxes.tolist() == [[0, 0, 3, 4, 10, 12]]
    assert undone(desk, before)
    desk.editor.box = 0
    desk.drag((6, 8), (8, 9))
    assert desk.images.boxes[0, 2:].tolist() == [5, 5, 12, 13]
    desk.drag((12, 13), (16.7, 19))  # its corner, as far as the picture goes
    assert desk.images.boxes[0, 2:].tolist() == [5, 5, 16, 16]
    desk.drag((5, 5), (18, 18))  # over to the other side
    assert len(desk.images.boxes) == 0
    desk.key(Key.Key_Z, CONTROL)
    desk.editor.box = 0
    desk.drag((10, 10), (-9, -9))
    assert desk.images.boxes[0, 2:].tolist() == [0, 0, 11, 11]
    desk.key(Key.Key_Delete)
    assert len(desk.images.boxes) == 0
    assert len(desk.images) == 3


def test_a_click_beside_all_boxes_lets_go_and_the_smallest_one_is_taken(desk: Desk) -> None:
    desk.load(boxed())
    desk.key(Key.Key_X)
    desk.drag((7, 7))
    assert desk.editor.box == 0
    before = desk.images
    desk.drag((1, 14))
    assert desk.editor.box == -1
    assert desk.images is before


def test_a_class_key_labels_the_chosen_box_and_not_the_picture(desk: Desk) -> None:
    desk.load(boxed())
    desk.key(Key.Key_X)
    desk.drag((4, 4))
    before = desk.images
    desk.key(Key.Key_2)
    assert desk.images.boxes[desk.images.boxes_of(0), 1].tolist() == [1, 1]
    assert desk.images.y.tolist() == [UNLABELLED, 0]
    assert undone(desk, before)


def test_pictures_belong_to_the_classes_of_their_boxes_where_they_have_none(desk: Desk) -> None:
    desk.load(boxed())
    desk.editor.show_only(1)
    assert desk.editor.shown.tolist() == [0]
    desk.editor.show_only(0)
    assert desk.editor.shown.tolist() == [0, 1]
    desk.editor.show_only(UNLABELLED)
    assert desk.editor.shown.tolist() == []


# Pictures


def test_new_double_and_delete(desk: Desk) -> None:
    before = desk.images
    desk.key(Key.Key_2)  # the class of the first picture, and of new ones
    desk.key(Key.Key_N)
    assert len(desk.images) == 4
    assert desk.editor.row == 3
    assert desk.images.y.tolist() == [1, 1, 0, 1]
    desk.drag((4, 4), (8, 8))
    assert desk.picture(3).any()
    desk.key(Key.Key_J, CONTROL)
    assert np.array_equal(desk.picture(4), desk.picture(3))
    assert desk.editor.rows.tolist() == [4]
    desk.key(Key.Key_Delete)
    desk.key(Key.Key_Delete)
    assert len(desk.images) == 3
    assert desk.editor.row == 2
    for _ in range(6):
        desk.key(Key.Key_Z, CONTROL)
    assert np.array_equal(desk.images.y, before.y)
    assert len(desk.images) == 3


def test_deleting_all_shows_the_first_steps_and_undo_brings_all_back(desk: Desk) -> None:
    desk.key(Key.Key_A, CONTROL)
    desk.key(Key.Key_Delete)
    assert len(desk.images) == 0
    assert desk.stage.empty.isVisible()
    desk.stage.document.undo()
    assert len(desk.images) == 3
    assert desk.board.isVisible()
    assert desk.editor.row == 0


@pytest.mark.parametrize("button", ["draw", "digits", "shapes"])
def test_first_steps(desk: Desk, button: str) -> None:
    desk.load(Images())
    assert desk.stage.empty.isVisible()
    QTest.mouseClick(getattr(desk.stage.empty, button), LEFT)
    assert len(desk.images) == {"draw": 1, "digits": 1797, "shapes": 300}[button]
    assert desk.board.isVisible()


def test_labels_by_key_are_by_name_where_a_class_is_called_so(desk: Desk) -> None:
    desk.load(make_sample("digits").taken(np.arange(20)))
    desk.key(Key.Key_7)
    assert desk.images.y[0] == 7
    desk.load(plain())
    desk.key(Key.Key_3)  # one more than there are
    assert desk.images.names == ("a", "b", "3")
    assert desk.images.y[0] == 2
    desk.key(Key.Key_Minus)
    assert desk.images.y[0] == UNLABELLED
    desk.key(Key.Key_9)  # far more than there are
    assert desk.images.y[0] == UNLABELLED


def test_the_bar_below_labels_too(desk: Desk) -> None:
    desk.click(0)
    desk.click(2, CONTROL)
    desk.stage.bar.label.setCurrentIndex(1)
    desk.stage.bar.label.activated.emit(1)
    assert desk.images.y.tolist() == [1, 1, 1]
    assert desk.stage.bar.place.text() == "2 selected"


# The sheet


def test_selecting_by_click_shift_and_control(desk: Desk) -> None:
    desk.load(plain(30))
    desk.click(4)
    assert desk.editor.rows.tolist() == [4]
    desk.click(9, SHIFT)
    assert desk.editor.rows.tolist() == [4, 5, 6, 7, 8, 9]
    desk.click(6, CONTROL)
    assert desk.editor.rows.tolist() == [4, 5, 7, 8, 9]
    desk.click(20, CONTROL)
    assert desk.editor.row == 20
    desk.editor.show_only(1)
    desk.click(3)
    desk.click(9, SHIFT)  # only what is shown
    assert desk.editor.rows.tolist() == [3, 5, 7, 9]


def test_arrows_walk_over_the_sheet_and_do_not_step_the_run(desk: Desk) -> None:
    desk.load(plain(60))
    desk.click(0)
    desk.sheet.setFocus()
    columns = desk.sheet.columns
    for key, row in ((Key.Key_Right, 1), (Key.Key_Down, 1 + columns), (Key.Key_End, 59), (Key.Key_Home, 0)):
        QTest.keyClick(desk.sheet, key)
        assert desk.editor.row == row
    QTest.keyClick(desk.sheet, Key.Key_PageDown)
    assert desk.editor.row == 1


def test_the_picture_on_the_board_is_scrolled_to(desk: Desk) -> None:
    desk.load(plain(3000))
    desk.editor.pick(2500)
    assert desk.sheet.viewport().rect().contains(desk.sheet.centre_of(2500))
    assert desk.sheet.place_at(desk.sheet.centre_of(2500)) == 2500


def test_held_out_pictures_are_outlined(desk: Desk) -> None:
    desk.load(plain(40))
    desk.click(0)
    data = desk.stage.session.data
    assert isinstance(data, Images)
    held = [int(np.flatnonzero(data.parts[1:] == part)[0]) + 1 for part in (TRAIN, VALIDATION, TEST)]
    image = desk.sheet.viewport().grab().toImage()
    paper, text = theme.tokens.color("card"), theme.tokens.color("text")
    seen = []
    for row in held:
        centre = desk.sheet.centre_of(row)
        column = [
            image.pixelColor(centre.x() - desk.sheet._step[0] // 2 + 1, centre.y() + down) for down in range(-12, 12)
        ]
        seen.append(sum(colour == text for colour in column))
        assert all(colour in (paper, text) for colour in column)
    assert seen[0] == 0
    assert 0 < seen[1] < 24  # dashed
    assert seen[2] == 24
    assert "dashed: validate 6" in desk.stage.told.text()


def test_the_menu_of_the_sheet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _: menus.append(menu))
    desk.click(1)
    desk.sheet.asked.emit(QPoint())
    labels, double, remove = menus[0].actions()
    labels.menu().actions()[0].trigger()
    assert desk.images.y[1] == 0
    double.trigger()
    assert len(desk.images) == 4
    remove.trigger()
    assert len(desk.images) == 3
    menus[0].close()


# Classes


def item(desk: Desk, label: int) -> Any:
    return desk.stage.classes.tree.topLevelItem(label + 1)


def test_the_list_filters_and_counts(desk: Desk) -> None:
    assert [item(desk, label).text(1) for label in (-1, 0, 1)] == ["3", "2", "1"]
    tree = desk.stage.classes.tree
    QTest.mouseClick(tree.viewport(), LEFT, NONE, tree.visualItemRect(item(desk, 1)).center())
    assert desk.editor.shown.tolist() == [1]
    assert desk.editor.row == 1
    QTest.mouseClick(tree.viewport(), LEFT, NONE, tree.visualItemRect(item(desk, -1)).center())
    assert len(desk.editor.shown) == 3


def test_renaming_in_the_list(desk: Desk, qtbot: QtBot) -> None:
    before = desk.images
    tree = desk.stage.classes.tree
    tree.editItem(item(desk, 0), 0)
    field = tree.viewport().findChild(QLineEdit) or tree.findChild(QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "  a 7  ")  # letters and digits are typed, not taken for tools and classes
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: desk.images.names == ("a 7", "b"))
    assert undone(desk, before)
    item(desk, 0).setText(0, "b")
    assert desk.images.names == ("a 7", "b")
    assert item(desk, 0).text(0) == "a 7"
    assert desk.heard[-1][0].startswith("There is already a class “b”")


def test_classes_are_added_reordered_merged_and_deleted(desk: Desk) -> None:
    classes = desk.stage.classes
    classes.add.click()
    assert desk.images.names == ("a", "b", "3")
    desk.editor.show_only(0)
    classes.fill_menu()
    up, down, *_ = classes.menu.actions()
    assert not up.isEnabled()
    before = desk.images
    down.trigger()
    assert desk.images.names == ("b", "a", "3")
    assert desk.images.y.tolist() == [1, 0, 1]
    assert desk.editor.filter == 1
    assert undone(desk, before)
    desk.editor.show_only(1)
    classes.fill_menu()
    before = desk.images
    merge = classes.menu.actions()[2].menu()
    merge.actions()[1].trigger()  # into "3"
    assert desk.images.names == ("b", "3")
    assert desk.images.y.tolist() == [1, 0, 1]
    assert desk.editor.filter == 1
    assert undone(desk, before)
    desk.editor.show_only(1)
    classes.fill_menu()
    before = desk.images
    classes.menu.actions()[3].trigger()
    assert desk.images.names == ("b",)
    assert desk.images.y.tolist() == [0]
    assert undone(desk, before)


def test_names_of_shapes_are_said_in_the_language_of_the_window(desk: Desk) -> None:
    desk.load(make_sample("shapes", n=10))
    speaker.speak("zh")
    assert item(desk, 0).text(0) == "圆形"
    assert desk.stage.bar.label.itemText(0) == "圆形"
    assert desk.images.names[0] == "circle"
    speaker.speak("en")
    assert item(desk, 0).text(0) == "circle"
    assert not desk.images.recipe.edited  # showing is not renaming


# The whole set


def test_size_and_colour_are_said_before_and_undone_at_once(desk: Desk) -> None:
    options = desk.stage.options()
    before = desk.images
    assert not options.apply.isEnabled()
    options.width_.slider.setValue(32 - 8)
    assert "3 pictures are resampled from 16 × 16 to 32 × 16" in options.note.text()
    assert desk.images is before
    options.apply.click()
    assert desk.images.size == (16, 32)
    assert undone(desk, before)
    options.colour._buttons["colour"].click()
    assert "nothing is lost" in options.note.text()
    options.apply.click()
    assert desk.images.coloured


def test_augmenting_shows_twelve_pictures_and_tells_how_many_there_will_be(desk: Desk, qtbot: QtBot) -> None:
    desk.load(make_sample("digits").taken(np.arange(40)))
    before = desk.images
    desk.stage.options().more.click()
    dialog = desk.stage._dialog
    assert isinstance(dialog, AugmentDialog)
    assert len(dialog.previews.images) == 12
    shown = dialog.previews.images
    noise = dialog.controls["noise"]
    noise.slider.setValue(60)
    assert not np.array_equal(dialog.previews.images.pixels, shown.pixels)
    dialog.controls["copies"].slider.setValue(2)
    assert dialog.count.text() == "40 → 160 pictures"
    shown = dialog.previews.images
    dialog.dice.click()
    assert not np.array_equal(dialog.previews.images.pixels, shown.pixels)
    dialog.grab()
    dialog.apply.click()
    assert len(desk.images) == 160
    step = desk.images.recipe.then[-1]
    assert (step.source, step.seed, dict(step.settings)["copies"]) == ("augment", 1, 3)
    assert undone(desk, before)


def test_much_is_done_apart_from_the_window_and_edits_meanwhile_win(desk: Desk, qtbot: QtBot) -> None:
    desk.load(make_sample("mnist", n=500))
    with qtbot.waitSignal(desk.stage.importing):
        desk.stage.augment({"copies": 1, "keep": True, "rotate": 5.0}, 3)
    assert len(desk.images) == 500
    qtbot.waitUntil(lambda: len(desk.images) == 1000, timeout=30_000)
    desk.document.undo()
    desk.stage.reshape(14, 14, False)
    desk.key(Key.Key_I)
    drawn = desk.images
    qtbot.waitUntil(lambda: bool(desk.heard), timeout=30_000)
    assert "changed meanwhile" in desk.heard[-1][0]
    assert desk.images is drawn


def test_too_many_copies_are_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.data.augmenting.MOST_BYTES", 1000)
    desk.stage.augment({"copies": 10}, 0)
    assert "make fewer copies" in desk.heard[-1][0]
    assert len(desk.images) == 3


# Files


def folder(tmp_path: Path) -> Path:
    for name, value in (("cat", 200), ("dog", 90)):
        (tmp_path / "set" / name).mkdir(parents=True, exist_ok=True)
        for number in range(2):
            Image.new("L", (12, 12), value).save(tmp_path / "set" / name / f"{number}.png")
    (tmp_path / "set" / "cat" / "broken.png").write_text("no picture")
    return tmp_path / "set"


def test_a_folder_is_read_apart_and_what_was_wrong_is_said(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    before = desk.images
    desk.stage.open_file(folder(tmp_path))
    dialog = desk.stage._dialog
    assert isinstance(dialog, ImportDialog)
    assert dialog.mode.isVisible()
    dialog.grab()
    QTest.mouseClick(dialog.apply, LEFT)
    qtbot.waitUntil(lambda: len(desk.images) == 4, timeout=30_000)
    assert desk.images.names == ("cat", "dog")
    assert desk.images.size == (12, 12)
    assert ("“broken.png” is no picture that can be read, or it is damaged.", "warn") in desk.heard
    assert undone(desk, before)


def enters(desk: Desk, data: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, NONE)
    event.ignore()
    desk.stage.dragEnterEvent(event)
    return event.isAccepted()


def test_dropped_pictures_are_added_in_the_size_of_the_others(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [folder(tmp_path) / "cat" / f"{number}.png" for number in range(2)]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    assert enters(desk, data)
    desk.stage.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, NONE))
    dialog = desk.stage._dialog
    assert isinstance(dialog, ImportDialog)
    assert dialog.mode.current == "add"
    assert not dialog.size_.isEnabled()
    assert dialog.options() == PictureOptions(16, 16, "grey", "stretch", (paths[1],))
    QTest.mouseClick(dialog.apply, LEFT)
    qtbot.waitUntil(lambda: len(desk.images) == 5, timeout=30_000)
    assert (desk.images.pixels[3:] == 200).all()
    assert desk.images.y.tolist() == [0, 1, 0, UNLABELLED, UNLABELLED]
    desk.document.undo()
    assert len(desk.images) == 3


def test_what_is_dropped_and_is_no_picture_is_left_to_the_window(desk: Desk, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "table.csv"))])
    assert not enters(desk, data)
    desk.stage.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, NONE))
    assert desk.stage._dialog is None


def test_a_dialog_that_is_given_up_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    before = desk.images
    desk.stage.open_files([folder(tmp_path)])
    dialog = desk.stage._dialog
    assert isinstance(dialog, ImportDialog)
    dialog.size_.choose("28")
    dialog.colour.choose("colour")
    assert dialog.options() == PictureOptions(28, 28, "colour")
    QTest.mouseClick(dialog.cancel, LEFT)
    assert desk.images is before


def test_data_of_another_kind_and_an_editor_not_on_the_stage_hand_over(desk: Desk) -> None:
    handed: list[tuple[Dataset, Note]] = []
    desk.stage.wanted.connect(lambda data, name: handed.append((data, name)))
    points, pictures = make_sample("moons"), plain(5)
    desk.stage.take_imported(Imported(points))
    desk.stage.active = False
    desk.stage.take_imported(Imported(pictures))
    assert [data for data, _ in handed] == [points, pictures]
    assert len(desk.images) == 3


def test_folders_are_written_apart(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.load(boxed())
    desk.stage.write_to(tmp_path / "out")
    qtbot.waitUntil(lambda: bool(desk.heard), timeout=30_000)
    assert desk.heard[-1] == ("“out” is written, without the boxes: export as .npz to keep them.", "info")
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.png")) == ["0.png", "1.png"]
    desk.heard.clear()
    desk.stage.write_to(tmp_path / "out")
    qtbot.waitUntil(lambda: bool(desk.heard), timeout=30_000)
    assert "already something" in desk.heard[-1][0]


# Undo, memory, look


def test_a_stroke_keeps_one_picture_for_undo_and_not_all(desk: Desk) -> None:
    desk.load(plain(2000))
    desk.drag((4, 4), (8, 8))
    kept = desk.document._undo[-1].state
    assert sum(array.nbytes for array in desk.document._arrays_of(kept)) == 16 * 16


def test_everything_in_a_row_is_undone_and_done_again(desk: Desk) -> None:
    start = desk.images
    desk.drag((2, 2), (9, 9))
    desk.key(Key.Key_2)
    desk.key(Key.Key_Right, SHIFT)
    desk.key(Key.Key_N)
    desk.drag((3, 3), (6, 6))
    desk.key(Key.Key_X)
    desk.drag((2, 2), (7, 7))
    end = desk.images
    for _ in range(6):
        desk.key(Key.Key_Z, CONTROL)
    assert np.array_equal(desk.images.pixels, start.pixels)
    assert np.array_equal(desk.images.y, start.y)
    for _ in range(6):
        desk.key(Key.Key_Y, CONTROL)
    for name in ("pixels", "y", "boxes", "key"):
        assert np.array_equal(desk.images.arrays()[name], end.arrays()[name])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("projector", [False, True])
def test_it_can_be_shown_in_every_look_and_language(desk: Desk, dark: bool, projector: bool) -> None:
    desk.load(make_sample("shapes", n=30, shapes=2, size=24, colour=True))
    desk.key(Key.Key_X)
    theme.set(dark=dark, projector=projector)
    for language in ("zh", "en"):
        speaker.speak(language)
        image = desk.stage.grab().toImage()
        assert len({image.pixel(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)}) > 20
    desk.stage.ring(np.array([3, 5]))
    desk.stage.grab()


def test_the_limit_of_work_in_the_window_is_small() -> None:
    assert stage_module.AT_ONCE <= 2**18


def test_the_picture_that_is_worked_out_comes_onto_the_board_when_it_is_another_one(desk: Desk) -> None:
    pointed: list[int] = []
    desk.stage.pointed_at.connect(pointed.append)
    session: Any = desk.stage.session
    session.watch(3)
    assert desk.editor.row == 2
    desk.click(0)
    assert pointed == [2, 0]
    session.watch(3)  # another setting has changed: what was chosen since stays
    assert desk.editor.row == 0
    session.watch(99)
    assert desk.editor.row == 0
    session.params = SimpleNamespace()
    session.experiment_changed.emit()
    assert desk.editor.row == 0
