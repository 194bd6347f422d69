"""What is said about the nodes of a tree of many branches, with the numbers put in."""

from collections.abc import Sequence
from itertools import islice

from engines.core.arrays import Floats
from engines.core.language import Note, say
from engines.trees._branching import Growth

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


def sum_text(weights: Sequence[float], bits: Sequence[float]) -> str:
    """Return a weighted mean written out, ``5/14·0.971 + 4/14·0.000``; its first terms where it is long."""
    total = f"{sum(weights):.4g}"
    terms = [f"{w:.4g}/{total}·{b:.3f}" for w, b in islice(zip(weights, bits, strict=True), MOST_TERMS)]
    return " + ".join(terms if len(weights) <= MOST_TERMS else [*terms, "…"])


def entropy_text(counts: Floats) -> str:
    """Return the entropy's terms written out, ``−5/14·log₂ 5/14 − 9/14·log₂ 9/14``."""
    total = counts.sum()
    terms = [f"− {c:.4g}/{total:.4g}·log₂ {c:.4g}/{total:.4g}" for c in counts.tolist() if c > 0]
    return " ".join(terms[:MOST_TERMS] + ["− …"] * (len(terms) > MOST_TERMS))


def counts_text(counts: Floats, classes: tuple[str, ...]) -> str:
    """Return the rows of each class that is there, ``no: 5, yes: 9``."""
    return ", ".join(f"{name}: {c:.4g}" for name, c in zip(classes, counts.tolist(), strict=True) if c > 0)


def leaf_text(growth: Growth, node: int, why: Note | str) -> Note:
    """Say that a node is a leaf, and why."""
    counts, value = growth.nodes[node].counts, int(growth.nodes[node].value)
    return say(
        "{place}: {why}; a leaf that says “{label}”, right for {hits:.4g} of {n:.4g} rows",
        place=place_of(growth, node), why=why, label=growth.examples.classes[value], hits=counts[value],
        n=counts.sum(),
    )  # fmt: skip


def node_text(growth: Growth, node: int) -> Note:
    """Say how uncertain the class is at a node."""
    counts = growth.nodes[node].counts
    return say(
        "{place}: {n:.4g} rows ({counts}), entropy = {terms} = {bits:.3f} bits",
        place=place_of(growth, node), n=counts.sum(), counts=counts_text(counts, growth.examples.classes),
        terms=entropy_text(counts), bits=growth.nodes[node].impurity,
    )  # fmt: skip
