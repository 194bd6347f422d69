"""``sandtable data``: what it tells about any data, what it writes, and which samples there are."""

import json

import numpy as np
import pytest

from app.__main__ import main
from app.session import project
from engines.core.dataset import Split, kinds
from engines.core.engine import NO_ENGINE
from engines.core.experiment import Experiment
from engines.core.registry import engine_named
from engines.data.converting import table_of_points
from engines.data.importing import read_file, writers
from engines.data.points import UNLABELLED, Points
from engines.data.sampling import make_sample, modifiers, parse_sample, samples
from engines.data.table import Table


@pytest.fixture
def ask(capsys):
    """Run the command: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["data", *(str(word) for word in words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def ask_json(ask):
    def run(*words: object):
        code, out, err = ask(*words, "--json")
        assert code == 0, err
        return json.loads(out, parse_constant=pytest.fail)

    return run


# all samples


def test_it_lists_every_sample_and_modifier(ask_json):
    listed = ask_json()
    assert {item["name"] for item in listed if not item["modifies"]} == set(samples())
    changes = {item["name"] for item in listed if item["modifies"]}
    assert changes == {name for kind in kinds().values() for name in modifiers(kind)}
    assert {item["kind"] for item in listed} == set(kinds())
    for item in listed:
        assert list(item) == ["name", "kind", "modifies", "title", "about", "settings"]
        assert item["title"].keys() == item["about"].keys() == {"en", "zh"}


def test_the_list_tells_settings_and_origin(ask_json):
    items = {item["name"]: item for item in ask_json()}
    noise = items["moons"]["settings"]["noise"]
    assert noise == {"default": 0.15, "low": 0.0, "high": 1.0, "choices": [], "live": False}
    assert items["iris"]["settings"] == {}
    assert "1936" in items["iris"]["about"]["en"]
    assert "1936" in items["iris"]["about"]["zh"]


def test_the_list_reads_well_and_its_settings_can_be_copied(ask):
    code, out, err = ask()
    assert code == 0
    assert not err
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][0] == "Points"
    moons = next(line for line in lines if line[0] == "moons")
    assert make_sample("moons").recipe == parse_sample(f"moons:{moons[-1]}").recipe
    assert any(line[0] == "+outliers" for line in lines)


# what is in some data


@pytest.mark.parametrize("name", samples())
def test_every_sample_is_told_as_its_facts(ask_json, name):
    assert ask_json(name) == make_sample(name).facts()


@pytest.mark.parametrize("name", ["iris", "moons", "spam", "digits", "airline_passengers"])
def test_facts_in_words(ask, name):
    code, out, err = ask(name)
    assert code == 0
    assert not err
    told = dict(line.split(maxsplit=1) for line in out.splitlines() if line.count(" ") and not line.startswith(" "))
    facts = make_sample(name).facts()
    assert told["kind"] == facts["kind"]
    assert told["rows"] == str(facts["rows"])
    assert told["recipe"] == str(make_sample(name).recipe)
    assert told["memory"].endswith("B")


def test_where_a_table_came_from_and_what_its_columns_are(ask):
    _, out, _ = ask("iris")
    assert "R. A. Fisher in 1936" in out
    assert "labels: setosa, versicolor, virginica" in out


def test_a_recipe_with_more_steps(ask_json):
    facts = ask_json("moons:n=60,seed=3+outliers:n=5")
    assert facts["rows"] == 65
    assert parse_sample(facts["recipe"]).facts() == facts


def test_another_target(ask_json):
    assert ask_json("iris", "--target", "petal length (cm)")["target"] == "petal length (cm)"


def test_a_file_is_told_with_what_could_not_be_read(ask, tmp_path):
    (tmp_path / "owls.csv").write_text("length,kind\n1.5,owl\n2.5,newt\nlong,owl\n" + "3.5,owl\n" * 30)
    code, out, err = ask(tmp_path / "owls.csv", "--target", "kind", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["target"] == "kind"
    assert facts["rows"] == 33
    length = next(column for column in facts["columns"] if column["name"] == "length")
    assert (length["kind"], length["missing"]) == ("number", 1)
    assert "long" in err, "nothing is dropped in silence"


def test_a_saved_experiment_is_told_by_its_data(ask_json, tmp_path):
    moons = make_sample("moons", n=30)
    experiment = Experiment("clustering.kmeans", engine_named("clustering.kmeans").params(), moons, Split())
    project.save(tmp_path / "kept.sandtable", experiment)
    assert ask_json(tmp_path / "kept.sandtable") == moons.facts()


# another format


def test_a_table_is_written_and_read_again(ask, tmp_path):
    file = tmp_path / "iris.csv"
    assert ask("iris", "--out", file)[0] == 0
    ours, theirs = make_sample("iris"), read_file(file).data
    assert isinstance(ours, Table)
    assert isinstance(theirs, Table)
    assert theirs.names == ours.names
    for name in ours.names[:-1]:
        assert np.array_equal(theirs.column(name).numbers, ours.column(name).numbers)


def test_points_become_a_table_where_only_tables_can_be_written(ask, tmp_path):
    file = tmp_path / "moons.csv"
    assert ".csv" not in writers(Points)
    assert ask("moons:n=20", "--out", file)[0] == 0
    moons, table = make_sample("moons", n=20), read_file(file).data
    assert isinstance(moons, Points)
    assert isinstance(table, Table)
    assert table.names == ("x", "y", "class")
    assert np.column_stack([table.column("x").numbers, table.column("y").numbers]) == pytest.approx(moons.x)
    assert table.column("class").value(0) == "class 1"
    assert table.column("class").value(19) == "class 2"


def test_a_table_becomes_points_where_only_points_can_be_written(ask, tmp_path):
    file = tmp_path / "iris.npz"
    code, _, err = ask("iris", "--out", file)
    assert code == 0
    assert "x = sepal length (cm)" in err, "which columns were taken is told"
    points = read_file(file).data
    assert isinstance(points, Points)
    assert np.bincount(points.y).tolist() == [50, 50, 50]


@pytest.mark.parametrize("name", ["moons", "iris", "digits", "airline_passengers", "spam"])
def test_data_of_any_kind_are_kept_as_an_experiment_without_algorithm(ask, ask_json, tmp_path, name):
    file = tmp_path / "kept.sandtable"
    assert ask(name, "--out", file)[0] == 0
    assert project.load(file).engine is NO_ENGINE
    assert ask_json(file) == make_sample(name).facts()


def test_the_endings_of_all_formats_are_written(ask, tmp_path):
    first = {"Points": "moons:n=20", "Table": "iris", "Images": "digits", "Sequences": "nile", "Text": "spam"}
    for kind, spec in first.items():
        known = writers(kinds()[kind])
        assert known, kind
        for ending in known.keys() - {".parquet"}:  # its package is not always there
            file = tmp_path / f"{kind}{ending}"
            code, _, err = ask(spec, "--out", file)
            assert code == 0, err
            assert file.exists()


# points as a table


def test_points_keep_key_parts_recipe_and_target():
    points = make_sample("moons", n=40).with_split(Split(0.5, 0.25))
    assert isinstance(points, Points)
    table = table_of_points(points)
    assert (table.target, table.recipe) == ("class", points.recipe)
    assert np.array_equal(table.key, points.key)
    assert np.array_equal(table.parts, points.parts)
    again = table.to_points()
    assert np.array_equal(again.x, points.x)
    assert np.array_equal(again.y, points.y)


def test_points_without_a_class_have_none_in_the_table():
    table = table_of_points(Points(np.zeros((3, 2)), np.array([0, UNLABELLED, 1])))
    assert [table.column("class").value(row) for row in range(3)] == ["class 1", None, "class 2"]
    nobody = table_of_points(Points(np.zeros((2, 2)), np.full(2, UNLABELLED)))
    assert nobody.column("class").missing.all()


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (("owl", "newt"), ("owl", "newt")),
        (("owl",), ("owl", "class 2")),
        (("", "newt"), ("class 1", "newt")),
        (("owl", "owl"), ("class 1", "class 2")),
        (("class 2", ""), ("class 1", "class 2")),
    ],
)
def test_class_names_are_kept_as_far_as_they_can_be_told_apart(names, labels):
    table = table_of_points(Points(np.zeros((2, 2)), np.array([0, 1]), names=names))
    assert table.column("class").labels == labels


def test_a_number_to_learn_is_the_target():
    hills, sine = make_sample("hills", n=10), make_sample("sine", n=10)
    assert isinstance(hills, Points)
    assert isinstance(sine, Points)
    table = table_of_points(hills)
    assert (table.names, table.target) == (("x", "y", "value"), "value")
    assert np.array_equal(table.column("value").numbers, hills.value)
    assert (table_of_points(sine).names, table_of_points(sine).target) == (("x", "y"), "y")
    assert len(table_of_points(Points())) == 0


# mistakes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["donuts"], "no sample “donuts”"),
        (["moons:size=3"], "size"),
        (["moons+iris"], "iris"),
        (["outliers"], "moons+outliers"),
        (["nowhere.csv"], "no file"),
        (["nowhere.sandtable"], "no file"),
        (["moons", "--target", "y"], "no table"),
        (["iris", "--target", "y"], "sepal length"),
        (["--target", "y"], "name a sample or a file"),
        (["--out", "all.csv"], "name a sample or a file"),
        (["moons", "--out", "no/such/folder/a.csv"], "no folder"),
        (["moons", "--out", "moons.docx"], ".csv"),
        (["moons", "--out", "moons"], ".sandtable"),
        (["spam", "--out", "spam.png"], "Text can be written as"),
        (["moons", "iris"], "iris"),
        (["moons", "--colour"], "--colour"),
    ],
)
def test_a_mistake_is_told_in_one_line(ask, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = ask(*words)
    assert code == 2
    assert not out
    assert err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b""), ("a.xlsx", b"no"), ("a.npz", b"no"), ("a.sandtable", b"no"), ("a.pdf", b"%PDF"), ("a.png", b"no")],
)
def test_a_broken_file_is_told_in_one_line(ask, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    code, out, err = ask(tmp_path / name)
    assert code == 2
    assert not out
    assert err.count("\n") == 1
    assert "Traceback" not in err
