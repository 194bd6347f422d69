"""What naive Bayes says of its steps."""

from typing import TYPE_CHECKING

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.evaluation.metrics import accuracy
from engines.evaluation.words import class_name, listed

if TYPE_CHECKING:
    from engines.classification.naive_bayes import Learned

MOST_TOLD = 3  # inputs of a class
LEAST_POWER = -300  # of ten: below it a float has no digits left


def classes_counted(known: "Learned") -> Note:
    """Say how many training rows each class has, and that their shares are the priors."""
    counts = [
        say("{name} {count} ({share:.1%})", name=class_name(known.features, k), count=int(known.class_counts[k]),
            share=float(known.prior[k]))
        for k in known.present
    ]  # fmt: skip
    return say("The priors are the shares of the training rows: {counts}", counts=listed(counts))


def class_learned(known: "Learned", k: int) -> Note:
    """Say what the rows of a class look like: mean and variance, or the most frequent words."""
    name, count = class_name(known.features, k), int(known.class_counts[k])
    names = known.features.names
    if known.kind == "gaussian":
        bells = [
            say("{input} has mean {mean} and variance {variance:.3g}", input=names[i],
                mean=f"{known.first[k, i]:.3g}".replace("-", "−"), variance=float(known.second[k, i]))
            for i in range(min(len(names), MOST_TOLD))
        ]  # fmt: skip
        text = listed(bells) if len(names) <= MOST_TOLD else say("{names} …", names=listed(bells))
        return say("{count} {count:row|rows} of {name}: {told}", name=name, count=count, told=text)
    most = np.argsort(-known.counts[k], kind="stable")[:MOST_TOLD]
    words = listed(
        [say("{word} {times:g} {times:time|times}", word=names[i], times=float(known.counts[k, i])) for i in most]
    )
    return say(
        "{count} {count:row|rows} of {name} with {total:g} {total:word|words}; most frequent: {words}",
        name=name, count=count, total=float(known.counts[k].sum()), words=words,
    )  # fmt: skip


def smoothed(known: "Learned") -> Note:
    """Put the numbers of one word and one class into the formula of smoothing."""
    factors = known.factors()
    k = known.present[-1]
    i = int(factors[0][0][0]) if factors else int(known.counts[k].argmax())
    numbers = {
        "word": known.features.names[i], "name": class_name(known.features, k), "count": float(known.counts[k, i]),
        "alpha": known.params.alpha, "p": float(np.exp(known.first[k, i])),
    }  # fmt: skip
    if known.kind == "multinomial":
        return say(
            "P({word} | {name}) = ({count:g} + {alpha:g}) ⁄ ({total:g} + {alpha:g} · {words}) = {p:.4f}, and so on",
            **numbers, total=float(known.counts[k].sum()), words=len(known.features.names),
        )  # fmt: skip
    return say(
        "P({word} | {name}) = ({count:g} + {alpha:g}) ⁄ ({rows} + 2 · {alpha:g}) = {p:.4f}, and so on",
        **numbers, rows=int(known.class_counts[k]),
    )  # fmt: skip


def compared(known: "Learned") -> tuple[int, int]:
    """Return the two classes whose factors stand side by side: all there are, or the likeliest for the watched row."""
    if len(known.present) == 2:
        return known.present[0], known.present[1]
    joint = known.joint(known.features.x[known.row : known.row + 1])[0]
    first, second = sorted(np.argsort(-joint, kind="stable")[:2].tolist())
    return first, second


def multiplied(known: "Learned") -> Note:
    """Say for which of the two classes the newest factor speaks, and how strongly."""
    inputs, logs = known.factors()[known.multiplied - 1]
    a, b = compared(known)
    if logs[a] < logs[b]:
        a, b = b, a
    numbers = {
        "input": factor_name(known, inputs), "first": class_name(known.features, a),
        "second": class_name(known.features, b), "row": known.row + 1,
    }  # fmt: skip
    if not np.isfinite(logs[b]):
        if not np.isfinite(logs[a]):
            return say("Row {row}: {input} was never seen in either class, so both products are 0", **numbers)
        return say("Row {row}: {input} was never seen in {second}, so its whole product is 0", **numbers)
    ratio = figure(float(logs[a] - logs[b]))
    return say("Row {row}: {input} is {ratio} times as likely in {first} as in {second}", **numbers, ratio=ratio)


def factor_name(known: "Learned", inputs: Ints) -> Note:
    """Return the name of what a factor is of: an input, or how many are taken together."""
    if len(inputs) == 1:
        name = known.features.names[inputs[0]]
        return say("{name}", name=name) if known.kind == "gaussian" else say("“{name}”", name=name)
    return say("what is left ({count})", count=len(inputs))


def normalised(known: "Learned") -> Note:
    """Say what the watched row most likely is, and whether that is true."""
    p = answer(known)
    k, truth = int(p.argmax()), int(known.features.y[known.row])
    numbers = {"row": known.row + 1, "name": class_name(known.features, k), "p": float(p[k])}
    if impossible(known):
        return say("Row {row}: every product is 0, so nothing can be said: each class gets {p:.3f}", **numbers)
    if truth < 0:
        return say("Row {row} is {name} with a probability of {p:.3f}", **numbers)
    if truth == k:
        return say("Row {row} is {name} with a probability of {p:.3f}, and that is right", **numbers)
    return say(
        "Row {row} is {name} with a probability of {p:.3f}, but in truth it is {truth}",
        **numbers, truth=class_name(known.features, truth),
    )  # fmt: skip


def answer(known: "Learned") -> Floats:
    """Return the probability of each class for the watched row: (classes,)."""
    from engines.classification.naive_bayes import bayes

    return bayes(known.joint(known.features.x[known.row : known.row + 1]))[0]


def impossible(known: "Learned") -> bool:
    """Return whether no class can have made the watched row: without smoothing one new word is enough."""
    return not np.isfinite(known.joint(known.features.x[known.row : known.row + 1])).any()


def predicted(known: "Learned") -> Note:
    """Say how many training rows get their true class."""
    share = accuracy(known.probabilities[known.train.index], known.train.y)
    return say(
        "Every row gets the class with the largest product: {share:.1%} of the training rows are right", share=share
    )


def tested(known: "Learned") -> Note:
    """Say how many of the validation rows get their true class; the test rows are sealed."""
    held_out = known.features.validation
    right = int((known.probabilities[held_out.index].argmax(1) == held_out.y).sum())
    if not len(held_out.y):
        return say("No rows were kept back for validation")
    return say("Of the {n} validation rows {right} are right", n=len(held_out.y), right=right)


def figure(log: float) -> str:
    """Return a number with three digits from its natural logarithm, however small or large it is."""
    if not np.isfinite(log):
        return "0"
    power = log / np.log(10)
    if -4 <= power < 4:
        return f"{np.exp(log):.3g}" if power < 2.5 else f"{np.exp(log):.0f}"
    whole = int(np.floor(power))
    digits = f"{10 ** (power - whole):.1f}"
    if digits == "10.0":
        digits, whole = "1.0", whole + 1
    return f"{digits}e{whole}".replace("-", "−")
