"""Support vector machine: the widest street between two classes, held by the few points that stand at its kerbs.

Boser, Guyon and Vapnik, "A training algorithm for optimal margin classifiers", 1992; Cortes and Vapnik, "Support-vector
networks", 1995. Solved two multipliers at a time (``_smo``). Of more than two classes each pair has a machine of its
own, and each machine has a vote, as in scikit-learn's SVC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Annotated, Literal

import numpy as np

from engines.classification._kernels import Kernel
from engines.classification._smo import BLOCK, Machine
from engines.classification._street import Alphas, alphas, cells, margin, surface_values, workings
from engines.core.arrays import Floats, Ints
from engines.core.engine import Task, engine
from engines.core.forecast import forecast
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.data.features import Features
from engines.data.points import Points
from engines.data.table import Table
from engines.evaluation.checks import with_classes
from engines.evaluation.metrics import confusion, macro_f1
from engines.pictures.confusion import Confusion
from engines.pictures.margin import Margin
from engines.pictures.surface import Surface, area_of
from engines.pictures.workings import Workings

PAIR = "Change the two that disagree most"
DECIDE = "Classify all rows"
ONE_BY_ONE = 40  # updates that are shown each for itself; later ones in growing groups
LIVE = 1_000_000  # kernel values that are computed for the matrix while the machine still learns
AGAIN = 400  # as if so many had been shown: a machine that starts from another's multipliers needs no slow motion


@dataclass(frozen=True)
class SvmParams(Params):
    """How hard the street is, what likeness means, and when it is good enough."""

    kernel: Annotated[Literal["linear", "poly", "rbf"], Param("Kernel")] = "rbf"
    C: Annotated[
        float,
        Param("Cost of violations C", low=0.001, high=10_000, log=True, live=True, help="large: few violations"),
    ] = 1.0
    gamma: Annotated[
        float,
        Param(
            "Reach γ", low=0, high=100, log=True, live=True, only_if=("kernel", ("poly", "rbf")),
            help="large: each point reaches less far. 0 takes 1 ÷ (columns · variance), scikit-learn’s “scale”",
        ),
    ] = 0.0  # fmt: skip
    degree: Annotated[int, Param("Degree", low=1, high=8, live=True, only_if=("kernel", ("poly",)))] = 3
    coef0: Annotated[float, Param("Constant c", low=0, high=10, live=True, only_if=("kernel", ("poly",)))] = 0.0
    tol: Annotated[float, Param("Violation allowed", low=1e-6, high=0.1, log=True)] = 0.001
    max_iter: Annotated[int, Param("Updates at most", low=1, high=10_000_000, log=True)] = 1_000_000


@engine(
    title="Support vector machine",
    task=Task.CLASSIFY,
    shows=(Surface, Margin, Alphas, Workings, Confusion),
    curves={"Dual objective": ("objective",), "Violation": ("violation",), "Support vectors": ("support_vectors",)},
    facts=("no scaling", "hinge loss", "one machine for each pair of classes"),
    sample="linear",
    prepared=(Points, Table),
)
def svm(data: Points | Table, params: SvmParams, rng: np.random.Generator) -> Steps:
    """Give each point a multiplier α, and change two of them at a time until the street is as wide as it can be."""
    features = with_classes(data)
    keys = data.key
    machines = machines_of(features, params, keys)
    predicted, decision = np.full(len(features), -1), np.zeros(len(features))
    note = say("All {n} multipliers α are 0: there is no street yet", n=len(features.train.x))
    change = yield Step(
        note, scalars(features, machines, predicted), lambda: draw(features, machines, predicted),
        then=PAIR, caution=forecast(seconds(features, params)),
    )  # fmt: skip
    while True:
        if change and (change.params or change.data):
            old = [(machine, keys[machine.index]) for machine in machines]
            params = change.params if isinstance(change.params, SvmParams) else params
            if change.data:
                features, keys = with_classes(change.data), change.data.key
            machines = machines_of(features, params, keys, old)
            predicted, decision = np.full(len(features), -1), np.zeros(len(features))

        working = next((machine for machine in machines if not machine.settled), None)
        if working:
            count = working.improve(at_once(working, machines, params), params.tol)
            working.settled |= working.updates >= params.max_iter
            note = told(working, count, params, features)
        else:
            rows = np.flatnonzero(predicted < 0)[: max(1, BLOCK // max(1, sum(m.support.sum() for m in machines)))]
            values = [machine.decide(features.x[rows]) for machine in machines]
            predicted[rows], decision[rows] = vote(machines, values), values[0]
            note = decided(features, machines, predicted)
        rest = not (predicted < 0).any()
        then = "" if rest else DECIDE if all(machine.settled for machine in machines) else PAIR
        change = yield Step(
            note, scalars(features, machines, predicted), lambda: draw(features, machines, predicted),
            then=then, rest=rest,
        )  # fmt: skip
        if rest and not change:
            return outcome(features, machines, predicted, decision)


def machines_of(
    features: Features, params: SvmParams, keys: Floats, old: Sequence[tuple[Machine, Floats]] = ()
) -> list[Machine]:
    """Return a machine for each pair of classes that has training points.

    keys: (n,) of the rows. old: machines before, each with the keys of its rows: where their multipliers were, those of
    the new ones start, cut to the new box.
    """
    train, machines = features.train, []
    gamma = params.gamma or scaled(train.x)
    kernel = Kernel(params.kernel, gamma, params.degree, params.coef0)
    for first, second in combinations(np.unique(train.y).tolist(), 2):
        mine = (train.y == first) | (train.y == second)
        index, y = train.index[mine], np.where(train.y[mine] == second, 1.0, -1.0)
        beta: Floats = np.zeros(len(y))
        for before, before_keys in old:
            if before.classes == (first, second):
                beta = carried(before.beta, before_keys, keys[index])
        machines.append(Machine(train.x[mine], y, index, (first, second), kernel, params.C, beta))
        machines[-1].pace = AGAIN if beta.any() else 0
    return machines


def carried(beta: Floats, keys: Floats, wanted: Floats) -> Floats:
    """Return the multipliers of the points with the wanted keys (m,): 0 for those that are new."""
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[place] == wanted, beta[place], 0.0)


def scaled(x: Floats) -> float:
    """Return scikit-learn's gamma="scale": 1 / (columns · variance of all numbers)."""
    variance = float(x.var())
    return 1 / (x.shape[1] * variance) if variance else 1.0


def at_once(machine: Machine, machines: list[Machine], params: SvmParams) -> int:
    """Return how many updates make one step: first one, then ever more, as many as take about 30 ms."""
    shown = machine.pace + machine.updates - max(5, ONE_BY_ONE // len(machines))
    most = max(1, 1_500_000 // (len(machine.x) + 500))
    return max(1, min(most, 1 + shown // 8, params.max_iter - machine.updates))


def told(machine: Machine, count: int, params: SvmParams, features: Features) -> Note:
    """Say what the updates of one step have done."""
    most, least = machine.ends
    values = {"updates": machine.updates, "support": int(machine.support.sum()), "violation": most - least}
    if machine.updates >= params.max_iter and most - least >= params.tol:
        note = say(
            "Stopped after {updates} {updates:update|updates}, the most that are allowed: the violation is still "
            "{violation:.4f}",
            **values,
        )
    elif machine.settled:
        note = say(
            "Settled after {updates} {updates:update|updates}: the violation is below {tol:g}; {support} support "
            "vectors",
            tol=params.tol, **values,
        )  # fmt: skip
    elif count == 1 and machine.move:
        i, j, *_ = move = machine.move
        note = say(
            "Update {updates}: α of point {i} goes from {a:.3f} to {b:.3f}, that of point {j} from {c:.3f} to {d:.3f}",
            updates=machine.updates, i=machine.index[i] + 1, j=machine.index[j] + 1, a=abs(move.before[0]),
            b=abs(machine.beta[i]), c=abs(move.before[1]), d=abs(machine.beta[j]),
        )  # fmt: skip
    else:
        note = say("{count} more updates make {updates}: the violation is {violation:.4f}, {support} points are "
                   "support vectors",
                   count=count, **values)  # fmt: skip
    if features.n_classes <= 2:
        return note
    names = [features.classes[k] for k in machine.classes]
    return say("{first} against {second}: {note}", first=names[0], second=names[1], note=note)


def decided(features: Features, machines: list[Machine], predicted: Ints) -> Note:
    """Say how many rows are decided, and how many of them rightly."""
    known = (predicted >= 0) & (features.y >= 0)
    return say(
        "{done} {done:row is|rows are} classified, {right} of them correctly. {support} support vectors hold the "
        "street",
        done=int(known.sum()), right=int((predicted == features.y)[known].sum()), support=supporting(machines),
    )  # fmt: skip


def vote(machines: list[Machine], values: list[Floats]) -> Ints:
    """Return the class that most machines are for: (m,); the first of those that are level.

    values: (m,) of each machine, what it decides at some places.
    """
    votes = np.zeros((len(values[0]), max(machine.classes[1] for machine in machines) + 1))
    for machine, value in zip(machines, values, strict=True):
        for_second = value >= 0
        votes[:, machine.classes[1]] += for_second
        votes[:, machine.classes[0]] += ~for_second
    return votes.argmax(1)


def supporting(machines: list[Machine]) -> int:
    """Return how many points are support vectors of any machine."""
    if len(machines) == 1:
        return int(machines[0].support.sum())
    return len(np.unique(np.concatenate([machine.index[machine.support] for machine in machines])))


def seconds(features: Features, params: SvmParams) -> float:
    """Return about how long it takes: the updates grow with the points and with C, and each looks at all points."""
    return 1.5e-8 * len(features.train.x) ** 2 * max(1.0, params.C) ** 0.5


def scalars(features: Features, machines: list[Machine], predicted: Ints) -> dict[str, float]:
    """Return how far the solving is, and the shares of right answers, NaN until all rows are decided."""
    working = next((machine for machine in machines if not machine.settled), machines[-1])
    numbers = {
        "objective": sum(machine.objective for machine in machines),
        "violation": max(0.0, working.ends[0] - working.ends[1]),
        "support_vectors": supporting(machines),
    }
    if (predicted < 0).any():
        return numbers | {"train_accuracy": np.nan, "validation_accuracy": np.nan}
    for name, part in (("train", features.train), ("validation", features.validation)):
        right = predicted[part.index] == part.y
        numbers[f"{name}_accuracy"] = float(right.mean()) if len(right) else np.nan
    return numbers


def draw(features: Features, machines: list[Machine], predicted: Ints) -> Pictures:
    """Draw the plane, the street, the multipliers, the last update with its numbers, truth against prediction."""
    begun = supporting(machines)
    if begun and (predicted < 0).any() and begun * len(features) <= LIVE:
        predicted = vote(
            machines, [machine.decide(features.x) for machine in machines]
        )  # soon done: the matrix lives while the machine learns
    cards = alphas(machines), workings(machines), decided_rows(features, predicted)
    if not features.plane:
        return cards
    area, (rows, columns) = area_of(features.places), cells(machines, features)
    values = surface_values(machines, features, area, rows, columns)
    return Surface(values, area), margin(machines, features, area, rows, columns), *cards


def decided_rows(features: Features, predicted: Ints) -> Confusion:
    """Return truth against prediction of the rows that are decided."""
    every = confusion(features, predicted)
    done = every.predicted >= 0
    return replace(
        every,
        truth=every.truth[done],
        predicted=every.predicted[done],
        parts=every.parts[done],
        index=every.index[done],
    )


def outcome(features: Features, machines: list[Machine], predicted: Ints, decision: Floats) -> Outcome:
    """Return what came out, with the names and signs that SVC gives it. decision: (n,) of the first machine."""
    test, train = features.test, features.train
    index = np.unique(np.concatenate([machine.index[machine.support] for machine in machines]))
    index = index[np.argsort(features.y[index], kind="stable")]
    sign = 1.0 if len(machines) == 1 else -1.0  # of more than two classes SVC turns them round
    used = np.unique(train.y).tolist()
    dual = np.zeros((len(used) - 1, len(index)))
    for machine in machines:
        first, second = (used.index(k) for k in machine.classes)
        beta = carried(machine.beta, machine.index.astype(float), index.astype(float))
        row = np.where(features.y[index] == machine.classes[0], second - 1, first)
        there = beta != 0
        dual[row[there], np.flatnonzero(there)] = sign * beta[there]
    arrays = {
        "predictions": predicted, "support_": np.searchsorted(train.index, index), "dual_coef_": dual,
        "intercept_": np.array([sign * machine.bias for machine in machines]),
    }  # fmt: skip
    if len(machines) == 1:
        arrays["decision_function_"] = decision
    if machines[0].kernel.name == "linear":
        arrays["coef_"] = sign * np.stack([machine.beta @ machine.x for machine in machines])
    right = predicted[test.index] == test.y
    numbers = scalars(features, machines, predicted) | {
        "test_accuracy": float(right.mean()) if len(right) else np.nan,
        "test_f1": macro_f1(predicted[test.index], test.y),
        "n_iter": sum(machine.updates for machine in machines),
    }
    return Outcome(numbers, arrays)
