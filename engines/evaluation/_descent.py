"""What the training doctor knows of going down a slope: too far, to and fro, too slowly, not at all."""

import numpy as np

from engines.core.arrays import Floats
from engines.core.language import say
from engines.evaluation._ailments import MORE_DATA, Case, Diagnosis, offer, times
from engines.pictures.network import Network

TAIL = 50  # steps that tell how a run goes at the moment
LONG = 200  # steps after which a run that descends has had its chance


def divergence(case: Case) -> Diagnosis | None:
    """The loss is no number, or higher than where it began."""
    losses = np.asarray(case.history.get("train_loss", np.zeros(0)), float)
    known = losses[np.isfinite(losses)]
    if not case.descends or len(known) < 2:
        return None
    broken = bool(np.isinf(losses).any() or (np.isfinite(losses[0]) and np.isnan(losses[-1])))
    recent = known[-max(2, min(TAIL, len(known) // 4)) :]
    higher = len(known) >= (3 if case.ended else 10) and float(np.median(recent)) > 1.2 * known[0]
    if not (broken or higher):
        return None
    change = times(case, "lr", 0.1)
    if broken:
        sees = say("The loss was {first:.3g} at first, and is no longer a number", first=known[0])
    else:
        sees = say("The loss has risen from {first:.3g} to {last:.3g}", first=known[0], last=known[-1])
    why = say(
        "Each step goes so far past the lowest place that it lands higher than before: learning rate {lr:g}",
        lr=case.value("lr"),
    )
    return Diagnosis("divergence", "bad", sees, why, offer(case, change, MORE_DATA), change)


def oscillation(case: Case) -> Diagnosis | None:
    """The loss jumps up and down by a good part of what it was at first, and gets nowhere."""
    losses = np.asarray(case.history.get("train_loss", np.zeros(0)), float)
    tail = losses[-TAIL:]
    if not case.descends or len(tail) < TAIL or not np.isfinite(tail).all():
        return None
    first = losses[np.isfinite(losses)][0]
    moves = np.diff(tail)
    rises, jump = int((moves > 0).sum()), float(np.abs(moves).mean())
    if rises < 0.3 * len(moves) or jump < 0.02 * abs(first) or np.abs(moves).sum() < 4 * abs(tail[0] - tail[-1]):
        return None
    change = times(case, "lr", 1 / 3)
    return Diagnosis(
        "oscillation", "warn",
        say("In {rises} of the last {steps} steps the loss has risen; it jumps by {jump:.3g} a step",
            rises=rises, steps=len(moves), jump=jump),
        say("The steps are too long to come to rest in the valley: learning rate {lr:g}", lr=case.value("lr")),
        offer(case, change, MORE_DATA), change,
    )  # fmt: skip


def slowness(case: Case) -> Diagnosis | None:
    """The loss falls all the way, and at the end nearly as fast as ever; or after long it has hardly fallen."""
    losses = case.line("train_loss")
    if not case.descends or len(losses) < TAIL or not np.isfinite(losses).all() or losses[0] <= 0:
        return None
    fallen, late = losses[0] - losses[-1], losses[-len(losses) // 10] - losses[-1]
    steady = (np.diff(losses) <= 0).mean() > 0.95 and fallen > 0
    pace = late / fallen * 10 if fallen > 0 else 0.0  # 1 where it falls as fast at the end as on the whole
    still = case.ended and pace > 0.4 and late > 0.003 * losses[0]
    hardly = len(losses) >= LONG and fallen < 0.05 * losses[0] and 0.5 < pace < 2 and fallen > 1e-6 * losses[0]
    if not steady or not (still or hardly):
        return None
    change = times(case, "lr", 10)
    return Diagnosis(
        "slowness", "warn",
        say("The loss has fallen from {first:.3f} to {last:.3f}, {late:.1%} of this in the last tenth of the steps",
            first=losses[0], last=losses[-1], late=late / fallen),
        say("It is still on its way down: the steps are too short, learning rate {lr:g}", lr=case.value("lr")),
        offer(case, change, say("Let it take more steps")), change,
    )  # fmt: skip


def plateau(case: Case) -> Diagnosis | None:
    """A network with hidden layers stands still, hardly lower than where it began."""
    losses = case.line("train_loss")
    bends = bool(case.value("layers")) and case.value("activation") != "linear"
    if not bends or not flat(losses) or losses[-1] < 0.7 * losses[0]:
        return None
    change = times(case, "lr", 3)
    if case.value("optimizer") in ("sgd", "momentum"):
        change = ("optimizer", "adam")
    if case.value("activation") == "sigmoid":
        change = ("activation", "tanh")
    return Diagnosis(
        "plateau", "warn",
        say("For {steps} steps the loss has stayed near {last:.3f}; it began at {first:.3f}",
            steps=len(case.history["train_loss"]) // 2, last=losses[-1], first=losses[0]),
        say("The slope is nearly zero there, as on a plain: hardly any error reaches the first layers"),
        offer(case, change, MORE_DATA), change,
    )  # fmt: skip


def flat(losses: Floats) -> bool:
    """Whether a run of some length changes no more in its second half than by a hair of where it began."""
    if len(losses) < LONG or not np.isfinite(losses).all():
        return False
    half = losses[len(losses) // 2 :]
    return float(np.ptp(half)) < 0.01 * abs(losses[0])


def dead_neurons(case: Case) -> Diagnosis | None:
    """ReLU neurons that answer 0 wherever one asks, a quarter of their layer at least."""
    network = next((picture for picture in case.pictures if isinstance(picture, Network)), None)
    if network is None or network.activation != "relu":
        return None
    layers = [np.asarray(layer).max(axis=(1, 2)) <= 0 for layer in network.maps[1:-1]]
    worst = max(layers, key=lambda silent: silent.mean(), default=np.zeros(0, bool))
    if not len(worst) or worst.mean() < 0.25:
        return None
    high = case.descends and case.value("lr") >= 0.3
    change = times(case, "lr", 0.1) if high else ("activation", "tanh")
    dead, units = sum(int(silent.sum()) for silent in layers), sum(len(silent) for silent in layers)
    return Diagnosis(
        "dead neurons", "bad" if worst.all() else "warn",
        say("{dead} of {units} hidden neurons answer 0 everywhere", dead=dead, units=units),
        say("Below 0 a ReLU is flat: no error comes back through it, so it does not learn its way out"),
        offer(case, change, MORE_DATA), change,
    )  # fmt: skip


RULES = (divergence, oscillation, slowness, plateau)
