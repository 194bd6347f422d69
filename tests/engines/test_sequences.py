"""Series: samples from a recipe, files in and out, a table as a series, and what can be done to a stretch."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.core.dataset import Split
from engines.core.language import LearnerError, catalogue
from engines.data.importing import read_file, write_file
from engines.data.sampling import make_sample, samples
from engines.data.sequences import MOST_CHANNELS, Sequences
from engines.data.series_edits import along, between, filled, hill, runs, smoothed
from engines.data.table import Column, Table
from engines.data.table_conversion import sequences_of

NAMES = tuple(samples(Sequences))
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAN = np.nan


def read(tmp_path: Path, content: str | bytes, name: str = "it.dat"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path)


# Samples


def test_the_samples_of_the_course_are_there():
    assert {"sine_wave", "damped", "random_walk", "seasonal", "airline_passengers", "seattle_weather"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_same_recipe_gives_the_same_bits_and_shows_it_in_chinese(name):
    first, again = make_sample(name, seed=4), make_sample(name, seed=4)
    assert first.values.tobytes() == again.values.tobytes()
    assert first.recipe == again.recipe
    assert np.isfinite(first.values).all()
    item = samples(Sequences)[name]
    assert {item.title, *filter(None, [item.about])} <= set(catalogue("zh"))
    if not item.fixed:
        assert make_sample(name, seed=5).values.tobytes() != first.values.tobytes()


@pytest.mark.parametrize("name", [name for name in NAMES if not samples(Sequences)[name].fixed])
@pytest.mark.parametrize("n", [2, 1_000_000])
def test_generated_series_have_any_length(name, n):
    made = make_sample(name, n=n)
    assert len(made) == n
    assert np.isfinite(made.values).all()


def test_sine_without_noise_is_a_sine():
    made = make_sample("sine_wave", n=100, noise=0, period=25)
    assert made.values[:25, 0] == pytest.approx(np.sin(2 * np.pi * np.arange(25) / 25))
    assert made.values[25:50] == pytest.approx(made.values[:25], abs=1e-9)


def test_damped_halves_within_its_half_life():
    made = make_sample("damped", n=200, noise=0, period=20, half_life=40).values[:, 0]
    assert made[[0, 40, 80]] == pytest.approx([1, 0.5, 0.25])


def test_a_random_walk_is_the_sum_of_its_steps():
    made = make_sample("random_walk", n=50_000, step=2, drift=0.5).values[:, 0]
    assert made[0] == 0
    assert np.diff(made).mean() == pytest.approx(0.5, abs=0.05)
    assert np.diff(made).std() == pytest.approx(2, rel=0.02)


def test_seasonal_demand_grows_by_the_year():
    made = make_sample("seasonal", n=48, noise=0, trend=10, season=30).values[:, 0]
    assert made[12:] / made[:-12] == pytest.approx(1.1, abs=0.005)
    assert made[:12].max() > 1.4 * made[:12].min()


def test_airline_passengers_are_those_of_box_and_jenkins():
    made = make_sample("airline_passengers")
    assert (made.moments[0], made.moments[-1], made.unit) == ("1949-01", "1960-12", "month")
    assert made.values[:3, 0].tolist() == [112, 118, 132]
    assert (made.values.sum(), made.values.max(), len(made)) == (40363, 622, 144)


def test_seattle_has_four_years_of_days():
    made = make_sample("seattle_weather")
    assert (len(made), len(set(made.moments))) == (1461, 1461)
    assert made.values.shape == (1461, 4)
    assert (made.values[:, 0] >= made.values[:, 1]).all()


def test_a_split_in_time_takes_the_first_rows():
    made = make_sample("airline_passengers").with_split(Split(0.5, 0.25, how="time"))
    assert made.parts.tolist() == [0] * 72 + [1] * 36 + [2] * 36


# The kind


def test_what_is_no_series_is_said():
    for wrong in ({"values": np.zeros((3, MOST_CHANNELS + 1))}, {"values": np.zeros((3, 2))},
                  {"values": np.full((3, 1), np.inf)}, {"values": np.zeros((3, 1)), "moments": ("a",)}):  # fmt: skip
        with pytest.raises(LearnerError):
            Sequences(**wrong)


def test_rows_that_are_taken_keep_their_moments():
    made = make_sample("nile").taken(slice(10, 13))
    assert made.moments == ("1881", "1882", "1883")
    assert made.values[:, 0].tolist() == make_sample("nile").values[10:13, 0].tolist()


# Files


numbers = st.floats(allow_infinity=False, min_value=-1e299, max_value=1e299)
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


@QUICK
@given(st.data(), st.integers(1, 12), st.integers(1, 4), st.booleans())
def test_written_series_come_back(tmp_path, data, n, channels, dated):
    values = np.array(data.draw(st.lists(st.lists(numbers, min_size=channels, max_size=channels),
                                         min_size=n, max_size=n)))  # fmt: skip
    values[0, 0] = 1.5  # all gaps is no series
    names = tuple(data.draw(st.lists(words, min_size=channels, max_size=channels, unique=True)))
    moments = tuple(data.draw(st.lists(words, min_size=n, max_size=n))) if dated else ()
    made = Sequences(values, names, moments, "月")
    write_file(made, tmp_path / "it.dat")
    back = read_file(tmp_path / "it.dat").data
    assert np.array_equal(back.values, values, equal_nan=True)
    assert (back.names, back.unit) == (names, "月")
    assert back.moments == moments or moments == tuple(f"t{row}" for row in range(n))


@pytest.mark.parametrize("name", NAMES)
def test_samples_go_through_csv_as_tables(tmp_path, name):
    made = make_sample(name)
    write_file(made, tmp_path / "it.csv")
    table = read_file(tmp_path / "it.csv").data
    back = sequences_of(table, made.names)
    assert back.values == pytest.approx(made.values)
    assert back.names == made.names


@pytest.mark.parametrize(
    ("content", "values", "moments", "problems"),
    [
        ("1\n2\n3\n", [[1], [2], [3]], (), 0),
        ("a b\n1 2\n3 4\n", [[1, 2], [3, 4]], (), 0),
        ("2020-01;1,5\n2020-02;2,5\n", [[1.5], [2.5]], ("2020-01", "2020-02"), 0),
        ("year\tflow\n1871\t1120\n1872\t1160\n", [[1120], [1160]], ("1871", "1872"), 0),
        ("# a note\n1,2\nNA,4\n5,x\n", [[1, 2], [NAN, 4], [5, NAN]], (), 1),
        ("1\ninf\n1e999\n4\n", [[1], [NAN], [NAN], [4]], (), 1),
        ("1 2\n3\n4 5 6\n", [[1, 2, NAN], [3, NAN, NAN], [4, 5, 6]], (), 1),  # the widest line decides
        ("1\n" + "9" * 300_000 + "\n", [[1], [NAN]], (), 1),
    ],
)  # fmt: skip
def test_numbers_are_read_and_the_rest_is_told(tmp_path, content, values, moments, problems):
    back = read(tmp_path, content)
    assert np.array_equal(back.data.values, values, equal_nan=True)
    assert back.data.moments == moments
    assert len(back.problems) == problems
    assert all(note.text in catalogue("zh") for note in back.problems)


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"only words\nand more\n", b"1 2 3 4 5 6 7 8 9\n",
     b"nan\nnan\n", b"\xff\xfe\x00", bytes(range(256)) * 8, b"# nothing but a note\n", b"moment\tvalue\n"],
)  # fmt: skip
def test_what_is_no_series_is_refused_in_words(tmp_path, content):
    with pytest.raises(LearnerError) as caught:
        read(tmp_path, content)
    assert caught.value.note.text in catalogue("zh")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    back = read(tmp_path, "月份\t客流量\n1月\t5\n2月\t6\n".encode(encoding) if encoding != "utf-16-le"
                else "month\tvalue\nm1\t5\nm2\t6\n".encode(encoding))  # fmt: skip
    assert back.data.values[:, 0].tolist() == [5, 6]
    assert bool(back.problems) is (encoding != "utf-8-sig")


@QUICK
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
                 st.text("0123456789.,;\t\n -einfa#\"'", max_size=200).map(str.encode)))  # fmt: skip
def test_only_a_sentence_escapes_from_the_reader(tmp_path, content):
    try:
        back = read(tmp_path, content)
    except LearnerError:
        return
    assert len(back.data)
    assert not np.isinf(back.data.values).any()


# A table as a series


def table() -> Table:
    return Table((
        Column("day", "text", codes=np.arange(3), labels=("mon", "tue", "wed")),
        Column("a", "number", np.array([1.0, NAN, 3.0])),
        Column("b", "number", np.array([4.0, 5.0, 6.0])),
    ))  # fmt: skip


def test_a_table_gives_its_numbers_and_names_its_moments():
    made = sequences_of(table())
    assert (made.names, made.moments) == (("a", "b"), ("mon", "tue", "wed"))
    assert np.array_equal(made.values[:, 0], [1, NAN, 3], equal_nan=True)
    assert sequences_of(table(), ["b"], "a").moments == ("1", "", "3")


@pytest.mark.parametrize("columns", [["day"], ["nothing"]])
def test_a_table_without_such_numbers_is_no_series(columns):
    with pytest.raises(LearnerError):
        sequences_of(table(), columns)
    with pytest.raises(LearnerError):
        sequences_of(Table())


# What can be done to a stretch


@given(st.floats(0, 50), st.floats(0, 50), st.floats(-5, 5), st.floats(-5, 5))
def test_every_row_on_the_way_gets_a_value(first, last, low, high):
    start, values = along((first, low), (last, high))
    assert start == round(min(first, last))
    assert len(values) == round(max(first, last)) - start + 1
    assert min(low, high) - 1e-9 <= values.min()
    assert values.max() <= max(low, high) + 1e-9


def test_smoothing_is_the_mean_of_what_is_known_around():
    values = np.array([0.0, 3, NAN, 6, 9])
    assert smoothed(values, 1, 4, 1) == pytest.approx([1.5, NAN, 7.5], nan_ok=True)
    assert smoothed(values, 0, 5, 10)[0] == pytest.approx(4.5)


def test_gaps_are_filled_by_straight_lines():
    assert filled(np.array([NAN, 1, NAN, NAN, 4, NAN])).tolist() == [1, 1, 2, 3, 4, 4]
    assert np.isnan(filled(np.full(3, NAN))).all()


def test_a_hill_is_whole_in_the_middle_and_nothing_at_its_foot():
    made = hill(5, 3, 0, 11)
    assert made[5] == 1
    assert made[[2, 8]] == pytest.approx([0, 0])
    assert (np.diff(made[2:6]) > 0).all()


def test_new_rows_lead_from_one_side_to_the_other():
    assert between(np.array([[0.0], [3.0]]), 1, 2)[:, 0].tolist() == [1, 2]
    assert between(np.zeros((0, 2)), 0, 3).shape == (3, 2)


def test_runs_are_the_stretches_that_hold():
    assert runs(np.array([True, False, True, True])) == [(0, 1), (2, 4)]
    assert runs(np.zeros(3, bool)) == []
