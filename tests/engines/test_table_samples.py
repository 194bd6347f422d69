"""Tables: the collected ones hold scikit-learn's numbers, the made ones what their recipes say."""

import time

import numpy as np
import pytest

from engines.core.dataset import TRAIN, Split
from engines.core.language import LearnerError, catalogue
from engines.core.params import specs
from engines.data.samples.made_tables import FEWEST_ROWS, MOST_ROWS
from engines.data.samples.tables import bundled
from engines.data.sampling import make_sample, parse_sample, sample_named, samples
from engines.data.table import Table

NAMES = tuple(samples(Table))
COLLECTED = ("iris", "wine", "breast_cancer", "diabetes", "play_tennis")
MADE = ("exam", "houses", "spam_words", "intrusion", "screening")
RARE = ("intrusion", "screening")


def table(name: str, **settings) -> Table:
    made = make_sample(name, **settings)
    assert isinstance(made, Table)
    return made


def numbers(made: Table) -> np.ndarray:
    """The columns but the target: a category by its label if that is a number, else by its code."""
    columns = [column for column in made.columns if column.name != made.target]
    return np.column_stack([np.array(c.labels, float)[c.codes] if c.coded else c.numbers for c in columns])


def bits(made: Table) -> list[bytes]:
    return [made.key.tobytes(), *(column.numbers.tobytes() + column.codes.tobytes() for column in made.columns)]


def test_all_ten_are_there():
    assert set(COLLECTED + MADE) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
class TestEveryTable:
    def test_is_whole(self, name):
        made = table(name)
        assert made.target == made.names[-1]
        assert len(made) >= 14
        assert not any(column.missing.any() for column in made.columns)
        assert all(column.kind in ("number", "category") for column in made.columns)
        assert all(len(np.unique(column.codes)) == len(column.labels) for column in made.columns if column.coded)
        plain = [column.numbers for column in made.columns if not column.coded]
        assert not any(np.array_equal(values, values[0] + np.arange(len(made))) for values in plain), "row numbers"

    def test_says_where_it_came_from_in_both_languages(self, name):
        item = sample_named(name)
        assert item.about
        assert {item.title, item.about, *(spec.param.label for spec in specs(item.settings))} <= catalogue("zh").keys()

    def test_the_same_recipe_gives_the_same_bits(self, name):
        made = table(name, seed=7)
        assert bits(parse_sample(str(made.recipe))) == bits(made)
        assert bits(table(name, seed=8)) != bits(made)

    def test_it_can_be_made_between_two_frames(self, name):
        table(name)
        bundled.cache_clear()
        seconds = []
        for _ in range(5):
            bundled.cache_clear()
            began = time.perf_counter()
            table(name)
            seconds.append(time.perf_counter() - began)
        assert min(seconds) < 0.01


# those that were collected


@pytest.mark.parametrize(
    ("name", "settings"), [("iris", {}), ("wine", {}), ("breast_cancer", {}), ("diabetes", {"scaled": False})]
)
def test_every_number_is_scikit_learns(name, settings):
    ours = table(name)
    from sklearn import datasets

    theirs = getattr(datasets, f"load_{name}")(**settings)
    assert np.array_equal(numbers(ours), theirs.data)
    target = ours.columns[-1]
    assert np.array_equal(target.codes if target.coded else target.numbers, theirs.target)
    if name in ("iris", "breast_cancer"):
        assert target.labels == tuple(theirs.target_names)
        assert list(ours.names[:-1]) == list(theirs.feature_names)
    assert target.kind == ("number" if name == "diabetes" else "category")


def entropy(codes: np.ndarray) -> float:
    share = np.bincount(codes) / len(codes)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def gain(made: Table, name: str) -> float:
    """How much is known of the target once a column is known, in bits."""
    known, target = made.column(name).codes, made.column(made.target).codes
    left = sum((known == code).mean() * entropy(target[known == code]) for code in np.unique(known))
    return entropy(target) - float(left)


def test_play_tennis_is_quinlans():
    tennis = table("play_tennis")
    assert np.bincount(tennis.column("play").codes).tolist() == [5, 9]
    assert tennis.column("play").labels == ("no", "yes")
    assert entropy(tennis.column("play").codes) == pytest.approx(0.940, abs=5e-4)
    gains = {name: gain(tennis, name) for name in ("outlook", "temperature", "humidity", "wind")}
    assert gains == pytest.approx({"outlook": 0.247, "temperature": 0.029, "humidity": 0.152, "wind": 0.048}, abs=5e-4)


# those that are made


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("n", [FEWEST_ROWS, 251, MOST_ROWS])
def test_any_number_of_rows(name, n):
    assert len(table(name, n=n)) == n


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("n", [FEWEST_ROWS - 1, MOST_ROWS + 1, 20.5])
def test_no_other_number_of_rows(name, n):
    with pytest.raises(LearnerError):
        table(name, n=n)


@pytest.mark.parametrize("name", [*RARE, "spam_words"])
@pytest.mark.parametrize(("n", "share"), [(2000, 0.01), (1000, 0.25), (37, 0.1), (10, 0.01)])
def test_the_share_is_kept_to_the_row(name, n, share):
    assert table(name, n=n, share=share).columns[-1].codes.sum() == max(1, round(n * share))


@pytest.mark.parametrize("name", RARE)
def test_one_in_a_hundred_is_rare_and_lies_anywhere(name):
    codes = table(name).columns[-1].codes
    assert codes.mean() == 0.01
    assert np.flatnonzero(codes).std() > 200  # neither at the beginning nor at the end
    parts = table(name).with_split(Split(0.7, 0.15)).parts
    assert (parts[codes == 1] == TRAIN).sum() == 14


def test_an_exam_follows_the_sigmoid_and_luck_can_be_taken_away():
    made = table("exam", n=50_000)
    score = 1.1 * (made.column("hours studied").numbers - 5) + 0.5 * (made.column("hours slept").numbers - 7)
    passed = made.column("passed").codes
    for low in (-2.0, -0.5, 1.0):
        near = (score >= low) & (score < low + 0.2)
        assert passed[near].mean() == pytest.approx(1 / (1 + np.exp(-low - 0.1)), abs=0.04)
    assert made.column("passed").labels == ("no", "yes")
    still = table("exam", noise=0)
    sure = 1.1 * (still.column("hours studied").numbers - 5) + 0.5 * (still.column("hours slept").numbers - 7) > 0
    assert np.array_equal(still.column("passed").codes, sure)


def test_a_house_is_worth_what_the_formula_says():
    made = table("houses", noise=0)
    area, rooms, age, distance = (column.numbers for column in made.columns[:4])
    worth = np.array([1.25, 1.15, 1.0, 0.75])[made.column("district").codes]
    expected = worth * (3 * area + 12 * rooms) * 0.98**distance * (1 - 0.004 * age)
    assert made.column("price (thousand)").numbers == pytest.approx(expected, abs=0.051)
    assert ((area >= 25) & (area <= 300) & (rooms >= 1) & (rooms <= 10) & (age >= 0) & (age <= 120)).all()
    strayed = table("houses", n=5000, noise=0.2).column("price (thousand)").numbers
    straight = table("houses", n=5000, noise=0).column("price (thousand)").numbers
    assert np.log(strayed / straight).std() == pytest.approx(0.2, abs=0.01)


def test_words_are_as_often_as_their_chances_say_and_noise_hides_the_difference():
    made = table("spam_words", n=40_000)
    spam = made.column("spam").codes == 1
    free, meeting = made.column("free").numbers, made.column("meeting").numbers
    assert set(free) == {0.0, 1.0}
    assert (free[spam].mean(), free[~spam].mean()) == pytest.approx((0.55, 0.06), abs=0.01)
    assert (meeting[spam].mean(), meeting[~spam].mean()) == pytest.approx((0.03, 0.35), abs=0.01)
    alike = table("spam_words", n=40_000, noise=1)
    rows = alike.column("spam").codes == 1
    assert alike.column("free").numbers[rows].mean() == pytest.approx(
        alike.column("free").numbers[~rows].mean(), abs=0.02
    )


def test_attacks_can_be_told_and_illness_not_for_certain():
    """A forest finds nearly every attack; of the ill it finds many, and calls some healthy people ill."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import cross_val_predict

    for name, least, most in (("intrusion", 0.8, 1.0), ("screening", 0.3, 0.9)):
        made = table(name, n=4000, share=0.05)
        y = made.columns[-1].codes
        forest = RandomForestClassifier(60, random_state=0, n_jobs=1)
        found = cross_val_predict(forest, numbers_or_codes(made), y, cv=4)
        assert least < (found[y == 1] == 1).mean() <= most


def numbers_or_codes(made: Table) -> np.ndarray:
    return np.column_stack([c.codes if c.coded else c.numbers for c in made.columns[:-1]])


def test_those_who_call_all_healthy_are_right_in_99_of_100():
    assert (table("screening").column("cancer").codes == 0).mean() == 0.99
