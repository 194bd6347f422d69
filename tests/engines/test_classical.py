"""The classical part of the course as a table: what there is to be, on which data, with a lab and a measured figure."""

from dataclasses import dataclass

import pytest

from engines.core.engine import Task
from engines.core.lab import course
from engines.core.registry import engine_named
from engines.data.images import Images
from engines.data.points import Points
from engines.data.table import Table
from engines.data.text import Text
from engines.pictures.bars import Bars
from engines.pictures.chart import Chart
from engines.pictures.circles import Circles
from engines.pictures.ellipses import Ellipses
from engines.pictures.fit import Fit
from engines.pictures.heat import Heat
from engines.pictures.links import Links
from engines.pictures.marked import Marked
from engines.pictures.splits import Splits
from engines.pictures.surface import Surface
from engines.pictures.tree import Candidates, Tree
from engines.pictures.workings import Workings
from tests.benchmarks import classical


@dataclass(frozen=True)
class Row:
    """What one algorithm must offer. arrays: what ``--out`` must hold, under scikit-learn's names."""

    key: str
    task: Task
    kinds: frozenset[type]
    shows: frozenset[type]
    params: frozenset[str]
    aim: float = 3.0


def row(key: str, task: Task, kinds: tuple[type, ...], shows: tuple[type, ...], params: str, aim: float = 3.0) -> Row:
    return Row(key, task, frozenset(kinds), frozenset(shows), frozenset(params.split()), aim)


C, K, R, D, A = Task.CLASSIFY, Task.CLUSTER, Task.REGRESS, Task.REDUCE, Task.DETECT
TABLE = (
    row("regression.linear", R, (Points, Table), (Fit, Bars, Workings), "lr standardise batch_size"),
    row("regression.polynomial", R, (Points, Table), (Fit, Bars, Chart), "degree alpha penalty"),
    row("classification.logistic", C, (Points, Table, Text), (Surface, Bars, Chart), "lr alpha penalty"),
    row("classification.knn", C, (Points, Table), (Surface, Links), "n_neighbors metric weights", 1.2),
    row("classification.svm", C, (Points, Table), (Surface,), "kernel C gamma degree"),
    row("classification.naive_bayes", C, (Points, Table, Text), (Surface, Ellipses, Workings), "alpha var_smoothing"),
    row("trees.id3", C, (Table,), (Tree, Candidates), "max_depth"),
    row("trees.c45", C, (Table, Points), (Tree, Candidates, Splits), "max_depth"),
    row("trees.cart", C, (Points, Table), (Tree, Candidates, Splits, Fit), "max_depth ccp_alpha criterion"),
    row("trees.forest", C, (Points, Table), (Surface, Bars), "n_estimators max_features max_depth"),
    row("clustering.kmeans", K, (Points,), (Surface,), "n_clusters init", 1.0),
    row("clustering.mean_shift", K, (Points,), (Circles, Heat), "bandwidth bin_seeding", 1.0),
    row("clustering.dbscan", K, (Points,), (Circles, Marked, Chart), "eps min_samples", 1.5),
    row("clustering.agglomerative", K, (Points,), (), "n_clusters linkage distance_threshold"),
    row("reduction.pca", D, (Table, Points, Images), (Bars,), "n_components standardise", 1.2),
    row("anomaly.gaussian", A, (Points, Table), (Ellipses, Marked, Chart), "threshold"),
    row("anomaly.isolation_forest", A, (Points, Table), (Splits, Heat, Marked), "n_estimators max_samples", 2.0),
    row("semisupervised.label_propagation", C, (Points,), (Surface, Links), "kernel gamma n_neighbors"),
    row("semisupervised.self_training", C, (Points,), (Surface, Marked), "threshold"),
)  # fmt: skip

each = pytest.mark.parametrize("wanted", TABLE, ids=lambda wanted: wanted.key)


@each
def test_it_is_there_as_the_course_needs_it(wanted: Row) -> None:
    engine = engine_named(wanted.key)
    assert engine.task is wanted.task
    assert wanted.kinds <= set(engine.kinds)
    shown = {base for picture in engine.shows for base in picture.__mro__}
    assert wanted.shows <= shown, f"{wanted.shows - shown} is not shown"
    assert wanted.params <= set(engine.params.__dataclass_fields__)


@each
def test_it_has_a_lab(wanted: Row) -> None:
    labs = [lab for chapter in course() for lab in chapter.labs if lab.engine_key == wanted.key]
    assert labs
    assert any(lab.challenge for lab in labs)


@each
def test_it_is_measured_against_scikit_learn_with_no_easier_aim_than_the_plans(wanted: Row) -> None:
    assert classical.found()[wanted.key].aim <= wanted.aim
