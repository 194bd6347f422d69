"""What is said about a forest while it grows, with the numbers put in."""

from collections.abc import Mapping

import numpy as np

from engines.core.arrays import Floats, Ints
from engines.core.language import Note, say
from engines.trees._wood import Wood


def sampled(wood: Wood, out: Ints) -> Note:
    """Say which share of the training samples the next tree gets to see."""
    n = len(wood.train.index)
    if not len(out):
        return say("Tree {number} gets all {n} training samples", number=len(wood) + 1, n=n)
    return say(
        "Tree {number}: {n} draws, each put back, hit {hit} of the {n} samples, or {share:.1%}; {out} are left out",
        number=len(wood) + 1, n=n, hit=n - len(out), share=1 - len(out) / n, out=len(out),
    )  # fmt: skip


def voted(wood: Wood, said: Floats, out: Ints, now: Mapping[str, float]) -> Note:
    """Say what the newest tree is worth alone, and what all are worth together. said: (n, k), what it says of all."""
    tree, features = wood.trees[-1], wood.features
    grown = say("Tree {number} has {leaves} {leaves:leaf|leaves} and depth {depth}", number=len(wood),
                leaves=int(tree.n_leaves), depth=int(tree.max_depth))  # fmt: skip
    rows = wood.train.index[out]
    if features.numeric:
        if not len(rows):
            return say("{note}. The forest’s squared error on the training samples is {all:.4g}", note=grown,
                       all=now["train_loss"])  # fmt: skip
        alone = float(((said[rows, 0] - features.value[rows]) ** 2).mean())
        return say("{note}. On samples not seen its squared error is {alone:.4g}, that of the forest {all:.4g}",
                   note=grown, alone=alone, all=now["oob_loss"])  # fmt: skip
    if not len(rows):
        return say("{note}. The forest is right on {all:.1%} of the training samples", note=grown,
                   all=now["train_accuracy"])  # fmt: skip
    alone = float((said[rows].argmax(1) == features.y[rows]).mean())
    return say("{note}. On samples not seen it is right on {alone:.1%}, the forest on {all:.1%}",
               note=grown, alone=alone, all=now["oob_accuracy"])  # fmt: skip


def finished(wood: Wood, numbers: Mapping[str, float]) -> Note:
    """Say how the forest does on rows it has not seen; the test rows are sealed."""
    note = say("{trees} {trees:tree has|trees have} voted", trees=len(wood))
    if wood.features.numeric:
        if np.isfinite(numbers["oob_score"]):
            note = say("{note}. Explained: {share:.1%} of the variance of samples they have not seen", note=note,
                       share=numbers["oob_score"])  # fmt: skip
        if np.isfinite(numbers["validation_r2"]):
            note = say("{note}. Explained: {share:.1%} of the variance of the validation rows", note=note,
                       share=numbers["validation_r2"])  # fmt: skip
        return note
    if np.isfinite(numbers["oob_score"]):
        note = say("{note}. Right on {share:.1%} of the samples they have not seen", note=note,
                   share=numbers["oob_score"])  # fmt: skip
    if np.isfinite(share := numbers["validation_accuracy"]):
        note = say("{note}. Right on {share:.1%} of the validation rows", note=note, share=share)
    return note
