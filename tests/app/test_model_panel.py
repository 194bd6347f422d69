"""The Model tab: what a picture asks for is set, unless the lab has locked it."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.panels.model_panel import ModelPanel
from app.session.runner import Runner
from app.session.session import Session


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[ModelPanel]:
    session = Session(Runner(warm=False, spare=False), "clustering.dbscan")  # a runner that was never started
    panel = ModelPanel(session)
    panel.session_ = session  # type: ignore[attr-defined]
    qtbot.addWidget(panel)
    yield panel
    session.close()


def eps(panel: ModelPanel) -> float:
    return panel.session_.params.eps  # type: ignore[attr-defined,no-any-return]


def test_what_a_picture_asks_for_is_set_within_the_range(panel: ModelPanel) -> None:
    panel.ask_param("eps", 0.25)
    assert eps(panel) == 0.25
    panel.ask_param("eps", 1e9)
    assert 0.25 < eps(panel) < 1e9


def test_what_the_lab_has_locked_stays(panel: ModelPanel) -> None:
    panel.lock(("eps",))
    before = eps(panel)
    panel.ask_param("eps", 0.25)
    assert eps(panel) == before
    panel.lock(())
    panel.ask_param("eps", 0.25)
    assert eps(panel) == 0.25
