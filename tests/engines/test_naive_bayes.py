"""Naive Bayes against scikit-learn's three, cases worked by hand, and what it says and draws on the way."""

from typing import Any

import numpy as np
import pytest

from engines.classification import naive_bayes as module
from engines.classification._bayes_notes import figure
from engines.classification._bayes_pictures import Evidence
from engines.classification.naive_bayes import (
    MOST_FACTORS,
    MULTIPLY,
    NaiveBayesParams,
    bayes,
    log_bell,
    log_presence,
    log_shares,
    naive_bayes,
    times,
)
from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.core.step import Change, Poke, Step
from engines.data.points import Points
from engines.data.sampling import make_sample, parse_sample
from engines.data.table import Column, Table
from engines.data.text import Text
from engines.evaluation.checks import with_classes
from engines.pictures.confusion import Confusion
from engines.pictures.ellipses import Ellipses
from engines.pictures.marked import Marked
from engines.pictures.surface import Surface
from engines.pictures.workings import Workings
from tests.engines.running import finish_pictured, starter

SHIFT = np.array([1.0, 0.5])
start = starter(naive_bayes, split=Split())


def notes(seen: list[tuple[Step, tuple[Any, ...]]]) -> list[str]:
    return [step.note.render() for step, _ in seen]


def picture(pictures: tuple[Any, ...], kind: type) -> Any:
    return next(picture for picture in pictures if isinstance(picture, kind))


def said(pictures: tuple[Any, ...]) -> list[str]:
    return [line.render() for line in picture(pictures, Workings).lines]


# Against scikit-learn


@pytest.mark.parametrize("spec", ["blobs:seed=1", "moons:seed=2", "circles", "imbalanced", "iris", "wine", "exam"])
@pytest.mark.parametrize("smoothing", [1e-9, 0.1])
def test_bells_are_those_of_gaussian_nb(spec: str, smoothing: float) -> None:
    from sklearn.naive_bayes import GaussianNB

    data = parse_sample(spec).with_split(Split())
    known = with_classes(data)
    _, outcome = finish_pictured(start(data, var_smoothing=smoothing))
    theirs = GaussianNB(var_smoothing=smoothing).fit(known.train.x, known.train.y)
    np.testing.assert_allclose(outcome.arrays["theta_"], theirs.theta_, atol=1e-9)
    np.testing.assert_allclose(outcome.arrays["var_"], theirs.var_, rtol=1e-9)
    np.testing.assert_allclose(outcome.arrays["class_prior_"], theirs.class_prior_, atol=1e-12)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(known.x), atol=1e-9)
    assert outcome.scalars["test_accuracy"] == pytest.approx(theirs.score(known.test.x, known.test.y))


def test_many_rows_get_their_class_in_parts_and_an_edit_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_sample("moons", n=100, seed=1)
    whole_seen, whole = finish_pictured(start(data))
    monkeypatch.setattr(module, "NUMBERS_A_STEP", 2 * 2 * 40)
    seen, parts = finish_pictured(start(data))
    assert np.array_equal(whole.arrays["probabilities"], parts.arrays["probabilities"])
    told = notes(seen)
    assert len(told) == len(whole_seen) + 2
    assert [note for note in told if "have their class" in note] == [
        "40 of 100 rows have their class",
        "80 of 100 rows have their class",
    ]
    steps = start(data)
    while "40 of 100" not in next(steps).note.render():
        pass
    fewer = make_sample("moons", n=60, seed=2)
    assert steps.send(Change(data=fewer.with_split(Split()))).note.render() == "40 of 60 rows have their class"
    assert len(finish_pictured(steps)[1].arrays["predictions"]) == 60


@pytest.mark.parametrize("spec", ["spam", "spam:seed=4", "sentiment", "spam:language=zh", "spam_words", "play_tennis"])
@pytest.mark.parametrize("alpha", [1.0, 0.2])
@pytest.mark.parametrize("model", ["multinomial", "bernoulli"])
def test_counts_are_those_of_multinomial_and_bernoulli_nb(spec: str, alpha: float, model: str) -> None:
    from sklearn.naive_bayes import BernoulliNB, MultinomialNB

    data = parse_sample(spec).with_split(Split())
    known = with_classes(data)
    _, outcome = finish_pictured(start(data, model=model, alpha=alpha))
    theirs = (MultinomialNB if model == "multinomial" else BernoulliNB)(alpha=alpha)
    theirs.fit(known.train.x, known.train.y)
    np.testing.assert_allclose(outcome.arrays["feature_log_prob_"], theirs.feature_log_prob_, atol=1e-9)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(known.x), atol=1e-9)


def test_real_counts_count_more_than_once() -> None:
    from sklearn.naive_bayes import MultinomialNB

    rng = np.random.default_rng(5)
    y = np.arange(60) % 3
    x = rng.poisson(np.array([[4, 1, 1], [1, 4, 1], [1, 1, 4]])[y]).astype(float)
    columns = (*(Column(f"w{i}", "number", x[:, i]) for i in range(3)),
               Column("y", "category", codes=y, labels=("a", "b", "c")))  # fmt: skip
    table = Table(columns, "y").with_split(Split())
    _, outcome = finish_pictured(start(table, model="multinomial"))
    train = with_classes(table).train
    theirs = MultinomialNB().fit(train.x, train.y)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(x), atol=1e-9)


@pytest.mark.parametrize(
    ("spec", "array"),
    [("blobs", "theta_"), ("iris", "theta_"), ("spam", "feature_log_prob_"), ("spam_words", "feature_log_prob_")],
)
def test_auto_takes_what_fits_the_data(spec: str, array: str) -> None:
    """Words of texts are counted; yes and no of a table also speak when they are not there."""
    data = parse_sample(spec)
    _, outcome = finish_pictured(start(data))
    model = {"theta_": "gaussian"}.get(array, "multinomial" if spec == "spam" else "bernoulli")
    _, chosen = finish_pictured(start(data, model=model))
    np.testing.assert_array_equal(outcome.arrays[array], chosen.arrays[array])


# By hand


def test_the_formulas_by_hand() -> None:
    standard = log_bell(np.array([[0.0, 2.0]]), np.zeros(2), np.array([1.0, 4.0]))
    np.testing.assert_allclose(np.exp(standard), [[1 / np.sqrt(2 * np.pi), np.exp(-0.5) / np.sqrt(8 * np.pi)]])
    np.testing.assert_allclose(np.exp(log_shares(np.array([3.0, 0, 1]), 1.0)), [4 / 7, 1 / 7, 2 / 7])
    np.testing.assert_allclose(np.exp(log_presence(np.array([3.0, 0]), 4, 1.0)), [[4 / 6, 1 / 6], [2 / 6, 5 / 6]])
    np.testing.assert_allclose(bayes(np.log([[0.3, 0.1], [1e-300, 3e-300]])), [[0.75, 0.25], [0.25, 0.75]])


def test_without_smoothing_one_new_word_makes_the_product_nothing() -> None:
    logs = log_shares(np.array([2.0, 0.0, 2.0]), 0.0)
    assert logs[1] == -np.inf
    np.testing.assert_allclose(times(np.array([[1.0, 0, 1], [1.0, 1, 0]]), logs), [2 * np.log(0.5), -np.inf])
    np.testing.assert_array_equal(bayes(np.array([[-np.inf, -3.0], [-np.inf, -np.inf]])), [[0, 1], [0.5, 0.5]])
    seen, outcome = finish_pictured(start(parse_sample("spam:seed=1"), alpha=0.0, watch=85))
    assert any("“tickets” was never seen in ham, so its whole product is 0" in note for note in notes(seen))
    assert "every product is 0" in " ".join(notes(seen))
    assert said(seen[-1][1])[-1] == "P(… | row) = 0 ⁄ 0, so each gets 0.500"
    assert outcome.scalars["test_accuracy"] == 0.5
    assert np.isfinite(outcome.arrays["probabilities"]).all()


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "0.25"), (1.0, "1"), (1e-20, "1.0e−20"), (9777.2, "9777"), (0.00123, "0.00123")]
)
def test_figures_are_short(value: float, text: str) -> None:
    assert figure(float(np.log(value))) == text


def test_numbers_too_small_for_a_float_are_still_said() -> None:
    assert figure(-1000 * np.log(10) + np.log(2.5)) == "2.5e−1000"
    assert figure(-np.inf) == "0"
    assert figure(np.log(9.99e-9)) == "1.0e−8"


# Step by step


def test_the_steps_on_the_plane() -> None:
    data = make_sample("blobs", n=240, noise=0.5, seed=2)
    seen, outcome = finish_pictured(start(data))
    train = data.with_split(Split()).train
    assert [len(picture(pictures, Ellipses).means) for _, pictures in seen] == [0, 1, 2, 3, 3, 3, 3, 3, 3]
    assert [step.rest for step, _ in seen] == [False] * 8 + [True]
    clouds = picture(seen[3][1], Ellipses)
    for k in range(3):
        mine = train.x[train.y == k]
        np.testing.assert_allclose(clouds.means[k], mine.mean(0))
        np.testing.assert_allclose(clouds.covariances[k], np.diag(mine.var(0)), atol=1e-6)
    mean, variance = outcome.arrays["theta_"][1], outcome.arrays["var_"][1]
    assert notes(seen)[2] == (
        f"56 rows of class 2: x₁ has mean {mean[0]:.3g} and variance {variance[0]:.3g}, "
        f"x₂ has mean {mean[1]:.3g} and variance {variance[1]:.3g}"
    )
    assert "class 1 56 (33.3%)" in notes(seen)[0]
    assert seen[3][0].then.render() == MULTIPLY


def test_the_background_is_pale_until_there_are_answers() -> None:
    data = make_sample("blobs", n=90, seed=1)
    seen, outcome = finish_pictured(start(data))
    for _, pictures in seen[:-2]:
        np.testing.assert_allclose(picture(pictures, Surface).values, 1 / 3, rtol=1e-6)
        assert len(picture(pictures, Confusion).truth) == 0
    values = picture(seen[-1][1], Surface).values
    np.testing.assert_allclose(values.sum(0), 1, atol=1e-5)
    assert set(values.argmax(0).ravel()) == {0, 1, 2}
    confusion = picture(seen[-1][1], Confusion)
    assert (confusion.predicted == outcome.arrays["predictions"]).all()


def test_the_scalars_have_the_same_names_and_come_at_the_end() -> None:
    seen, outcome = finish_pictured(start(make_sample("moons", n=90, seed=1)))
    names = [list(step.scalars) for step, _ in seen]
    assert all(one == names[0] for one in names)
    assert np.isnan(seen[0][0].scalars["train_accuracy"])
    assert seen[-1][0].scalars["train_accuracy"] == pytest.approx(
        (outcome.arrays["predictions"] == make_sample("moons", n=90, seed=1).y)[
            make_sample("moons", n=90, seed=1).with_split(Split()).parts == 0
        ].mean()
    )


def test_the_product_of_a_message_factor_by_factor() -> None:
    data = parse_sample("spam:seed=1")
    seen, outcome = finish_pictured(start(data, watch=85))
    logs, prior = outcome.arrays["feature_log_prob_"], outcome.arrays["class_prior_"]
    known = with_classes(data)
    words = np.flatnonzero(known.x[84])
    lines = said(seen[-1][1])
    assert lines[0] == "row 85 = ham : spam"
    assert lines[1] == "P(class) = 0.5 : 0.5"
    for word, line in zip(words, lines[2:7], strict=True):
        first, second = np.exp(logs[:, word])
        assert line == f"P({known.names[word]}) = {first:.3g} : {second:.3g}"
    total = np.log(prior) + logs[:, words].sum(1)
    assert lines[8] == f"ln of it = {total[0]:.3f} : {total[1]:.3f}".replace("-", "−")
    assert lines[9].endswith("= 0.721")
    assert outcome.arrays["probabilities"][84, 1] == pytest.approx(0.721, abs=5e-4)
    assert "Row 85 is spam with a probability of 0.721, but in truth it is ham" in notes(seen)
    ratio = np.exp(logs[1, words[0]] - logs[0, words[0]])
    assert f"Row 85: “money” is {ratio:.3g} times as likely in spam as in ham" in notes(seen)
    assert "P(money | spam) = (3 + 1) ⁄ (284 + 1 · 468) = 0.0053, and so on" in notes(seen)
    growing = [len(said(pictures)) for _, pictures in seen]
    assert growing == [0, 0, 2, 2, 5, 6, 7, 8, 9, 10, 10, 10]


@pytest.mark.parametrize(
    ("spec", "model", "watch"),
    [("spam_words", "bernoulli", 2), ("wine", "gaussian", 7), ("sentiment", "multinomial", 3), ("iris", "auto", 60)],
)
def test_all_factors_together_are_the_whole_product(spec: str, model: str, watch: int) -> None:
    """What has no line of its own is in the last factor; the logarithms add up to what decides."""
    data = parse_sample(spec)
    seen, outcome = finish_pictured(start(data, model=model, watch=watch))
    lines = said(seen[-1][1])
    logs = [float(part.replace("−", "-")) for part in lines[-2].split(" = ")[1].split(" : ")]
    factors = [line.split(" = ")[1].split(" : ") for line in lines[1:-3]]
    assert len(factors) <= MOST_FACTORS + 2
    for place in range(2):
        product = sum(np.log(float(one[place].replace("−", "-"))) for one in factors)
        assert product == pytest.approx(logs[place], abs=0.15)
    p = outcome.arrays["probabilities"][watch - 1]
    assert float(lines[-1].split(" = ")[-1]) == pytest.approx(p.max(), abs=5e-4)


def test_bars_are_logarithms_of_how_many_times_likelier() -> None:
    seen, outcome = finish_pictured(start(parse_sample("spam:seed=1")))
    bars = picture(seen[-1][1], Evidence)
    logs = outcome.arrays["feature_log_prob_"]
    np.testing.assert_allclose(bars.values, logs[1:] - logs[:1])
    assert not picture(seen[1][1], Evidence).values.any()
    table, told = finish_pictured(start(parse_sample("iris")))
    bars = picture(table[-1][1], Evidence)
    known = with_classes(parse_sample("iris").with_split(Split()))
    away = (told.arrays["theta_"] - known.train.x.mean(0)) / known.train.x.std(0)
    np.testing.assert_allclose(bars.values, away)
    assert bars.by_class


# While it runs


def at_rest(steps: Any) -> Step:
    step = next(steps)
    while not step.rest:
        step = next(steps)
    return step


def test_edited_points_are_counted_anew_at_once() -> None:
    from sklearn.naive_bayes import GaussianNB

    data = make_sample("blobs", n=90, seed=1).with_split(Split())
    steps = start(data)
    at_rest(steps)
    moved = Points(data.x + SHIFT, data.y, key=data.key).with_split(Split())
    step = steps.send(Change(data=moved))
    assert step.rest
    clouds = picture(step.draw(), Ellipses)
    theirs = GaussianNB().fit(moved.train.x, moved.train.y)
    np.testing.assert_allclose(clouds.means, theirs.theta_)
    _, outcome = finish_pictured(steps)
    np.testing.assert_allclose(outcome.arrays["probabilities"], theirs.predict_proba(moved.x), atol=1e-9)


def test_an_edit_on_the_way_reaches_the_classes_that_are_learned_already() -> None:
    data = make_sample("blobs", n=90, seed=1).with_split(Split())
    steps = start(data)
    next(steps), next(steps)
    moved = Points(data.x + SHIFT, data.y, key=data.key).with_split(Split())
    step = steps.send(Change(data=moved))
    clouds = picture(step.draw(), Ellipses)
    assert len(clouds.means) == 2
    np.testing.assert_allclose(clouds.means, [moved.train.x[moved.train.y == k].mean(0) for k in range(2)])


def test_smoothing_and_variance_are_live() -> None:
    text = parse_sample("spam:seed=1")
    steps = start(text)
    at_rest(steps)
    assert steps.send(Change(params=NaiveBayesParams(alpha=0.1))).rest
    _, outcome = finish_pictured(steps)
    _, begun = finish_pictured(start(text, alpha=0.1))
    np.testing.assert_array_equal(outcome.arrays["probabilities"], begun.arrays["probabilities"])
    points = make_sample("moons", n=90, seed=1)
    steps = start(points)
    next(steps), next(steps)
    steps.send(Change(params=NaiveBayesParams(var_smoothing=0.5)))
    _, wide = finish_pictured(steps)
    _, from_the_start = finish_pictured(start(points, var_smoothing=0.5))
    np.testing.assert_array_equal(wide.arrays["var_"], from_the_start.arrays["var_"])


def test_another_row_is_worked_out_when_it_is_chosen_or_poked() -> None:
    steps = start(parse_sample("spam:seed=1"))
    at_rest(steps)
    chosen = steps.send(Change(params=NaiveBayesParams(watch=85)))
    assert "Row 85 is spam" in chosen.note.render()
    assert said(chosen.draw())[0] == "row 85 = ham : spam"
    poked = steps.send(Change(pokes=(Poke("watch", (1,), 0.0),)))
    assert said(poked.draw())[0] == "row 2 = ham : spam"
    assert said(steps.send(Change(pokes=(Poke("watch", (9999,), 0.0),))).draw())[0] == "row 120 = ham : spam"


def test_the_watched_point_is_ringed() -> None:
    step = next(start(make_sample("blobs", n=90, seed=1), watch=4))
    assert picture(step.draw(), Marked).ringed.tolist() == [3]
    far = next(start(make_sample("blobs", n=90, seed=1), watch=400))
    assert picture(far.draw(), Marked).ringed.tolist() == [89]


def test_new_words_and_a_line_more_are_taken_up() -> None:
    text = parse_sample("spam").with_split(Split())
    assert isinstance(text, Text)
    steps = start(text)
    at_rest(steps)
    more = Text((*text.lines, "zebras zebras meeting"), np.append(text.y, 1), text.names).with_split(Split())
    step = steps.send(Change(data=more))
    assert "zebras" in picture(step.draw(), Evidence).names
    _, outcome = finish_pictured(steps)
    assert len(outcome.arrays["predictions"]) == 121


# Edge cases


def test_a_constant_column_tells_nothing_and_harms_nothing() -> None:
    data = make_sample("blobs", n=90, seed=1)
    flat = Points(np.column_stack([data.x[:, 0], np.ones(90)]), data.y)
    _, outcome = finish_pictured(start(flat))
    assert np.isfinite(outcome.arrays["probabilities"]).all()
    assert (outcome.arrays["var_"] > 0).all()


def test_a_class_that_nobody_has_gets_no_probability() -> None:
    from sklearn.naive_bayes import GaussianNB

    data = make_sample("linear", n=80, noise=0.8, seed=1).with_split(Split())
    gap = Points(data.x, 2 * data.y, key=data.key).with_split(Split())
    seen, outcome = finish_pictured(start(gap))
    assert (outcome.arrays["probabilities"][:, 1] == 0).all()
    theirs = GaussianNB().fit(gap.train.x, gap.train.y)
    np.testing.assert_allclose(outcome.arrays["probabilities"][:, [0, 2]], theirs.predict_proba(gap.x), atol=1e-9)
    assert picture(seen[-1][1], Ellipses).groups.tolist() == [0, 2]


def test_rows_without_a_class_are_answered_but_not_counted() -> None:
    data = make_sample("blobs", n=90, seed=1)
    y = data.y.copy()
    y[::4] = -1
    seen, outcome = finish_pictured(start(Points(data.x, y, key=data.key), watch=1))
    assert len(outcome.arrays["predictions"]) == 90
    assert sum(step.note.render().startswith("Row 1 is class") for step, _ in seen) == 1
    kept = y >= 0
    _, alone = finish_pictured(start(Points(data.x[kept], y[kept], key=data.key[kept])))
    np.testing.assert_allclose(outcome.arrays["theta_"], alone.arrays["theta_"])


def test_a_class_of_one_point_has_the_least_variance() -> None:
    x = np.vstack([np.random.default_rng(0).normal(size=(30, 2)), [[4.0, 4.0]]])
    data = Points(x, np.append(np.zeros(30, int), 1)).with_split(Split(1.0, 0.0))
    steps = naive_bayes.start(data, NaiveBayesParams(), np.random.default_rng(0))
    seen, outcome = finish_pictured(steps)
    assert outcome.arrays["var_"][1] == pytest.approx(1e-9 * x.var(0).max())
    assert notes(seen)[-1] == "No rows were kept back for validation"
    assert np.isnan(outcome.scalars["test_accuracy"])


def test_a_message_of_no_known_words_falls_back_on_the_priors() -> None:
    text = Text(("free win", "free money", "lunch today", "is it"), np.array([1, 1, 0, -1]), ("ham", "spam"))
    seen, outcome = finish_pictured(naive_bayes.start(text.with_split(Split(1.0, 0.0)), NaiveBayesParams(watch=4),
                                             np.random.default_rng(0)))  # fmt: skip
    np.testing.assert_allclose(outcome.arrays["probabilities"][3], [1 / 3, 2 / 3])
    assert any("Row 4 is spam with a probability of 0.667" in note for note in notes(seen))


@pytest.mark.parametrize(
    ("data", "params", "words"),
    [
        (Points(), {}, "no points"),
        (Points(np.random.default_rng(0).normal(size=(6, 2)), np.zeros(6, int)), {}, "one class"),
        (make_sample("blobs", n=60), {"model": "multinomial"}, "below 0"),
    ],
)
def test_hopeless_data_is_refused_in_words(data: Points, params: dict[str, Any], words: str) -> None:
    with pytest.raises(LearnerError, match=words):
        finish_pictured(start(data, **params))


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_numbers_without_a_variance_are_refused_in_words() -> None:
    data = make_sample("blobs", n=60)
    with pytest.raises(LearnerError, match="too large"):
        for _ in start(Points(data.x * 1e200, data.y)):
            pass
