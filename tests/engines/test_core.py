"""The contract itself: frozen data, fair splits, sentences in two languages, engines found by walking."""

import pickle
import sys

import numpy as np
import pytest

import engines
from engines.core import language, registry
from engines.core.arrays import locked
from engines.core.dataset import TEST, TRAIN, VALIDATION, Split
from engines.core.engine import Task, engine
from engines.core.language import LearnerError, Note, catalogue, say
from engines.core.step import Outcome, Step
from engines.data.points import UNLABELLED, Points
from engines.pictures.groups import Groups


def points(n: int = 200, classes: int = 2, seed: int = 0) -> Points:
    rng = np.random.default_rng(seed)
    return Points(x=rng.normal(size=(n, 2)), y=rng.integers(0, classes, n), key=rng.random(n))


def test_arrays_are_locked_and_taken_as_a_copy():
    own = np.zeros((3, 2))
    data = Points(x=own, y=np.zeros(3, int))
    own[0, 0] = 7
    assert data.x[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        data.x[0, 0] = 1
    assert locked(data.x) is data.x


def test_what_comes_out_of_a_pickle_is_locked_too():
    for frozen in (points(), Groups(np.zeros(2, int), np.zeros((1, 2)), np.zeros((1, 1, 2)))):
        again = pickle.loads(pickle.dumps(frozen))
        arrays = [value for value in vars(again).values() if isinstance(value, np.ndarray)]
        assert arrays
        assert not any(array.flags.writeable for array in arrays)


def test_split_has_the_shares_it_was_asked_for_in_every_class():
    data = points(400, 3).with_split(Split(0.6, 0.2))
    for value in range(3):
        parts = data.parts[data.y == value]
        for part, share in ((TRAIN, 0.6), (VALIDATION, 0.2), (TEST, 0.2)):
            assert abs(np.mean(parts == part) - share) <= 1 / len(parts)


def test_adding_a_point_leaves_the_others_where_they_were_but_at_the_borders():
    data = points(100)
    more = Points(
        x=np.vstack([data.x, [[0.0, 0.0]]]), y=np.append(data.y, 0), key=np.append(data.key, 0.5)
    ).with_split(Split())  # fmt: skip
    moved = np.sum(more.parts[:-1] != data.with_split(Split()).parts)
    assert moved <= 2


def test_another_split_seed_draws_again_and_the_same_does_not():
    data = points()
    first = data.with_split(Split(seed=1)).parts
    assert np.array_equal(first, data.with_split(Split(seed=1)).parts)
    assert not np.array_equal(first, data.with_split(Split(seed=2)).parts)


def test_everything_to_train_leaves_nothing_out():
    assert set(points().with_split(Split(1.0, 0.0)).parts) == {TRAIN}


@pytest.mark.parametrize("shares", [(0.0, 0.5), (0.8, 0.3), (0.5, -0.1), (float("nan"), 0.1)])
def test_shares_that_cannot_be_are_refused(shares):
    with pytest.raises(LearnerError):
        Split(*shares)


@pytest.mark.parametrize(
    "fields",
    [
        {"x": np.zeros((3, 3)), "y": np.zeros(3, int)},
        {"x": np.zeros((3, 2)), "y": np.zeros(2, int)},
        {"x": np.full((1, 2), np.nan), "y": np.zeros(1, int)},
        {"x": np.zeros((1, 2)), "y": np.array([8])},
        {"x": np.zeros((1, 2)), "y": np.array([-2])},
    ],
)
def test_points_that_cannot_be_are_refused(fields):
    with pytest.raises(LearnerError):
        Points(**fields)


def test_unlabelled_points_belong_to_no_share():
    y = np.array([0, UNLABELLED, 1])
    data = Points(x=np.arange(6.0).reshape(3, 2), y=y).with_split(Split(1.0, 0.0))
    assert data.train.index.tolist() == [0, 2]
    assert data.n_classes == 2
    assert Points().n_classes == 0


def test_a_sentence_is_said_in_both_languages_with_its_numbers():
    note = say("“{label}” is {value}; say true or false.", label=say("whole number"), value=3)
    assert note.render("en") == "“whole number” is 3; say true or false."
    assert note.render("zh") == "“整数”的值为 3，请填写 true（是）或 false（否）。"
    assert say("not in any catalogue").render("zh") == "not in any catalogue"
    assert say("100 % {of} nothing").render() == "100 % {of} nothing"
    assert catalogue("en") == {}


def test_a_learner_error_keeps_its_sentence_through_a_pickle():
    error = pickle.loads(pickle.dumps(LearnerError("There is no file “{name}”.", name="a")))
    assert error.note == say("There is no file “{name}”.", name="a")
    assert error.note.render("zh") == "没有文件“a”。"


def test_a_step_turns_its_words_into_notes():
    step = Step("Do it", then=say("Do {n} more", n=2))
    assert step.note == Note("Do it")
    assert isinstance(step.then, Note)
    assert step.draw() == ()


def test_an_engine_needs_annotations():
    with pytest.raises(TypeError, match="annotate"):

        @engine(title="Bare", task=Task.CLUSTER, shows=())
        def bare(data, params, rng):
            yield Step("nothing")
            return Outcome()


GOOD = '''
"""An algorithm that somebody adds by adding a file."""
from dataclasses import dataclass
import numpy as np
from engines.core.engine import Task, engine
from engines.core.params import Params
from engines.core.step import Outcome, Step, Steps
from engines.data.points import Points

@dataclass(frozen=True)
class Nothing(Params):
    """No knobs."""

@engine(title="Added", task=Task.CLUSTER, shows=())
def added(data: Points, params: Nothing, rng: np.random.Generator) -> Steps:
    """Do nothing once."""
    yield Step("nothing")
    return Outcome()
'''


@pytest.fixture
def family(tmp_path, monkeypatch):
    """A folder beside the engines: what is put there is walked too."""
    folder = tmp_path / "added_family"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    registry.discover.cache_clear()
    yield folder
    for name in [name for name in sys.modules if name.startswith("engines.added_family")]:
        del sys.modules[name]
    registry.discover.cache_clear()


def test_adding_an_engine_is_adding_a_file_and_a_bad_file_stops_no_other(family):
    (family / "good.py").write_text(GOOD)
    (family / "bad.py").write_text("import a_package_that_nobody_has")
    (family / "_private.py").write_text("raise AssertionError('private modules are not imported')")
    found = registry.discover()
    assert found.engines["added_family.good"].summary == "Do nothing once."
    assert list(found.failed) == ["engines.added_family.bad"]
    assert "a_package_that_nobody_has" in found.failed["engines.added_family.bad"]


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 leaves are"), (1, "1 leaf is"), (2, "2 leaves are"), (np.int64(1), "1 leaf is"), (1.0, "1.0 leaf is")],
)
def test_a_number_chooses_between_one_and_many(n, said):
    note = say("{n} {n:leaf|leaves} {n:is|are} there, |{x:>6.2f}|{x:g}", n=n, x=0.5)
    assert note.render() == f"{said} there, |  0.50|0.5"
    assert pickle.loads(pickle.dumps(note)).render() == note.render()


def test_a_language_without_plurals_says_the_number_alone(monkeypatch):
    english = "{n} {n:leaf|leaves}{end}"
    monkeypatch.setattr(language, "catalogue", lambda spoken: {english: "{n} 个叶子{end}"} if spoken == "zh" else {})
    note = say(english, n=1, end=say("{k:!|?}", k=2))
    assert note.render("en") == "1 leaf?"
    assert note.render("zh") == "1 个叶子?"


def test_an_unknown_engine_is_refused_with_the_known_ones():
    with pytest.raises(LearnerError, match=r"clustering\.kmeans"):
        registry.engine_named("clustering.k-means")
