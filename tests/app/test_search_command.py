"""``sandtable search``, as a person types it."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from engines.core.language import catalogue
from engines.evaluation.pools import Alone
from engines.evaluation.trials import Finished, Lot

Ask = Callable[..., tuple[int, str, str]]
KNN = ("search", "classification.knn", "--data", "iris", "--folds", 3, "--jobs", 1)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setattr("engines.evaluation.journal.folder", lambda: tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_grid_in_json(ask: Ask) -> None:
    code, out, err = ask(*KNN, "--grid", "n_neighbors=1,5", "weights", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out, parse_constant=pytest.fail)
    assert list(told) == [
        "engine", "seed", "measure", "folds", "seconds", "finished", "best_params", "best_score", "trials",
    ]  # fmt: skip
    assert (told["engine"], told["measure"], told["folds"], told["finished"]) == (
        "classification.knn", "accuracy", 3, 4,
    )  # fmt: skip
    assert [trial["params"] for trial in told["trials"]] == [
        {"n_neighbors": k, "weights": weights} for k in (1, 5) for weights in ("uniform", "distance")
    ]
    assert told["best_score"] == max(trial["score"] for trial in told["trials"])
    assert told["best_params"] in [t["params"] for t in told["trials"] if t["score"] == told["best_score"]]
    assert all(sum(t["scores"]) / 3 == pytest.approx(t["score"]) for t in told["trials"])


def test_random_in_words_and_the_same_seed_gives_the_same(ask: Ask) -> None:
    words = ("search", "trees.cart", "--data", "moons:n=60", "--random", "max_depth=1..9", "--trials", 4, "--jobs", 1)
    code, out, err = ask(*words)
    assert (code, err) == (0, "")
    assert out.startswith("trees.cart: 4 of 4 trials in ")
    assert re.search(r"^  best  accuracy \d\.\d{4} ± \d\.\d{4}  Depth at most = \d$", out, re.MULTILINE)
    again = ask(*words)[1]
    assert out.splitlines()[1:] == again.splitlines()[1:]
    assert out.splitlines()[1:] != ask(*words, "--seed", 5)[1].splitlines()[1:]


def test_set_is_the_same_in_every_trial_and_the_validation_share_can_score(ask: Ask) -> None:
    words = (*KNN, "--grid", "n_neighbors=3", "--set", "weights=distance", "--folds", 0, "--json")
    told = json.loads(ask(*words)[1])
    assert told["folds"] == 1
    assert told["trials"][0]["params"] == {"n_neighbors": 3}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "--grid name=1,2,3 or --random"),
        (("--grid", "n_neighbors=1", "--random", "n_neighbors"), "and not both"),
        (("--grid", "n_neighbors="), "no values"),
        (("--grid", "n_neighbors=,"), "no values"),
        (("--grid", "k=1"), "no setting “k”; there are: n_neighbors"),
        (("--grid", "n_neighbors=0"), "from 1 to 200"),
        (("--grid", "n_neighbors=1", "--trials", 3), "--trials belongs to --random"),
        (("--random", "n_neighbors", "--trials", 0), "From 1 to 1000"),
        (("--random", "n_neighbors=5..2"), "upwards"),
        (("--grid", "n_neighbors=1", "--folds", 1000), "cannot be cut"),
        (("--grid", "n_neighbors=1", "--scheduler", "there"), "tcp://computer:8786"),
        (("--grid", "n_neighbors=1", "--jobs", "x"), "not a whole number"),
    ],
)
def test_mistakes_are_told_in_one_line(ask: Ask, words: tuple[object, ...], says: str) -> None:
    code, out, err = ask(*KNN, *words)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_what_learns_nothing_to_score_is_refused(ask: Ask) -> None:
    code, _, err = ask("search", "clustering.kmeans", "--grid", "n_clusters=2,3")
    assert code == 2
    assert "could be scored" in err


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = (*KNN, "--grid", "n_neighbors=1,3,5,7", "--json")
    asked: list[int] = []
    really = Alone.run

    def interrupted(self: Alone, lots: Sequence[Lot]) -> Iterator[Finished | None]:
        for one in really(self, lots):
            yield one
            if one is not None:
                asked.append(one.index)
                if one.index == 1:
                    raise KeyboardInterrupt

    monkeypatch.setattr(Alone, "run", interrupted)
    code, out, err = ask(*words)
    told: dict[str, Any] = json.loads(out)
    assert code == 130
    assert "2 of 4 trials are kept" in err
    assert told["finished"] == 2
    assert [trial["score"] is None for trial in told["trials"]] == [False, False, True, True]
    asked.clear()
    code, out, err = ask(*words)
    assert (code, json.loads(out)["finished"], asked) == (0, 4, [2, 3])
    assert "2 of 4 trials were finished before" in err
    assert json.loads(out)["trials"][:2] == told["trials"][:2]
    assert not list(tmp_path.iterdir()), "nothing is left to go on with"


def test_its_mistakes_can_be_said_in_chinese() -> None:
    assert "--trials belongs to --random: a grid has as many trials as combinations." in catalogue("zh")
