"""``SPEC``: a sample, a data file or folder, or the data of a saved experiment."""

import re
import sys
from dataclasses import replace
from pathlib import Path

from app.session import project
from engines.core.dataset import Dataset
from engines.core.experiment import Experiment
from engines.core.language import LearnerError, Note
from engines.data.importing import ending_of, read_file, readers
from engines.data.points import Points
from engines.data.sampling import parse_sample, samples
from engines.data.table import Table

NO_CLASS = "(none)"


def read_data(spec: str, target: str = "", wanted: tuple[type[Dataset], ...] = (Dataset,)) -> Dataset | Experiment:
    """Return the data that ``spec`` names; a whole experiment for a ``.sandtable``.

    target: the column of a table that is to be learned. wanted: the kinds of data that will do; a table is put onto
    the plane where points are and tables are not. Raises LearnerError with what is wrong.
    """
    path = Path(spec)
    ending = ending_of(path)
    if ending == project.SUFFIX:
        return project.load(path)
    problems: tuple[Note, ...] = ()
    if _names_a_sample(spec) or not (ending in readers() or path.exists()):
        data = parse_sample(spec)
    else:
        imported = read_file(path)
        data, problems = imported.data, imported.problems
    if target:
        data = _with_target(data, target, path.name)
    if isinstance(data, Table) and Points in wanted and not issubclass(Table, wanted):
        data = onto_the_plane(data)
    for problem in problems:
        print(problem.render(), file=sys.stderr)
    return data


def _names_a_sample(spec: str) -> bool:
    """Whether it begins with the name of a sample; a folder that is called the same is meant by ``./moons``."""
    return re.split("[:+]", spec, maxsplit=1)[0].strip() in samples()


def _with_target(data: Dataset, target: str, name: str) -> Dataset:
    if not isinstance(data, Table):
        raise LearnerError("--target names a column of a table, but “{name}” is no table.", name=name)
    return replace(data, target=target)


def onto_the_plane(table: Table) -> Points:
    """Return the points of a table and say which columns were taken: nothing is chosen in silence."""
    points = table.to_points()
    chosen = dict(points.recipe.then[-1].settings)
    left_out = len(table) - len(points)
    print(
        f"{table.recipe.source}: x = {chosen['x']}, y = {chosen['y']}, {points.target} = {table.target or NO_CLASS}"
        + (f", rows without these numbers: {left_out}" if left_out else ""),
        file=sys.stderr,
    )
    return points
