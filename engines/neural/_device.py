"""The one place that knows about accelerators."""

import torch  # noqa: TID253 - private: only imported inside the engine process


def best_device() -> str:
    """Return ``cuda``, ``mps``, ``xpu`` or ``cpu``: the fastest that this machine and this build of torch have.

    Networks of a few neurons stay on the CPU whatever this says: launching a kernel costs more than their arithmetic.
    """
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    if hasattr(torch, "xpu") and torch.xpu.is_available():
        return "xpu"
    return "cpu"
