"""Which files are pictures of which class, and how one of them becomes pixels. Each is checked before it is opened."""

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.core.arrays import Ints
from engines.core.language import LearnerError, Note, say

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")  # others, some of which start programs, are never tried
MOST_PICTURES = 20_000
MOST_ENTRIES = 200_000  # files of any kind that are looked at in a folder
MOST_FILE_BYTES = 64 * 2**20
MOST_PIXELS = 40_000_000  # of one file: some 160 MB while it is read
SHARES = {"train", "training", "test", "testing", "val", "valid", "validation"}
WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Found:
    """One file that may be a picture. label: into the names of the classes, -1 for none."""

    path: Path
    label: int


@dataclass(frozen=True)
class Header:
    """What a file says about itself. size: width and height as one sees it."""

    size: tuple[int, int]
    coloured: bool


def found_in(folder: Path) -> tuple[list[Found], tuple[str, ...], bool]:
    """Return the pictures of a folder, the names of its classes, and whether it held train and test folders.

    Folders in it are the classes, in natural order; what lies in the folder itself has no class. Folders called train,
    test and the like, with nothing beside them, are put together: their folders are the classes.
    """
    by_folder: dict[tuple[str, ...], list[Path]] = {}
    seen = pictures = 0
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=_natural)
        seen += len(files) + len(folders)
        mine = [Path(place, name) for name in sorted(files, key=_natural) if _is_picture(name)]
        pictures += len(mine)
        if pictures > MOST_PICTURES or seen > MOST_ENTRIES:
            raise LearnerError(
                "“{name}” is too much: at most {most} pictures among {entries} files can be read; choose a smaller "
                "folder.", name=folder.name, most=MOST_PICTURES, entries=MOST_ENTRIES,
            )  # fmt: skip
        if mine:
            by_folder[Path(place).relative_to(folder).parts] = mine
    if not pictures:
        raise LearnerError(
            "“{name}” holds no pictures: a folder for each class is needed, with files that end in {endings}.",
            name=folder.name, endings=" ".join(ENDINGS),
        )  # fmt: skip
    shared = all(len(parts) > 1 and parts[0].lower() in SHARES for parts in by_folder)
    names: list[str] = []
    result: list[Found] = []
    for parts, files_here in by_folder.items():
        inner = parts[1:] if shared else parts
        if inner and inner[0] not in names:
            names.append(inner[0])
        label = names.index(inner[0]) if inner else -1
        result += [Found(path, label) for path in files_here]
    return result, tuple(names), shared


def found_among(paths: Sequence[Path]) -> tuple[list[Found], tuple[str, ...]]:
    """Return single files, which have no class, and folders, each of which is a class."""
    names = tuple(dict.fromkeys(path.name for path in paths if path.is_dir()))
    result: list[Found] = []
    for path in paths:
        if path.is_dir():
            result += [Found(one.path, names.index(path.name)) for one in found_in(path)[0]]
        else:
            result.append(Found(path, -1))
    if len(result) > MOST_PICTURES:
        raise LearnerError("These are {count} pictures; at most {most} can be read.", count=len(result),
                           most=MOST_PICTURES)  # fmt: skip
    return result, names


def header_of(path: Path) -> Header:
    """Return what a file says about itself, without reading its pixels; LearnerError for what is no picture."""
    with _opened(path) as image:
        size = image.size
        if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):  # a camera that was held upright
            size = (size[1], size[0])
        return Header(size, image.mode not in ("1", "L", "LA", "I", "F", "I;16", "I;16B"))


def pixels_of(path: Path, size: tuple[int, int], fit: str, *, coloured: bool) -> Ints:
    """Return a picture as (h, w[, 3]) uint8; LearnerError for what cannot be read.

    size: width and height. fit: ``stretch``, ``crop`` or ``margins``, for sides of another ratio. What one can see
    through is white; of a moving picture the first frame is taken.
    """
    from PIL import Image, ImageOps

    with _opened(path) as image:
        mode = "RGB" if coloured else "L"
        if image.format == "JPEG":
            image.draft(mode, (size[0] * 2, size[1] * 2))  # decode no more than is needed
        try:
            made: Any = ImageOps.exif_transpose(image)
            made = _flat(made).convert(mode)
            smooth = Image.Resampling.BILINEAR
            if made.size == size:
                pass
            elif fit == "crop":
                made = ImageOps.fit(made, size, smooth)
            elif fit == "margins":
                made = ImageOps.pad(made, size, smooth)
            else:
                made = made.resize(size, smooth)
            return np.asarray(made, np.uint8)
        except MemoryError:
            raise
        except Exception as error:
            raise _unreadable(path, error) from error


def most_common(headers: Sequence[Header]) -> tuple[int, int]:
    """Return the size that most pictures have; of several the largest."""
    counts = Counter(header.size for header in headers)
    return max(counts, key=lambda size: (counts[size], size))


def tried(found: Sequence[Found], work: Callable[[Path], Any], heard: Callable[[int], None]) -> Iterator[Any]:
    """Yield what ``work`` makes of each file, or the Note of why it cannot be read. heard: how many are done."""
    for done, one in enumerate(found):
        try:
            yield work(one.path)
        except LearnerError as error:
            yield error.note
        heard(done + 1)


@contextmanager
def _opened(path: Path) -> Iterator["Image.Image"]:
    """Open a picture, of which only the header is read yet; LearnerError when it is none, or too large."""
    from PIL import Image

    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None
    if size > MOST_FILE_BYTES:
        raise LearnerError("“{name}” is too big: at most {most} MB can be read.", name=path.name,
                           most=MOST_FILE_BYTES // 2**20)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged tags and the like: the picture itself decides
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        try:
            image = Image.open(path, formats=FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _bomb(path) from None
        except Exception as error:
            raise _unreadable(path, error) from error
        with image:
            if image.width * image.height > MOST_PIXELS:
                raise _bomb(path)
            try:
                yield image
            except (Image.DecompressionBombError, Image.DecompressionBombWarning):
                raise _bomb(path) from None
            except (LearnerError, MemoryError):
                raise
            except Exception as error:
                raise _unreadable(path, error) from error


def _flat(image: Any) -> Any:
    """Return an image without anything to see through and with 8 bits a channel."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        wide = np.asarray(image, np.float64)
        most = 65535 if image.mode.startswith("I") else max(1.0, float(wide.max(initial=1.0)))
        return Image.fromarray(np.rint(wide / most * 255).clip(0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, WHITE), image)
    return image


def _is_picture(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith(ENDINGS)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return what sorts names as people do: 2 before 10."""
    parts = re.split(r"(\d+)", name.lower())
    return [(0, int(part[:18]), part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def _refuse(error: OSError) -> None:
    name = Path(str(error.filename or "")).name
    raise LearnerError("“{name}” cannot be read: {reason}", name=name, reason=error.strerror or str(error)) from None


def _unreadable(path: Path, error: Exception) -> LearnerError:
    if isinstance(error, FileNotFoundError):
        return LearnerError("There is no file “{name}”.", name=path.name)
    return LearnerError("“{name}” is no picture that can be read, or it is damaged.", name=path.name)


def _bomb(path: Path) -> LearnerError:
    return LearnerError(
        "“{name}” is too large: at most {most} million pixels can be read; make it smaller first.",
        name=path.name, most=MOST_PIXELS // 1_000_000,
    )  # fmt: skip


def notes_among(results: Sequence[Any]) -> tuple[Note, ...]:
    """Return the reasons among results."""
    return tuple(result for result in results if isinstance(result, Note))


def scaled_note(count: int, size: tuple[int, int]) -> Note:
    """Say that pictures were scaled."""
    return say(
        "Pictures of another size, scaled to {width} × {height}: {count}.",
        count=count, width=size[0], height=size[1],
    )  # fmt: skip
