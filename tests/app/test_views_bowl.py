"""The bowl of the loss: its ground, the way and the star, and a hand that puts the start."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.theme import theme
from app.views.bowl_view import BowlView, finer, ground, heights
from engines.core.language import say
from engines.core.step import Poke
from engines.pictures.bowl import Bowl

pytestmark = pytest.mark.usefixtures("plain_look")


def bowl(*path: tuple[float, float], area: tuple[float, float, float, float] = (-1, -2, 3, 2)) -> Bowl:
    """A round bowl with its lowest place at (1, 0)."""
    left, bottom, right, top = area
    x = left + (np.arange(32) + 0.5) * (right - left) / 32
    y = bottom + (np.arange(32) + 0.5) * (top - bottom) / 32
    values = ((x - 1) ** 2 + (y[:, None]) ** 2).astype(np.float32)
    return Bowl(values, area, np.array(path or [(0.0, 0.0)]), np.array([1.0, 0.0]), say("weight w"), say("intercept b"))


def shown(qtbot: QtBot, picture: Bowl | None = None, size: tuple[int, int] = (300, 260)) -> BowlView:
    view = BowlView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    qtbot.waitExposed(view)
    if picture is not None:
        view.show_picture(picture)
        view.grab()
    return view


def at(view: BowlView, x: float, y: float) -> QPointF:
    return QPointF(*view.pixels(np.array([[x, y]]))[0].tolist())


def colour(view: BowlView, x: float, y: float) -> QColor:
    return view.grab().toImage().pixelColor(at(view, x, y).toPoint())


def distance(first: QColor, second: QColor) -> int:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return max(abs(a - b) for a, b in pairs)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(240, 170), (900, 500)])
def test_star_place_and_ground_are_where_they_belong(qtbot: QtBot, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    view = shown(qtbot, bowl((0.0, -1.5), (0.0, 1.0)), size)
    assert distance(colour(view, 0.0, 1.0), theme.tokens.color("accent")) < 30
    assert distance(colour(view, 1.0, 0.0), theme.tokens.color("good")) < 30
    image, paper = view.grab().toImage(), theme.tokens.color("card")

    def shade(x: float, y: float) -> int:  # a line of equal loss may pass here and there
        around = [at(view, x, y).toPoint() + QPoint(i, j) for i in (-3, 0, 3) for j in (-3, 0, 3)]
        return min(distance(image.pixelColor(place), paper) for place in around)

    assert shade(-0.9, -1.8) > shade(1.3, 0.35) + 20


def test_the_way_is_drawn_from_place_to_place(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl((-0.5, -1.5), (2.5, -1.5)))
    around = [at(view, 0.9, -1.5) + QPointF(0, j) for j in (-1, 0, 1)]
    image = view.grab().toImage()
    assert any(distance(image.pixelColor(place.toPoint()), theme.tokens.color("text")) < 90 for place in around)


def test_a_click_and_a_drag_put_the_start(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl())
    pokes: list[Poke] = []
    view.poked.connect(pokes.append)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at(view, 2.0, -1.0).toPoint())
    assert (pokes[-1].target, pokes[-1].index) == ("start", (0,))
    assert pokes[-1].value == pytest.approx((2.0, -1.0), abs=0.05)
    assert distance(colour(view, 2.0, -1.0), theme.tokens.color("accent")) < 30  # at once
    view.show_picture(bowl((2.0, -1.0)))  # the engine answers while the hand still holds it
    QTest.mouseMove(view, at(view, -5.0, 1.0).toPoint())
    assert pokes[-1].value == pytest.approx((-1.0, 1.0), abs=0.05)  # no farther than the rim
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at(view, 0.0, 1.0).toPoint())
    assert len(pokes) == 2
    view.show_picture(bowl((0.0, 1.0)))
    assert distance(colour(view, 0.0, 1.0), theme.tokens.color("accent")) < 30
    QTest.mouseMove(view, at(view, 2.0, 1.0).toPoint())
    assert len(pokes) == 2


def test_a_click_beside_the_bowl_or_on_none_does_nothing(qtbot: QtBot) -> None:
    view = shown(qtbot)
    pokes: list[Poke] = []
    view.poked.connect(pokes.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    view.show_picture(bowl())
    view.grab()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(3, view.height() - 3).toPoint())
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=at(view, 1.0, 1.0).toPoint())
    assert pokes == []


def test_the_arrows_move_the_start(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl((0.0, 0.0)))
    pokes: list[Poke] = []
    view.poked.connect(pokes.append)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert pokes[-1].value == pytest.approx((0.1, 0.0))
    QTest.keyClick(view, Qt.Key.Key_Up)  # before the engine has answered
    assert pokes[-1].value == pytest.approx((0.1, 0.1))
    view.show_picture(bowl((3.0, 2.0)))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert pokes[-1].value == pytest.approx((3.0, 2.0))
    QTest.keyClick(view, Qt.Key.Key_A)
    assert len(pokes) == 3


def test_a_place_is_told_in_words(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl(), (600, 600))
    told = view.describe(at(view, 2.06, 1.06))
    assert told.startswith("weight w = 2.0")
    assert "loss is about 2.2" in told
    speaker.speak("zh")
    assert "损失约为 2.2" in view.describe(at(view, 2.06, 1.06))


def test_the_ground_is_kept_while_the_data_stay(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl())
    kept = view._kept
    view.show_picture(bowl((1.0, 1.0)))
    view.grab()
    assert view._kept is kept
    view.show_picture(bowl(area=(-2, -2, 4, 2)))
    view.grab()
    assert view._kept is not kept


@pytest.mark.parametrize("values", [np.zeros((8, 8)), np.full((8, 8), np.inf), np.full((8, 8), np.nan)])
def test_a_bowl_without_height_is_borne(qtbot: QtBot, values: np.ndarray) -> None:
    assert np.isfinite(heights(values)).all()
    plain = bowl()
    odd = Bowl(values.astype(np.float32), plain.area, plain.path, plain.best, plain.across, plain.up)
    view = shown(qtbot, odd)
    assert not view.grab().isNull()


def test_a_way_that_runs_far_out_of_sight_is_borne(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl((0.0, 0.0), (1e30, -1e30), (1e300, 1e300)))
    assert not view.grab().isNull()


def test_finer_numbers_keep_their_ends_and_lie_between() -> None:
    weights = finer(4)
    np.testing.assert_allclose(weights.sum(1), 1)
    more = weights @ np.array([0.0, 1.0, 2.0, 3.0])
    assert more[0] == 0
    assert more[-1] == 3
    assert (np.diff(more) >= 0).all()


def test_the_first_row_is_at_the_bottom() -> None:
    values = np.zeros((8, 8), np.float32)
    values[0] = 1.0
    image = ground(values)
    paper = theme.tokens.color("card")
    assert distance(image.pixelColor(20, image.height() - 1), paper) > 40
    assert distance(image.pixelColor(20, 0), paper) < 3


def test_it_is_drawn_in_a_few_milliseconds(qtbot: QtBot) -> None:
    view = shown(qtbot, bowl(), (900, 500))
    way = [(np.cos(i / 20), np.sin(i / 20)) for i in range(400)]
    times = []
    for end in range(300, 320):
        view.show_picture(bowl(*way[:end]))
        began = time.perf_counter()
        view.grab()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.03  # 4 ms where nothing else runs
