"""ID3: Quinlan's own tree from his own table, the gains by hand, and what it refuses in words."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engines.core.dataset import TEST, Split
from engines.core.language import LearnerError, catalogue
from engines.core.step import Change, Poke
from engines.data.sampling import make_sample, parse_sample
from engines.data.table import MISSING, Column, Table
from engines.pictures.tree import Candidates, Tree
from engines.trees.id3 import ID3Params, id3
from tests.engines.running import finish_pictured

EVERYBODY = Split(1.0, 0.0)
# Mitchell, "Machine learning", 1997, figure 3.3, and Quinlan's paper: way to the leaf → what it says.
TEXTBOOK = {
    ("outlook", "sunny", "humidity", "high"): "no",
    ("outlook", "sunny", "humidity", "normal"): "yes",
    ("outlook", "overcast"): "yes",
    ("outlook", "rain", "wind", "weak"): "yes",
    ("outlook", "rain", "wind", "strong"): "no",
}
GAINS = {"outlook": 0.2467, "temperature": 0.0292, "humidity": 0.1518, "wind": 0.0481}


def tennis(name: str = "play_tennis", split: Split = EVERYBODY, seed: int = 0) -> Table:
    return make_sample(name, seed=seed).with_split(split)


def table(target: str = "y", split: Split = EVERYBODY, **columns: list) -> Table:
    """A table of categories: None is missing; numbers where all are numbers."""
    made = []
    for name, values in columns.items():
        if all(isinstance(value, float) for value in values):
            made.append(Column(name, "number", numbers=np.array(values)))
            continue
        labels = tuple(dict.fromkeys(value for value in values if value is not None))
        codes = np.array([MISSING if value is None else labels.index(value) for value in values])
        made.append(Column(name, "category", codes=codes, labels=labels))
    return Table(tuple(made), target).with_split(split)


def finish(data: Table, **params):
    return finish_pictured(id3.start(data, ID3Params(**params), np.random.default_rng(0)))


def leaves(tree: Tree) -> dict[tuple[str, ...], str]:
    told = {}
    for node in range(len(tree.parents)):
        if tree.questions[node]:
            continue
        way, at = [], node
        while tree.parents[at] >= 0:
            way = [tree.questions[tree.parents[at]], tree.answers[at], *way]
            at = int(tree.parents[at])
        told[tuple(way)] = tree.classes[int(tree.values[node])]
    return told


def picture(pictures, kind):
    return next(item for item in pictures if isinstance(item, kind))


def notes(found) -> list[str]:
    return [step.note.render() for step, _ in found]


@pytest.mark.parametrize("order", ["depth first", "breadth first"])
@pytest.mark.parametrize("pace", ["every column", "every node"])
def test_the_tree_is_the_one_of_the_textbook(order, pace):
    found, outcome = finish(tennis(), order=order, pace=pace)
    tree = picture(found[-1][1], Tree)
    assert leaves(tree) == TEXTBOOK
    assert (outcome.scalars["train_accuracy"], outcome.scalars["n_leaves"], outcome.scalars["depth"]) == (1, 5, 2)
    truth = tennis().column("play").codes
    assert outcome.arrays["predictions"].tolist() == truth.tolist()
    assert np.allclose(outcome.arrays["probabilities"][np.arange(14), truth], 1)
    assert outcome.arrays["parents"].tolist() == tree.parents.tolist()


def test_the_gains_at_the_root_are_those_worked_out_by_hand():
    found, _ = finish(tennis())
    # 14 days, 9 yes and 5 no: -9/14 log2 9/14 - 5/14 log2 5/14 = 0.940. Sunny 2 of 5, overcast 4 of 4, rain 3 of 5:
    # 5/14 0.971 + 4/14 0 + 5/14 0.971 = 0.694. 0.940 - 0.694 = 0.247 (0.246 with all decimals: 0.24675).
    told = notes(found)
    assert told[0] == ("At the root: 14 rows (no: 5, yes: 9), entropy = − 5/14·log₂ 5/14 − 9/14·log₂ 9/14 = 0.940 bits")
    assert told[1] == (
        "At the root: gain of “outlook” = 0.940 − (5/14·0.971 + 4/14·0.000 + 5/14·0.971) = 0.940 − 0.694 = 0.247"
    )
    assert (
        told[5] == "At the root: “outlook” gains most, 0.247 bits, and splits the rows: sunny: 5, overcast: 4, rain: 5"
    )
    assert "outlook = sunny, humidity = high: all rows are of one class; a leaf that says “no”" in told[11]
    weighed = picture(found[5][1], Candidates)
    assert dict(zip(weighed.names, weighed.values[:, 1].round(4).tolist(), strict=True)) == GAINS
    assert np.allclose(weighed.values.sum(1), 0.940286, atol=1e-6)
    assert weighed.winner == 0


def test_the_table_fills_in_column_by_column():
    found, _ = finish(tennis())
    tables = [picture(pictures, Candidates) for _, pictures in found[:6]]
    assert [int(np.isfinite(item.values[:, 1]).sum()) for item in tables] == [0, 1, 2, 3, 4, 4]
    assert [item.winner for item in tables] == [-1, -1, -1, -1, -1, 0]
    below = picture(found[9][1], Candidates)  # under sunny, where outlook is asked no more
    assert np.isnan(below.values[0]).all()


def test_scalars_keep_their_names_and_entropy_falls_with_every_split():
    found, _ = finish(tennis())
    assert len({tuple(step.scalars) for step, _ in found}) == 1
    left = [step.scalars["entropy"] for step, _ in found]
    assert left[0] == pytest.approx(0.940286, abs=1e-6)
    assert all(after <= before + 1e-12 for before, after in pairwise(left))
    assert left[-1] == pytest.approx(0, abs=1e-12)


def test_a_column_that_numbers_the_days_wins_with_all_there_is_to_gain():
    found, outcome = finish(tennis("tennis_days"))
    weighed = picture(found[6][1], Candidates)
    assert weighed.names[weighed.winner] == "day"
    assert weighed.values[0, 1] == pytest.approx(0.940286, abs=1e-6)
    assert (outcome.scalars["n_leaves"], outcome.scalars["train_accuracy"]) == (14, 1.0)
    apart = tennis("tennis_days", Split(0.7, 0.0), seed=2)
    found, outcome = finish(apart)
    told = outcome.arrays["predictions"][apart.parts != 0]
    majority = np.bincount(apart.column("play").codes[apart.parts == 0]).argmax()
    assert set(told.tolist()) == {majority}  # no test day has a branch of its own
    assert f"{len(told)} rows gave an answer that no training row gave" in notes(found)[-1]


def slow_tree(codes, y, train, free, depth, most):
    """ID3 as a recursion over sets of rows, and the class of a row by walking down it."""
    mine = y[train]
    majority = int(np.bincount(mine).argmax())

    def bits(values):
        share = np.bincount(values) / len(values)
        return -sum(p * np.log2(p) for p in share if p)

    if len(set(mine.tolist())) == 1 or depth >= most or not any(len(set(codes[c][train].tolist())) > 1 for c in free):
        return majority, None, {}
    here = {c: sorted(set(codes[c][train].tolist())) for c in free}

    def after(c):
        return sum((codes[c][train] == v).mean() * bits(mine[codes[c][train] == v]) for v in here[c])

    best = max(free, key=lambda c: round(bits(mine) - after(c), 12))
    rest = [c for c in free if c != best]
    below = {v: slow_tree(codes, y, train[codes[best][train] == v], rest, depth + 1, most) for v in here[best]}
    return majority, best, below


def walk(tree, row):
    majority, column, below = tree
    return majority if column is None or row[column] not in below else walk(below[row[column]], row)


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_a_plain_recursion(seed):
    rng = np.random.default_rng(seed)
    n, most = 120, 3 + seed % 3
    codes = rng.integers(0, [2, 3, 4, 3, 5], (n, 5)).T
    y = np.where(rng.random(n) < 0.2, rng.integers(0, 3, n), (codes[0] + codes[1] * codes[2]) % 3)
    columns = [Column(f"c{i}", "category", codes=c, labels=tuple("abcde")[: c.max() + 1]) for i, c in enumerate(codes)]
    target = Column("y", "category", codes=y, labels=("p", "q", "r"))
    data = replace(Table((*columns, target), "y"), key=rng.random(n)).with_split(Split(0.7, 0.15))
    _, outcome = finish(data, max_depth=most, pace="every node")
    expected = slow_tree(codes, y, np.flatnonzero(data.parts == 0), list(range(5)), 0, most)
    told = [walk(expected, row) for row in codes.T]
    assert outcome.arrays["predictions"].tolist() == told
    test = data.parts == 2
    assert outcome.scalars["test_accuracy"] == pytest.approx((np.array(told) == y)[test].mean())
    assert outcome.scalars["train_accuracy"] == pytest.approx((np.array(told) == y)[data.parts == 0].mean())
    assert outcome.scalars["validation_accuracy"] == pytest.approx((np.array(told) == y)[data.parts == 1].mean())


def test_exclusive_or_is_learned_although_no_first_question_gains_anything():
    data = table(a=["0", "0", "1", "1"], b=["0", "1", "0", "1"], y=["n", "y", "y", "n"])
    found, outcome = finish(data)
    assert outcome.scalars["train_accuracy"] == 1
    assert np.allclose(picture(found[3][1], Candidates).values[:, 1], 0)
    assert picture(found[3][1], Candidates).winner == 0  # of equal ones the first


def test_a_leaf_says_why_it_is_one():
    same = table(a=["x", "x", "x"], y=["n", "y", "y"])
    assert (
        "no column is left that tells the rows apart; a leaf that says “y”, rows right: 2 of 3"
        in notes(finish(same)[0])[0]
    )
    assert "the tree may not grow deeper" in " ".join(notes(finish(tennis(), max_depth=1)[0]))
    assert "the rows are too few to be split" in " ".join(notes(finish(tennis(), min_samples_split=6)[0]))
    assert finish(tennis(), max_depth=1)[1].scalars["n_leaves"] == 3
    assert finish(tennis(), min_samples_split=6)[1].scalars["n_leaves"] == 3
    assert finish(tennis(), min_samples_split=15)[1].scalars["n_leaves"] == 1


def test_rows_without_a_class_are_not_learned_from_but_told_about():
    data = table(a=["x", "x", "z", "z"], y=["n", None, "p", None])
    _, outcome = finish(data)
    assert outcome.arrays["predictions"].tolist() == [0, 0, 1, 1]
    assert outcome.scalars["train_accuracy"] == 1


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (Table(), "no points yet"),
        (table(a=["x", "y"], y=["n", "y"], target=""), "no class to learn"),
        (table(a=["x", "y"], y=[1.0, 2.0]), "is a number: choose a category"),
        (table(y=["n", "y"]), "no column to learn from"),
        (table(a=["x", "y"], b=[1.0, 2.0], y=["n", "y"]), "ID3 asks about categories; “b” is a number"),
        (table(a=["x", None], y=["n", "y"]), "“a” has missing values"),
        (table(a=["x", "y"], y=[None, None]), "no class to learn"),
        (replace(table(a=["x", "y"], y=["n", "y"]), parts=np.full(2, TEST)), "No row is left to learn from"),
    ],
)
def test_what_it_cannot_learn_from_is_said_in_words(data, part):
    with pytest.raises(LearnerError, match=part) as caught:
        next(id3.start(data, ID3Params(), np.random.default_rng(0)))
    assert caught.value.note.text in catalogue("zh")


def test_one_class_and_one_row_make_a_single_leaf():
    for data in (table(a=["x", "z"], y=["n", "n"]), table(a=["x"], y=["n"])):
        found, outcome = finish(data)
        assert outcome.scalars["n_leaves"] == 1
        assert "all rows are of one class" in notes(found)[0]


def test_edited_data_grow_a_new_tree_wherever_the_run_is():
    other = tennis()
    turned = replace(other.column("play"), codes=1 - other.column("play").codes)
    other = other.with_column("play", turned)
    for before in (1, 3, 6, 30):
        steps = id3.start(tennis(), ID3Params(), np.random.default_rng(0))
        at = [next(steps) for _ in range(min(before, 22))]
        step = steps.send(Change(data=other))
        assert step.note.render().startswith("At the root: 14 rows (no: 9, yes: 5)"), len(at)
        last = list(steps)[-1]
        assert last.rest
        assert leaves(picture(last.draw(), Tree)) == {
            way: {"no": "yes", "yes": "no"}[says] for way, says in TEXTBOOK.items()
        }


def test_the_pace_can_be_changed_on_the_way_and_pokes_do_nothing():
    steps = id3.start(tennis(), ID3Params(), np.random.default_rng(0))
    next(steps)
    assert "gain of “outlook”" in next(steps).note.render()
    step = steps.send(Change(params=ID3Params(pace="every node"), pokes=(Poke("x", (0,), 1.0),)))
    assert "gains most" in step.note.render()
    last = list(steps)[-1]
    assert last.rest
    steps = id3.start(tennis(), ID3Params(), np.random.default_rng(0))
    for step in steps:
        if step.rest:
            break
    again = steps.send(Change(params=ID3Params(pace="every node")))
    assert again.rest
    assert again.note == step.note


def test_a_long_run_says_so_and_a_short_one_does_not():
    found, _ = finish(tennis())
    assert all(not step.caution.text for step, _ in found)
    rng = np.random.default_rng(0)
    n = 60_000
    columns = [
        Column(f"c{i}", "category", codes=rng.integers(0, 40, n), labels=tuple(map(str, range(40)))) for i in range(20)
    ]
    target = Column("y", "category", codes=rng.integers(0, 2, n), labels=("n", "y"))
    big = Table((*columns, target), "y").with_split(EVERYBODY)
    assert "take about" in next(id3.start(big, ID3Params(), rng)).caution.render()


def test_everything_it_says_can_be_said_in_chinese():
    han = [
        step.note.render("zh")
        for data in (tennis(), tennis("tennis_days", Split(0.7, 0.0)))
        for step, _ in finish(data)[0]
    ]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in line) for line in han)
    assert "信息增益最大" in " ".join(han)


def test_it_is_at_home_with_play_tennis():
    assert id3.sample == "play_tennis"
    with pytest.raises(LearnerError, match="is a number"):
        next(id3.start(parse_sample("iris").with_split(EVERYBODY), ID3Params(), np.random.default_rng(0)))
