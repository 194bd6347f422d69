"""The window starts with the algorithm it shows; all others are imported once it is on the screen."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.kit import ChoiceBox
from app.panels.model_panel import ModelPanel
from app.session.offers import Offers, offers
from app.session.runner import Runner
from app.session.session import Session
from app.views.registry import files_of, view_for, views
from engines.core.engine import NO_ENGINE
from engines.core.language import LearnerError
from engines.core.picture import Picture
from engines.core.registry import discover, engine_named, families_for, judges
from engines.data.points import Points

ROOT = Path(__file__).parents[2]
START = """
import gc, json, os, sys, time
from PySide6.QtCore import QSettings
from app.opening import open_window
from app.session.offers import offers
from app.window import MainWindow
from engines.core.engine import Engine
from engines.core.judge import Judge
from engines.core.registry import discover, judges

def loaded():
    modules = [module for name, module in sys.modules.items() if name.startswith("engines.") and module]
    declared = [item.key for module in modules for item in vars(module).values() if isinstance(item, (Engine, Judge))]
    return sorted(set(declared) - {""})

MainWindow.start = lambda window: window.open_lab(window.lab.key)  # without the engine process
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
settings.setValue("lab", "classical/kmeans")
app, window = open_window(settings)
told = {"collecting_while_opening": gc.isenabled()}
app.processEvents()
told["collecting"] = gc.isenabled()
told["frozen"] = gc.get_freeze_count()
told["views"] = [name for name in sys.modules if name.startswith("app.views.")]
told["first"] = loaded()
box = window.model._engines.box
told["texts"] = [box.itemText(place) for place in range(box.count())]
while not offers.known:
    app.processEvents()
    time.sleep(0.005)
told |= {"listed": box.count(), "then": loaded(), "all": sorted([*discover().engines, *judges()])}
print(json.dumps(told), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a fresh window has imported: when it is on the screen, and when it has looked around."""
    settings = tmp_path_factory.mktemp("start") / "s.ini"
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    done = subprocess.run(
        [sys.executable, "-c", START, str(settings)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_window_on_the_screen_has_imported_its_own_algorithm_alone(start: dict[str, Any]) -> None:
    assert start["first"] == ["clustering.kmeans"]
    assert start["texts"] == ["Clustering", engine_named("clustering.kmeans").title, NO_ENGINE.title]


def test_no_garbage_is_looked_for_while_it_opens(start: dict[str, Any]) -> None:
    assert start["collecting_while_opening"] is False
    assert start["collecting"] is True
    assert start["frozen"] > 10_000


def test_a_little_later_it_knows_them_all(start: dict[str, Any]) -> None:
    assert start["then"] == start["all"]
    offered = families_for(Points)
    assert start["listed"] == len(offered) + sum(map(len, offered.values())) + 1


def test_only_the_views_of_its_pictures_are_imported(start: dict[str, Any]) -> None:
    assert "app.views.groups_layer" in start["views"]
    assert not {"app.views.tree_view", "app.views.boundaries_view", "app.views.network_view"} & set(start["views"])


@pytest.mark.parametrize("kind", views(), ids=lambda kind: kind.__name__)
def test_a_view_stands_in_a_file_called_after_its_picture(kind: type[Picture]) -> None:
    files = set().union(*(files_of(base) for base in kind.__mro__))
    assert views()[kind].__module__.removeprefix("app.views.") in files
    assert view_for(kind) is views()[kind]


def test_a_picture_that_nothing_draws_is_told_where_its_view_is_missed() -> None:
    with pytest.raises(KeyError, match=r"no view draws Nobodys.*nobodys_layer"):
        view_for(type("Nobodys", (Picture,), {}))


def test_looking_around_takes_turns(qtbot: QtBot) -> None:
    fresh = Offers()
    engine, judge = engine_named("trees.cart"), judges()["k_fold"]
    assert fresh.families(Points, engine) == {"Decision trees": (engine,)}
    assert fresh.families(Points, NO_ENGINE) == {}
    assert fresh.judges(engine, None) == []
    assert fresh.judges(engine, judge) == [judge]
    with qtbot.waitSignal(fresh.filled, timeout=10_000):
        fresh.fill_soon()
        fresh.fill_soon()
        assert not fresh.known
    assert fresh.families(Points, engine) == families_for(Points)
    assert judge in fresh.judges(engine, None)
    fresh.fill_soon()  # nothing is left to do
    assert fresh.known


def test_who_opens_the_list_sees_all_of_it(qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "known", False)
    session = Session(Runner(warm=False, spare=False), "trees.cart")
    panel = ModelPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    choice = panel.findChild(ChoiceBox)
    assert choice is not None
    assert choice.box.count() == 3
    shown = []
    monkeypatch.setattr(QComboBox, "showPopup", lambda box: shown.append(box.count()))
    choice.box.showPopup()
    assert shown == [choice.box.count()]
    assert shown > [3]
    assert choice.value() == "trees.cart"
    session.close()


def test_one_algorithm_is_found_without_the_others() -> None:
    code = (
        "import sys; from engines.core.registry import engine_named, judge_named\n"
        "print(engine_named('trees.cart').key, judge_named('seeds').key)\n"
        "print(*sorted(n for n in sys.modules if n.startswith('engines.clustering.') or n == 'engines.judging.k_fold'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["trees.cart", "seeds"]


@pytest.mark.parametrize(
    "key", ["core.engine", "trees._wood", "trees", "trees.cart.x", "os.path", "..x", "judging.seeds"]
)
def test_what_is_no_algorithm_is_none(key: str) -> None:
    assert key not in discover().engines
    with pytest.raises(LearnerError, match=r"There is no algorithm"):
        engine_named(key)
