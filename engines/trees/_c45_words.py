"""What is said and tabled about C4.5's questions, with the numbers put in."""

from collections.abc import Mapping, Sequence

import numpy as np

from engines.core.language import Note, say
from engines.pictures.tree import Candidates
from engines.trees._branching import Growth
from engines.trees._branching_words import Mean, answer_text, place_of
from engines.trees._gain_ratio import Question, average_gain

HEADS = (say("Gain"), say("Split info"), say("Gain ratio"))


def number_text(value: float) -> str:
    """Return a number with four figures that count and a true minus sign."""
    return f"{value:.4g}".replace("-", "−")


def question_text(growth: Growth, question: Question) -> str:
    """Return a question as it is weighed: a column's name, with the threshold of a number."""
    name = growth.examples.columns[question.column].name
    return name if np.isnan(question.threshold) else f"{name} ≤ {number_text(question.threshold)}"


def weighed(growth: Growth, node: int, question: Question) -> Note:
    """Say what a question gains, what its answer tells, and the ratio of the two."""
    place, name = place_of(growth, node), question_text(growth, question)
    if not question.possible:
        return say("{place}: “{name}” does not split the rows into two branches that are large enough", place=place,
                   name=name)  # fmt: skip
    numbers = {
        "place": place, "name": name, "before": question.before, "after": question.after, "gain": question.gain,
        "info": question.split_info, "ratio": question.ratio,
        "terms": Mean(question.counts),
    }  # fmt: skip
    if question.known < 1:
        return say(
            "{place}: “{name}” is known in {known:.1%} of the rows: gain = {known:.3f}·({before:.3f} − {after:.3f}) = "
            "{gain:.3f}, gain ratio = {gain:.3f} ÷ {info:.3f} = {ratio:.3f}",
            known=question.known, **numbers,
        )  # fmt: skip
    return say(
        "{place}: gain of “{name}” = {before:.3f} − ({terms}) = {gain:.3f}, gain ratio = {gain:.3f} ÷ {info:.3f} = "
        "{ratio:.3f}",
        **numbers,
    )


def split_text(growth: Growth, node: int, asked: Sequence[Question], best: int, criterion: str) -> Note:
    """Say which question won, and how many rows each answer got."""
    children = [growth.nodes[child] for child in growth.nodes[node].children]
    answers = ", ".join(f"{child.answer}: {child.counts.sum():.4g}" for child in children)
    place, name = place_of(growth, node), question_text(growth, asked[best])
    if criterion == "gain":
        return say("{place}: “{name}” gains most, {gain:.3f} bits, and splits the rows: {answers}", place=place,
                   name=name, gain=asked[best].gain, answers=answers)  # fmt: skip
    return say(
        "{place}: “{name}” has the largest gain ratio, {ratio:.3f}, among gains of the average {average:.3f} or "
        "more; rows: {answers}",
        place=place, average=average_gain(asked), name=name, ratio=asked[best].ratio, answers=answers,
    )  # fmt: skip


def asked_table(growth: Growth, asked: Sequence[Question], best: int) -> Candidates:
    """Return a row for each column: the numbers of those that are weighed."""
    names = [column.name for column in growth.examples.columns]
    values = np.full((len(names), 3), np.nan)
    for question in asked:
        names[question.column] = question_text(growth, question)
        if question.possible:
            values[question.column] = question.gain, question.split_info, question.ratio
    return Candidates(say("Question"), HEADS, tuple(names), values, best)


def prune_text(growth: Growth, node: int, leaf: float, branches: float, *, cut: bool) -> Note:
    """Say how often a leaf and the branches would err, and what becomes of the branches."""
    counts = growth.nodes[node].counts
    rows = float(counts.sum())
    numbers = {
        "place": place_of(growth, node), "errors": rows - float(counts[int(growth.nodes[node].value)]), "rows": rows,
        "rate": leaf / rows if rows else 0.0, "leaf": leaf, "branches": branches,
    }  # fmt: skip
    if cut:
        return say(
            "{place}: as a leaf {errors:.4g} of {rows:.4g} rows wrong, {rows:.4g} · {rate:.3f} = {leaf:.2f} "
            "expected; branches {branches:.2f}: they are cut off",
            **numbers,
        )
    return say(
        "{place}: as a leaf {errors:.4g} of {rows:.4g} rows wrong, {rows:.4g} · {rate:.3f} = {leaf:.2f} expected; "
        "branches {branches:.2f}: they stay",
        **numbers,
    )


def prune_table(growth: Growth, node: int, expected: Mapping[int, float], *, cut: bool) -> Candidates:
    """Return the errors to expect of a node as a leaf, of each of its branches, and of all branches together."""
    children = growth.nodes[node].children
    names: list[Note | str] = [say("as a leaf"), say("all branches together")]
    names += [answer_text(growth, child) for child in children]
    each = [expected[child] for child in children]
    values = np.array([[expected[node], sum(each), *each]]).T
    return Candidates(say("Compared"), (say("Errors expected"),), tuple(names), values, 0 if cut else 1)


def grown(growth: Growth, full: int) -> Note:
    """Say how large the tree is, and how large it was before branches were cut off."""
    note = say(
        "The tree is grown: {leaves} {leaves:leaf|leaves}, depth {depth}", leaves=growth.leaves, depth=growth.depth
    )
    if full > growth.leaves:
        return say("{note}; before pruning it had {full} {full:leaf|leaves}", note=note, full=full)
    return note
