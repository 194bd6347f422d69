"""The seed dice: many throws are many single runs, and how far they lie apart is told."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import engine_named, judge_named
from engines.core.step import Outcome, Step
from engines.data.sampling import parse_sample
from engines.evaluation.training import begin, target_of
from engines.judging._luck import Luck
from engines.pictures.chart import Chart
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.surface import Surface


def experiment(key: str, sample: str, *, throw: str = "weights and order", seed: int = 2, **params: Any) -> Experiment:
    judge = judge_named("seeds")
    assert judge is not None
    wanted = judge.params().with_values(n_seeds=8, throw=throw)
    values = engine_named(key).params().with_values(**params)
    return Experiment(key, values, parse_sample(sample), Split(0.6, 0.2), seed, "seeds", wanted)


def ended(run: Experiment) -> tuple[list[Step], Outcome]:
    steps, seen = run.start(), []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


def alone(run: Experiment, *, seed: int, split: int = 0) -> tuple[float, np.ndarray]:
    """The validation score of one throw, by the engine itself, and what it says of every row."""
    data = run.data.with_split(replace(run.split, seed=split))
    outcome = begin(replace(run, judge_key="", judge_params=None), data, seed=seed).finish()
    rows = target_of(data).validation.index
    said = outcome.arrays["predictions"]
    return float((said[rows] == target_of(data).y[rows]).mean()), said


MLP = ("neural.mlp", "moons:n=60,noise=0.3,seed=1")


@pytest.mark.parametrize("throw", ["weights and order", "the split", "both"])
@pytest.mark.parametrize(
    ("key", "sample", "params"),
    [(*MLP, {"max_epochs": 20}), ("trees.forest", "moons:n=60,noise=0.3,seed=1", {"n_estimators": 3})],
)  # fmt: skip
def test_each_throw_is_the_single_run_with_that_seed(key: str, sample: str, params: Any, throw: str) -> None:
    run = experiment(key, sample, throw=throw, **params)
    _, outcome = ended(run)
    for place in (0, 3, 7):
        dice = 2 + (place if throw != "the split" else 0)
        score, said = alone(run, seed=dice, split=place if throw != "weights and order" else 0)
        assert outcome.arrays["scores"][place] == pytest.approx(score)
        assert np.array_equal(outcome.arrays["predictions_of_seeds"][place], said)
    first = 0 if throw == "the split" else 2
    assert outcome.arrays["seeds"].tolist() == list(range(first, first + 8))


def test_the_verdict_has_the_numbers_of_the_scores_and_names_best_and_worst() -> None:
    steps, outcome = ended(experiment("neural.mlp", "xor:n=120,noise=0.1,seed=1", layers=(2,), max_epochs=30, lr=0.1))
    scores = outcome.arrays["scores"]
    best, worst = 2 + int(scores.argmax()), 2 + int(scores.argmin())
    assert np.ptp(scores) > 0
    assert steps[-1].rest
    assert steps[-1].note.render("en") == (
        f"8 seeds: accuracy {scores.mean():.3f} ± {scores.std():.3f}. Best: seed {best} with {scores.max():.3f}, "
        f"worst: seed {worst} with {scores.min():.3f}. So much was luck: {np.ptp(scores):.3f}"
    )
    assert steps[-1].note.render("zh") != steps[-1].note.render("en")
    assert outcome.scalars == {
        "mean": pytest.approx(scores.mean()), "sd": pytest.approx(scores.std()), "lowest": scores.min(),
        "highest": scores.max(),
    }  # fmt: skip
    votes = outcome.arrays["predictions_of_seeds"]
    assert outcome.arrays["agreement"] == pytest.approx(np.maximum(votes.mean(0), 1 - votes.mean(0)))


def test_an_engine_without_dice_says_that_all_seeds_are_alike() -> None:
    steps, outcome = ended(experiment("classification.naive_bayes", "moons:n=60,noise=0.3,seed=1"))
    assert np.ptp(outcome.arrays["scores"]) == 0
    assert "All 8 seeds came to the same" in steps[-1].note.render("en")
    steps, outcome = ended(experiment("classification.naive_bayes", "moons:n=60,noise=0.3,seed=1", throw="the split"))
    assert np.ptp(outcome.arrays["scores"]) > 0
    assert "So much was luck" in steps[-1].note.render("en")


def test_other_models_with_the_same_score_have_no_best_and_no_worst() -> None:
    features = target_of(experiment("trees.cart", "moons:n=20,noise=0.0,seed=1").split_data)
    held_out = features.validation.index
    luck = Luck(features, [held_out] * 2, [4, 5])
    for place in range(2):
        said = features.y.copy()
        said[features.train.index[place]] = 1 - said[features.train.index[place]]  # another row is wrong
        luck.finish(place, said)
    assert luck.verdict().render() == (
        "All 2 seeds scored the same, accuracy 1.000, though their models differ: these validation rows do not tell "
        "them apart"
    )


def test_a_split_in_time_cannot_be_thrown() -> None:
    run = experiment("classification.naive_bayes", "moons:n=60,noise=0.3,seed=1", throw="the split")
    _, outcome = ended(replace(run, split=Split(0.6, 0.2, how="time")))
    assert np.ptp(outcome.arrays["scores"]) == 0


def test_the_surface_is_the_share_of_the_seeds_and_the_lines_their_disagreement() -> None:
    steps, outcome = ended(experiment("neural.mlp", "xor:n=120,noise=0.1,seed=1", layers=(2,), max_epochs=30, lr=0.1))
    pictures = {type(picture): picture for picture in steps[-1].draw()}
    surface, heat = pictures[Surface], pictures[Heat]
    shares = surface.values
    assert shares.sum(0) == pytest.approx(1)
    assert np.allclose(shares * 8, np.rint(shares * 8))
    assert heat.values == pytest.approx(1 - shares.max(0))
    assert heat.values.max() > 0.1
    assert len(outcome.arrays["seeds"]) == 8


def charts(step: Step) -> list[Chart]:
    return [picture for picture in step.draw() if isinstance(picture, Chart)]


def test_the_band_holds_lowest_quartiles_and_highest_of_the_seeds() -> None:
    run = experiment(*MLP, max_epochs=12)
    steps, _ = ended(run)
    band = charts(steps[-1])[0]
    curves = []
    for seed in range(2, 10):
        single = begin(replace(run, judge_key="", judge_params=None), run.split_data, seed=seed)
        told = []
        while single.advance():
            told.append(single.told["validation_accuracy"])
        curves.append(told)
    values = np.array(curves)
    assert band.lines[0].x.tolist() == list(range(13))
    middle, low, high = band.lines[1:4]
    assert middle.y == pytest.approx(np.median(values, 0), abs=1e-6)
    assert low.y == pytest.approx(values.min(0), abs=1e-6)
    assert high.y == pytest.approx(values.max(0), abs=1e-6)
    below, above = middle.spread
    assert middle.y - below == pytest.approx(np.quantile(values, 0.25, axis=0), abs=1e-6)
    assert middle.y + above == pytest.approx(np.quantile(values, 0.75, axis=0), abs=1e-6)


def test_a_seed_that_has_stopped_early_keeps_its_curve_and_its_best_weights() -> None:
    run = experiment(
        "neural.mlp", "moons:n=120,noise=0.35,seed=1", max_epochs=60, layers=(8, 8), optimizer="adam", lr=0.03,
        early_stopping=True, patience=5,
    )  # fmt: skip
    steps, outcome = ended(run)
    assert len(steps) < 62
    for place in (1, 6):
        assert outcome.arrays["scores"][place] == pytest.approx(alone(run, seed=2 + place)[0])


def test_a_line_has_a_median_and_a_table_has_no_stage() -> None:
    steps, outcome = ended(experiment("regression.polynomial", "polynomial:n=50,seed=1", throw="the split", degree=3))
    fit = next(picture for picture in steps[-1].draw() if isinstance(picture, Fit))
    assert len(fit.y) == 3
    assert (fit.y[1] <= fit.y[0] + 1e-9).all()
    assert (fit.y[0] <= fit.y[2] + 1e-9).all()
    assert "r2" in steps[-1].note.render("en")
    assert 0 < outcome.scalars["mean"] <= 1
    steps, _ = ended(experiment("trees.cart", "iris", throw="both"))
    assert all(isinstance(picture, Chart) for picture in steps[-1].draw())


def test_without_a_validation_share_it_says_what_to_do() -> None:
    run = replace(experiment(*MLP), split=Split(1.0, 0.0))
    with pytest.raises(LearnerError, match="validation share"):
        next(run.start())


def test_a_learning_rate_that_is_too_large_is_told() -> None:
    run = experiment("neural.mlp", "linear:n=60", lr=10.0, activation="linear", layers=(8, 8, 8), max_epochs=400)
    far = replace(run.data, x=run.data.x * 1e18)
    with pytest.raises(LearnerError, match="learning rate"):
        ended(replace(run, data=far))
