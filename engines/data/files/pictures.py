"""Pictures in and out: a folder for each class, a folder of pictures, or single files.

What cannot be read is told by its name; pictures of another size are scaled and that is told too.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from engines.core.arrays import Ints
from engines.core.dataset import Recipe
from engines.core.errand import Tell, quietly
from engines.core.language import LearnerError, Note, say
from engines.data.files._picture_files import (
    ENDINGS,
    MOST_FILE_BYTES,
    MOST_PICTURES,
    Found,
    Header,
    found_among,
    found_in,
    header_of,
    most_common,
    notes_among,
    pixels_of,
    scaled_note,
    tried,
)
from engines.data.images import LARGEST_SIDE, SMALLEST_SIDE, Images
from engines.data.importing import FOLDER, MEGABYTE, Imported, file_format
from engines.data.points import UNLABELLED

__all__ = ["ENDINGS", "MOST_PICTURES", "Colour", "Fit", "PictureOptions", "read_pictures", "write_folders"]

Colour = Literal["as they are", "grey", "colour"]
Fit = Literal["stretch", "crop", "margins"]
USUAL_SIDE = 64  # larger pictures are made as small as this where no size is asked for
MOST_BYTES = 384 * MEGABYTE  # of pixels
MOST_PROBLEMS = 1000  # that are told one by one
BAD_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


@dataclass(frozen=True)
class PictureOptions:
    """How pictures are read.

    width, height: in pixels; 0 for the most common size, at most 64. colour: ``as they are`` is in colour if any
    picture is. fit: what is done about sides of another ratio. also: files or folders that were dropped with it.
    """

    width: int = 0
    height: int = 0
    colour: Colour = "as they are"
    fit: Fit = "stretch"
    also: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        asked = (self.width, self.height)
        if asked != (0, 0) and not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in asked):
            raise LearnerError(
                "Pictures must be {low} to {high} pixels a side, grey or in three colours.",
                low=SMALLEST_SIDE, high=LARGEST_SIDE,
            )  # fmt: skip
        if self.colour not in get_args(Colour) or self.fit not in get_args(Fit):
            raise LearnerError("Pictures cannot be read in this way.")


def read_pictures(path: Path, options: object, tell: Tell = quietly) -> Imported:
    """Read a folder or a file of pictures. options: PictureOptions, or None for the usual ones.

    Raises LearnerError when there is nothing that can be read, or too much.
    """
    chosen = options if isinstance(options, PictureOptions) else PictureOptions()
    found, names, shared = _found(path, chosen)
    every = max(1, len(found) // 100)

    def looked(done: int) -> None:
        if done % every == 0:
            tell(0.2 * done / len(found), say("Looking at picture {k} of {n} …", k=done, n=len(found)))

    results = list(tried(found, header_of, looked))
    headers = [item for item in results if isinstance(item, Header)]
    problems = notes_among(results)
    if not headers:
        raise _nothing(path, len(found), problems)
    size, coloured = _target(headers, chosen)
    _check_memory(len(headers), size, coloured=coloured)
    good = [one for one, result in zip(found, results, strict=True) if isinstance(result, Header)]
    pixels, labels, broken = _decoded(good, size, chosen.fit, tell, coloured=coloured)
    if not len(pixels):
        raise _nothing(path, len(found), (*problems, *broken))
    told: list[Note] = []
    if shared:
        told.append(say("The folders for training and testing were put together; the split is made anew."))
    if other := sum(header.size != size for header in headers):
        told.append(scaled_note(other, size))
    recipe = Recipe(source=path.name or str(path))
    return Imported(
        Images(pixels, labels, names, recipe=recipe), (*_few((*problems, *broken)), *told)
    )  # fmt: skip


def write_folders(data: Images, path: Path, tell: Tell = quietly) -> None:
    """Write a folder for each class, with a PNG for each picture; what has no class lies in the folder itself.

    The folder is made beside its place and put there when it is whole. Raises LearnerError when there is already
    something of that name.
    """
    from PIL import Image

    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise LearnerError("There is already something in “{name}”; choose a new or an empty folder.", name=path.name)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        places = [unfinished / name for name in _folder_names(data.names)] + [unfinished]  # the last for UNLABELLED
        for place in places:
            place.mkdir(exist_ok=True)
        digits = len(str(max(0, len(data) - 1)))
        every = max(1, len(data) // 100)
        for row, label in enumerate(data.y.tolist()):
            Image.fromarray(data.pixels[row]).save(places[label] / f"{row:0{digits}}.png")
            if row % every == 0:
                tell(row / len(data), say("Writing picture {k} of {n} …", k=row + 1, n=len(data)))
        if path.exists():
            path.rmdir()
        unfinished.replace(path)
    except OSError as error:
        raise LearnerError("“{name}” cannot be written: {reason}", name=str(path), reason=str(error)) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _found(path: Path, options: PictureOptions) -> tuple[list[Found], tuple[str, ...], bool]:
    if options.also:
        return *found_among([path, *options.also]), False
    if path.is_dir():
        return found_in(path)
    return [Found(path, UNLABELLED)], (), False


def _target(headers: Sequence[Header], options: PictureOptions) -> tuple[tuple[int, int], bool]:
    """Return width and height, and whether in colour."""
    coloured = options.colour == "colour" or (
        options.colour == "as they are" and any(header.coloured for header in headers)
    )
    if options.width:
        return (options.width, options.height), coloured
    width, height = most_common(headers)
    scale = min(1.0, USUAL_SIDE / max(width, height))
    return (max(SMALLEST_SIDE, round(width * scale)), max(SMALLEST_SIDE, round(height * scale))), coloured


def _check_memory(count: int, size: tuple[int, int], *, coloured: bool) -> None:
    """Refuse before anything is read what would not fit."""
    needed = count * size[0] * size[1] * (3 if coloured else 1)
    if needed > MOST_BYTES:
        raise LearnerError(
            "{count} pictures of {width} × {height} would need {size} MB, and {most} MB is the limit; ask for a "
            "smaller size, or for grey.", count=count, width=size[0], height=size[1], size=needed // MEGABYTE,
            most=MOST_BYTES // MEGABYTE,
        )  # fmt: skip


def _decoded(
    found: Sequence[Found], size: tuple[int, int], fit: Fit, tell: Tell, *, coloured: bool
) -> tuple[Ints, Ints, tuple[Note, ...]]:
    """Return pixels and classes of all that can be read, and a sentence for each that cannot."""
    every = max(1, len(found) // 100)

    def heard(done: int) -> None:
        if done % every == 0:
            tell(0.2 + 0.8 * done / len(found), say("Reading picture {k} of {n} …", k=done, n=len(found)))

    pixels = np.empty((len(found), size[1], size[0], *((3,) if coloured else ())), np.uint8)
    labels: list[int] = []
    problems: list[Note] = []
    read = tried(found, lambda path: pixels_of(path, size, fit, coloured=coloured), heard)
    for one, result in zip(found, read, strict=True):
        if isinstance(result, Note):
            problems.append(result)
        else:
            pixels[len(labels)] = result
            labels.append(one.label)
    return pixels[: len(labels)], np.array(labels, np.int64), tuple(problems)


def _few(problems: tuple[Note, ...]) -> tuple[Note, ...]:
    """Return at most MOST_PROBLEMS, and then how many more there are."""
    if len(problems) <= MOST_PROBLEMS:
        return problems
    return *problems[:MOST_PROBLEMS], say("{count} more could not be read.", count=len(problems) - MOST_PROBLEMS)


def _nothing(path: Path, count: int, problems: tuple[Note, ...]) -> LearnerError:
    if count == 1:
        return LearnerError(problems[0])
    return LearnerError(
        "None of the {count} files in “{name}” is a picture that can be read.", count=count, name=path.name
    )


def _folder_names(names: Sequence[str]) -> list[str]:
    """Return names of classes as a folder may be called, all different even where capitals do not count."""
    made: list[str] = []
    for name in names:
        plain = BAD_IN_NAMES.sub("_", name).strip(" .")[:80] or "_"
        number = 2
        chosen = plain
        while chosen.lower() in {other.lower() for other in made}:
            chosen, number = f"{plain} {number}", number + 1
        made.append(chosen)
    return made


file_format("Pictures", FOLDER, *ENDINGS, kind=Images, read=read_pictures, most_bytes=MOST_FILE_BYTES)
