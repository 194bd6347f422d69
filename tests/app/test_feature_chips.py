"""Choosing what a model is given: chips in the Model tab, in a file, in a lab, on the command line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.__main__ import main
from app.editors.points.stage import PointsStage
from app.language import speaker
from app.panels.feature_chips import FeatureChips, columns_of
from app.panels.model_panel import ModelPanel
from app.session import project
from app.session.runner import Runner
from app.session.session import Session
from app.theme import theme
from app.views.network_layout import NetworkLayout
from app.window import MainWindow
from engines.core.experiment import Experiment
from engines.core.lab import read_lab
from engines.core.language import LearnerError
from engines.core.messages import State
from engines.core.registry import engine_named
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from tests.engines.test_labs import WHOLE

LOGISTIC = "classification.logistic"


@pytest.fixture
def session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    theme.install(qapp)
    runner = Runner(warm=False, spare=False)
    made = Session(runner, LOGISTIC)
    made.load(Experiment(LOGISTIC, made.params, make_sample("circles", n=60)))
    yield made
    made.close()
    speaker.speak("en")


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> ModelPanel:
    made = ModelPanel(session)
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def press(widget: QWidget) -> None:
    at = QPoint(8, widget.height() // 2)  # a switch feels its box and its words alone
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)


def told(panel: ModelPanel) -> str:
    """Everything that the panel says in labels."""
    return " ".join(label.text() for label in panel.findChildren(QLabel))


def added(session: Session) -> tuple[str, ...]:
    assert isinstance(session.data, Points)
    return session.data.added


def test_a_press_adds_a_feature_and_begins_the_run_again(session: Session, panel: ModelPanel, qtbot: QtBot) -> None:
    chips = panel.features.chips
    with qtbot.waitSignal(session.cleared):
        press(chips["r"])
    with qtbot.waitSignal(session.cleared):
        press(chips["x1^2"])
    assert added(session) == ("x1^2", "r")
    assert session.experiment.split_data.preparation == {"added": ("x1^2", "r")}
    assert "features added: x₁², r" in told(panel)
    press(chips["r"])
    assert added(session) == ("x1^2",)
    chips["x2^2"].setFocus()
    QTest.keyClick(chips["x2^2"], Qt.Key.Key_Return)
    assert added(session) == ("x1^2", "x2^2")


def test_they_say_beforehand_that_the_run_begins_again_in_both_languages(panel: ModelPanel) -> None:
    chip = panel.features.chips["r"]
    assert chip.toolTip() == "Give the model r = √(x₁² + x₂²) too. Changing this starts the run again"
    speaker.speak("zh")
    assert "重新开始" in chip.toolTip()
    assert chip.text() == "r"
    press(chip)
    assert "增加的特征：r" in told(panel)


def test_edited_data_and_other_samples_keep_them(session: Session, panel: ModelPanel) -> None:
    press(panel.features.chips["x1x2"])
    session.set_data(make_sample("xor", n=50))  # as an editor hands it over: it knows nothing of features
    assert added(session) == ("x1x2",)
    assert panel.features.chosen == ("x1x2",)
    session.load(Experiment(LOGISTIC, session.params, make_sample("moons", n=50)))
    assert not panel.features.chosen


def test_an_algorithm_that_takes_the_columns_as_they_are_has_none(session: Session, panel: ModelPanel) -> None:
    press(panel.features.chips["x1x2"])
    for key in ("clustering.kmeans", "classification.baseline", "regression.polynomial"):
        session.choose(key)
        assert not panel.features.isVisible()
        assert "features added" not in told(panel)
    session.choose("neural.mlp")
    assert panel.features.isVisible()
    assert panel.features.chosen == ("x1x2",)


def test_where_a_height_is_learned_only_what_does_not_need_it_is_offered(session: Session, panel: ModelPanel) -> None:
    session.choose("regression.linear")
    session.set_data(make_sample("polynomial", n=50))
    shown = [chip.text() for chip in panel.features.chips.values() if chip.isVisible()]
    assert shown == ["x²", "sin x"]
    press(panel.features.chips["x1^2"])
    assert "features added: x²" in told(panel)
    session.set_data(make_sample("hills", n=50))
    assert sum(chip.isVisible() for chip in panel.features.chips.values()) == 6


def test_many_columns_have_a_switch_for_their_components(session: Session, panel: ModelPanel, qtbot: QtBot) -> None:
    session.choose("classification.knn")
    session.set_data(parse_sample("iris"))
    features = panel.features
    assert not any(chip.isVisible() for chip in features.chips.values())
    with qtbot.waitSignal(session.cleared):
        press(features.first)
    assert session.data.components == 4  # the usual ten are more than there are
    assert features.count is not None
    features.count.slider.setFocus()
    QTest.keyClick(features.count.slider, Qt.Key.Key_Left)
    assert session.data.components == 3
    assert "PCA first: 3 components, found in the training share" in told(panel)
    session.set_data(parse_sample("digits"))
    assert session.data.components == 0  # pictures are of another kind than a table
    press(features.first)
    assert session.data.components == 10
    press(features.first)
    assert session.data.components == 0
    assert not features.count.isVisible()


def test_columns_are_counted_as_the_algorithm_gets_them() -> None:
    assert columns_of(parse_sample("digits")) == 64
    assert columns_of(parse_sample("iris")) == 4
    assert columns_of(parse_sample("play_tennis")) == 10


def test_another_model_sits_another_exam(session: Session, panel: ModelPanel) -> None:
    session.seal.sit()
    assert session.seal.open
    press(panel.features.chips["r"])
    assert not session.seal.open
    press(panel.features.chips["r"])
    assert session.seal.open


def test_it_tells_before_a_change_so_that_a_ghost_can_be_kept(session: Session, qtbot: QtBot) -> None:
    chips = FeatureChips(session)
    qtbot.addWidget(chips)
    seen = []
    chips.changing.connect(lambda: seen.append(added(session)))
    chips.chips["r"].click()
    assert seen == [()]
    assert added(session) == ("r",)


def test_the_network_names_the_inputs_that_were_added() -> None:
    layout = NetworkLayout((4, 2, 1), 300, 190, 1.0, ("x₁²", "sin x₁"))
    assert [layout.name(0, unit) for unit in range(4)] == ["x₁", "x₂", "x₁²", "sin x₁"]
    assert layout.neuron(0, 0).left() > NetworkLayout((4, 2, 1), 300, 190, 1.0).neuron(0, 0).left()


# Files, labs, the command line


def test_files_keep_them(tmp_path: Path) -> None:
    path = tmp_path / "one.sandtable"
    points = replace(make_sample("moons", n=30), added=("x1^2", "sin_x2"))  # type: ignore[call-arg]
    project.save(path, Experiment(LOGISTIC, engine_named(LOGISTIC).params(), points))
    assert project.load(path).data.preparation == {"added": ("x1^2", "sin_x2")}
    for spec in ("iris", "digits", "spam"):
        key = "classification.knn" if spec == "digits" else LOGISTIC
        data = replace(parse_sample(spec), components=7)
        project.save(path, Experiment(key, engine_named(key).params(), data))
        assert project.load(path).data.preparation == {"components": 7}


@pytest.mark.parametrize("about", [{"added": ["x9"]}, {"added": "x1^2"}, {"added": [["x1^2"]]}])
def test_a_file_with_foreign_features_is_refused_in_words(tmp_path: Path, about: dict[str, object]) -> None:
    import zipfile

    path = tmp_path / "one.sandtable"
    project.save(path, Experiment(LOGISTIC, engine_named(LOGISTIC).params(), make_sample("moons", n=30)))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    lab = json.loads(parts["lab.json"])
    lab["data"]["about"] |= about
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, json.dumps(lab) if name == "lab.json" else content)
    with pytest.raises(LearnerError):
        project.load(path)


def lab_text(line: str, engine: str = LOGISTIC, sample: str = "circles") -> str:
    settings, fence, rest = WHOLE.partition("\n+++\n")
    kept = [row for row in settings.split("\n") if not row.startswith(("engine", "sample", "locked"))]
    opening = kept.index("+++")
    head = [*kept[: opening + 1], f'engine = "{engine}"', f'sample = "{sample}"', line]
    params = [row for row in kept[opening + 1 :] if row.startswith(("title", "challenge"))]
    return "\n".join([*head, *params]) + fence + rest


def test_a_lab_names_them() -> None:
    lab = read_lab(lab_text('features = ["r", "x1x2"]'), "evaluating", "one")
    assert lab.experiment().data.preparation == {"added": ("x1x2", "r")}
    lab = read_lab(lab_text("components = 3", "classification.knn", "iris"), "evaluating", "one")
    assert lab.experiment().data.preparation == {"components": 3}
    with pytest.raises(LearnerError, match="features"):
        read_lab(lab_text('features = "r"'), "evaluating", "one")
    with pytest.raises(LearnerError, match="x9"):
        read_lab(lab_text('features = ["x9"]'), "evaluating", "one").experiment()


def test_the_command_line_takes_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def ask(*words: str) -> dict[str, float]:
        assert main(["run", LOGISTIC, "--data", "circles", "--set", "solver=newton", "--json", *words]) == 0
        found: dict[str, float] = json.loads(capsys.readouterr().out)["outcome"]
        return found

    file = str(tmp_path / "circles.sandtable")
    assert ask()["test_accuracy"] < 0.75
    assert ask("--features", "x1^2, x2^2", "--save", file)["test_accuracy"] > 0.95
    again = ["run", LOGISTIC, "--data", file, "--set", "solver=newton", "--json"]
    assert main(again) == 0
    assert json.loads(capsys.readouterr().out)["outcome"]["test_accuracy"] > 0.95
    assert main([*again, "--features", ""]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"]["test_accuracy"] < 0.75


@pytest.mark.parametrize(
    "words",
    [
        ["run", LOGISTIC, "--features", "x9"],
        ["run", LOGISTIC, "--components", "2"],
        ["run", "classification.knn", "--data", "iris", "--features", "r"],
        ["run", "clustering.kmeans", "--features", "r"],
        ["run", "trees.c45", "--data", "iris", "--components", "2"],
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_was_learned_stays_as_a_ghost_when_a_feature_is_added(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    theme.install(qapp)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Runner(warm=False, spare=False), settings)
    window.show()
    window.start()
    session, chips = window.session, window.model.features.chips
    params = engine_named(LOGISTIC).params().with_values(solver="newton")
    window.show_experiment(Experiment(LOGISTIC, params, make_sample("circles", n=80)), "Open a lab")
    qtbot.waitUntil(lambda: session.state is State.PAUSED, timeout=30_000)
    stage = window.stage.editor
    assert isinstance(stage, PointsStage)
    chips["x1^2"].click()  # before anything is learned there is nothing to keep
    assert stage.ghost.ghost is None
    chips["x1^2"].click()
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.frame is not None, timeout=10_000)
    session.play()
    qtbot.waitUntil(lambda: session.state is State.RESTING, timeout=10_000)
    chips["x1^2"].click()
    kept = stage.ghost.ghost
    assert kept is not None
    qtbot.waitUntil(lambda: session.frame is None, timeout=10_000)
    chips["x2^2"].click()  # the second chip does not take the ghost of the run that has just begun
    assert stage.ghost.ghost is kept
    qtbot.waitUntil(lambda: session.state is State.PAUSED and session.frame is not None, timeout=10_000)
    session.play()
    qtbot.waitUntil(lambda: session.state is State.RESTING, timeout=10_000)
    before, now = (float(part.strip(" %")) for part in stage.ghost.label.rpartition("accuracy ")[2].split("→"))
    assert now > before + 20
    window.close()
    window.deleteLater()
