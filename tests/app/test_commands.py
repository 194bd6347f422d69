"""The commands, as a person types them."""

import io
import json
import os
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from app.__main__ import main
from app.commands.progress import Progress
from app.commands.run import Result, told
from app.session import project
from engines.core.experiment import Experiment
from engines.core.messages import State
from engines.core.registry import discover
from engines.core.step import Outcome
from engines.data.points import Points
from tests.architecture.sources import ROOT


@pytest.fixture
def ask(capsys):
    """Run a command: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
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


@pytest.fixture
def refused(ask):
    """Run a command that must be refused: code 2, one line, nothing on standard output."""

    def run(*words: object) -> str:
        code, out, err = ask(*words)
        assert code == 2
        assert not out
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err

    return run


# list


def test_list_names_every_engine(ask_json):
    listed = ask_json("list")
    assert [item["key"] for item in listed] == list(discover().engines)
    for item in listed:
        assert list(item) == ["key", "title", "task", "data", "kinds", "sample", "params", "pictures"]
        assert item["title"].keys() == {"en", "zh"}
        for param in item["params"].values():
            assert list(param) == ["default", "low", "high", "choices", "live"]


def test_list_tells_what_can_be_set(ask_json):
    kmeans = next(item for item in ask_json("list") if item["key"] == "clustering.kmeans")
    assert kmeans["task"] == "cluster"
    assert kmeans["data"] == "Points"
    assert "Groups" in kmeans["pictures"]
    assert kmeans["params"]["n_clusters"] == {"default": 3, "low": 1, "high": 12, "choices": [], "live": False}
    assert kmeans["params"]["init"]["choices"] == ["random", "k-means++"]
    assert kmeans["params"]["init"]["low"] is None


def test_list_reads_well(ask):
    code, out, _ = ask("list")
    assert code == 0
    assert any(line.startswith("clustering.kmeans ") and "K-Means" in line for line in out.splitlines())


# run


def test_run_tells_what_came_out(ask_json):
    said = ask_json("run", "clustering.kmeans", "--data", "blobs:n=90,seed=2", "--seed", 4, "--set", "n_clusters=4")
    assert list(said) == ["engine", "seed", "steps", "seconds", "state", "scalars", "outcome"]
    assert (said["engine"], said["seed"], said["state"]) == ("clustering.kmeans", 4, "finished")
    assert said["steps"] > 2
    assert said["outcome"]["inertia"] == pytest.approx(said["scalars"]["inertia"])


def test_run_twice_gives_the_same(ask_json):
    words = ("run", "clustering.kmeans", "--data", "blobs", "--seed", 1)
    first, second = ask_json(*words), ask_json(*words)
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_run_stops_after_the_steps_it_is_given(ask_json):
    said = ask_json("run", "clustering.kmeans", "--steps", 2)
    assert (said["steps"], said["state"], said["outcome"]) == (2, "paused", None)


def test_run_in_words(ask):
    code, out, err = ask("run", "clustering.kmeans")
    assert code == 0
    assert out.startswith("clustering.kmeans: ")
    assert "inertia" in out
    assert not err, "no bar where nobody watches"


def test_out_writes_the_arrays_of_the_outcome(ask_json, tmp_path):
    ask_json("run", "clustering.kmeans", "--data", "blobs:n=60", "--set", "n_clusters=2", "--out", tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        assert arrays["cluster_centers_"].shape == (2, 2)
        assert arrays["labels_"].shape == (60,)
        assert set(arrays["labels_"]) == {0, 1}


def test_save_writes_an_experiment_that_runs_the_same(ask_json, tmp_path):
    file = tmp_path / "kept.sandtable"
    words = ("run", "clustering.kmeans", "--data", "blobs:n=70,seed=3", "--set", "n_clusters=5", "--seed", 6)
    first = ask_json(*words, "--save", file)
    assert project.load(file).seed == 6
    again = ask_json("run", "clustering.kmeans", "--data", file)
    assert {**first, "seconds": 0} == {**again, "seconds": 0}
    other = ask_json("run", "clustering.kmeans", "--data", file, "--set", "n_clusters=2", "--seed", 1)
    assert other["seed"] == 1
    assert other["outcome"]["inertia"] > first["outcome"]["inertia"]


def test_numbers_that_json_cannot_hold_become_null():
    params = discover().engines["clustering.kmeans"].params()
    outcome = Outcome({"loss": float("nan"), "fine": np.float32(0.5)})
    result = Result(1, 0.1, State.FINISHED, {"loss": float("inf")}, outcome)
    text = json.dumps(told(Experiment("clustering.kmeans", params, Points()), result), allow_nan=False)
    assert json.loads(text)["scalars"] == {"loss": None}
    assert json.loads(text)["outcome"] == {"loss": None, "fine": 0.5}


# what is learned from


@pytest.fixture
def table():
    import pandas as pd

    rng = np.random.default_rng(0)
    x = np.vstack([rng.normal(0, 0.3, (30, 2)), rng.normal(4, 0.3, (30, 2))])
    return pd.DataFrame({"name": ["a"] * 60, "length": x[:, 0], "width": x[:, 1], "kind": ["owl"] * 30 + ["newt"] * 30})


WRITERS = {
    "data.csv": lambda table, path: table.to_csv(path, index=False),
    "data.tsv": lambda table, path: table.to_csv(path, index=False, sep="\t"),
    "data.xlsx": lambda table, path: table.to_excel(path, index=False),
    "data.parquet": lambda table, path: table.to_parquet(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_tables_are_read(table, ask, tmp_path, name):
    pytest.importorskip({"data.xlsx": "openpyxl", "data.parquet": "pyarrow"}.get(name, "pandas"))
    file = tmp_path / name
    WRITERS[name](table, file)
    kept, arrays = tmp_path / "kept.sandtable", tmp_path / "out.npz"
    code, out, err = ask(
        "run", "clustering.kmeans", "--data", file, "--target", "kind", "--set", "n_clusters=2",
        "--set", "init=k-means++", "--json", "--save", kept, "--out", arrays,
    )  # fmt: skip
    assert code == 0, err
    assert err == f"{name}: x = length, y = width, class = kind\n"
    assert json.loads(out)["state"] == "finished"
    data = project.load(kept).data
    assert data.y.tolist() == [1] * 30 + [0] * 30  # newt before owl
    assert np.allclose(data.x, table[["length", "width"]])
    with np.load(arrays) as found:
        assert len(set(found["labels_"][:30])) == len(set(found["labels_"][30:])) == 1


def test_a_table_without_target_has_no_classes(table, ask, tmp_path):
    table[["length", "width"]].to_csv(tmp_path / "data.csv", index=False)
    kept = tmp_path / "kept.sandtable"
    code, _, err = ask("run", "clustering.kmeans", "--data", tmp_path / "data.csv", "--save", kept)
    assert code == 0
    assert err == "data.csv: x = length, y = width, class = (none)\n"
    assert set(project.load(kept).data.y) == {-1}


def test_a_target_that_was_guessed_is_told(table, ask, tmp_path):
    table.to_csv(tmp_path / "data.csv", index=False)
    _, _, err = ask("run", "clustering.kmeans", "--data", tmp_path / "data.csv")
    assert err == "data.csv: x = length, y = width, class = kind\n"


def test_rows_without_a_place_are_told(ask, tmp_path):
    (tmp_path / "gaps.csv").write_text("a,b\n" + "".join(f"{i},{i * i % 7}\n" for i in range(20)) + ",3\n4,\n")
    kept = tmp_path / "kept.sandtable"
    code, _, err = ask("run", "clustering.kmeans", "--data", tmp_path / "gaps.csv", "--save", kept)
    assert code == 0
    assert err.startswith("gaps.csv: x = a, y = b, class = (none), rows without these numbers: 2\n")
    assert len(project.load(kept).data) == 20


def test_a_number_with_many_values_becomes_the_value_to_learn(ask, tmp_path):
    (tmp_path / "data.csv").write_text("a,b,c\n" + "".join(f"{i},{i * i % 7},{i / 3}\n" for i in range(20)))
    kept = tmp_path / "kept.sandtable"
    code, _, err = ask("run", "clustering.kmeans", "--data", tmp_path / "data.csv", "--target", "c", "--save", kept)
    assert code == 0
    assert "value = c" in err
    assert project.load(kept).data.value == pytest.approx(np.arange(20) / 3)


def test_a_table_of_the_samples_is_read(ask, tmp_path):
    kept = tmp_path / "kept.sandtable"
    code, _, err = ask("run", "clustering.kmeans", "--data", "iris", "--save", kept)
    assert code == 0
    assert err == "iris: x = sepal length (cm), y = sepal width (cm), class = species\n"
    assert np.bincount(project.load(kept).data.y).tolist() == [50, 50, 50]


def test_a_folder_with_the_name_of_a_sample_does_not_hide_it(ask_json, tmp_path, monkeypatch):
    (tmp_path / "moons").mkdir()
    monkeypatch.chdir(tmp_path)
    assert ask_json("run", "clustering.kmeans", "--data", "moons")["state"] == "finished"


def test_a_missing_class_is_no_class(ask, tmp_path):
    (tmp_path / "data.csv").write_text("a,b,c\n1,2,7\n3,4,\n5,6,2\n1,1,7\n")
    kept = tmp_path / "kept.sandtable"
    code, _, _ = ask(
        "run", "clustering.kmeans", "--data", tmp_path / "data.csv", "--target", "c", "--save", kept
    )  # fmt: skip
    assert code == 0
    assert project.load(kept).data.y.tolist() == [1, -1, 0, 1]


def test_arrays_are_read(ask_json, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", X=rng.normal(size=(20, 2)), y=np.arange(20) % 3)
    kept = tmp_path / "kept.sandtable"
    ask_json("run", "clustering.kmeans", "--data", tmp_path / "data.npz", "--save", kept)
    assert project.load(kept).data.y.tolist() == (np.arange(20) % 3).tolist()


# mistakes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "clustering.k-means"], "no algorithm"),
        (["run", "clustering.kmeans", "--set", "n_clusters=99"], "from 1 to 12"),
        (["run", "clustering.kmeans", "--set", "colour=1"], "n_clusters"),
        (["run", "clustering.kmeans", "--set", "n_clusters"], "name=value"),
        (["run", "clustering.kmeans", "--data", "donuts"], "donuts"),
        (["run", "clustering.kmeans", "--data", "moons:size=3"], "size"),
        (["run", "clustering.kmeans", "--data", "moons:n=1e30"], "from 2 to 1e+06"),
        (["run", "clustering.kmeans", "--data", "nowhere.csv"], "There is no file"),
        (["run", "clustering.kmeans", "--data", "moons", "--target", "y"], "--target"),
        (["run", "clustering.kmeans", "--seed", "-1"], "whole number"),
        (["run", "clustering.kmeans", "--steps", "1.5"], "whole number"),
        (["run", "clustering.kmeans", "--out", "no/such/folder/a.npz"], "There is no folder"),
        (["run"], "ENGINE"),
        (["list", "--colour"], "--colour"),
        (["dance"], "no command"),
        (["tour"], "--out"),
        (["tour", "--out", "tour", "--size", "big"], "1440x900"),
        (["tour", "--out", "tour", "--size", "1x1"], "1440x900"),
        (["tour", "--out", "tour", "--theme", "pink"], "pink"),
        (["--nonsense"], "COMMAND"),
    ],
)
def test_a_mistake_is_told_in_one_line(refused, words, said):
    assert said in refused(*words)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "nothing in it"),
        ("one.csv", b"a,b\n1,x\n", "Two columns of numbers"),
        ("binary.csv", b"\xff\xfe\x00\x81" * 9, "Two columns of numbers"),
        ("fake.xlsx", b"not a workbook", "no .xlsx workbook"),
        ("fake.npz", b"not an archive", "no file of arrays"),
        ("fake.pdf", b"%PDF-1.4", "cannot be read"),
        ("fake.sandtable", b"not a zip", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_line(refused, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    assert said in refused("run", "clustering.kmeans", "--data", tmp_path / name)


def test_an_array_of_objects_is_refused(refused, tmp_path):
    np.savez(tmp_path / "data.npz", X=np.array([[object(), 1]]))
    assert "no file of arrays" in refused("run", "clustering.kmeans", "--data", tmp_path / "data.npz")


def test_arrays_of_another_shape_are_refused(refused, tmp_path):
    np.savez(tmp_path / "data.npz", X=np.zeros((4, 3)))
    assert "X (4, 3)" in refused("run", "clustering.kmeans", "--data", tmp_path / "data.npz")
    np.savez(tmp_path / "data.npz", X=np.zeros((4, 2)), y=np.zeros(3))
    assert "one class for each" in refused("run", "clustering.kmeans", "--data", tmp_path / "data.npz")


def test_too_many_classes_are_refused(refused, tmp_path):
    (tmp_path / "data.csv").write_text("a,b,c\n" + "".join(f"{i},{i},c{i}\n" for i in range(9)))
    said = refused("run", "clustering.kmeans", "--data", tmp_path / "data.csv", "--target", "c")
    assert "9 different classes" in said


def test_an_unknown_target_is_refused_with_the_columns(refused, table, tmp_path):
    table.to_csv(tmp_path / "data.csv", index=False)
    assert "name, length, width, kind" in refused(
        "run", "clustering.kmeans", "--data", tmp_path / "data.csv", "--target", "species"
    )


def test_nothing_to_write_is_said(ask, tmp_path):
    code, _, err = ask("run", "clustering.kmeans", "--steps", 1, "--out", tmp_path / "out.npz")
    assert code == 2
    assert "nothing to write" in err
    assert not (tmp_path / "out.npz").exists()


def test_help_names_the_commands(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f"\n    {name} " in said for name in ("list", "run", "tour", "doctor"))


# as a program of its own


def sandtable(*words: str, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "app", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C of another process is a matter of POSIX")
def test_ctrl_c_ends_a_run_quietly():
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored\n"
        "from app.commands import run\n"
        "from app.__main__ import main\n"
        "class Endless:\n"
        "    def start(self):\n"
        "        from engines.core.step import Step\n"
        "        print('begun', flush=True)\n"
        "        while True: yield Step('on')\n"
        "run.experiment_of = lambda chosen: Endless()\n"
        "sys.exit(main(['run', 'clustering.kmeans']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is told otherwise there")
def test_a_reader_that_leaves_early_is_no_error():
    with sandtable("list", "--json", env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        process.stdout.close()
        err = process.stderr.read()
        process.wait(30)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_the_doctor_finds_everything_here():
    with sandtable("doctor", "--json") as process:
        out, err = process.communicate(timeout=120)
    report = json.loads(out)
    assert report["network"] == "not used"
    assert report["engine_process"]["ok"], err
    assert report["device"] in ("cpu", "cuda", "mps", "xpu")
    assert report["engines"]["failed"] == {}
    assert set(report["engines"]["found"]) == set(discover().engines)
    assert report["versions"]["torch"]
    assert report["window"]["ok"]
    compared = {network["key"]: network for network in report["networks"]}
    assert "neural.mlp" in compared
    assert [network for network in report["networks"] if not network["ok"]] == []


# the progress line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_is_cleared(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress(10) as progress:
        progress.show(5, {"loss": 0.25})
        progress.show(6, {"loss": 0.2})  # too soon to be shown
    said = terminal.getvalue()
    assert "5/10" in said
    assert "loss 0.25" in said
    assert "6/10" not in said
    assert "\n" not in said
    assert said.endswith("\r\x1b[K")


def test_a_zip_is_not_taken_for_an_experiment(refused, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.sandtable", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "damaged" in refused("run", "clustering.kmeans", "--data", tmp_path / "a.sandtable")
