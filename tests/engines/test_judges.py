"""What every judge must do, whoever wrote it: found by walking, tried over engines of every kind."""

import inspect
import itertools
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from engines.core.dataset import Dataset, Split
from engines.core.experiment import Experiment
from engines.core.judge import Judge
from engines.core.language import LANGUAGES, LearnerError
from engines.core.params import Params, specs
from engines.core.registry import engine_named, judge_named, judges
from engines.core.step import Outcome, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from tests.engines.test_conformance import arrays_of, bits, plain, taken

# Quick ones: a class on the plane, a class of a table's row, a number.
SET_UPS = {
    "naive Bayes on points": ("classification.naive_bayes", "moons:n=60,seed=1"),
    "a tree on a table": ("trees.cart", "iris"),
    "a number": ("regression.polynomial", "polynomial:n=50,seed=1"),
}
SMALL = {
    "n_splits": 3, "n_seeds": 4, "n_trials": 4, "trials": 4, "n_values": 3, "n_fits": 4, "n_sizes": 3, "folds": 2,
    "n_folds": 2, "n_repeats": 3, "n_columns": 20, "jobs": 1,
}  # fmt: skip
MOST = 400

every_judge = pytest.mark.parametrize("judge", judges().values(), ids=lambda item: item.key)


def small(judge: Judge) -> Params:
    """Its settings with every number of repetitions set low."""
    values = {}
    for spec in specs(judge.params):
        if spec.name in SMALL:
            values[spec.name] = max(spec.param.low, SMALL[spec.name])
    return judge.params().with_values(**values)


def experiment(judge: Judge, set_up: str, data: Dataset | None = None) -> Experiment:
    key, sample = SET_UPS[set_up]
    params = engine_named(key).params()
    if "degree" in params.to_json():
        params = params.with_values(degree=3)
    sampled = parse_sample(sample) if data is None else data
    return Experiment(key, params, sampled, Split(), 3, judge.key, small(judge))


def fitting(judge: Judge) -> list[str]:
    return [name for name, (key, _) in SET_UPS.items() if judge.fits(engine_named(key))]


def ended(run: Experiment) -> tuple[list[Step], Outcome]:
    steps, seen = run.start(), []
    for _ in range(MOST):
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value
    raise AssertionError("no end")


def test_the_first_is_k_fold_and_an_unknown_one_is_a_sentence() -> None:
    assert next(iter(judges())) == "k_fold"
    assert judge_named("") is None
    with pytest.raises(LearnerError, match="k_fold"):
        judge_named("nobody")


@every_judge
def test_it_says_what_it_is(judge: Judge) -> None:
    assert judge.title
    assert judge.summary
    assert judge.shows
    assert inspect.isgeneratorfunction(judge.run)
    params = judge.params()
    assert judge.params.from_json(json.loads(json.dumps(params.to_json()))) == params
    assert all(spec.param.label for spec in specs(judge.params))
    assert fitting(judge), "it is tried with nothing"


@every_judge
def test_it_judges_engines_of_every_kind_that_it_fits(judge: Judge) -> None:
    """A sentence may refuse one set-up (two classes are asked for), but not all."""
    judged = 0
    for set_up in fitting(judge):
        try:
            steps, outcome = ended(experiment(judge, set_up))
        except LearnerError:
            continue
        judged += 1
        assert outcome.scalars
        assert all(np.asarray(value).dtype != object for value in outcome.arrays.values())
        kinds = [[type(picture) for picture in step.draw()] for step in (steps[0], steps[len(steps) // 2], steps[-1])]
        assert kinds[0]
        assert kinds[0] == kinds[1] == kinds[2]
        assert set(kinds[0]) <= set(judge.shows)
        told = {name for step in steps for name in step.scalars}
        assert all(told & set(names) for names in judge.curves.values())
        for step in steps:
            assert all(step.note.render(language).strip() for language in LANGUAGES)
    assert judged


@every_judge
def test_the_same_seed_gives_the_same_steps_bit_for_bit(judge: Judge) -> None:
    run = experiment(judge, fitting(judge)[0])
    first = taken(run, 12)
    assert bits(first) == bits(taken(pickle.loads(pickle.dumps(run)), 12))


@every_judge
def test_what_it_draws_is_locked_and_its_data_untouched(judge: Judge) -> None:
    run = experiment(judge, fitting(judge)[0])
    before = plain(run.data)
    for _, pictures in taken(run, 6):
        assert not any(array.flags.writeable for array in arrays_of(pictures))
        assert plain(pickle.loads(pickle.dumps(pictures))) == plain(pictures)
    assert plain(run.data) == before


@every_judge
@pytest.mark.parametrize(
    "data",
    [Points(), Points(np.zeros((1, 2)), np.zeros(1, int)), Points(np.zeros((30, 2)), np.arange(30) % 2),
     Points(np.random.default_rng(0).normal(size=(12, 2)), np.r_[np.zeros(11, int), 1]),
     Points(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])),
     Points(np.repeat(np.random.default_rng(0).normal(size=(6, 2)), 4, axis=0), np.arange(24) % 2),
     Points(np.random.default_rng(0).normal(size=(24, 2)), np.arange(24) % 2 * 5),
     Points(np.random.default_rng(0).normal(size=(24, 2)), np.arange(24) % 3 - 1),
     Points(1e6 * np.random.default_rng(0).normal(size=(24, 2)), np.arange(24) % 8)],
    ids=["no points", "one point", "all the same place", "one point of a class", "two points", "ties",
         "classes between are empty", "some without a class", "far out, eight classes"],
)  # fmt: skip
def test_odd_data_is_refused_in_words_or_handled(judge: Judge, data: Points) -> None:
    run = replace(experiment(judge, fitting(judge)[0]), data=data)
    steps = run.start()
    try:
        for step in itertools.islice(steps, 30):
            step.draw()
    except LearnerError:
        return
    finally:
        steps.close()


@every_judge
def test_closing_it_early_is_quiet(judge: Judge) -> None:
    steps = experiment(judge, fitting(judge)[0]).start()
    next(steps)
    steps.close()
    assert next(steps, "over") == "over"


@every_judge
def test_points_with_classes_are_heights_for_who_learns_a_number(judge: Judge) -> None:
    """As the engine itself takes them: of drawn points it learns the second coordinate from the first."""
    key = "regression.polynomial"
    if not judge.fits(engine_named(key)):
        return
    drawn = parse_sample("moons:n=50,noise=0.2,seed=1")
    steps, outcome = ended(Experiment(key, engine_named(key).params(), drawn, Split(), 3, judge.key, small(judge)))
    assert steps[-1].draw()
    assert "accuracy" not in " ".join(outcome.scalars)
    if judge.key == "k_fold":
        assert "train_r2" in outcome.scalars


@pytest.mark.parametrize("key", ["k_fold", "threshold", "seeds", "learning_curve"])
def test_a_run_that_only_shows_something_cannot_be_judged(key: str) -> None:
    params = engine_named("vision.alexnet").params().with_values(purpose="inspect", max_epochs=1)
    pictures = make_sample("digits").taken(np.arange(40))
    with pytest.raises(LearnerError, match="nothing to judge"):
        list(Experiment("vision.alexnet", params, pictures, judge_key=key).start())


def test_what_learns_from_pictures_alone_has_no_columns_to_leak() -> None:
    params = engine_named("vision.cnn").params()
    pictures = make_sample("digits").taken(np.arange(40))
    with pytest.raises(LearnerError, match="whole pictures alone"):
        list(Experiment("vision.cnn", params, pictures, judge_key="leak").start())
