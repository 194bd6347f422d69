"""Trials that an engine trains at once come to what each comes to alone."""

from dataclasses import replace

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import engine_named, judge_named
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.evaluation import trials
from engines.evaluation._workers import Workers
from engines.evaluation.pools import Alone, Pool
from engines.evaluation.search import planned, results, unfinished
from engines.evaluation.space import axis_of, grid
from engines.evaluation.trials import Finished, Search

MLP = engine_named("neural.mlp")


def points(y: list[int]) -> Points:
    return Points(np.random.default_rng(7).normal(size=(len(y), 2)), np.array(y))


def plan_of(data: str | Points = "moons:n=90,noise=0.3,seed=2", n_folds: int = 4, axes: dict[str, str] | None = None,
            **values: object) -> Search:  # fmt: skip
    params = MLP.params().with_values(**({"max_epochs": 25, "layers": (4,)} | values))
    drawn = parse_sample(data) if isinstance(data, str) else data
    experiment = Experiment(MLP.key, params, drawn, Split(), 3)
    axes = axes or {"lr": "0.01, 0.1, 1", "weight_decay": "0, 0.01"}
    return planned(experiment, grid([axis_of(MLP.params, *axis) for axis in axes.items()]), n_folds, tiles=True)


def ended(plan: Search, pool: Pool, kept: dict[int, Finished] | None = None) -> list[Finished]:
    try:
        return [one for one in results(plan, pool, kept) if one is not None]
    finally:
        pool.close()


def one_by_one(plan: Search, monkeypatch: pytest.MonkeyPatch) -> list[Finished]:
    with monkeypatch.context() as patch:
        patch.setattr(type(plan.experiment), "engine", property(lambda self: replace(MLP, together=None)))
        return ended(plan, Alone(plan))


@pytest.mark.parametrize(
    ("data", "n_folds", "values"),
    [
        ("moons:n=90,noise=0.3,seed=2", 4, {}),
        ("blobs:n=91,clouds=3,seed=1", 5, {"optimizer": "adam", "batch_size": 16}),
        ("moons:n=60,noise=0.3,seed=2", 0, {"early_stopping": True, "patience": 6, "max_epochs": 60}),
        ("circles:n=61,seed=4", 3, {"dropout": 0.3, "activation": "relu", "optimizer": "momentum"}),
        (points([0, 1] * 15 + [2]), 3, {"optimizer": "adam"}),  # a class that is missing where it is held out
        (points([0, 1, -1, 4] * 10), 3, {"optimizer": "adam", "batch_size": 512}),  # classes that nobody has
        (Points(np.repeat([[0.0, 1.0], [1.0, 0.0]], 20, axis=0), np.arange(40) % 2), 4, {"layers": ()}),  # only ties
    ],
)
def test_scores_and_boundaries_are_those_of_one_by_one(
    data: str | Points, n_folds: int, values: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(data, n_folds, **values)
    found, expected = ended(plan, Alone(plan)), one_by_one(plan, monkeypatch)
    assert [one.index for one in found] == list(range(6))
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.scores == pytest.approx(theirs.scores, abs=1e-9)
        assert ours.tile.shape == theirs.tile.shape == (len(theirs.tile), 32, 64)
        assert np.abs(ours.tile.astype(int) - theirs.tile).max() <= 1
    assert len({one.tile.tobytes() for one in found}) > 1, "they are not all the same"


def test_folds_of_unlike_sizes_are_trained_in_stacks_of_their_own() -> None:
    plan = plan_of("blobs:n=91,clouds=3,seed=1", 5)
    sizes = {(len(train), len(held_out)) for train, held_out in plan.folds}
    assert len(sizes) > 1
    assert sorted(fold for folds in trials._of_one_size(plan.folds) for fold in folds) == list(range(5))


def test_only_what_may_differ_is_made_at_once_and_lots_are_of_one_size() -> None:
    lots = plan_of(axes={"lr": "0.01, 0.1, 1", "batch_size": "5, 10"}).lots
    assert [[trial.index for trial in lot] for lot in lots] == [[0, 2, 4], [1, 3, 5]]
    many = ", ".join(str(0.001 * i) for i in range(1, 25))
    assert [len(lot) for lot in plan_of(n_folds=5, axes={"lr": many}).lots] == [6, 6, 6, 6]
    assert [len(lot) for lot in plan_of(n_folds=0, axes={"lr": many}).lots] == [24]
    tree = engine_named("trees.cart")
    experiment = Experiment(tree.key, tree.params(), parse_sample("moons:n=40"), Split(), 3)
    assert [len(lot) for lot in planned(experiment, [(("max_depth", i),) for i in (1, 2, 3)], 3).lots] == [1, 1, 1]


def test_one_that_diverges_is_told_as_alone_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(axes={"lr": "0.1, 10", "weight_decay": "0, 1"}, activation="relu", layers=(8, 8), max_epochs=40)
    found, expected = ended(plan, Alone(plan)), one_by_one(plan, monkeypatch)
    assert [one.problem for one in found] == [one.problem for one in expected]
    assert [one.problem is None for one in found].count(False) >= 1
    assert found[0].scores == pytest.approx(expected[0].scores, abs=1e-9)


def test_what_cannot_be_trained_is_a_sentence_for_every_trial() -> None:
    plan = plan_of(n_folds=0)
    x = np.repeat([[0.0, 0.0]], 90, axis=0)
    data: Points = replace(plan.experiment.data, x=x)  # type: ignore[type-var]
    found = ended(same_spot := replace(plan, experiment=replace(plan.experiment, data=data)), Alone(same_spot))
    assert {one.problem.render() for one in found if one.problem} == {
        "All training points lie on the same spot: draw some elsewhere."
    }
    assert len(found) == 6


def test_processes_give_the_same_and_a_half_kept_lot_comes_to_the_same_again() -> None:
    plan = plan_of(n_folds=3, axes={"lr": "0.01, 0.1, 1"})
    alone = ended(plan, Alone(plan))
    asked: list[int] = []

    def keep(one: Finished) -> None:
        asked.append(one.index)

    pool = Workers(plan, 1)
    kept = {1: replace(alone[1], scores=(0.0, 0.0, 0.0))}
    try:
        again = [one for one in results(plan, pool, kept, keep) if one is not None]
    finally:
        pool.close()
    assert [one.scores for one in again] == [alone[0].scores, (0.0, 0.0, 0.0), alone[2].scores]
    assert all(np.array_equal(a.tile, b.tile) for a, b in zip(again, alone, strict=True))
    assert asked == [0, 2], "what was kept stays as it is"
    assert unfinished(plan, {0, 1, 2}) == []
    assert unfinished(plan, {0, 1}) == list(plan.lots)


def test_nobody_waits_longer_than_an_epoch() -> None:
    plan = plan_of(max_epochs=100_000)
    pool = Alone(plan)
    running = pool.run(plan.lots)
    assert [next(running) for _ in range(5)] == [None] * 5
    running.close()
    pool.close()


def test_the_judge_shows_a_step_for_each_all_the_same() -> None:
    plan, judge = plan_of(), judge_named("search")
    assert judge is not None
    told = {"first": "lr", "first_values": "0.01, 0.1, 1", "second": "lr", "folds": 4, "jobs": 1}
    judged = replace(plan.experiment, judge_key=judge.key, judge_params=judge.params().with_values(**told))
    steps = list(judged.start())
    assert [f"Trial {i} of 3" in step.note.render() for i, step in enumerate(steps)] == [False, True, True, True, False]


def test_a_stack_that_breaks_is_a_problem_of_its_trials_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise LearnerError("no stack today")

    plan = plan_of(axes={"lr": "0.1, 1", "batch_size": "5, 10"})
    assert MLP.together is not None
    with monkeypatch.context() as patch:
        patch.setattr(type(plan.experiment), "engine",
                      property(lambda self: replace(MLP, together=replace(MLP.together, begin=broken))))  # fmt: skip
        found = ended(plan, Alone(plan))
    assert [one.problem.render() for one in found if one.problem] == ["no stack today"] * 4
