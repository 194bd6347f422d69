"""Arrays in numpy's .npz: points on the plane or pictures, by what the arrays look like. Never a pickle."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.arrays import Ints
from engines.core.dataset import Recipe
from engines.core.errand import Tell, quietly
from engines.core.language import LearnerError, Note, say
from engines.data.images import Images
from engines.data.importing import MEGABYTE, Imported, file_format
from engines.data.points import MOST_CLASSES, UNLABELLED, Points

MOST_BYTES = 512 * MEGABYTE  # unpacked
MOST_ARRAYS = 100
MOST_NAMES = 1000  # classes of pictures
Arrays = Mapping[str, Any]


def read_arrays(path: Path, options: object = None, tell: Tell = quietly) -> Imported:
    """Read points (``X`` with two columns) or pictures (``pixels``, or ``X`` with three axes), and classes ``y``.

    ``names`` are those of the classes where y holds numbers; ``boxes`` (m, 6) those of pictures. Raises LearnerError.
    """
    arrays = _loaded(path)
    for name in ("pixels", "images", "X", "x", "data"):
        values = arrays.get(name)
        if values is None or values.dtype.kind not in "iufb":
            continue
        if values.ndim in (3, 4):
            return _pictures(values, arrays, path)
        if values.ndim == 2 and values.shape[1] == 2:
            return _points(values, arrays, path)
    raise LearnerError(
        "“{name}” holds neither points (an array X with two columns of numbers) nor pictures (an array pixels of "
        "number, height and width); it holds: {names}.",
        name=path.name, names=", ".join(f"{name} {values.shape}" for name, values in arrays.items()) or "0",
    )  # fmt: skip


def write_points(data: Points, path: Path) -> None:
    """Write ``X``, ``y`` and, where numbers are learned, ``value``."""
    more = {"value": data.value} if data.target == "value" else {}
    if data.names:
        more["names"] = np.array(data.names)
    np.savez_compressed(path, allow_pickle=False, X=data.x, y=data.y, **more)


def write_pictures(data: Images, path: Path) -> None:
    """Write ``pixels``, ``y``, ``names`` and ``boxes``."""
    np.savez_compressed(
        path, allow_pickle=False, pixels=data.pixels, y=data.y, names=np.array(data.names, str), boxes=data.boxes
    )


def _loaded(path: Path) -> dict[str, Any]:
    """Return the arrays; every size is checked before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = [item for item in packed.infolist() if item.filename.endswith(".npy")]
            if len(members) > MOST_ARRAYS or sum(item.file_size for item in members) > MOST_BYTES:
                raise LearnerError("“{name}” is too big: at most {most} MB can be read.", name=path.name,
                                   most=MOST_BYTES // MEGABYTE)  # fmt: skip
            return {item.filename.removesuffix(".npy"): _member(packed, item) for item in members}
    except (LearnerError, MemoryError):
        raise
    except Exception as error:
        raise LearnerError("“{name}” is no file of arrays, or it is damaged.", name=path.name) from error


def _member(packed: zipfile.ZipFile, item: zipfile.ZipInfo) -> Any:
    """Return one array, if it is as large as it says."""
    with packed.open(item) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
        if dtype.hasobject or dtype.names or dtype.subdtype:
            raise ValueError("not plain values")
        count = 1
        for side in shape:
            count *= int(side)
        if count < 0 or count * dtype.itemsize > item.file_size:
            raise ValueError("says that it is larger than it is")
    with packed.open(item) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _points(x: Any, arrays: Arrays, path: Path) -> Imported:
    y, names, _ = _classes(arrays, len(x), MOST_CLASSES, path)
    place = x.astype(float)
    there = np.isfinite(place).all(1)
    problems = []
    if not there.all():
        problems.append(say("Points without a place (NaN or infinite), left out: {count}.",
                            count=int((~there).sum())))  # fmt: skip
    more: dict[str, Any] = {}
    value = arrays.get("value")
    if value is not None and value.shape == (len(x),) and value.dtype.kind in "iufb":
        more = {"value": value[there].astype(float), "target": "value"}
    return Imported(
        Points(place[there], y[there], names=names, recipe=Recipe(source=path.name), **more), tuple(problems)
    )


def _pictures(values: Any, arrays: Arrays, path: Path) -> Imported:
    if values.ndim == 4 and values.shape[3] not in (1, 3) and values.shape[1] in (1, 3):
        values = np.moveaxis(values, 1, 3)  # channels first, as torch has them
    if values.ndim == 4 and values.shape[3] == 1:
        values = values[..., 0]
    pixels, problems = _bytes(values, path)
    y, names, known = _classes(arrays, len(pixels), MOST_NAMES, path)
    boxes = arrays.get("boxes")
    if boxes is None or boxes.shape[-1:] != (6,) or boxes.ndim != 2 or boxes.dtype.kind not in "iuf" or not known:
        return Imported(Images(pixels, y, names, recipe=Recipe(source=path.name)), problems)
    return Imported(
        Images(pixels, y, names, boxes.astype(float), recipe=Recipe(source=path.name)), problems
    )  # fmt: skip


def _bytes(values: Any, path: Path) -> tuple[Ints, tuple[Note, ...]]:
    """Return brightness as bytes: 0…1 and 0…16 are stretched, which is told."""
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values), ()
    if values.dtype == bool:
        return values.astype(np.uint8) * 255, ()
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if not (low >= 0 and high <= 255):  # NaN is neither
        raise LearnerError(
            "The pixels in “{name}” go from {low} to {high}; they must be from 0 to 255, or from 0 to 1.",
            name=path.name, low=f"{low:g}", high=f"{high:g}",
        )  # fmt: skip
    full = 1.0 if high <= 1 else 16.0 if high <= 16 else 255.0
    pixels = np.empty(values.shape, np.uint8)
    for row in range(len(values)):  # one picture's floats at a time
        pixels[row] = np.rint(values[row].astype(float) * (255 / full))
    if full == 255:
        return pixels, ()
    return pixels, (say("The brightness was from 0 to {full} and was stretched to 0 to 255.", full=f"{full:g}"),)


def _classes(arrays: Arrays, n: int, most: int, path: Path) -> tuple[Ints, tuple[str, ...], bool]:
    """Return y (n,), the names of the classes, and whether those were in the file. Numbers below 0, NaN: no class."""
    y = arrays.get("y", arrays.get("labels"))
    given = arrays.get("names")
    known = given is not None and given.ndim == 1 and given.dtype.kind == "U" and len(given) <= most
    names = tuple(given.tolist()) if known and given is not None else ()
    if y is None:
        return np.full(n, UNLABELLED), names, known
    if y.shape != (n,) or y.dtype.kind not in "iufbU":
        raise LearnerError("In “{name}” there must be one class for each row.", name=path.name)
    if y.dtype.kind == "U":
        kinds, codes = np.unique(y, return_inverse=True)
    else:
        numbers = y.astype(float)
        there = np.isfinite(numbers) & (numbers >= 0)
        if names and not (numbers[there] % 1).any() and numbers[there].max(initial=-1) < len(names):
            return np.where(there, numbers, UNLABELLED).astype(np.int64), names, known
        kinds, found = np.unique(numbers[there], return_inverse=True)
        codes = np.full(n, UNLABELLED)
        codes[there] = found
    if len(kinds) > most:
        raise LearnerError("“{name}” has {count} different classes; at most {most} can be shown.", name=path.name,
                           count=len(kinds), most=most)  # fmt: skip
    named = tuple(kind if isinstance(kind, str) else f"{kind:g}" for kind in kinds.tolist())
    return codes.astype(np.int64), named, False


file_format("Arrays", ".npz", kind=Points, read=read_arrays, write=write_points)
file_format("Arrays", ".npz", kind=Images, write=write_pictures)
