"""What is said about the nodes of a tree of many branches, with the numbers put in."""

from dataclasses import dataclass

import numpy as np

from engines.core.language import Note, say
from engines.trees._branching import Growth, entropy

MOST_STEPS = 3  # of the way to a node that are told
MOST_TERMS = 4  # of a sum that is written out


def place_of(growth: Growth, node: int) -> Note:
    """Return where a node is in words: the answers on the way to it, the last ones where it is long."""
    if node not in growth.places:
        growth.places[node] = _way_to(growth, node)
    return growth.places[node]


def _way_to(growth: Growth, node: int) -> Note:
    nodes = growth.nodes
    if nodes[node].parent < 0:
        return say("At the root")
    steps: list[str] = []
    while nodes[node].parent >= 0 and len(steps) <= MOST_STEPS:
        steps.append(answer_text(growth, node))
        node = nodes[node].parent
    way = steps[:MOST_STEPS][::-1]
    return say("{answers}", answers=", ".join(way if len(steps) <= MOST_STEPS else ["…", *way]))


def answer_text(growth: Growth, node: int) -> str:
    """Return the question that leads to a node and its answer: ``wind = weak``, ``humidity ≤ 77.5``."""
    question, answer = growth.nodes[growth.nodes[node].parent].question, growth.nodes[node].answer
    return f"{question} {answer}" if question in growth.examples.numbers else f"{question} = {answer}"


@dataclass(frozen=True)
class Mean:
    """The weighted mean of the branches' entropies, written out when it is read: ``5/14·0.971 + 4/14·0.000``.

    counts: of each branch, how many rows there are of each class. Only the first terms are told where they are many.
    """

    counts: tuple[tuple[float, ...], ...]

    def __str__(self) -> str:
        total = f"{sum(map(sum, self.counts)):.4g}"
        shown = np.array(self.counts[:MOST_TERMS])
        pairs = zip(shown.sum(1).tolist(), entropy(shown).tolist(), strict=True)
        terms = [f"{rows:.4g}/{total}·{bits:.3f}" for rows, bits in pairs]
        return " + ".join(terms if len(self.counts) <= MOST_TERMS else [*terms, "…"])


@dataclass(frozen=True)
class Entropy:
    """An entropy's terms, written out when they are read: ``− 5/14·log₂ 5/14 − 9/14·log₂ 9/14``."""

    counts: tuple[float, ...]

    def __str__(self) -> str:
        total = f"{sum(self.counts):.4g}"
        terms = [f"− {count:.4g}/{total}·log₂ {count:.4g}/{total}" for count in self.counts if count > 0]
        return " ".join(terms[:MOST_TERMS] + ["− …"] * (len(terms) > MOST_TERMS))


@dataclass(frozen=True)
class Counts:
    """The rows of each class that is there, written out when they are read: ``no: 5, yes: 9``."""

    counts: tuple[float, ...]
    classes: tuple[str, ...]

    def __str__(self) -> str:
        told = zip(self.classes, self.counts, strict=True)
        return ", ".join(f"{name}: {count:.4g}" for name, count in told if count > 0)


def leaf_text(growth: Growth, node: int, why: Note | str) -> Note:
    """Say that a node is a leaf, and why."""
    counts, value = growth.nodes[node].counts.tolist(), int(growth.nodes[node].value)
    return say(
        "{place}: {why}; a leaf that says “{label}”, rows right: {hits:.4g} of {n:.4g}",
        place=place_of(growth, node), why=why, label=growth.examples.classes[value], hits=counts[value],
        n=sum(counts),
    )  # fmt: skip


def node_text(growth: Growth, node: int) -> Note:
    """Say how uncertain the class is at a node."""
    counts = tuple(growth.nodes[node].counts.tolist())
    return say(
        "{place}: {n:.4g} rows ({counts}), entropy = {terms} = {bits:.3f} bits",
        place=place_of(growth, node), n=sum(counts), counts=Counts(counts, growth.examples.classes),
        terms=Entropy(counts), bits=growth.nodes[node].impurity,
    )  # fmt: skip
