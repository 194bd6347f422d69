"""Choosing who judges a run: in the form, in a file, in a lab, on the command line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.__main__ import main
from app.kit import ChoiceBox, TextBox
from app.language import speaker
from app.panels.judge_form import JudgeForm
from app.panels.params_form import ParamsForm
from app.session import project
from app.session.offers import offers
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from engines.core.experiment import Experiment
from engines.core.lab import read_lab
from engines.core.language import LearnerError
from engines.core.messages import State
from engines.core.params import Param, Params
from engines.core.registry import engine_named, judge_named
from engines.data.sampling import make_sample
from tests.engines.test_labs import WHOLE


@pytest.fixture
def session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    theme.install(qapp)
    runner = Runner(warm=False, spare=False)
    made = Session(runner, "classification.naive_bayes")
    runner.start()
    made.load(Experiment("classification.naive_bayes", made.params, make_sample("moons", n=60)))
    yield made
    made.close()
    speaker.speak("en")


def form_of(qtbot: QtBot, session: Session) -> JudgeForm:
    form = JudgeForm(session)
    qtbot.addWidget(form)
    session.experiment_changed.connect(form.show_judge)
    form.show()
    qtbot.waitExposed(form)
    offers.fill()
    return form


def pick(box: ChoiceBox, key: str) -> None:
    box.choose(key)
    box.box.activated.emit(box.box.currentIndex())


def test_a_judge_is_chosen_runs_to_its_end_and_is_left_again(qtbot: QtBot, session: Session) -> None:
    form = form_of(qtbot, session)
    assert form.form is None
    pick(form.choice, "k_fold")
    assert form.form is not None
    assert session.runs.key == "k_fold"
    qtbot.waitUntil(lambda: session.frame is not None, timeout=60_000)
    session.play()
    qtbot.waitUntil(lambda: session.state in (State.RESTING, State.FINISHED), timeout=60_000)
    assert np.isfinite(session.timeline.scalars_at(session.timeline.last)["mean"])
    pick(form.choice, "")
    assert form.form is None
    assert session.runs is session.engine


def test_a_setting_of_the_judge_begins_again_and_a_wrong_one_is_a_sentence(qtbot: QtBot, session: Session) -> None:
    form_of(qtbot, session)
    session.choose_judge("k_fold")
    with qtbot.waitSignal(session.cleared, timeout=10_000):
        session.set_judge_param("n_splits", 3)
    with pytest.raises(LearnerError, match="whole number"):
        session.set_judge_param("n_splits", 1000)
    assert session.experiment.judge_params.to_json()["n_splits"] == 3  # type: ignore[union-attr]


def test_an_algorithm_that_it_does_not_fit_sends_the_judge_home(qtbot: QtBot, session: Session) -> None:
    form = form_of(qtbot, session)
    session.choose_judge("k_fold")
    session.choose("clustering.kmeans")
    assert session.judge is None
    assert form.isHidden()
    session.choose("trees.cart")
    assert not form.isHidden()


def test_what_a_judge_has_found_is_taken_and_trained_once(qtbot: QtBot, session: Session) -> None:
    session.choose_judge("k_fold")
    session.take({"var_smoothing": 0.01})
    assert session.judge is None
    assert session.params.to_json()["var_smoothing"] == 0.01


@dataclass(frozen=True)
class Asking(Params):
    """A judge's settings: the name of a number of the engine, and a line of text."""

    param: Annotated[str, Param("Hyper-parameter", names="numbers")] = ""
    values: Annotated[str, Param("Values")] = "1, 2"


def test_a_text_is_a_list_of_names_or_a_line(qtbot: QtBot, qapp: QApplication) -> None:
    theme.install(qapp)
    form = ParamsForm(Asking(), named=engine_named("trees.cart").params)
    qtbot.addWidget(form)
    form.show()
    heard: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: heard.append((name, value)))
    names, line = form.field("param"), form.field("values")
    assert isinstance(names, ChoiceBox)
    assert isinstance(line, TextBox)
    assert "criterion" not in [names.box.itemData(i) for i in range(names.box.count())]
    pick(names, "max_depth")
    line.line.setFocus()
    line.line.selectAll()
    QTest.keyClicks(line.line, "3, 5")
    QTest.keyClick(line.line, Qt.Key.Key_Return)
    assert heard == [("param", "max_depth"), ("values", "3, 5")]


def judged() -> Experiment:
    judge = judge_named("k_fold")
    assert judge is not None
    params = engine_named("trees.cart").params()
    return Experiment("trees.cart", params, make_sample("moons", n=40), judge_key="k_fold",
                      judge_params=judge.params().with_values(n_splits=4))  # fmt: skip


def test_a_file_keeps_the_judge_and_an_older_file_has_none(tmp_path: Path) -> None:
    project.save(tmp_path / "a.sandtable", judged())
    back = project.load(tmp_path / "a.sandtable")
    assert (back.judge_key, back.judge_params) == ("k_fold", judged().judge_params)
    project.save(tmp_path / "b.sandtable", Experiment("trees.cart", judged().params, judged().data))
    assert project.load(tmp_path / "b.sandtable").judge is None


def test_a_lab_names_its_judge() -> None:
    text = WHOLE.replace('"clustering.kmeans"', '"trees.cart"').replace("n_clusters", "max_depth")
    text = text.replace("\n[params]", 'judge = "k_fold"\n\n[judge_params]\nn_splits = 7\n\n[params]')
    lab = read_lab(text, "evaluating", "a")
    assert lab.judge_params == MappingProxyType({"n_splits": 7})
    assert lab.experiment().judge_params.to_json()["n_splits"] == 7  # type: ignore[union-attr]


def test_the_command_line_judges(capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["run", "classification.naive_bayes", "--data", "moons:n=60", "--judge"]
    assert main([*ask, "k_fold", "--judge-set", "n_splits=3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert 0.5 < told["outcome"]["mean"] <= 1
    assert main([*ask, "nobody"]) == 2
    assert main(["run", "clustering.kmeans", "--judge", "k_fold"]) == 2
