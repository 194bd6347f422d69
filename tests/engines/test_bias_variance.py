"""Bias and variance: the parts add up, the fits are those of their rows, and the stage shows their mean."""

from typing import Any

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.judging.bias_variance import draw, resampled
from engines.pictures.fit import Fit
from engines.pictures.surface import Surface
from tests.engines.test_k_fold import finished, judged, model_of, points

SPLIT = Split(0.5, 0.3)


def many(engine: str, data: Any, **settings: Any) -> Any:
    return judged(engine, data, judge="bias_variance", **{"split": SPLIT, "n_fits": 8} | settings)


def test_every_fit_is_that_of_its_own_rows() -> None:
    experiment = many("regression.polynomial", "sine:n=60,seed=1", params={"degree": 3}, seed=4)
    _, outcome = finished(experiment)
    data = experiment.split_data
    rng = np.random.default_rng(4)
    train = np.flatnonzero(data.parts == 0)
    for said in outcome.arrays["predictions_of_fits"]:
        rows = draw(train, "bootstrap", rng)
        fit = np.polynomial.Polynomial.fit(data.x[rows, 0], data.x[rows, 1], 3)
        np.testing.assert_allclose(said, fit(data.x[:, 0]), atol=1e-5)


@pytest.mark.parametrize("degree", [1, 7])
@pytest.mark.parametrize("resample", ["bootstrap", "half of the rows"])
def test_of_numbers_the_parts_add_up_to_the_error(degree: int, resample: str) -> None:
    experiment = many("regression.polynomial", "sine:n=90,seed=1", params={"degree": degree}, resample=resample)
    steps, outcome = finished(experiment)
    told = outcome.scalars
    assert told["error"] == pytest.approx(told["bias"] + told["variance"])
    held, data = outcome.arrays["rows"], experiment.split_data
    assert (data.parts[held] == 1).all()
    said, truth = outcome.arrays["predictions_of_fits"][:, held], data.x[held, 1]
    assert told["error"] == pytest.approx(((said - truth) ** 2).mean())
    assert told["variance"] == pytest.approx(said.var(axis=0).mean())
    assert f"{told['bias']:.3f} bias² and noise + {told['variance']:.3f}" in steps[-1].note.render()


def test_a_stiff_model_has_bias_and_a_wild_one_variance() -> None:
    stiff, wild = (
        finished(many("regression.polynomial", "sine:n=60,noise=0.3,seed=2", params={"degree": degree}, n_fits=20))[1]
        for degree in (1, 9)
    )
    assert stiff.scalars["bias"] > 3 * stiff.scalars["variance"]
    assert wild.scalars["variance"] > 3 * stiff.scalars["variance"]


def test_of_classes_the_vote_and_what_differs_from_it() -> None:
    experiment = many("trees.cart", "moons:n=90,noise=0.3,seed=1")
    steps, outcome = finished(experiment)
    held, y = outcome.arrays["rows"], experiment.split_data.y
    said = outcome.arrays["predictions_of_fits"][:, held].astype(int)
    vote = np.array([np.bincount(column, minlength=2).argmax() for column in said.T])
    assert (outcome.arrays["predictions"][held] == vote).all()
    assert outcome.scalars["bias"] == pytest.approx((vote != y[held]).mean())
    assert outcome.scalars["variance"] == pytest.approx((said != vote).mean())
    assert outcome.scalars["error"] == pytest.approx((said != y[held]).mean())
    surface = steps[-1].draw()[0]
    assert isinstance(surface, Surface)
    np.testing.assert_allclose(surface.values.sum(0), 1, atol=1e-6)
    assert {round(value * 8, 4) % 1 for value in np.unique(surface.values).tolist()} == {0.0}  # eighths: the votes


def test_naive_bayes_is_that_of_scikit_learn() -> None:
    experiment = many("classification.naive_bayes", "iris", seed=2)
    _, outcome = finished(experiment)
    from engines.evaluation.training import target_of

    data = experiment.split_data
    features, rng = target_of(data), np.random.default_rng(2)
    for said in outcome.arrays["predictions_of_fits"]:
        rows = draw(features.train.index, "bootstrap", rng)
        model = model_of("classification.naive_bayes").fit(features.x[rows], features.y[rows])
        assert (said == model.predict(features.x)).mean() > 0.99


def test_resampled_rows_are_learned_from_and_all_others_put_aside() -> None:
    data = parse_sample("moons:n=20,seed=1").with_split(SPLIT)
    rows = draw(np.arange(10), "bootstrap", np.random.default_rng(0))
    assert len(rows) == 10 > len(set(rows.tolist()))
    both = resampled(data, rows)
    assert (both.x[:10] == data.x[rows]).all()
    assert (both.x[10:] == data.x).all()
    assert (both.parts == [0] * 10 + [2] * 20).all()
    half = draw(np.arange(10), "half of the rows", np.random.default_rng(0))
    assert len(set(half.tolist())) == len(half) == 5


def test_the_curves_of_all_fits_lie_behind_their_mean() -> None:
    steps = many("regression.polynomial", "sine:n=60,seed=1", n_fits=5).start()
    drawn = [step.draw() for step in steps]
    assert len({tuple(type(one) for one in pictures) for pictures in drawn}) == 1
    fit = drawn[-1][0]
    assert isinstance(fit, Fit)
    assert fit.faint.shape == (5, len(fit.x))
    np.testing.assert_allclose(fit.faint.mean(0), fit.y[0])


@pytest.mark.parametrize(
    ("data", "more", "part"),
    [
        (Points(), {}, "no points"),
        (points([0, 1] * 9), {"split": Split(1.0, 0.0)}, "validation share"),
        (points([0] * 20), {}, "one class"),
    ],
)
def test_what_cannot_be_done_is_said(data: Points, more: dict[str, Any], part: str) -> None:
    with pytest.raises(LearnerError, match=part):
        finished(many("trees.cart", data, **more))


def test_fits_that_cannot_be_done_are_left_out_and_said() -> None:
    data = points([0] * 18 + [1] * 2)
    steps, outcome = finished(many("classification.naive_bayes", data, split=Split(0.5, 0.5), n_fits=20))
    assert 0 < len(outcome.arrays["predictions_of_fits"]) < 20
    assert any("could not be done" in step.note.render() for step in steps)
