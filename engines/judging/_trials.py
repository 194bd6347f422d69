"""Several trainings at once: some engine steps at a time, so that a judge's step stays short; what fails is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from engines.core.experiment import Experiment
from engines.core.forecast import Forecast, forecast_of
from engines.core.language import LearnerError, Note
from engines.core.patience import Busy, patience
from engines.core.step import WAIT
from engines.evaluation.training import Run

TOGETHER = 24  # trainings that are under way at the same time; of more the others wait
MOST_STEPS = 60  # engine steps in one step of a judge
WHOLE_SPEED = 1000  # rows up to which so many engine steps are short enough
PATIENCE = 8  # steps of a judge after which each takes one more of every engine


@dataclass
class Trial:
    """A training that may fail. problem: why it could not be done, None while all is well."""

    run: Run
    problem: Note | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left to train."""
        return self.problem is not None or self.run.outcome is not None

    @property
    def trained(self) -> bool:
        """Whether it has come to its end."""
        return self.run.outcome is not None

    def advance(self) -> bool:
        """Take one step of the engine; whether there was one left. What people can cause is kept as the problem."""
        try:
            return self.problem is None and self.run.advance()
        except LearnerError as error:
            self.problem = error.note
            return False


def advance(trials: Sequence[Trial], count: int, rows: int) -> Busy[bool]:
    """Take the ``count``-th step of a judge over all trainings; returns whether any is left to be done afterwards.

    At first one step of each engine, later more, since long trainings change little from step to step: a rule of
    counts, not of a clock, so that every run is the same. rows: of the data; the more, the fewer steps at once.
    """
    alive = [trial for trial in trials if not trial.done][:TOGETHER]
    if not alive:
        return False
    limit = max(1, min(MOST_STEPS, MOST_STEPS * WHOLE_SPEED // max(1, rows)))
    rounds = max(1, min(1 + count // PATIENCE, limit // len(alive)))
    for _ in range(rounds):
        alive.sort(key=lambda trial: trial.run.count)  # those that are behind come first
        for trial in alive[:limit]:
            trial.advance()
            if patience.over:
                yield WAIT
        alive = [trial for trial in alive if not trial.done]
    return not all(trial.done for trial in trials)


def begun(sides: Sequence[Sequence[Trial]]) -> Busy[Forecast]:
    """Take the first step of one training of each side that can be done; returns how long all of them will take.

    The trainings of a side take equally long, or nearly so. LearnerError where none can be done at all.
    """
    said: list[Forecast] = []
    for side in sides:
        for trial in side:
            trial.advance()
            if patience.over:
                yield WAIT
            if trial.problem is None:
                assert trial.run.step is not None
                said.append(forecast_of([trial.run.step.caution], len(side)))
                break
    if not said:
        assert sides[0][0].problem is not None
        raise LearnerError(sides[0][0].problem)
    return forecast_of(said)


def load(experiment: Experiment) -> int:
    """Return how heavy a step of the engine is, for ``advance``: its rows; of a network's epoch, its many updates.

    An update of a network takes about as long as a step of another engine on WHOLE_SPEED rows.
    """
    told = experiment.params.to_json()
    if "max_epochs" in told and "batch_size" in told:
        updates = -(-len(experiment.data) // max(1, told["batch_size"]))
        return max(len(experiment.data), WHOLE_SPEED * updates)
    return len(experiment.data)
