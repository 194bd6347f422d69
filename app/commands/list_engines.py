"""``sandtable list``: every algorithm, what it learns from, its hyper-parameters, what it shows."""

import json
import math
import sys
from typing import Any

from engines.core.engine import Engine
from engines.core.language import translate
from engines.core.params import ParamSpec, specs
from engines.core.registry import discover


def list_engines(*, as_json: bool) -> int:
    """Print all engines; those that failed to load are named on standard error."""
    found = discover()
    if as_json:
        print(json.dumps([described(item) for item in found.engines.values()], ensure_ascii=False, indent=2))
    else:
        for item in found.engines.values():
            print(f"{item.key:<28}{item.title} · {translate(item.title, 'zh')}")
    for name, trace in found.failed.items():
        print(f"{name} could not be loaded: {trace.strip().splitlines()[-1]}", file=sys.stderr)
    return 0


def described(item: Engine) -> dict[str, Any]:
    """Return one engine in plain values."""
    return {
        "key": item.key,
        "title": {"en": item.title, "zh": translate(item.title, "zh")},
        "task": item.task.value,
        "data": item.data.kind,
        "kinds": [kind.kind for kind in item.kinds],
        "sample": item.sample,
        "params": {spec.name: described_param(spec) for spec in specs(item.params)},
        "pictures": [picture.__name__ for picture in item.shows],
    }


def described_param(spec: ParamSpec) -> dict[str, Any]:
    """Return one hyper-parameter; a range that is open or has no meaning is null."""
    default = list(spec.default) if isinstance(spec.default, tuple) else spec.default
    return {
        "default": default,
        "low": _finite(spec.param.low),
        "high": _finite(spec.param.high),
        "choices": list(spec.choices),
        "live": spec.param.live,
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
