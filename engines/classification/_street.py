"""How a support vector machine is drawn: the plane, the street, the multipliers, the last update with its numbers."""

import numpy as np

from engines.classification._figures import after_sign, figure
from engines.classification._smo import Machine
from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.data.features import Features
from engines.pictures.bars import Bars
from engines.pictures.margin import Margin
from engines.pictures.surface import COLUMNS, ROWS, Area, grid
from engines.pictures.workings import Workings

MOST_BARS = 30
STEEP = 3.0
MOST_CELLS = 4_000_000  # values of the kernel that are computed for one picture over added features


class Alphas(Bars):
    """The largest multipliers."""

    title = "Multipliers y · α"


def working(machines: list[Machine]) -> Machine:
    """Return the machine that is being solved, or the last one."""
    return next((machine for machine in machines if not machine.settled), machines[-1])


def cells(machines: list[Machine], features: Features) -> tuple[int, int]:
    """Return into how many rows and columns the plane is cut: coarser where each cell has to be computed by itself."""
    asked = ROWS * COLUMNS * sum(int(machine.support.sum()) for machine in machines)
    return (ROWS, COLUMNS) if features.flat or asked <= MOST_CELLS else (ROWS // 2, COLUMNS // 2)


def over(machine: Machine, features: Features, area: Area, rows: int, columns: int) -> Floats:
    """Return the decision values over an area: (rows, columns). Of added features there is no short way."""
    if features.flat:
        return on_grid(machine, area, rows, columns)
    return machine.decide(features.at(grid(area, rows, columns))).reshape(rows, columns)


def on_grid(machine: Machine, area: Area, rows: int, columns: int) -> Floats:
    """Return the decision values of a machine of the plane over an area: (rows, columns)."""
    there = machine.support
    left, bottom, right, top = area
    across, up = machine.middle.tolist()
    moved = (left - across, bottom - up, right - across, top - up)
    x = machine.x[there] - machine.middle
    return machine.kernel.on_grid(x, machine.beta[there], moved, rows, columns) + machine.bias


def surface_values(machines: list[Machine], features: Features, area: Area, rows: int, columns: int) -> Floats:
    """Return how sure the machines are of each class, (classes, rows, columns); the largest is the one they vote for.

    Of two classes each gets 1 ÷ (1 + exp(∓2 f)): half at the middle of the street, 0.88 at its kerb. Of more, each
    machine shares out its vote in this way, steeper, and what counts is by how much the votes differ.
    """
    n_classes, begun = len(features.classes), [machine for machine in machines if machine.support.any()]
    if not begun:
        return np.full((n_classes, 1, 1), 1 / n_classes, np.float32)
    soft, hard = np.zeros((2, n_classes, rows, columns))
    steep = 1.0 if len(machines) == 1 else STEEP
    for machine in begun:
        f = over(machine, features, area, rows, columns)
        first, second = machine.classes
        share = 0.5 + 0.5 * np.tanh(steep * f)
        soft[second] += share
        soft[first] += 1 - share
        hard[second] += f >= 0
        hard[first] += f < 0
    if len(machines) > 1:
        soft = np.exp(STEEP * (soft - soft.max(0)))
    if len(begun) == len(machines) > 1:
        winner = hard.argmax(0)[None]  # where three are nearly level the shared votes may be for another
        here = np.take_along_axis(soft, winner, 0)
        np.put_along_axis(soft, winner, np.where(here < 1, 1.01, here), 0)
    return (soft / soft.sum(0)).astype(np.float32)


def margin(machines: list[Machine], features: Features, area: Area, rows: int, columns: int) -> Margin:
    """Return the street of the machine that is being solved; when all of several are settled, only who holds theirs.

    The first two columns are the places on the plane.
    """
    machine = working(machines)
    nowhere = np.zeros((0, 2))
    if len(machines) > 1 and all(one.settled for one in machines):
        x = np.concatenate([one.x[one.support] for one in machines])
        none = np.zeros(len(x))
        return Margin(np.zeros((0, 0), np.float32), area, machine.classes, x[:, :2], none.astype(int), none)
    there = machine.support
    values = over(machine, features, area, rows, columns) if there.any() else np.zeros((0, 0))
    f = machine.y - machine.residual + machine.bias
    free = (machine.beta > machine.low) & (machine.beta < machine.high)
    slack = np.where(free, 0.0, np.maximum(0.0, 1 - machine.y * f))[there]
    move = machine.move
    changed = machine.x[[move.i, move.j], :2] if move and not machine.settled else nowhere
    sides = machine.y[there].astype(int)
    return Margin(values.astype(np.float32), area, machine.classes, machine.x[there, :2], sides, slack, changed)


def alphas(machines: list[Machine]) -> Alphas:
    """Return the multipliers that have just been changed, then the largest; ticks stand at the walls of the box.

    Those of one class go to the left, those of the other to the right.
    """
    machine = working(machines)
    changed = [machine.move.i, machine.move.j] if machine.move and not machine.settled else []
    size = np.abs(machine.beta)
    walls, above = size == machine.c, machine.y > 0
    turn = np.where(above, np.cumsum(walls & above), np.cumsum(walls & ~above))  # at the walls the sides alternate
    order = [i for i in np.lexsort((turn, -size))[:MOST_BARS].tolist() if size[i] and i not in changed]
    rows = np.array(changed + order, int)
    numbers = machine.index[rows] + 1
    names: list[Note | str] = [say("▸ point {row}", row=int(row)) for row in numbers[: len(changed)]]
    names += [say("point {row}", row=int(row)) for row in numbers[len(changed) :]]
    box = machine.c * machine.y[rows]
    return Alphas(tuple(names), machine.beta[rows][None], reference=box[None], compared=say("at most C"))


def workings(machines: list[Machine]) -> Workings:
    """Return the last update with the numbers put in; at rest the bias and the width of the street."""
    machine = working(machines)
    move = machine.move
    if move is None:
        return Workings(())
    if machine.settled:
        return rest(machine)
    i, j, t, gap, apart, before = move
    most, least = machine.ends
    gain, objective = t * gap - 0.5 * t * t * apart, machine.objective
    lines = [
        say("η = K(i,i) + K(j,j) − 2 K(i,j) = {apart:.4f}", apart=apart),
        say("t = {gap:.4f} ÷ {apart:.4f} = {free:.4f}", gap=gap, apart=apart, free=gap / apart),
    ]
    if t < gap / apart:
        lines.append(say("t ← {t:.4f}, so that both α stay from 0 to {c:g}", t=t, c=machine.c))
    for k, old, step in ((i, before[0], t), (j, before[1], -t)):
        values = {"row": int(machine.index[k]) + 1, "old": abs(old), "t": t, "new": abs(float(machine.beta[k]))}
        if step * machine.y[k] > 0:
            lines.append(say("α({row}) ← {old:.4f} + {t:.4f} = {new:.4f}", **values))
        else:
            lines.append(say("α({row}) ← {old:.4f} − {t:.4f} = {new:.4f}", **values))
    lines += [
        say("W ← {old} + {gain:.4f} = {new:.4f}", old=figure(objective - gain, 4), gain=gain, new=objective),
        say("m − M = {most} − {least} = {gap}", most=figure(most, 4), least=after_sign(least, 4),
            gap=figure(most - least, 4)),
    ]  # fmt: skip
    return Workings(tuple(lines), len(lines) - 2)


def rest(machine: Machine) -> Workings:
    """Return what holds at rest: how many hold the street, the bias, how wide it is."""
    size = float(np.abs(machine.beta).sum() - machine.beta @ machine.residual)  # |w|² = Σ Σ β β K
    length = np.sqrt(max(size, 0.0))
    free = int(((machine.beta > machine.low) & (machine.beta < machine.high)).sum())
    lines = [
        say("W = {objective:.4f}", objective=machine.objective),
        say("b = {bias}", bias=figure(machine.bias, 4)),
        say("|w| = {length:.4f}", length=length),
    ]
    if length:
        lines.append(say("2 ÷ |w| = 2 ÷ {length:.4f} = {width:.4f}", length=length, width=2 / length))
    lines.append(say("support = {free} (α < C) + {bound} (α = C)", free=free, bound=machine.support.sum() - free))
    return Workings(tuple(lines), 3 if length else -1)
