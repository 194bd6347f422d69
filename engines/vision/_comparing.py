"""The milestones beside one another, and how long one picture takes here."""

import time
from functools import cache

import numpy as np
import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import nn  # noqa: TID253

from engines.core.step import Questions
from engines.pictures.layer_table import Milestones, unmeasured
from engines.vision._inspecting import Row, depth, rows_of
from engines.vision._milestone import Milestone, milestones
from engines.vision._parts import SomeMaps, made, with_memory

ENOUGH, FEWEST = 0.5, 2  # seconds of measuring, and passes
_measured: dict[int, float] = {}  # milliseconds by the row of the milestone: no part of any step, see ``answered``


@cache
def _rows(place: int) -> list[Row]:
    milestone = milestones()[place]
    return rows_of(milestone.plan, milestone.shape)


@cache
def compared(name: str) -> Milestones:
    """Return the table, the milestone of this name lit, without times."""
    all_of_them = milestones()
    tables = [_rows(place) for place in range(len(all_of_them))]
    sums = np.array([[sum(numbers) for numbers in zip(*[(row.parameters, row.operations, row.memory) for row in rows],
                                                      strict=True)] for rows in tables], np.int64)  # fmt: skip
    names = [item.name for item in all_of_them]
    return Milestones(
        tuple(names), np.array([item.year for item in all_of_them]), np.array([depth(rows) for rows in tables]),
        sums[:, 0].copy(), sums[:, 1].copy(), sums[:, 2].copy(), unmeasured(len(names)),
        names.index(name) if name in names else -1,
    )  # fmt: skip


def answered(questions: Questions, name: str) -> tuple[Milestones, ...]:
    """Return the table with the times that were asked for; nothing where none was.

    A clock has no place in a step, which must come out the same again; an answer is no step.
    """
    asked = questions.get("time")
    if asked is None or not asked.index:
        return ()
    plain, place = compared(name), asked.index[0]
    if place not in _measured and 0 <= place < len(plain.names):
        _measured[place] = milliseconds_of(milestones()[place])
    times = np.array([_measured.get(row, np.nan) for row in range(len(plain.names))])
    return (Milestones(plain.names, plain.years, plain.layers, plain.parameters, plain.operations, plain.memory,
                       times, plain.lit),)  # fmt: skip


def milliseconds_of(milestone: Milestone) -> float:
    """Return how long one picture takes through it: the shortest of some passes; NaN where memory does not suffice."""
    try:
        net = with_memory(made(milestone.plan)).eval()
        _fill(net)
        picture = torch.full((1, *milestone.shape), 0.5)
        times = list[float]()
        with torch.inference_mode():
            net(picture)  # the first pass makes room
            while sum(times) < ENOUGH or len(times) < FEWEST:
                began = time.perf_counter()
                net(picture)
                times.append(time.perf_counter() - began)
    except (MemoryError, RuntimeError):
        return float("nan")
    return 1000 * min(times)


def _fill(net: nn.Module) -> None:
    """Give every number a value that neither grows nor fades on its way: times do not depend on which."""
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.reset_parameters()
            for weights in layer.parameters(recurse=False):
                weights.fill_(1 / max(1, weights[0].numel()))
            if isinstance(layer, SomeMaps):
                layer.connect()
