"""Where a network is computed: too little memory is said in words, and a full GPU hands over to the CPU."""

from collections.abc import Callable
from types import TracebackType

import torch  # noqa: TID253 - private: only imported inside the engine process
from torch import Tensor, nn  # noqa: TID253

from engines.core.language import LearnerError, Note, say

MEMORY_WORDS = ("not enough memory", "can't allocate memory", "out of memory")


class within_memory:  # noqa: N801 - read as a sentence: with within_memory()
    """Say in words when there is not enough memory. move: called instead where a GPU was full, to go on elsewhere."""

    def __init__(self, move: Callable[[], bool] | None = None) -> None:
        self._move = move

    def __enter__(self) -> None:
        """Begin to watch."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        """Turn torch's complaint into a sentence, or go on elsewhere."""
        if not isinstance(error, (RuntimeError, MemoryError)):
            return False
        if not isinstance(error, MemoryError) and not any(words in str(error).lower() for words in MEMORY_WORDS):
            return False
        if self._move is not None and self._move():
            return True
        raise LearnerError(
            "There is not enough memory for this network on these pictures. Make the batch, the pictures or the network"
            " smaller; nothing you drew is lost."
        ) from error


def to_cpu(net: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Bring a network home from a GPU, with what its optimizer remembers."""
    net.to("cpu")
    for state in optimizer.state.values():
        state |= {name: value.cpu() for name, value in state.items() if isinstance(value, Tensor)}


def full_gpu(note: Note) -> Note:
    """Return a note of a step, and with it that the run had to leave the GPU."""
    return say("{note}. The memory of the GPU was full: the CPU goes on", note=note)
