"""The training doctor: what is wrong with a run, why, and the one change that may help, from its own numbers.

It reads what everybody can see, the curves, and knows what to look for. What it asks of a number before it speaks is
written here in the open, so that it can be argued with. It would rather say nothing than cry wolf.
"""

from collections.abc import Callable, Mapping

import numpy as np

from engines.core.arrays import Floats
from engines.core.engine import Engine, Task
from engines.core.judge import SUPERVISED
from engines.core.language import Note, say
from engines.core.params import Params
from engines.core.step import Pictures
from engines.evaluation._ailments import MORE_DATA, Case, Diagnosis, less_freedom, more_freedom, offer
from engines.evaluation._descent import LONG, TAIL, dead_neurons, flat
from engines.evaluation._descent import RULES as DESCENT
from engines.evaluation.data_facts import DataFacts, facts_of

__all__ = ["TREATS", "DataFacts", "Diagnosis", "diagnoses", "facts_of"]

TREATS = SUPERVISED  # the tasks it knows something of
FEW = 10  # rows of the validation share: with fewer nothing is said of it


def diagnoses(
    history: Mapping[str, Floats], engine: Engine, params: Params, facts: DataFacts,
    *, ended: bool, pictures: Pictures = (),
) -> tuple[Diagnosis, ...]:  # fmt: skip
    """Return what is wrong with a run, the worst first; () for a healthy one.

    history: every scalar at every step, (steps,) each, NaN where a step did not tell it. ended: it rests, has finished
    or could not go on. pictures: those of the newest step that was drawn.
    """
    steps = max((len(values) for values in history.values()), default=0)
    if engine.task not in TREATS or engine.key.endswith(".baseline") or steps < 2:
        return ()
    case = Case(history, engine, params, facts, ended, pictures)
    going = [first for rules in ((dead_neurons,), DESCENT) if (first := _first(case, rules))]
    if len(going) == 2 and going[0].change and going[1].change and going[0].change[0] == going[1].change[0]:
        going.pop()  # two cures with the same medicine: neurons that are dead need the larger dose
    found = going + [one for rule in DATA if (one := rule(case))]
    if not going and (fit := _first(case, FIT)) and not _explained(fit, found):
        found.append(fit)
    return tuple(sorted(found, key=lambda one: ("bad", "warn", "info").index(one.severity)))


def _first(case: Case, rules: tuple[Callable[[Case], Diagnosis | None], ...]) -> Diagnosis | None:
    return next((found for rule in rules if (found := rule(case)) is not None), None)


def _explained(finding: Diagnosis, others: list[Diagnosis]) -> bool:
    """Whether it is only what another one brings: always saying the commonest class, where one class is so rare."""
    return finding.key == "underfitting" and any(other.key == "imbalance" for other in others)


# What the data are like


def imbalance(case: Case) -> Diagnosis | None:
    """One class has far less than its part of the training rows."""
    counts = [count for count in case.facts.counts if count]
    if case.engine.task is not Task.CLASSIFY or len(counts) < 2 or sum(counts) < 20:
        return None
    rarest = min(counts)
    if rarest / sum(counts) >= 0.2 / len(counts):
        return None
    return Diagnosis(
        "imbalance", "warn",
        say("The class {name} has {rarest} of {all} training rows, {share:.1%}", name=_name(case, rarest),
            rarest=rarest, all=sum(counts), share=rarest / sum(counts)),
        say("Always saying the commonest class is right in {share:.1%}: accuracy hides what happens to the rare one",
            share=max(counts) / sum(counts)),
        say("Look at F1 and at the confusion matrix instead, or give the rare class more rows"),
    )  # fmt: skip


def _name(case: Case, count: int) -> str:
    k = case.facts.counts.index(count)
    return case.facts.names[k] if k < len(case.facts.names) else str(k + 1)


def twins(case: Case) -> Diagnosis | None:
    """Rows of the validation share are in the training share too."""
    n, same = case.facts.n_validation, case.facts.twins
    right = case.newest("validation_accuracy")
    if n < FEW or same < max(3, (0.1 if right >= 0.99 else 0.3) * n):
        return None
    return Diagnosis(
        "twins", "bad",
        say("{same} of {all} validation rows are in the training share too, exactly the same", same=same, all=n),
        say("What it has learned by heart is asked again: the validation numbers are better than the model is"),
        say("Take the rows out that occur twice, or split by a group that keeps them together"),
    )  # fmt: skip


def too_good(case: Case) -> Diagnosis | None:
    """Right far more often on rows it has not learned from than on those it has."""
    train, held_out, n = case.newest("train_accuracy"), case.newest("validation_accuracy"), case.facts.n_validation
    settled = case.ended or len(case.line("train_loss")) >= LONG
    if not settled or n < FEW or not held_out - train > max(0.1, 3 * _doubt(train, n)):
        return None
    return Diagnosis(
        "too good", "warn",
        say("Right in {held_out:.1%} of the validation rows, but in only {train:.1%} of the training rows",
            held_out=held_out, train=train),
        say("Nobody knows the new better than the learned: the shares are not alike, or the answer has leaked"),
        say("Shuffle the split: another seed in the Data tab, or stratified instead of in time"),
    )  # fmt: skip


def _doubt(share: float, n: int) -> float:
    """Return how far a share of n rows may be off by chance: its standard error, never quite 0."""
    share = (share * n + 1) / (n + 2)
    return float(np.sqrt(share * (1 - share) / n))


# How well it fits


def overfitting(case: Case) -> Diagnosis | None:
    """The validation loss has turned and rises, or the training share is known far better than the validation share."""
    if case.facts.n_validation < FEW:
        return None
    sees = _turned(case) or _gap(case)
    if sees is None:
        return None
    change = less_freedom(case)
    why = say("It learns the training rows by heart, with their noise, instead of what they have in common")
    return Diagnosis("overfitting", "warn", sees, why, offer(case, change, MORE_DATA), change)


def _turned(case: Case) -> Note | None:
    train, held_out = case.line("train_loss"), case.line("validation_loss")
    if not len(held_out) or len(held_out) != len(train) or len(train) < 5 or not np.isfinite([train, held_out]).all():
        return None
    best = int(held_out.argmin())
    now = float(np.median(held_out[-max(1, min(TAIL, len(held_out)) // 10) :]))
    rise = now - held_out[best]
    early = best < 0.9 * (len(held_out) - 1)
    if not (early and rise > 0.25 * held_out[best] and rise > 0.05 * held_out[0] and train[-1] < train[best]):
        return None
    return say(
        "The validation loss was {best:.3f} and has risen to {now:.3f}, while the training loss fell to {train:.3f}",
        best=held_out[best], now=now, train=train[-1],
    )  # fmt: skip


def _gap(case: Case) -> Note | None:
    if not case.ended:
        return None
    train, held_out, n = case.newest("train_accuracy"), case.newest("validation_accuracy"), case.facts.n_validation
    if train - held_out > max(0.1, 2 * _doubt(held_out, n)):
        return say("Right in {train:.1%} of the training rows, but in only {held_out:.1%} of the validation rows",
                   train=train, held_out=held_out)  # fmt: skip
    train, held_out = case.newest("train_loss"), case.newest("validation_loss")
    numbers = not case.facts.counts and case.facts.baseline > 0
    if numbers and held_out > 2.5 * train and held_out - train > 0.1 * case.facts.baseline:
        return say("The training loss is {train:.3f}, the validation loss {held_out:.3f}", train=train,
                   held_out=held_out)  # fmt: skip
    return None


def underfitting(case: Case) -> Diagnosis | None:
    """Hardly better than an answer that looks at no input, on both shares."""
    base = case.facts.baseline
    if not (case.ended or (case.descends and flat(case.line("train_loss")))):
        return None
    if case.facts.counts:
        train, held_out = case.newest("train_accuracy"), case.newest("validation_accuracy")
        limit = base + 0.25 * (1 - base)
        if not train < limit or held_out > limit:
            return None
        sees = say("Right in {train:.1%} of the training rows; always saying the commonest class, in {base:.1%}",
                   train=train, base=base)  # fmt: skip
    else:
        train, held_out = case.newest("train_loss"), case.newest("validation_loss")
        if not (base > 0 and train > 0.75 * base) or held_out < 0.5 * base:
            return None
        sees = say("The training loss is {train:.3f}; always saying the mean has {base:.3f}", train=train, base=base)
    change = more_freedom(case)
    why = say("The model cannot bend to what is in the data, or the inputs say little about the answer")
    otherwise = say("Give it an input that says more, or choose an algorithm that bends further")
    return Diagnosis("underfitting", "warn", sees, why, offer(case, change, otherwise), change)


DATA = (twins, too_good, imbalance)
FIT = (overfitting, underfitting)
