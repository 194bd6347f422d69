"""What is to be run: algorithm, hyper-parameters, judge, data, split and seed, as the window sets them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.session.seal import Model, Seal
from engines.core.dataset import Dataset, Split
from engines.core.engine import NO_ENGINE, Engine, Task
from engines.core.experiment import Experiment
from engines.core.judge import Judge
from engines.core.messages import UNLIMITED
from engines.core.params import Params, specs, without_texts
from engines.core.registry import engine_named, engines_for, judge_named
from engines.core.step import Change
from engines.data.preparing import prepare

EDIT_MILLISECONDS = 40  # edits and slider moves within this time reach the engine together
BASELINE = "classification.baseline"  # what others are measured against: nothing to begin with


class Setting(QObject):
    """Holds the experiment and decides what a change of it means: it reaches the run, or the run begins again.

    What runs it derives from this. Signals: ``experiment_changed`` engine, params, split, seed or speed;
    ``data_changed``. seal: whether the test share may be seen.
    """

    experiment_changed = Signal()
    data_changed = Signal()

    def __init__(self, engine_key: str) -> None:
        super().__init__()
        self.engine: Engine = engine_named(engine_key)
        self.params: Params = self.engine.params()
        self.judge: Judge | None = None  # who runs it several times; None to run it once
        self.judge_params: Params | None = None
        self.data: Dataset = self.engine.data()
        self._last_engine: dict[type[Dataset], str] = {}  # by kind of data
        self.split = Split()
        self.seed = 0
        self.rate = UNLIMITED
        self.seal = Seal()
        self._soon = QTimer(self, interval=EDIT_MILLISECONDS, singleShot=True)
        self._soon.timeout.connect(self._pass_on)
        self._restart_soon = False
        self._edited = False
        self.experiment_changed.connect(self._follow_model)
        self._follow_model()

    # What whoever runs it does

    @property
    def ended(self) -> bool:
        """Whether no run is under way."""
        raise NotImplementedError

    def restart(self, *, playing: bool) -> None:
        """Begin the run again."""
        raise NotImplementedError

    def _send(self, change: Change) -> None:
        raise NotImplementedError

    def _pass_on(self) -> None:
        raise NotImplementedError

    def _begin_again_soon(self) -> None:
        self._restart_soon = True
        self._soon.start()

    # What is set

    @property
    def experiment(self) -> Experiment:
        """All that is needed to run this again."""
        judge_key = self.judge.key if self.judge else ""
        return Experiment(self.engine.key, self.params, self.data, self.split, self.seed, judge_key, self.judge_params)

    @property
    def runs(self) -> Engine | Judge:
        """What yields the steps: the judge, or else the engine."""
        return self.judge or self.engine

    def load(self, experiment: Experiment, rate: float = UNLIMITED) -> None:
        """Take over a whole experiment and show its first step."""
        self.engine, self.params = experiment.engine, experiment.params
        self.judge, self.judge_params = experiment.judge, experiment.judge_params
        self.seed, self.rate = experiment.seed, rate
        self.split = experiment.data.fitting(experiment.split)
        self.data = experiment.data.with_split(self.split)
        self.seal.renew()
        self.experiment_changed.emit()
        self.data_changed.emit()
        self.restart(playing=False)

    def choose(self, engine_key: str) -> None:
        """Switch to another algorithm on the same data, with its default settings."""
        if engine_key == self.engine.key:
            return
        self.engine = engine_named(engine_key)
        self.params = self.engine.params()
        if self.judge and not self.judge.fits(self.engine):
            self.judge = self.judge_params = None
        if self.judge_params is not None:
            self.judge_params = without_texts(self.judge_params)
        self.experiment_changed.emit()
        self.restart(playing=False)

    def choose_judge(self, key: str) -> None:
        """Have the experiment judged in some way, or with an empty key run once. LearnerError for an unknown key."""
        judge = judge_named(key)
        if judge is not self.judge:
            self.judge, self.judge_params = judge, judge.params() if judge else None
            self.experiment_changed.emit()
            self.restart(playing=False)

    def set_judge_param(self, name: str, value: Any) -> None:
        """Change one setting of the judge: live, or the run begins again. LearnerError for a bad value."""
        assert self.judge_params is not None
        params = self.judge_params.with_values(**{name: value})
        if params == self.judge_params:
            return
        self.judge_params = params
        live = next(spec for spec in specs(type(params)) if spec.name == name).param.live
        if live and not self.ended:
            self._send(Change(params=params))
        else:
            self._begin_again_soon()
        self.experiment_changed.emit()

    def take(self, values: Mapping[str, Any]) -> None:
        """Take over hyper-parameters that a judge has found, and train once with them."""
        self.params = self.params.with_values(**values)
        self.judge = self.judge_params = None
        self.experiment_changed.emit()
        self.restart(playing=False)

    def restarts(self, name: str) -> bool:
        """Whether changing this hyper-parameter begins the run again; what is judged always begins again."""
        return (
            self.judge is not None
            or not next(spec for spec in specs(type(self.params)) if spec.name == name).param.live
        )

    def set_param(self, name: str, value: Any) -> None:
        """Change one hyper-parameter: live if it can be, else the run begins again. LearnerError for a bad value."""
        params, before = self.params.with_values(**{name: value}), self.params
        if params == before:
            return
        self.params = params
        spec = next(spec for spec in specs(type(params)) if spec.name == name)
        if self.judge or self.ended or not spec.reaches(getattr(before, name), getattr(params, name)):
            self._begin_again_soon()
        else:
            self._send(Change(params=params))
        self.experiment_changed.emit()

    def set_data(self, data: Dataset) -> None:
        """Take the edited data; a running engine gets it within 40 ms.

        Data of another kind keep the algorithm if it learns from them too; else they bring the one that was last used
        with that kind, else a classifier that is at home with it, else none.
        """
        if type(data) is type(self.data) and data.preparation != self.data.preparation:
            data = replace(data, **self.data.preparation)  # it belongs to the model; no editor knows of it
        fitting = data.fitting(self.split)
        before, self.data = self.data, data.with_split(fitting)
        self._edited = True
        self.seal.renew()
        if fitting != self.split:
            self.split = fitting
            self.experiment_changed.emit()
        if self.judge or not before.same_shape(self.data):
            self._restart_soon = True
        if type(data) is not type(before):
            self._last_engine[type(before)] = self.engine.key
            if not self.engine.learns_from(type(data)) or self.engine is NO_ENGINE:
                self.choose(self._last_engine.get(type(data), _first_for(type(data))))
            else:
                self.experiment_changed.emit()  # other algorithms are offered for this kind
        if not self._soon.isActive():
            self._soon.start()
        self.data_changed.emit()

    def prepare(self, added: Sequence[str] = (), components: int = 0) -> None:
        """Give the model other features, or components in the place of the columns; the run begins again.

        LearnerError for what the data at hand cannot have.
        """
        data = prepare(self.data, added, components)
        if data.preparation != self.data.preparation:
            self.data = data
            self._begin_again_soon()
            self.experiment_changed.emit()

    def set_split(self, split: Split) -> None:
        """Share the data out anew; the run begins again."""
        self.split = split
        self.data = self.data.with_split(split)
        self._begin_again_soon()
        self.data_changed.emit()
        self.experiment_changed.emit()

    def _follow_model(self) -> None:
        prepared = tuple(self.data.preparation.values()) if self.engine.prepares(type(self.data)) else ()
        self.seal.follow(Model(self.engine.key, self.params, self.seed, prepared), self.split)

    def set_seed(self, seed: int) -> None:
        """Throw the dice that choose first centres, weights and batches; the run begins again."""
        if seed != self.seed:
            self.seed = seed
            self._begin_again_soon()
            self.experiment_changed.emit()


def _first_for(kind: type[Dataset]) -> str:
    """Return the key of the first classifier that is at home with a kind of data, else of none."""
    fitting = (item for item in engines_for(kind).values() if item.key != BASELINE)
    return next((item.key for item in fitting if item.data is kind and item.task is Task.CLASSIFY), NO_ENGINE.key)
