"""Tables that somebody once collected: the data sets that most courses begin with, bundled as plain text.

They are read without scikit-learn or pandas, which the window may not load; a test compares every number with
scikit-learn's. ``resources/datasets/README-tables.md`` tells more about each.
"""

from functools import cache
from importlib import resources

import numpy as np

from engines.core.arrays import Ints
from engines.data.sampling import NoSettings, sample
from engines.data.table import Column, Table

# Quinlan's Saturday mornings in the order of his Table 1: outlook, temperature, humidity, wind, play.
TENNIS = """
sunny hot high weak no
sunny hot high strong no
overcast hot high weak yes
rain mild high weak yes
rain cool normal weak yes
rain cool normal strong no
overcast cool normal strong yes
sunny mild high weak no
sunny cool normal weak yes
rain mild normal weak yes
sunny mild normal strong yes
overcast mild high strong yes
overcast hot normal weak yes
rain mild high strong no
"""
TENNIS_COLUMNS = ("outlook", "temperature", "humidity", "wind", "play")
BY_NAME = ("no", "yes")  # a yes/no column counts from no, so that 1 means yes


def categories(name: str, values: list[str], labels: tuple[str, ...] = ()) -> Column:
    """Return a column of categories; the labels in the order in which they first appear unless they are given."""
    known = labels or tuple(dict.fromkeys(values))
    code = {label: place for place, label in enumerate(known)}
    codes: Ints = np.array([code[value] for value in values], np.int64)
    return Column(name, "category", codes=codes, labels=known)


@cache
def bundled(name: str, *classes: str) -> Table:
    """Read ``resources/datasets/<name>.csv``; ``classes``: of the target, the last column, as far as it has any.

    A line of names, then lines of numbers with the class last; nothing is missing. All numbers are read at once, in a
    quarter of the time that the csv module takes: a sample is made between two frames.
    """
    file = resources.files("resources").joinpath("datasets", f"{name}.csv")
    head, _, body = file.read_text(encoding="utf-8").partition("\n")
    for code, label in enumerate(classes):
        body = body.replace(f",{label}\n", f",{code}\n")
    names = head.split(",")
    numbers = np.fromstring(body.replace("\n", ","), sep=",").reshape(-1, len(names))
    columns = [Column(title, "number", values) for title, values in zip(names, numbers.T, strict=True)]
    if classes:
        columns[-1] = Column(names[-1], "category", codes=numbers[:, -1].astype(np.int64), labels=classes)
    return Table(tuple(columns), names[-1])


@sample(
    "Iris",
    about="150 flowers of three species, measured by E. Anderson, published by R. A. Fisher in 1936; "
    "UCI Machine Learning Repository, CC BY 4.0, as corrected in scikit-learn",
    order=1,
)
def iris(settings: NoSettings, rng: np.random.Generator) -> Table:
    """Sepals and petals in cm; setosa stands apart, the other two species overlap."""
    return bundled("iris", "setosa", "versicolor", "virginica")


@sample(
    "Wine",
    about="178 wines from three growers of one Italian region, analysed by M. Forina and others in 1988; "
    "UCI Machine Learning Repository (1991), CC BY 4.0",
    order=2,
)
def wine(settings: NoSettings, rng: np.random.Generator) -> Table:
    """Thirteen measurements on very different scales: proline in hundreds, hue around one."""
    return bundled("wine", "cultivar 1", "cultivar 2", "cultivar 3")


@sample(
    "Breast cancer",
    about="569 tumours, cell nuclei measured under the microscope by W. Wolberg, W. N. Street and O. Mangasarian, "
    "University of Wisconsin, 1995; UCI Machine Learning Repository, CC BY 4.0",
    order=3,
)
def breast_cancer(settings: NoSettings, rng: np.random.Generator) -> Table:
    """Thirty numbers that say much the same: radius, perimeter and area of one nucleus go together."""
    return bundled("breast_cancer", "malignant", "benign")


@sample(
    "Diabetes",
    about="442 patients and how far their illness had gone a year later, from B. Efron, T. Hastie, I. Johnstone and "
    "R. Tibshirani, “Least Angle Regression”, 2004; as in scikit-learn (BSD), in the units they were measured in",
    order=4,
)
def diabetes(settings: NoSettings, rng: np.random.Generator) -> Table:
    """A number to learn, from ten others that explain about half of it."""
    table = bundled("diabetes")
    sex = table.column("sex").numbers.astype(np.int64) - 1  # 1 and 2 in the source, which does not say who is who
    return table.with_column("sex", Column("sex", "category", codes=sex, labels=("1", "2")))


@sample(
    "Play tennis",
    about="14 days, from J. R. Quinlan, “Induction of Decision Trees”, Machine Learning 1, 1986: "
    "the table by which decision trees are taught; facts, no licence needed",
    order=5,
)
def play_tennis(settings: NoSettings, rng: np.random.Generator) -> Table:
    """Categories only, small enough to work through by hand."""
    rows = [line.split() for line in TENNIS.split("\n") if line]
    columns = [
        categories(name, list(values), BY_NAME if name == "play" else ())
        for name, values in zip(TENNIS_COLUMNS, zip(*rows, strict=True), strict=True)
    ]
    return Table(tuple(columns), "play")
