"""A search over hyper-parameters: what is tried, the same results whoever computes, and nobody's end loses a trial."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psutil
import pytest

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.patience import nobody, patience
from engines.core.registry import engine_named, judge_named
from engines.core.step import WAIT
from engines.data.features import classes_of
from engines.data.points import Points
from engines.data.sampling import parse_sample
from engines.evaluation._cluster import Cluster
from engines.evaluation._workers import Workers
from engines.evaluation.journal import Journal
from engines.evaluation.pools import Alone, pool_for
from engines.evaluation.search import best_of, planned, results
from engines.evaluation.space import Axis, axis_of, drawn, grid
from engines.evaluation.trials import Finished, Search
from engines.judging import search as judging
from tests.architecture.sources import ROOT

KNN, TREE, SVM = (engine_named(key) for key in ("classification.knn", "trees.cart", "classification.svm"))


def experiment(engine=TREE, data="moons:n=80,noise=0.3,seed=2", **values) -> Experiment:
    return Experiment(engine.key, engine.params().with_values(**values), parse_sample(data), Split(), 3)


def axes(engine=TREE, **texts: str) -> list[Axis]:
    return [axis_of(engine.params, name, text) for name, text in texts.items()]


def small() -> Search:
    return planned(experiment(), grid(axes(max_depth="1, 2, 5", min_samples_leaf="1, 8")), 3, tiles=True)


def same(found: list[Finished], other: list[Finished]) -> bool:
    assert [one.index for one in found] == [one.index for one in other]
    assert all(np.array_equal(a.tile, b.tile) for a, b in zip(found, other, strict=True))
    return [one.scores for one in found] == [one.scores for one in other]


def ended(plan: Search, pool, kept=None) -> list[Finished]:
    try:
        return [one for one in results(plan, pool, kept) if one is not None]
    finally:
        pool.close()


@pytest.fixture(scope="module")
def alone() -> list[Finished]:
    return ended(small(), Alone(small()))


# What is tried


def test_a_list_is_taken_as_it_is_written_and_each_value_once():
    (axis,) = axes(KNN, n_neighbors=" 1, 5 ,5, 9")
    assert axis.steps == (1, 5, 9)
    assert all(isinstance(value, int) for value in axis.steps)
    assert axes(KNN, weights="")[0].steps == ("uniform", "distance")
    assert axes(SVM, C="0.1, 1e2")[0].steps == (0.1, 100.0)


@pytest.mark.parametrize("text", ["0.01..100 log", "0.01..100[log]", "0.01..100log", " 0.01 .. 100 LOG "])
def test_a_range_gives_five_values_to_a_grid(text):
    assert axes(SVM, C=text)[0].steps == (0.01, 0.1, 1.0, 10.0, 100.0)
    assert axes(KNN, n_neighbors="1..9")[0].steps == (1, 3, 5, 7, 9)
    assert axes(KNN, n_neighbors="1..3")[0].steps == (1, 2, 3)


def test_nothing_written_is_the_whole_range_of_the_slider():
    for engine in (KNN, TREE, SVM):
        for name in engine.params().to_json():
            spec, steps = axis_of(engine.params, name, "").spec, axis_of(engine.params, name, "").steps
            assert all(spec.check(value) == value for value in steps)
            assert len(steps) == len(set(steps)) > 1


def test_a_grid_has_every_combination_the_last_axis_moving_fastest():
    found = grid(axes(KNN, n_neighbors="1, 3", weights=""))
    assert found == tuple((("n_neighbors", k), ("weights", w)) for k in (1, 3) for w in ("uniform", "distance"))


def test_what_is_drawn_is_in_its_range_is_different_and_comes_again():
    space = axes(SVM, C="0.01..100 log", degree="2..5", kernel="rbf, poly")
    found = drawn(space, 200, np.random.default_rng(7))
    assert found == drawn(space, 200, np.random.default_rng(7))
    assert found != drawn(space, 200, np.random.default_rng(8))
    assert len(set(found)) == 200
    values = [dict(one) for one in found]
    cost = np.array([one["C"] for one in values])
    assert ((cost >= 0.01) & (cost <= 100)).all()
    assert 0.4 < (cost < 1).mean() < 0.6, "as many below the middle of the factors as above"
    assert {one["degree"] for one in values} == {2, 3, 4, 5}
    assert all(isinstance(one["degree"], int) for one in values)
    assert {one["kernel"] for one in values} == {"rbf", "poly"}
    assert all(float(f"{one:.4g}") == one for one in cost)


def test_where_there_are_not_so_many_fewer_are_drawn():
    found = drawn(axes(KNN, n_neighbors="1..3", weights=""), 50, np.random.default_rng(0))
    assert len(found) == 6


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("k", "1, 2", "no setting “k”"),
        ("n_neighbors", "0, 1", "whole number from 1"),
        ("n_neighbors", "1.5", "whole number"),
        ("n_neighbors", "many", "whole number"),
        ("n_neighbors", "1..9999", "from 1 to"),
        ("n_neighbors", "9..3", "upwards"),
        ("n_neighbors", ",", "no values"),
        ("weights", "heavy", "choose one of"),
        ("weights", "a..b", "no number"),
    ],
)
def test_what_cannot_be_tried_is_told_in_words(name, text, says):
    with pytest.raises(LearnerError, match=says):
        axis_of(KNN.params, name, text)


def test_bad_searches_are_told_in_words():
    with pytest.raises(LearnerError, match="above 0"):
        axes(SVM, gamma="0..5 log")
    with pytest.raises(LearnerError, match="nothing to try"):
        grid([])
    with pytest.raises(LearnerError, match="twice"):
        grid(axes(KNN, n_neighbors="1") * 2)
    with pytest.raises(LearnerError, match="at most 1000"):
        grid(axes(KNN, n_neighbors=",".join(map(str, range(1, 201)))) + axes(KNN, metric="", weights=""))
    with pytest.raises(LearnerError, match="1 to 1000"):
        drawn(axes(KNN, n_neighbors=""), 0, np.random.default_rng(0))
    with pytest.raises(LearnerError, match="could be scored"):
        planned(experiment(engine_named("clustering.kmeans"), "blobs:n=60"), ((("n_clusters", 2),),), 3)
    with pytest.raises(LearnerError, match="validation"):
        planned(replace(experiment(), split=Split(0.8, 0.0)), ((("max_depth", 2),),), 0)
    with pytest.raises(LearnerError, match="no rows"):
        planned(replace(experiment(), data=Points()), ((("max_depth", 2),),), 3)


# How it is scored


def test_a_grid_has_the_scores_of_scikit_learns_grid_search():
    from sklearn.model_selection import GridSearchCV, PredefinedSplit
    from sklearn.neighbors import KNeighborsClassifier

    plan = planned(experiment(KNN, "iris"), grid(axes(KNN, n_neighbors="1, 4, 9", weights="")), 4)
    found = ended(plan, Alone(plan))
    features = classes_of(plan.experiment.data)
    fold = np.full(len(features), -1)
    for i, (_, held_out) in enumerate(plan.folds):
        fold[held_out] = i
    rows = fold >= 0
    theirs = GridSearchCV(
        KNeighborsClassifier(algorithm="brute"),
        {"n_neighbors": [1, 4, 9], "weights": ["uniform", "distance"]},
        cv=PredefinedSplit(fold[rows]),
    ).fit(features.x[rows], features.y[rows])
    expected = dict(
        zip((tuple(sorted(one.items())) for one in theirs.cv_results_["params"]),
            theirs.cv_results_["mean_test_score"], strict=True)
    )  # fmt: skip
    for trial, one in zip(plan.trials, found, strict=True):
        assert one.score == pytest.approx(expected[tuple(sorted(trial.values))])
    assert found[best_of([one.score for one in found])].score == pytest.approx(theirs.best_score_)


def test_the_test_share_takes_no_part_and_the_validation_share_can_be_used():
    run = experiment()
    plan = planned(run, grid(axes(max_depth="1, 4")), 0)
    ((train, held_out),) = plan.folds
    parts = run.split_data.parts
    assert (parts[train] == 0).all()
    assert (parts[held_out] == 1).all()
    assert all(2 not in parts[np.r_[pair]] for pair in small().folds)
    by_hand = KNN.params  # another engine must not matter
    assert by_hand
    for one in ended(plan, Alone(plan)):
        assert len(one.scores) == 1
        assert one.spread == 0


@pytest.mark.parametrize(
    ("error", "says"),
    [(LearnerError("too deep"), "too deep"), (ZeroDivisionError("by hand"), "ZeroDivisionError: by hand")],
)
def test_one_that_cannot_be_trained_is_told_and_the_others_go_on(monkeypatch, error, says):
    plan = small()

    def refusing(self, data, params, rng):
        if params.max_depth == 2:
            raise error
        return self.run(data, params, rng)

    monkeypatch.setattr(type(TREE), "start", refusing)
    found = ended(plan, Alone(plan))
    assert [one.problem is not None for one in found] == [dict(t.values)["max_depth"] == 2 for t in plan.trials]
    assert says in found[2].problem.render()
    assert np.isnan(found[2].score)
    assert best_of([one.score for one in found]) not in (2, 3)
    steps = list(judged().start())
    assert "could not be trained" in steps[3].note.render()
    assert steps[-1].draw()[2].failed.tolist() == [False, False, True, True, False, False]


def test_where_none_can_be_trained_the_first_problem_is_told(monkeypatch):
    def refusing(self, data, params, rng):
        raise LearnerError("nothing works")

    monkeypatch.setattr(type(TREE), "start", refusing)
    with pytest.raises(LearnerError, match="nothing works"):
        list(judged().start())


# Who computes


def test_processes_give_the_same_and_a_killed_one_is_made_good(alone):
    plan = small()
    pool = Workers(plan, 2)
    found, killed = [], 0
    for one in results(plan, pool):
        if one is not None:
            found.append(one)
        if not killed and len(pool.process_ids) == 2:
            killed = pool.process_ids[0]
            psutil.Process(killed).kill()
    pool.close()
    assert killed
    assert same(found, alone)
    assert pool.process_ids == []


def test_a_trial_whose_process_is_killed_twice_is_given_up_in_words():
    plan = replace(small(), trials=small().trials[:2])
    pool = Workers(plan, 1)
    running, found, killed = pool.run(plan.lots), [], set()
    for one in running:
        found += [one] if one is not None else []
        for process in pool.process_ids if len(killed) < 2 else ():
            if process not in killed:
                killed.add(process)
                psutil.Process(process).kill()
    pool.close()
    assert len(killed) == 2
    assert [one.index for one in found] == [0, 1]
    assert "ended twice" in found[0].problem.render()
    assert found[1].problem is None


def test_stopping_takes_less_than_a_second_whatever_is_under_way():
    long = planned(experiment(SVM, "moons:n=1500,noise=0.4", max_iter=1_000_000), grid(axes(SVM, C="100, 1000")), 5)
    pool = pool_for(long, 2)
    assert isinstance(pool, Workers)
    running = pool.run(long.lots)
    assert next(running) is None
    processes = [psutil.Process(process) for process in pool.process_ids]
    assert len(processes) == 2
    began = time.perf_counter()
    running.close()
    pool.close()
    assert time.perf_counter() - began < 1
    assert not any(process.is_running() for process in processes)


PARENT = """
import sys
from engines.core.experiment import Experiment
from engines.classification.svm import svm
from engines.data.sampling import parse_sample
from engines.evaluation._workers import Workers
from engines.evaluation.search import planned
if __name__ == "__main__":
    run = Experiment("classification.svm", svm.params(max_iter=1_000_000), parse_sample("moons:n=2000,noise=0.4"))
    plan = planned(run, [(("C", 100.0),), (("C", 1000.0),)], 5)
    pool = Workers(plan, 2)
    running = pool.run(plan.lots)
    next(running)
    print(*pool.process_ids, flush=True)
    sys.stdin.read()
"""


def test_processes_end_when_the_one_who_began_them_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        workers = [psutil.Process(int(word)) for word in parent.stdout.readline().split()]
        assert len(workers) == 2
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert not alive


def loopback() -> bool:
    """Whether a program can talk to another on this very computer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        try:
            socket.create_connection(server.getsockname(), timeout=2).close()
        except OSError:
            return False
    return True


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler on the loopback with two workers, whose threads and Dask's own have all begun."""
    from dask.distributed import Client, LocalCluster

    if not loopback():
        pytest.skip("there is no loopback here: the network was cut off whole")
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            for worker in client.nthreads():
                client.submit(abs, 1, workers=[worker], pure=False).result()
        plan = replace(small(), trials=small().trials[:1])
        ended(plan, Cluster(plan, cluster.scheduler_address))
        yield cluster.scheduler_address


def test_a_dask_cluster_gives_the_same_and_stops_at_once(alone, scheduler):
    plan = small()
    assert same(ended(plan, Cluster(plan, scheduler)), alone)
    stopped = Cluster(plan, scheduler)
    running = stopped.run(plan.lots)
    next(running)
    began = time.perf_counter()
    running.close()
    stopped.close()
    assert time.perf_counter() - began < 1


def test_an_address_that_is_none_is_told_at_once():
    with pytest.raises(LearnerError, match="tcp://computer:8786"):
        pool_for(small(), 0, "my cluster")


# What was finished before


def test_a_journal_keeps_what_is_finished_for_the_same_search_only(tmp_path, alone):
    plan = small()
    journal = Journal(plan, tmp_path)
    for one in alone[:4]:
        journal.add(one)
    (file,) = tmp_path.iterdir()
    with file.open("a") as stream:
        stream.write('{"trial": 5, "scores": [0.5, 0.')  # the process was killed here
    again = Journal(small(), tmp_path)
    kept = again.read()
    assert same([kept[i] for i in sorted(kept)], alone[:4])
    again.add(alone[4])
    assert sorted(again.read()) == [0, 1, 2, 3, 4]
    others = (
        replace(plan, experiment=replace(plan.experiment, seed=4)),
        replace(plan, trials=plan.trials[:-1]),
        replace(plan, folds=plan.folds[:-1]),
        planned(experiment(criterion="entropy"), [trial.values for trial in plan.trials], 3, tiles=True),
        planned(experiment(data="moons:n=80,noise=0.3,seed=5"), [trial.values for trial in plan.trials], 3, tiles=True),
    )
    assert not any(Journal(other, tmp_path).read() for other in others)
    journal.remove()
    assert again.read() == {}


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"trial": 0, "scores": [1], "shape": [0,0,0], "tile": ""}',
                                  '{"trial": 99, "scores": [1,1,1], "shape": [0,0,0], "tile": ""}',
                                  '{"trial": 0, "scores": [1,1,NaN], "shape": [0,0,0], "tile": ""}',
                                  '{"trial": 0, "scores": [1,1,1], "shape": [2,9,9], "tile": "AAAA"}',
                                  "\x00\xff"])  # fmt: skip
def test_a_line_that_is_none_counts_for_nothing(tmp_path, line):
    journal = Journal(small(), tmp_path)
    journal.add(Finished(1, (0.5, 0.5, 0.5)))
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text() + line + "\n", encoding="utf-8")
    assert list(journal.read()) == [1]


def test_what_was_finished_is_not_made_again(alone):
    plan = small()
    asked = []

    class Watched(Alone):
        def run(self, lots):
            asked.extend(trial.index for lot in lots for trial in lot)
            return super().run(lots)

    kept = {1: replace(alone[1], scores=(0.0, 0.0, 0.0))}
    found = ended(plan, Watched(plan), kept)
    assert asked == [0, 2, 3, 4, 5]
    assert [one.index for one in found] == list(range(6))
    assert found[1].score == 0


# The judge


def judged(**values):
    judge = judge_named("search")
    told = {"first": "max_depth", "first_values": "1, 2, 5", "second": "min_samples_leaf", "second_values": "1, 8"}
    told |= {"folds": 3, "jobs": 1}
    return replace(experiment(), judge_key=judge.key, judge_params=judge.params().with_values(**(told | values)))


def test_the_judge_shows_a_trial_a_step_and_ends_with_the_best(alone):
    drawn_as_seen = [(step, step.draw()) for step in judged().start()]
    steps = [step for step, _ in drawn_as_seen]
    assert len(steps) == 1 + len(alone) + 1
    assert steps[0].note.render() == "A grid of 6 settings: each is one trial, trained 3 times on the same folds"
    scores = [one.score for one in alone]
    for i, step in enumerate(steps[1:-1]):
        assert step.scalars["trial_score"] == scores[i]
        assert step.scalars["best_score"] == max(scores[: i + 1])
        assert f"Trial {i + 1} of 6" in step.note.render()
        assert f"{scores[i]:.3f}" in step.note.render()
    best = int(np.argmax(scores))
    assert steps[-1].rest
    assert f"{scores[best]:.3f} ± {alone[best].spread:.3f}" in steps[-1].note.render()
    surface, tiles, cells, lines = steps[-1].draw()
    assert cells.best == lines.best == tiles.best == best
    assert cells.cells == (3, 2)
    assert dict(cells.takes[best]) == dict(small().trials[best].values)
    assert np.array_equal(cells.places[:, 0], [0, 0, 0.5, 0.5, 1, 1])
    left, bottom, right, top = tiles.area
    assert (small().experiment.data.x > (left, bottom)).all()
    assert (small().experiment.data.x < (right, top)).all()
    rows, columns = (slice(round(4 * (low + half)), round(4 * (high + half)))
                     for low, high, half in ((bottom, top, 4), (left, right, 8)))  # fmt: skip
    assert np.allclose(tiles.surfaces[best], surface.values[:, rows, columns])
    assert np.isfinite(tiles.surfaces).all()
    assert np.isnan(drawn_as_seen[1][1][1].surfaces[1:]).all(), "the others are not there yet"


def test_one_axis_where_both_are_the_same_and_dots_where_it_is_drawn():
    steps = list(judged(second="max_depth", second_values="").start())
    assert steps[-1].draw()[2].cells == (3, 1)
    steps = list(judged(method="random", trials=5, first_values="1..9").start())
    assert len(steps) == 7
    assert steps[-1].draw()[2].cells == (0, 0)
    assert "5 settings are drawn at random" in steps[0].note.render()


def test_another_engines_setting_is_refused_in_words():
    with pytest.raises(LearnerError, match="no setting “n_neighbors”"):
        next(judged(first="n_neighbors").start())


def test_the_judge_goes_on_from_what_was_finished_before(tmp_path, monkeypatch, alone):
    monkeypatch.setattr("engines.evaluation.journal.folder", lambda: tmp_path)
    monkeypatch.setattr(judging.multiprocessing, "parent_process", lambda: "the window")
    steps = judged().start()
    for _ in range(4):
        next(steps)
    steps.close()  # as when the process is killed: nothing is said any more
    again = list(judged().start())
    assert "3 of 6 trials were finished before" in again[0].note.render()
    assert [step.scalars["trial_score"] for step in again[1:-1]] == [one.score for one in alone]
    assert len(again) == 8, "a step for each, as without a journal"


def test_without_a_window_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("engines.evaluation.journal.folder", lambda: tmp_path / "none")
    list(judged().start())
    assert not (tmp_path / "none").exists()


def test_it_gives_way_while_it_is_busy_when_somebody_waits():
    try:
        patience.waited = lambda: True
        steps = judged().start()
        first = next(steps)
        assert first is not WAIT
        assert next(steps) is WAIT
        patience.waited = nobody
        assert "Trial 1 of 6" in next(steps).note.render()
        steps.close()
    finally:
        patience.waited = nobody


def test_the_last_of_a_burst_of_trials_is_drawn_while_the_next_is_made():
    try:
        steps = judged().start()
        next(steps)
        assert "Trial 1 of 6" in next(steps).note.render()
        patience.looked = lambda: True
        assert next(steps) is WAIT
        patience.looked = nobody
        assert "Trial 2 of 6" in next(steps).note.render()
        steps.close()
    finally:
        patience.looked = nobody
