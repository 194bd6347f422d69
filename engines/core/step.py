"""What an engine yields and what it may be sent back."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engines.core.arrays import Floats, Ints, Locked, lock_fields
from engines.core.dataset import Dataset
from engines.core.language import Note, plain
from engines.core.params import Params
from engines.core.picture import Picture

Pictures = tuple[Picture, ...]


def no_pictures() -> Pictures:
    """Draw nothing."""
    return ()


@dataclass(frozen=True, eq=False)
class Question(Locked):
    """What somebody wants to see of the state an engine is in: it changes nothing and is no step.

    topic: what it is about, "picture", "map". index: which one. value: what was drawn, say, where it has no number.
    """

    topic: str
    index: tuple[int, ...] = ()
    value: Floats | Ints | None = None


Questions = Mapping[str, Question]  # the newest of each topic
Answer = Callable[[Questions], Pictures]


@dataclass(frozen=True)
class Step:
    """One thing a learner should see.

    note: what was just done, in plain words. scalars: numbers for the curves. draw: called only when somebody looks,
    while the engine is suspended, so it may read the engine's arrays. then: what the next step will do (the label of
    the step button); the same again when empty. rest: nothing is left to do unless something changes; a host waits
    here for a change, and an engine that is sent none returns its outcome. caution: what a person should know before
    going on (see ``engines.core.forecast``), empty for nothing. answer: called with the questions that stand, while the
    engine is suspended here or after its end; what it draws takes the place of what ``draw`` drew of the same kinds.
    """

    note: Note | str
    scalars: Mapping[str, float] = field(default_factory=dict)
    draw: Callable[[], Pictures] = no_pictures
    then: Note | str = ""
    rest: bool = False
    caution: Note | str = ""
    answer: Answer | None = None

    def __post_init__(self) -> None:
        for name in ("note", "then", "caution"):
            if isinstance(text := getattr(self, name), str):
                object.__setattr__(self, name, plain(text))


# Yielded, this very object, by a run that is busy while somebody waits for it (see engines.core.patience): no step and
# nothing to see. Whoever runs it does what was asked for, and goes on.
WAIT = Step("")


@dataclass(frozen=True)
class Poke:
    """A learner's hand on the engine's own state: ``Poke("weights", (layer, source, target), 0.5)``."""

    target: str
    index: tuple[int, ...]
    value: float | tuple[float, ...]


@dataclass(frozen=True)
class Change:
    """What reaches a running engine: new live params, edited data, pokes. ``None`` where nothing changed."""

    params: Params | None = None
    data: Dataset | None = None
    pokes: tuple[Poke, ...] = ()


def with_answers(pictures: Pictures, answers: Pictures) -> Pictures:
    """Return the pictures with those of the answers in the place of the same kinds."""
    kinds = {type(picture): picture for picture in answers}
    return tuple(kinds.get(type(picture), picture) for picture in pictures)


def merged(changes: Sequence[Change]) -> Change:
    """Return one change for several: the newest params and data, all the pokes in order."""
    return Change(
        next((change.params for change in reversed(changes) if change.params is not None), None),
        next((change.data for change in reversed(changes) if change.data is not None), None),
        tuple(poke for change in changes for poke in change.pokes),
    )


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run came to: numbers and arrays with scikit-learn's names (``labels_``, ``coef_``, ``test_accuracy``)."""

    scalars: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lock_fields(self)


Steps = Generator[Step, Change | None, Outcome]
