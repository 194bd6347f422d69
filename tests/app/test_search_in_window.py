"""A search inside the engine process: it is stopped at once, and its processes end with it."""

import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.session import project
from app.session.runner import Runner
from app.session.session import Session
from engines.core.experiment import Experiment
from engines.core.messages import Failed, Pause, Play, State, Stop
from engines.core.registry import engine_named, judge_named
from engines.data.sampling import parse_sample
from tests.app.test_runner import Listener, listener  # noqa: F401 - the fixture


def search(engine: str, data: str, **values: object) -> Experiment:
    judge = judge_named("search")
    assert judge is not None
    params = engine_named(engine).params()
    told = judge.params().with_values(**values)
    return Experiment(engine, params, parse_sample(data), seed=1, judge_key="search", judge_params=told)


def slow(jobs: int) -> Experiment:
    """Trainings that take many seconds each."""
    return search("classification.svm", "moons:n=2500,noise=0.4", first="C", first_values="300, 1000, 3000", jobs=jobs)


@pytest.fixture(autouse=True)
def kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Journals of the engine process, which has this environment too."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def workers(listener: Listener) -> list[psutil.Process]:  # noqa: F811
    """The processes that make trials: children of the engine process, but for Python's own tracker."""
    children = psutil.Process(listener.runner.engine_process_id).children()
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_search_in_the_middle_of_a_trial_pauses_goes_on_and_stops_at_once(listener: Listener, jobs: int) -> None:  # noqa: F811
    listener.start(slow(jobs), playing=True)
    listener.until(lambda: listener.state() is State.PLAYING)
    if jobs > 1:
        listener.until(lambda: len(workers(listener)) == jobs)
    else:
        soon = time.perf_counter() + 1
        listener.until(lambda: time.perf_counter() > soon)
    for command, state in ((Pause(), State.PAUSED), (Play(), State.PLAYING), (Stop(), State.IDLE)):
        began = time.perf_counter()
        listener.runner.send(command)
        listener.until(lambda state=state: listener.state() is state, 3000)
        assert time.perf_counter() - began < 1
    assert listener.steps() == 1, "waiting is no step"
    assert not any(isinstance(report, Failed) for report in listener.heard)
    assert not workers(listener)


def test_processes_end_with_an_engine_process_that_is_killed(listener: Listener) -> None:  # noqa: F811
    listener.start(slow(2), playing=True)
    listener.until(lambda: listener.runner.engine_process_id and len(workers(listener)) == 2)
    left = workers(listener)
    psutil.Process(listener.runner.engine_process_id).kill()
    _, alive = psutil.wait_procs(left, timeout=15)
    assert not alive
    listener.until(lambda: listener.state() is State.FAILED)


def test_what_a_killed_engine_process_had_finished_is_not_made_again(listener: Listener, kept_elsewhere: Path) -> None:  # noqa: F811
    many = search("trees.cart", "moons:n=300,noise=0.3", first="max_depth", first_values="1,2,3,4", jobs=1)
    listener.start(many, playing=True, rate=20)
    listener.until(lambda: listener.steps() > 3)
    psutil.Process(listener.runner.engine_process_id).kill()
    listener.until(lambda: listener.state() is State.FAILED)
    assert list(kept_elsewhere.rglob("*.jsonl"))
    listener.start(many, playing=True)
    listener.until(lambda: listener.state() is State.RESTING)
    assert "of 8 trials were finished before" in listener.frames()[0].note.render()
    assert listener.steps() == 10


def test_a_schedulers_address_is_in_no_file_and_is_taken_from_none(tmp_path: Path) -> None:
    mine = search("trees.cart", "moons:n=60", scheduler="tcp://somewhere:8786", trials=7)
    project.save(tmp_path / "a.sandtable", mine)
    found = project.load(tmp_path / "a.sandtable").judge_params
    assert found is not None
    assert found.to_json()["scheduler"] == ""
    assert found.to_json()["trials"] == 7


def test_another_algorithm_begins_with_empty_texts(qapp: QApplication, qtbot: QtBot) -> None:
    session = Session(Runner(warm=False, spare=False), "trees.cart")
    session.choose_judge("search")
    for name, value in {"first": "max_depth", "first_values": "1, 2", "scheduler": "tcp://here:1", "trials": 9}.items():
        session.set_judge_param(name, value)
    session.choose("classification.knn")
    assert session.judge_params is not None
    told = session.judge_params.to_json()
    assert (told["first"], told["first_values"], told["scheduler"], told["trials"]) == ("", "", "tcp://here:1", 9)
    session.take({"n_neighbors": 9})
    assert session.judge is None
    assert session.params.to_json()["n_neighbors"] == 9
    session.close()
