"""What leaks: the same work before the split and after it, and by how much the wrong order flatters.

Ambroise and McLachlan, "Selection bias in gene extraction on the basis of microarray gene-expression data", 2002;
Kaufman and others, "Leakage in data mining", 2012. The two orders differ in one thing only: whether the rows that are
held out have had a say in how the inputs were made.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from engines.core.arrays import Floats
from engines.core.dataset import Dataset
from engines.core.experiment import Experiment
from engines.core.forecast import forecast_of
from engines.core.judge import judge
from engines.core.language import Note, say
from engines.core.params import Param, Params
from engines.core.step import Outcome, Pictures, Step, Steps
from engines.evaluation.training import begin, in_lock_step, score, target_of
from engines.judging._leak_material import Case, Material, case, dataset, material
from engines.pictures.chart import NO_CLASS, Chart, Line
from engines.pictures.pipelines import Lane, Pipelines

RED, BLUE = 6, 1  # colours of the classes
WORK, TRAIN, SCORE = 1, 3, 4  # places of boxes


@dataclass(frozen=True)
class LeakParams(Params):
    """What is done in the wrong order, and how often that is tried."""

    leak: Annotated[
        Literal["selection", "scaler", "copies"],
        Param(
            "What leaks", help="selection: the best columns are kept; scaler: mean 0, deviation 1; copies: rows twice"
        ),
    ] = "selection"
    n_columns: Annotated[
        int,
        Param("Columns of noise", low=0, high=2000, help="Random numbers, put beside the real columns",
              only_if=("leak", ("selection",))),
    ] = 500  # fmt: skip
    k: Annotated[int, Param("Columns to keep", low=1, high=50, only_if=("leak", ("selection",)))] = 10
    shuffle: Annotated[
        bool, Param("Shuffle the answers", help="Nothing can be learned then: every score above chance is a lie")
    ] = False
    n_repeats: Annotated[int, Param("Repetitions", low=1, high=50)] = 10


@dataclass(frozen=True, eq=False)
class Scores(Chart):
    """The score of every repetition in both orders."""

    title: ClassVar[str] = "Score of every repetition"


@judge(
    title="What leaks",
    shows=(Pipelines, Scores),
    facts=(
        "the test share takes no part",
        "3 rows in 10 are held out, by new dice each time",
        "added features and PCA first take no part",
    ),
    order=60,
)
def leak(experiment: Experiment, params: LeakParams, rng: np.random.Generator) -> Steps:
    """Prepare the inputs before the split, which is wrong, and after it, which is right; compare the two scores."""
    noise = params.n_columns if params.leak == "selection" else 0
    known = material(experiment, noise, rng)
    scores = np.full((2, params.n_repeats), np.nan)  # leaking, honest

    def step(note: Note, busy: int, then: str = "", *, rest: bool = False, caution: Note | str = "") -> Step:
        now = scores.copy()
        return Step(note, means(now), lambda: draw(params, known, now, busy), then, rest, caution)

    cases: list[Case] = []
    for i in range(params.n_repeats):
        cases.append(case(known, params.leak, noise, params.k, rng, shuffle=params.shuffle))
        if not i:
            said = first_words(experiment, dataset(experiment, known, cases[0].honest))
            yield step(opening(params, known, noise), 0, "Prepare the inputs in both orders",
                       caution=forecast_of(said, 2 * params.n_repeats))  # fmt: skip
        yield step(prepared(params, cases[-1], i + 1), WORK)

    sides = [side for one in cases for side in (one.leaking, one.honest)]
    made = [dataset(experiment, known, side) for side in sides]
    runs, count = [begin(experiment, data) for data in made], 0
    while (yield from in_lock_step(runs)):
        count += 1
        yield step(say("Step {count} of all {k} trainings", count=count, k=len(runs)), TRAIN)

    for i, (run, data, side) in enumerate(zip(runs, made, sides, strict=True)):
        scores[i % 2, i // 2] = score(target_of(data), run.predictions(), side.held_out)
        if i % 2 and i < len(runs) - 1:
            yield step(compared(scores, i // 2), SCORE)
    yield step(verdict(scores, known), SCORE, rest=True)
    return Outcome(means(scores) | {"chance": known.chance}, {"leaking_scores": scores[0], "honest_scores": scores[1]})


def first_words(experiment: Experiment, data: Dataset) -> tuple[Note | str, ...]:
    """Return what one training says beforehand about its time."""
    run = begin(experiment, data)
    run.advance()
    return (run.step.caution,) if run.step else ()


def means(scores: Floats) -> dict[str, float]:
    """Return the means over the repetitions that are done, and their difference; NaN before the first."""
    done = np.isfinite(scores[1])
    leaking, honest = (float(row[done].mean()) if done.any() else np.nan for row in scores)
    return {"leaking": leaking, "honest": honest, "lie": leaking - honest}


# What is drawn


def draw(params: LeakParams, known: Material, scores: Floats, busy: int) -> Pictures:
    """Draw the two orders of work, and a dot for each score."""
    return pipelines(params, scores, busy), chart(known, scores)


def pipelines(params: LeakParams, scores: Floats, busy: int) -> Pipelines:
    """Draw what is done one after the other: the leaking lane does the work before the split."""
    work = {
        "selection": say("choose {k} columns", k=params.k),
        "scaler": say("scale"),
        "copies": say("write rows twice"),
    }[params.leak]
    first, split, last = say("all the rows"), say("split"), (say("train it"), say("score it"))
    leaking, honest = means(scores)["leaking"], means(scores)["honest"]
    told = [say("{score:.3f}", score=value) if np.isfinite(value) else None for value in (leaking, honest)]
    return Pipelines(
        (
            Lane(say("leaking"), (first, work, split, *last), WORK, told[0]),
            Lane(say("honest"), (first, split, work, *last), score=told[1]),
        ),
        busy,
    )


def chart(known: Material, scores: Floats) -> Scores:
    """Draw the scores of every repetition, their means, and what chance gives."""
    x = np.arange(1, scores.shape[1] + 1).astype(float)
    across = np.array([0.5, scores.shape[1] + 0.5])
    mean = means(scores)
    lines = [Line(say("chance"), across, np.full(2, known.chance), "dashes", NO_CLASS)]
    for name, label, row, colour in (("leaking", say("leaking"), 0, RED), ("honest", say("honest"), 1, BLUE)):
        lines.append(Line(label, x, scores[row], "dots", colour))
        lines.append(Line(say(""), across, np.full(2, mean[name]), "line", colour))
    return Scores(tuple(lines), say("repetition"), say("score on held-out rows"), from_zero=True)


# What is said


def opening(params: LeakParams, known: Material, noise: int) -> Note:
    """Say what there is."""
    n, d = known.x.shape
    if params.leak == "selection":
        note = say("{n} rows, {d} real columns and {noise} of pure noise", n=n, d=d, noise=noise)
    else:
        note = say("{n} rows of {d} columns", n=n, d=d)
    if params.shuffle:
        return say("{note}; the answers are shuffled: chance is {chance:.3f}", note=note, chance=known.chance)
    return note


def prepared(params: LeakParams, tried: Case, number: int) -> Note:
    """Say in what the two orders differ this time."""
    if params.leak == "selection":
        return say(
            "Repetition {number}: {k} columns are chosen with a say of all rows, and {k} by the training rows alone; "
            "{common} are the same",
            number=number, k=tried.leaking.x.shape[1], common=tried.common,
        )  # fmt: skip
    if params.leak == "scaler":
        apart = float(np.abs(tried.leaking.x - tried.honest.x).max())
        return say("Repetition {number}: the two scales differ by at most {apart:.3f}", number=number, apart=apart)
    return say(
        "Repetition {number}: of {n} rows held out {common} have a twin among the training rows",
        number=number, n=len(tried.leaking.held_out), common=tried.common,
    )  # fmt: skip


def compared(scores: Floats, i: int) -> Note:
    """Say what came of one repetition."""
    return say(
        "Repetition {number}: leaking {leaking:.3f}, honest {honest:.3f}",
        number=i + 1, leaking=scores[0, i], honest=scores[1, i],
    )  # fmt: skip


def verdict(scores: Floats, known: Material) -> Note:
    """Say by how much the wrong order has lied."""
    return say(
        "Before the split: {leaking:.3f} ± {spread:.3f}. After it: {honest:.3f} ± {other:.3f}. The leak lied by "
        "{lie:.3f}; without looking at any input it is {chance:.3f}",
        **means(scores), spread=float(scores[0].std()), other=float(scores[1].std()), chance=known.chance,
    )  # fmt: skip
