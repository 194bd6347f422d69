"""Draw and see, in the real window: each stroke on the board changes what the network says, also a trained one."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editors.images.stage import ImagesStage
from app.panels.blocks_editor import BlocksEditor
from app.session.runner import Runner
from app.theme import theme
from app.views.bars_view import BarsView
from app.window import MainWindow
from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.messages import State
from engines.data.images import Images
from engines.data.sampling import make_sample
from engines.vision._seen import Guess
from engines.vision.cnn import CNNParams
from tests.app.conftest import awake

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PATIENCE = 60_000


class Hand:
    """A hand on the board, and an eye on the bars."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.session, self._qtbot = window, window.session, qtbot
        stage = window.stage.editor
        assert isinstance(stage, ImagesStage)
        self.stage = stage

    def wait(self, state: State) -> None:
        self.until(lambda: self.session.state is state)

    def until(self, done: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(done, timeout=PATIENCE)

    @property
    def bars(self) -> list[float]:
        view = self.window.cards.views[Guess]
        assert isinstance(view, BarsView)
        return [] if view.bars is None else view.bars.values[0].tolist()

    def stroke(self, *places: tuple[float, float]) -> None:
        """Draw through these places, in pixels of the picture; the pen stays on the board."""
        for place, (x, y) in enumerate(places):
            spot = self.at(x, y)
            if not place:
                QTest.mousePress(self.stage.board, LEFT, NONE, spot)
            QTest.mouseMove(self.stage.board, spot)

    def lift(self, x: float, y: float) -> None:
        QTest.mouseRelease(self.stage.board, LEFT, NONE, self.at(x, y))

    def at(self, x: float, y: float) -> QPoint:
        return self.stage.board.to_screen(x, y).toPoint()

    def sees_change(self, before: list[float]) -> list[float]:
        """Wait until the bars are others, and have come to rest."""
        self.until(lambda: self.bars != before)
        self.until(lambda: not self.session.recalling)
        return self.bars


@pytest.fixture(scope="module")
def window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    theme.install(qapp)
    settings = QSettings(str(tmp_path_factory.mktemp("draw") / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Runner(warm=False, spare=False), settings)
    window.resize(1440, 900)
    window.show()
    window.runner.start()
    begin(window)
    yield awake(window)
    window.close()
    window.deleteLater()


def begin(window: MainWindow) -> None:
    """Put an untrained network and 200 digits into the window."""
    data = make_sample("digits").taken(np.arange(200))
    params = CNNParams(blocks="conv 4 3x3, relu, max 2, dropout 0.1", max_epochs=3)
    window.show_experiment(Experiment("vision.cnn", params, data, Split(), 1), "Open a lab")


@pytest.fixture
def hand(window: MainWindow, qtbot: QtBot) -> Hand:
    begin(window)
    made = Hand(window, qtbot)
    made.wait(State.PAUSED)
    made.until(lambda: window.session.frame is not None and bool(made.bars))
    return made


def test_a_stroke_changes_the_bars_before_at_and_after_the_end(hand: Hand) -> None:
    session, stage = hand.session, hand.stage
    untrained = hand.bars
    assert max(untrained) < 0.3
    session.play()
    hand.wait(State.RESTING)
    trained = hand.sees_change(untrained)
    assert sum(trained) == pytest.approx(1, abs=0.01)
    steps = session.timeline.last

    stage.editor.new_picture()
    empty = hand.sees_change(trained)
    hand.stroke((4, 1), (4, 4))
    drawn = hand.sees_change(empty)  # while the pen is on the board
    hand.stroke((4, 7))
    hand.lift(4, 7)
    assert isinstance(session.data, Images)
    assert len(session.data) == 201
    lifted = hand.sees_change(drawn)
    hand.until(lambda: session.timeline.last > steps)  # the network is the same: nothing began again
    hand.wait(State.RESTING)

    session.forward()
    hand.wait(State.FINISHED)
    hand.stroke((1, 1), (6, 1))
    across = hand.sees_change(lifted)
    hand.lift(6, 1)
    hand.until(lambda: not session._soon.isActive())
    assert session.state is State.FINISHED  # else the trained network would be lost with the stroke
    assert hand.bars == across
    stage.editor.new_picture()
    hand.sees_change(across)
    assert session.state is State.FINISHED

    session.play()  # it begins again, with what was drawn
    hand.until(lambda: session.timeline.last < 2)
    hand.wait(State.RESTING)
    assert session.timeline.last == steps


def test_dropout_is_turned_without_beginning_again_and_more_epochs_go_on(hand: Hand) -> None:
    session = hand.session
    session.play()
    hand.wait(State.RESTING)
    steps = session.timeline.last
    editor = hand.window.model.form.field("blocks")
    assert isinstance(editor, BlocksEditor)
    assert editor.total.text().startswith("Together 410 weights")
    changed = session.params.with_values(blocks="conv 4 3x3, relu, max 2, dropout 0.5")
    hand.window.model.set_param("blocks", changed.blocks)  # type: ignore[attr-defined]
    hand.until(lambda: session.timeline.last > steps)
    hand.window.model.set_param("max_epochs", 4)
    hand.until(lambda: session.timeline.last > steps + 4)
    hand.wait(State.RESTING)
    hand.window.model.set_param("blocks", "conv 4 3x3, relu")
    hand.until(lambda: session.timeline.last < 1)
