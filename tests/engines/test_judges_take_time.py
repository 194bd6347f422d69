"""Judges that take long: they say so beforehand, from what the engine says of one training, and can be held up."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.forecast import Forecast, forecast, forecast_of
from engines.core.language import catalogue, say
from engines.core.patience import nobody, patience
from engines.core.registry import engine_named, judge_named
from engines.core.step import WAIT, Step
from engines.data.sampling import parse_sample
from engines.evaluation.training import begin, with_parts
from tests.engines.test_conformance import bits


def judged(judge_key: str, engine_key: str = "neural.mlp", data: str = "moons:n=200,noise=0.3,seed=1",
           engine: dict[str, Any] | None = None, **values: Any) -> Experiment:  # fmt: skip
    judge = judge_named(judge_key)
    assert judge is not None
    params = engine_named(engine_key).params().with_values(**(engine or {}))
    return Experiment(engine_key, params, parse_sample(data), Split(), 3, judge.key,
                      judge.params().with_values(**values))  # fmt: skip


def said(run: Experiment) -> Forecast:
    steps = run.start()
    first = next(steps)
    steps.close()
    assert isinstance(first.caution, Forecast)
    return first.caution


def alone(run: Experiment, rows: int = 0, **values: Any) -> float:
    """The seconds of one training, as the engine says them; rows: of the data, to train on alone."""
    data = run.split_data
    if rows:
        data = with_parts(data, np.linspace(0, len(data) - 1, rows).astype(int), np.zeros(0, int))
    training = begin(replace(run, judge_key=""), data, params=run.params.with_values(**values))
    training.advance()
    assert training.step is not None
    assert isinstance(training.step.caution, Forecast)
    return training.step.caution.seconds


# What is said


def test_a_forecast_has_no_words_where_it_is_short_and_its_seconds_always() -> None:
    short = forecast(4.0)
    assert not short
    assert short.render() == ""
    assert short.seconds == 4.0
    assert forecast(12.0).render() == "This will take about 12 seconds. It can be stopped at any time."
    assert forecast(12.0, at_most=True).render() == (
        "This will take about 12 seconds. It can be stopped at any time. It may well be over before."
    )
    assert "{forecast} It may well be over before." in catalogue("zh")
    assert Step("now", caution=short).caution is short


def test_forecasts_add_up_and_what_says_none_takes_no_time() -> None:
    whole = forecast_of([forecast(4), "", say("no time"), forecast(3, at_most=True)], 2)
    assert (whole.seconds, whole.at_most) == (14.0, True)
    assert "14 seconds" in whole.render()
    assert not forecast_of([])


def test_five_folds_take_five_times_as_long_as_one_and_five_thousand_epochs_are_cautioned() -> None:
    run = judged("k_fold", n_splits=5)
    assert said(run).seconds == pytest.approx(5 * alone(run, rows=128), rel=0.3)
    assert "seconds" in said(run).render()
    assert not said(judged("k_fold", engine={"max_epochs": 50}))
    stopping = said(judged("k_fold", engine={"early_stopping": True, "max_epochs": 50_000}))
    assert "It may well be over before." in stopping.render()


def test_a_curve_counts_its_dear_settings_and_its_large_sizes() -> None:
    values = {"param": "max_epochs", "low": 10, "high": 10_000, "n_values": 3, "n_splits": 2}
    run = judged("validation_curve", **values)
    epochs = sum(round(value) for value in (10, (10 * 10_000) ** 0.5, 10_000))
    assert said(run).seconds == pytest.approx(2 * epochs * alone(run, rows=85, max_epochs=1), rel=0.3)
    few = judged("learning_curve", n_sizes=2, smallest=0.1, n_splits=2)
    assert said(few).seconds == pytest.approx(2 * (alone(few, rows=8) + alone(few, rows=85)), rel=0.3)


def test_every_judge_of_a_long_training_says_so() -> None:
    for key, values in (
        ("leak", {"leak": "copies"}), ("seeds", {"n_seeds": 64}), ("bias_variance", {}), ("threshold", {}),
        ("search", {"first": "lr", "second": "lr", "jobs": 1}),
    ):  # fmt: skip
        run = judged(key, "neural.mlp" if key != "leak" else "trees.forest", engine={"max_epochs": 100_000}
                     if key != "leak" else {"n_estimators": 500}, **values)  # fmt: skip
        assert said(run).seconds > 1.5 * alone(run) or key == "threshold", key
        assert said(run), key


def test_a_search_asks_some_of_its_trials_and_shares_the_time_among_processes() -> None:
    values = {"first": "max_epochs", "first_values": "100, 1000, 10000", "second": "max_epochs", "folds": 2}
    one, two = said(judged("search", jobs=1, **values)), said(judged("search", jobs=2, **values))
    expected = 2 * alone(judged("search"), rows=85, max_epochs=11_100)
    assert 0.4 * expected < one.seconds < 1.3 * expected, "both folds are trained at once"
    assert two.seconds == pytest.approx(2 / 3 * one.seconds), "two rounds of three"
    at_once = said(judged("search", jobs=1, **(values | {"first": "lr", "first_values": "0.01, 0.02, 0.03",
                                                         "second": "lr"})))  # fmt: skip
    assert at_once.seconds < 3 * alone(judged("search"), rows=85)


# Whoever waits


@pytest.fixture
def waiting() -> Iterator[None]:
    patience.waited = lambda: True
    yield
    patience.waited = nobody


SHORT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("k_fold", {"n_splits": 3}), ("validation_curve", {"n_values": 2, "n_splits": 2}), ("leak", {"n_repeats": 1}),
    ("learning_curve", {"n_sizes": 2, "n_splits": 2}), ("bias_variance", {"n_fits": 2}),
    ("seeds", {"n_seeds": 8}), ("search", {"first": "max_depth", "first_values": "1, 2", "second": "max_depth",
                                           "folds": 2, "jobs": 1}),
)  # fmt: skip


@pytest.mark.parametrize(("key", "values"), SHORT, ids=[key for key, _ in SHORT])
def test_whoever_waits_is_let_in_between_two_steps_of_the_engine(
    key: str, values: dict[str, Any], waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [0]

    def counted(self: Any) -> bool:
        made[0] += 1
        return advance(self)

    run = judged(key, "trees.cart", "moons:n=60,noise=0.3,seed=1", **values)
    from engines.evaluation.training import Run

    advance = Run.advance
    monkeypatch.setattr(Run, "advance", counted)
    steps, waits, most = [], 0, 0
    for step in run.start():
        most, made[0] = max(most, made[0]), 0
        if step is WAIT:
            waits += 1
        else:
            steps.append((step, ()))
    assert waits
    assert most <= 7, "a judge holds nobody up for longer than a few steps of the engine"
    patience.waited = nobody
    assert bits([(step, ()) for step in run.start()]) == bits(steps), "the steps are those of when nobody waits"
