"""What is said of curves, and their loss with the numbers put in."""

import numpy as np

from engines.core.language import Note, say
from engines.regression._descent import figure
from engines.regression._powers import State


def coming(state: State, chosen: int) -> Note:
    """Say what the next step does."""
    if state.degree < chosen:
        return say("Fit a curve of degree {degree}", degree=state.degree + 1)
    if not state.settled:
        return say("Draw every weight towards 0 once more")
    return say("All degrees are fitted")


def opening(state: State, *, standardise: bool) -> Note:
    """Say where it begins, and whether anything is scaled."""
    how = say("columns and powers are standardised") if standardise else say("the columns are used as they are")
    return say(
        "Degree 0 is a flat line at the mean {mean}: the training error is {error}; {how}",
        mean=figure(state.curves.mean), error=figure(state.scores()["train_loss"]), how=how,
    )  # fmt: skip


def told(state: State, penalty: str, tol: float, *, rest: bool) -> Note:
    """Say what the errors of this degree are, and at the end which degree has the least held-out error."""
    train, validation = state.errors()
    known = bool(np.isfinite(validation).all())
    v = state.v[state.degree]
    numbers = {
        "degree": state.degree,
        "train": figure(train[-1]),
        "validation": figure(validation[-1]) if known else "–",
        "best": int(np.argmin(validation)) if known else 0,
        "least": figure(validation.min()) if known else "–",
        "weights": len(v),
        "zeros": int(np.sum(v == 0)),
        "sweeps": state.sweeps,
        "gap": figure(state.gap),
    }
    if len(v) >= state.curves.train.n and penalty == "none":
        return say(
            "Degree {degree}: as many weights as points or more, so the curve goes through them all; training error "
            "{train}, validation error {validation}",
            **numbers,
        )
    if state.sweeps and penalty == "L1 (lasso)":
        if rest and state.gap > tol:
            return say(
                "Stopped after {sweeps} {sweeps:sweep|sweeps}, the most that are allowed: {zeros} of {weights} "
                "weights are 0; the loss may still fall by {gap} of the spread",
                **numbers,
            )
        return say(
            "Degree {degree}, {sweeps} {sweeps:sweep|sweeps}: {zeros} of {weights} weights are 0; training error "
            "{train}, validation error {validation}",
            **numbers,
        )
    if not known:
        return say("Degree {degree}: training error {train}; nothing is held out to check it", **numbers)
    if rest:
        return say(
            "Degree {degree}: training error {train}, validation error {validation}. The least validation error, "
            "{least}, is that of degree {best}",
            **numbers,
        )
    return say("Degree {degree}: training error {train}, validation error {validation}", **numbers)


def sums(state: State, penalty: str, alpha: float) -> tuple[Note, ...]:
    """Return the loss in numbers, and of a lasso the last weight that was drawn towards 0."""
    rows, v = state.curves.train, state.v[state.degree]
    squares, w = rows.error(v) * rows.n, v * state.curves.powers.unit[: len(v)]
    error = say("error = {sum} / {n} = {error}", sum=figure(squares), n=rows.n, error=figure(rows.error(v)))
    if penalty == "none":
        return (error,)
    numbers = {"error": figure(squares), "alpha": f"{alpha:.3g}", "n": rows.n}
    if penalty == "L2 (ridge)":
        large = float((w**2).sum())
        loss = figure(squares + alpha * large)
        return error, say("loss = {error} + {alpha} · {large} = {loss}", large=figure(large), loss=loss, **numbers)
    large = float(np.abs(w).sum())
    loss = figure(squares / (2 * rows.n) + alpha * large)
    line = say("loss = {error} / (2 · {n}) + {alpha} · {large} = {loss}", large=figure(large), loss=loss, **numbers)
    return error, line, *last_weight(state, alpha)


def last_weight(state: State, alpha: float) -> tuple[Note, ...]:
    """Return how a lasso puts the highest power's weight in its place: the line that the sweeps repeat."""
    rows, v = state.curves.train, state.v[state.degree]
    if not len(v):
        return ()
    place = len(v) - 1
    x = rows.r[:, place] / float(state.curves.powers.unit[place])  # in the units in which the weight is shown
    w = float(v[-1] * state.curves.powers.unit[place])
    own = float(x @ x) / rows.n
    rho = float(x @ (rows.z - rows.r[:, : len(v)] @ v)) / rows.n + own * w
    name = state.curves.powers.names(state.curves.features.names)[place]
    numbers = {"name": name, "rho": figure(abs(rho)), "alpha": f"{alpha:.3g}"}
    if abs(rho) <= alpha or not own:
        return (say("{name} ← 0, as {rho} ≤ {alpha}", **numbers),)
    value = figure(float(np.sign(rho)) * (abs(rho) - alpha) / own)
    sign = "−" if rho < 0 else ""
    return (
        say("{name} ← {sign}({rho} − {alpha}) / {own} = {value}", sign=sign, own=figure(own), value=value, **numbers),
    )
