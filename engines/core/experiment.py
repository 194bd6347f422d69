"""Enough to replay a run: engine, params, data, split, seed, and perhaps a judge."""

from dataclasses import dataclass, field, replace

import numpy as np

from engines.core.dataset import Dataset, Split
from engines.core.engine import Engine, Task
from engines.core.judge import Judge
from engines.core.params import Params
from engines.core.registry import engine_named, judge_named
from engines.core.step import Steps


@dataclass(frozen=True)
class Experiment:
    """Frozen and picklable; the engine travels by its key. The same experiment gives the same steps."""

    engine_key: str
    params: Params
    data: Dataset
    split: Split = field(default_factory=Split)
    seed: int = 0
    judge_key: str = ""
    judge_params: Params | None = None

    @property
    def engine(self) -> Engine:
        """The engine itself, looked up in the registry."""
        return engine_named(self.engine_key)

    @property
    def judge(self) -> Judge | None:
        """Who runs it several times and compares, None where it is run once."""
        return judge_named(self.judge_key)

    @property
    def runs(self) -> Engine | Judge:
        """What yields the steps: the judge, or else the engine."""
        return self.judge or self.engine

    @property
    def split_data(self) -> Dataset:
        """The data with its rows given to train, validation and test, as the engine takes them."""
        data = self.data.with_split(self.split)
        return data.with_a_number() if self.engine.task is Task.REGRESS else data

    def start(self) -> Steps:
        """Begin the run; all its randomness comes from ``seed``."""
        if judge := self.judge:
            alone = replace(self, judge_key="", judge_params=None)
            return judge.start(alone, self.judge_params or judge.params(), np.random.default_rng(self.seed))
        return self.engine.start(self.split_data, self.params, np.random.default_rng(self.seed))
