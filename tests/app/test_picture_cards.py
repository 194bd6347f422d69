"""The cards of a run: as many as there is room for, the others behind a list; one may be enlarged; cuts set params."""

from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.language import speaker
from app.panels.picture_cards import PictureCards
from app.panels.picture_column import PictureColumn
from app.session.seal import Seal
from app.session.timeline import Timeline
from app.theme import theme
from app.views.kernel_step_view import KernelStepView
from engines.core.language import say
from engines.core.picture import Picture
from engines.data.points import Points
from engines.data.table import Table
from engines.pictures.bars import Bars
from engines.pictures.chart import Chart, Line
from engines.pictures.confusion import Confusion
from engines.pictures.kernel_step import KernelStep
from engines.pictures.surface import HOME, Surface
from engines.pictures.workings import Workings

X = np.arange(3.0)
PICTURES: dict[type[Picture], Picture] = {
    Surface: Surface(np.ones((1, 2, 2), np.float32), HOME),
    Confusion: Confusion(np.zeros(2, int), np.zeros(2, int), np.zeros(2, int), np.arange(2), 2),
    Bars: Bars(("a",), np.array([[1.0]])),
    Chart: Chart((Line(say(""), X, X),)),
    Workings: Workings((say("a = b"),)),
}


class StandIn(QObject):
    """What the cards see of a session."""

    experiment_changed, data_changed, state_changed, frame_shown, cleared = (Signal() for _ in range(5))

    def __init__(self) -> None:
        super().__init__()
        self.seal, self.sit_exam = Seal(), lambda: None
        self.timeline, self.cursor, self.frame, self.playing = Timeline(), 0, None, False
        self.data: Any = Points()
        self.scalars = {"train_loss": 0.0}
        self.asked = 0
        self.take("a", tuple(PICTURES), {"Loss": ("train_loss",)})

    def take(self, key: str, shows: tuple[type[Picture], ...], curves: dict[str, tuple[str, ...]]) -> None:
        self.engine: Any = SimpleNamespace(
            key=key, shows=shows, curves=MappingProxyType(curves), data=Points,
            learns_from=lambda kind: issubclass(kind, (Points, Table)),
        )  # fmt: skip
        self.runs = self.engine
        self.experiment_changed.emit()

    def draw(self, *kinds: type[Picture]) -> None:
        pictures = tuple(PICTURES[kind] for kind in kinds)
        self.frame: Any = SimpleNamespace(pictures=pictures, scalars=self.scalars, asked=self.asked)
        self.frame_shown.emit()


@pytest.fixture
def session(qapp: QApplication) -> Any:
    theme.install(qapp)
    yield StandIn()
    speaker.speak("en")
    theme.set(dark=False, projector=False)


def cards_of(qtbot: QtBot, session: Any, width: int = 760) -> PictureCards:
    cards = PictureCards(session)
    qtbot.addWidget(cards)
    cards.resize(width, 260)
    cards.show()
    qtbot.waitExposed(cards)
    return cards


def titles(cards: PictureCards) -> list[list[str]]:
    return [[pane.title for pane in column.panes] for column in cards.columns]


def test_what_has_no_column_of_its_own_shares_the_last(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    assert titles(cards) == [["Loss"], ["Confusion matrix"], ["Bars", "Chart", "The numbers put in"]]
    session.draw(*PICTURES)
    last = cards.columns[-1]
    assert last.pane.view.isVisible()
    QTest.keyClick(last.titles, Qt.Key.Key_Down)
    assert last.pane.title == "Chart"
    assert cards.views[Chart].isVisible()
    assert not cards.views[Bars].isVisible()
    assert cards.views[Chart].picture is PICTURES[Chart]


def test_a_lab_may_have_some_cards_first(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.draw(*PICTURES)
    cards.columns[-1].choose("The numbers put in")
    cards.prefer(("Chart", "Workings"))
    assert titles(cards) == [["Loss"], ["Chart"], ["The numbers put in", "Confusion matrix", "Bars"]]
    assert cards.views[Chart].picture is PICTURES[Chart]
    columns = list(cards.columns)
    cards.prefer(("Chart", "Workings"))
    assert cards.columns == columns
    cards.prefer(())
    assert titles(cards) == [["Loss"], ["Confusion matrix"], ["Bars", "Chart", "The numbers put in"]]


def test_only_cards_that_are_seen_are_drawn(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.draw(*PICTURES)
    assert cards.views[Bars].picture is PICTURES[Bars]
    assert cards.views[Chart].picture is None


def test_there_are_cards_for_what_the_run_draws(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.data = Table()
    session.take("b", tuple(PICTURES), {"Loss": ("train_loss",)})
    assert not cards.columns  # it is not known yet what is drawn of a table
    session.draw(Confusion, Workings)
    assert titles(cards) == [["Loss"], ["Confusion matrix"], ["The numbers put in"]]
    session.draw(Confusion, Workings)
    columns = list(cards.columns)
    session.draw(Confusion, Workings)
    assert cards.columns == columns  # nothing is put together anew


def test_less_room_has_less_columns_and_keeps_what_was_chosen(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.draw(*PICTURES)
    cards.columns[-1].choose("The numbers put in")
    cards.resize(500, 260)
    assert [len(column.panes) for column in cards.columns] == [1, 4]
    assert cards.columns[-1].pane.title == "The numbers put in"
    cards.resize(800, 260)
    assert [len(column.panes) for column in cards.columns] == [1, 1, 3]
    assert cards.columns[-1].pane.title == "The numbers put in"
    assert cards.views[Workings].isVisible()


def test_one_card_can_have_all_the_room(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    heard: list[bool] = []
    cards.enlarged.connect(heard.append)
    session.draw(*PICTURES)
    first, second, third = cards.columns
    QTest.mouseClick(second.button, Qt.MouseButton.LeftButton)
    assert heard == [True]
    assert second.isVisible()
    assert not first.isVisible()
    assert not third.isVisible()
    QTest.keyClick(second.button, Qt.Key.Key_Escape)
    assert heard == [True, False]
    assert first.isVisible()
    assert third.isVisible()
    QTest.mouseClick(second.button, Qt.MouseButton.LeftButton)
    session.take("c", (Confusion,), {})  # another algorithm gives the stage its room back
    assert heard == [True, False, True, False]


def test_a_card_asks_for_a_param(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    asked: list[tuple[str, object]] = []
    cards.asked.connect(lambda name, value: asked.append((name, value)))
    cards.views[Chart].asked.emit("eps", 0.5)
    assert asked == [("eps", 0.5)]


def test_titles_follow_the_language(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    speaker.speak("zh")
    assert cards.columns[-1].titles.itemText(0) == "条形图"


def test_an_algorithm_without_pictures_has_no_row(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.take("d", (Surface,), {})
    session.draw(Surface)
    assert cards.columns == []
    assert not cards.isVisible()


def test_there_are_curves_for_what_the_run_tells(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.take("e", (Confusion,), {"Loss": ("train_loss",), "Accuracy": ("train_accuracy",)})
    session.scalars = {"train_loss": 0.0, "train_accuracy": 1.0}
    session.draw(Confusion)
    assert cards.columns[0].pane.beside is not None
    session.scalars = {"train_loss": 0.0}  # now a number is learned
    session.draw(Confusion)
    assert titles(cards) == [["Loss"], ["Confusion matrix"]]
    assert cards.columns[0].pane.beside is None
    session.scalars = {"train_loss": 0.0, "train_accuracy": 1.0}
    session.draw(Confusion)
    assert cards.columns[0].pane.beside is not None


def test_a_run_that_tells_nothing_of_the_curves_has_no_card_for_them(qtbot: QtBot, session: Any) -> None:
    cards = cards_of(qtbot, session)
    session.take("f", (Confusion,), {"Loss": ("train_loss",)})
    session.scalars = {}  # not known yet
    session.draw(Confusion)
    assert titles(cards) == [["Loss"], ["Confusion matrix"]]
    session.scalars = {"layer": 1.0}
    session.draw(Confusion)
    assert titles(cards) == [["Confusion matrix"]]
    cards.resize(500, 260)
    assert titles(cards) == [["Confusion matrix"]]
    session.scalars = {"train_loss": 0.0}
    session.draw(Confusion)
    assert titles(cards) == [["Loss"], ["Confusion matrix"]]


@pytest.mark.parametrize(("width", "columns"), [(760, 2), (480, 2), (230, 1)])
def test_a_picture_that_needs_it_has_the_room_of_two(qtbot: QtBot, session: Any, width: int, columns: int) -> None:
    session.take("wide", (KernelStep, Bars, Workings), {})
    cards = cards_of(qtbot, session, width)
    assert len(cards.columns) == columns
    assert isinstance(cards.columns[0].panes[0].view, KernelStepView)
    if columns > 1:
        first, second = (column.width() for column in cards.columns)
        assert first > 1.5 * second
        assert [pane.title for pane in cards.columns[1].panes] == ["Bars", "The numbers put in"]


def test_while_it_plays_one_card_is_drawn_in_turn_but_answers_at_once(
    qtbot: QtBot, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = cards_of(qtbot, session)
    kinds = tuple(PICTURES)
    session.draw(*kinds)
    drawn: list[int] = []
    monkeypatch.setattr(PictureColumn, "pane", property(lambda column: SimpleNamespace(draw=lambda: drawn.append(1))))
    session.playing = True
    session.draw(*kinds)
    assert len(drawn) == 1
    session.asked = 1
    session.draw(*kinds)
    assert len(drawn) == 1 + len(cards.columns)
    session.draw(*kinds)
    assert len(drawn) == 2 + len(cards.columns)


def test_where_no_other_frame_comes_soon_all_cards_show_the_last_one(
    qtbot: QtBot, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = cards_of(qtbot, session)
    kinds = tuple(PICTURES)
    session.draw(*kinds)
    drawn: list[str] = []
    monkeypatch.setattr(
        PictureColumn, "pane",
        property(lambda column: SimpleNamespace(draw=lambda: drawn.append(column.panes[0].title))),
    )  # fmt: skip
    session.playing = True
    session.draw(*kinds)
    session.draw(*kinds)
    assert len(drawn) == 2
    qtbot.waitUntil(lambda: len(drawn) > 2, timeout=2000)
    assert drawn[2:] == [column.panes[0].title for column in cards.columns]
