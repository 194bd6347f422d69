"""Edits of tables, filters in words, a glance at a column, and the way onto the plane."""

import pickle

import numpy as np
import pytest

from engines.core.dataset import Split
from engines.core.language import LearnerError
from engines.data import table_edits as edits
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample
from engines.data.table import NO_COLOUR, Column, Table
from engines.data.table_filter import filtered
from engines.data.table_summary import MOST_ROWS, summary_of

NAN = np.nan


@pytest.fixture
def table() -> Table:
    return Table((
        Column("age", "number", np.array([30.0, NAN, 20.0, 40.0, 20.0])),
        Column("body mass", "number", np.array([1.5, 2.5, NAN, 4.5, 5.5])),
        Column("kind", "category", codes=np.array([1, 0, 1, -1, 0]), labels=("cat", "dog")),
        Column("note", "text", codes=np.array([0, 1, 2, 3, 4]), labels=("Anna", "Ben", "Hannah", "x and y", "10")),
    ), "kind")  # fmt: skip


def values(table: Table, name: str) -> list[str | float | None]:
    return [table.column(name).value(row) for row in range(len(table))]


# Cells


def test_an_edit_shares_all_other_columns(table):
    made = edits.with_cell(table, 1, "age", " 7,5 ")
    assert values(made, "age") == [30.0, 7.5, 20.0, 40.0, 20.0]
    assert all(new is old for new, old in zip(made.columns[1:], table.columns[1:], strict=True))
    assert made.key is table.key
    assert values(table, "age")[1] is None
    assert not made.column("age").numbers.flags.writeable


def test_words_in_cells(table):
    assert values(edits.with_cell(table, 0, "kind", "fox"), "kind") == ["fox", "cat", "dog", None, "cat"]
    assert values(edits.with_cell(table, 0, "kind", "cat"), "kind")[0] == "cat"
    assert edits.with_cell(table, 0, "kind", "cat").column("kind").labels is table.column("kind").labels
    assert values(edits.with_cell(table, 0, "kind", " "), "kind")[0] is None
    assert values(edits.with_cell(table, 0, "age", "NA"), "age")[0] is None


@pytest.mark.parametrize("text", ["abc", "1e999", "inf", "1_0", "1,2,3"])
def test_no_words_among_numbers(table, text):
    with pytest.raises(LearnerError, match="not a number"):
        edits.with_cell(table, 0, "age", text)


def test_a_block_is_pasted_and_what_does_not_fit_is_counted(table):
    made, refused = edits.pasted(table, np.array([3, 4, 5]), 1, [["9", "fox", "a", "beyond"], ["bad", "cat"], ["8"]])
    assert len(made) == 6
    assert values(made, "body mass") == [1.5, 2.5, None, 9.0, 5.5, 8.0]
    assert values(made, "kind") == ["dog", "cat", "dog", "fox", "cat", None]
    assert values(made, "note")[3] == "a"
    assert refused == 2


def test_missing_marks(table):
    made = edits.with_missing(table, np.array([0, 2]), ["age", "kind"])
    assert values(made, "age") == [None, None, None, 40.0, 20.0]
    assert values(made, "kind") == [None, "cat", None, None, "cat"]
    made, count = edits.with_value_missing(table, "age", "20")
    assert (count, values(made, "age")) == (2, [30.0, None, None, 40.0, None])
    made, count = edits.with_value_missing(table, "kind", "cat")
    assert (count, values(made, "kind")) == (2, ["dog", None, "dog", None, None])
    assert edits.with_value_missing(table, "kind", "fox")[1] == 0
    with pytest.raises(LearnerError):
        edits.with_value_missing(table, "age", "old")


@pytest.mark.parametrize(
    ("name", "how", "text", "filling"),
    [("age", "mean", "", 27.5), ("age", "median", "", 25.0), ("age", "mode", "", 20.0), ("age", "previous", "", 30.0),
     ("age", "value", "1", 1.0), ("kind", "mode", "", "cat"), ("kind", "value", "fox", "fox")],
)  # fmt: skip
def test_gaps_are_filled(table, name, how, text, filling):
    made = edits.filled(table, name, how, text)
    expected = [filling if value is None else value for value in values(table, name)]
    assert values(made, name) == expected


def test_gaps_that_cannot_be_filled(table):
    with pytest.raises(LearnerError, match="most frequent"):
        edits.filled(table, "kind", "mean")
    with pytest.raises(LearnerError, match="no values"):
        edits.filled(edits.with_new_column(table, "new"), "new", "mean")
    with pytest.raises(LearnerError, match="not a number"):
        edits.filled(table, "age", "value", "old")


# Columns


def test_kinds_there_and_back(table):
    made, lost = edits.with_kind(table, "body mass", "category")
    assert (lost, made.column("body mass").labels) == (0, ("1.5", "2.5", "4.5", "5.5"))
    again, lost = edits.with_kind(made, "body mass", "number")
    assert (lost, values(again, "body mass")) == (0, values(table, "body mass"))
    made, lost = edits.with_kind(table, "note", "number")
    assert (lost, values(made, "note")) == (4, [None, None, None, None, 10.0])
    for name in table.names:
        ignored, _ = edits.with_kind(table, name, "ignore")
        assert values(edits.with_kind(ignored, name, table.column(name).kind)[0], name) == values(table, name)


def test_columns_come_and_go(table):
    made = edits.with_new_column(table, " new  one ", "category")
    assert made.names[-1] == "new one"
    assert values(made, "new one") == [None] * 5
    assert edits.renamed(table, "kind", "sort").target == "sort"
    assert edits.without_columns(table, ["kind", "age"]).target == ""
    assert len(edits.without_columns(table, table.names)) == 0
    for name in ("", "age"):
        with pytest.raises(LearnerError):
            edits.renamed(table, "kind", name)
        with pytest.raises(LearnerError):
            edits.with_new_column(table, name)


def test_a_target_that_was_ignored_counts_again(table):
    ignored, _ = edits.with_kind(table, "age", "ignore")
    made = edits.with_target(ignored, "age")
    assert (made.target, made.column("age").kind) == ("age", "number")
    assert edits.with_target(table, "note").column("note").kind == "category"


# Rows


def test_rows_keep_their_key(table):
    made = edits.with_new_rows(table, 2, 2)
    assert values(made, "age") == [30.0, None, None, None, 20.0, 40.0, 20.0]
    assert made.key[[0, 1, 4, 5, 6]].tolist() == table.key.tolist()
    assert edits.without_rows(made, np.array([2, 3])).key.tolist() == table.key.tolist()
    with pytest.raises(LearnerError, match="column first"):
        edits.with_new_rows(Table(), 0)


def test_sorting_is_stable_and_has_gaps_last(table):
    assert values(edits.sorted_by(table, "age"), "note") == ["Hannah", "10", "Anna", "x and y", "Ben"]
    assert values(edits.sorted_by(table, "age", descending=True), "note") == ["x and y", "Anna", "Hannah", "10", "Ben"]
    assert values(edits.sorted_by(table, "kind"), "kind") == ["cat", "cat", "dog", "dog", None]
    assert values(edits.sorted_by(table, "note"), "note") == ["10", "Anna", "Ben", "Hannah", "x and y"]
    keys = dict(zip(values(table, "note"), table.key.tolist(), strict=True))
    made = edits.sorted_by(table, "note")
    assert [keys[note] for note in values(made, "note")] == made.key.tolist()


def test_numbers_are_sorted_before_words():
    column = Column("a", "category", codes=np.array([0, 1, 2, 3]), labels=("10", "b", "9", "A"))
    assert values(edits.sorted_by(Table((column,)), "a"), "a") == ["9", "10", "A", "b"]


# Filters


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age > 20", [0, 3]), ("age>=20", [0, 2, 3, 4]), ("AGE = 20", [2, 4]), ("age != 20", [0, 3]),
        ("body mass < 3", [0, 1]), ("kind = cat", [1, 4]), ("kind = CAT", [1, 4]), ("kind != cat", [0, 2]),
        ("note contains ann", [0, 2]), ("note 包含 nn", [0, 2]), ("age missing", [1]), ("kind is missing", [3]),
        ("age not missing", [0, 2, 3, 4]), ("age 缺失", [1]), ("age > 20 and kind = dog", [0]),
        ("age > 30 or kind = cat", [1, 3, 4]), ("age > 30 或 kind = cat 且 age = 20", [3, 4]),
        ("ann", [0, 2]), ('"x and y"', [3]), ('note = "x and y"', [3]), ("10", [4]), ("note > 9", [4]), ("20", [2, 4]),
        ("age contains 4", [3]), ("", [0, 1, 2, 3, 4]), ("zzz", []),
    ],
)  # fmt: skip
def test_filters(table, text, rows):
    assert np.flatnonzero(filtered(table, text)).tolist() == rows


@pytest.mark.parametrize("text", ["height > 3", "age > old", "age >"])
def test_filters_that_cannot_be(table, text):
    with pytest.raises(LearnerError):
        filtered(table, text)


# A glance


def test_a_glance_at_numbers_and_categories(table):
    seen = summary_of(table.column("age"))
    assert (seen.low, seen.high, seen.mean, sum(seen.bars), seen.whole) == (20, 40, 27.5, 4, True)
    assert seen.missing == pytest.approx(0.2)
    seen = summary_of(table.column("kind"))
    assert (seen.labels, seen.bars) == (("cat", "dog"), (2, 2))
    assert summary_of(table.column("kind")) is seen


def test_a_glance_at_extremes():
    for numbers in ([], [NAN], [5.0], [-1e308, 1e308], [0.0, 5e-324]):
        seen = summary_of(Column("a", "number", np.array(numbers)))
        assert sum(seen.bars) == np.isfinite(numbers).sum()
    many = summary_of(Column("a", "number", np.arange(10.0 * MOST_ROWS + 3)))
    assert not many.whole
    assert many.rows <= MOST_ROWS


# The split and files


def test_the_split_is_found_once_and_anew_when_it_must(table):
    split = Split(0.5, 0.25)
    parts = table.with_split(split).parts
    edited = edits.with_cell(table, 0, "age", "1").with_split(split)
    assert edited.parts is parts
    other = edits.with_cell(table, 0, "kind", "cat").with_split(split)
    assert other.parts.tolist() == split.assign(other.key, other.strata).tolist()
    assert table.with_split(Split(0.6)).parts.tolist() == Split(0.6).assign(table.key, table.strata).tolist()


def test_edited_columns_travel_and_stay_locked(table):
    made = pickle.loads(pickle.dumps(edits.with_missing(table, np.array([0]), table.names)))
    assert [values(made, name)[0] for name in table.names] == [None] * 4
    with pytest.raises(ValueError, match="read-only"):
        made.column("age").numbers[0] = 1
    again = Table.restored(made.arrays(), made.about(), made.recipe)
    assert [values(again, name) for name in table.names] == [values(made, name) for name in table.names]


# Onto the plane


def test_onto_the_plane(table):
    points = table.to_points()
    assert points.x.tolist() == [[30.0, 1.5], [40.0, 4.5], [20.0, 5.5]]
    assert points.names == ("cat", "dog")
    assert points.y.tolist() == [1, UNLABELLED, 0]
    assert points.recipe.then[-1].settings == (("x", "age"), ("y", "body mass"))
    assert points.key.tolist() == table.key[[0, 3, 4]].tolist()
    assert (table.to_points(colour=NO_COLOUR).y == UNLABELLED).all()


def test_standardised_and_told(table):
    points = table.to_points("body mass", "age", standardise=True)
    np.testing.assert_allclose(points.x.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(points.x.std(0), 1)
    told = dict(points.recipe.then[-1].settings)
    assert told["x"] == "body mass"
    np.testing.assert_allclose(points.x[:, 0] * told["x_sd"] + told["x_mean"], [1.5, 4.5, 5.5])


def test_a_number_of_many_values_is_the_value():
    columns = [Column(name, "number", np.arange(20.0) * factor) for name, factor in (("a", 1), ("b", 2), ("c", 3))]
    points = Table(tuple(columns), "c").to_points("a", "b", standardise=True)
    assert points.target == "value"
    np.testing.assert_allclose(points.value.std(), 1)
    few = Table((*columns[:2], Column("c", "number", np.arange(20.0) % 3)), "c").to_points("a", "b")
    assert (few.target, few.names) == ("class", ("0", "1", "2"))


def test_what_cannot_go_onto_the_plane(table):
    for across, up in (("kind", "age"), ("nothing", "age")):
        with pytest.raises(LearnerError):
            table.to_points(across, up)
    with pytest.raises(LearnerError):
        Table((table.columns[0],)).to_points()
    huge = Table(tuple(Column(name, "number", np.array([1e308, -1e308, 1e308])) for name in "ab"))
    assert np.abs(huge.to_points(standardise=True).x).max() < 2
    alike = Table(tuple(Column(name, "number", np.full(3, 7.0)) for name in "ab"))
    assert (alike.to_points(standardise=True).x == 0).all()


def test_rows_of_a_group_stay_together_and_the_seed_decides():
    houses = make_sample("houses", n=400)
    seen = set()
    for seed in range(6):
        parts = houses.with_split(Split(0.5, 0.25, seed, "grouped", "rooms")).parts
        assert parts.tolist() == houses.with_split(Split(0.5, 0.25, seed, "grouped", "rooms")).parts.tolist()
        rooms = houses.column("rooms").numbers
        assert all(len(set(parts[rooms == value].tolist())) == 1 for value in np.unique(rooms))
        assert (parts == 0).any()
        seen.add(tuple(parts.tolist()))
    assert len(seen) > 2


def test_many_small_groups_have_about_the_shares_asked_for_and_gaps_are_alone():
    names = np.repeat(np.arange(100), 4).astype(float)
    names[:40] = np.nan
    rng = np.random.default_rng(0)
    made = Table((Column("who", "number", names), Column("x", "number", rng.normal(size=400))), key=rng.random(400))
    parts = made.with_split(Split(0.6, 0.2, 0, "grouped", "who")).parts
    assert np.abs(np.bincount(parts, minlength=3) / 400 - [0.6, 0.2, 0.2]).max() < 0.02
    assert len(set(parts[:40].tolist())) == 3  # a row without a group is a group of its own
    assert set(made.with_split(Split(1.0, 0.0, 0, "grouped", "who")).parts.tolist()) == {0}
    alike = Table((Column("who", "number", np.zeros(9)),))
    assert set(alike.with_split(Split(0.3, 0.3, 0, "grouped", "who")).parts.tolist()) == {0}  # something to learn from


def test_groups_that_are_not_there_leave_a_stratified_split(table):
    split = Split(0.5, 0.25, 0, "grouped", "nobody")
    assert table.fitting(split) == Split(0.5, 0.25, 0, "stratified")
    assert table.with_split(split).parts.tolist() == table.with_split(Split(0.5, 0.25)).parts.tolist()
