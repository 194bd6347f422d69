"""The one place that knows about accelerators."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch  # noqa: TID253 - private: only imported inside the engine process

VARIABLE = "SANDTABLE_DEVICE"  # names the device where a person does not want the fastest


def best_device() -> str:
    """Return ``cuda``, ``mps``, ``xpu`` or ``cpu``: what was asked for, or the fastest that is there.

    What is asked for and is not there is not used. Networks of a few neurons stay on the CPU whatever this says:
    launching a kernel costs more than their arithmetic.
    """
    found = devices()
    wanted = os.environ.get(VARIABLE, "")
    return wanted if wanted in found else found[0]


def devices() -> tuple[str, ...]:
    """Return what this machine and this build of torch have, the fastest first; ``cpu`` is always there."""
    accelerators: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
        "xpu": lambda: hasattr(torch, "xpu") and torch.xpu.is_available(),
    }
    return (*(name for name, there in accelerators.items() if there()), "cpu")


@contextmanager
def on_device(name: str) -> Iterator[None]:
    """Have everything that begins meanwhile run on this device."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
