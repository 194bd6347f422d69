"""Bytes to text, whichever way they were written: what is no text is refused in words."""

import codecs
import re

from engines.core.language import LearnerError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOOKED_AT = 65_536  # bytes at the beginning by which a file is judged
MOST_CONTROL = 0.005  # share of control characters beyond which it is no text
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
SURROGATES = re.compile("[\ud800-\udfff]")


def decoded(raw: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file and its encoding: UTF-8, UTF-16 or 32 with a mark, GB18030 or Windows-1252.

    Raises LearnerError when the file is empty or holds no text.
    """
    if not raw.strip():
        raise LearnerError("“{name}” is empty: there is nothing to read.", name=name)
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _read(raw, encoding, name), encoding.removesuffix("-sig")
    for encoding in (*_wide(raw), "utf-8", "gb18030", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _looks_like_text(text):
            return text, encoding
        break
    raise LearnerError("“{name}” holds no text: it seems to be a picture, a program or an archive.", name=name)


def one_line(text: str) -> str:
    """Return a text as one line that any file can hold: control characters become spaces, the ends are trimmed."""
    if text.isprintable():
        return text.strip()
    kept = "".join(sign if sign.isprintable() else " " if sign.isspace() or ord(sign) < 160 else sign for sign in text)
    return SURROGATES.sub("\ufffd", " ".join(kept.splitlines())).strip()


def _wide(raw: bytes) -> tuple[str, ...]:
    """Return the byte order of UTF-16 without a mark, which shows in that every other byte of Latin text is zero."""
    head = raw[:LOOKED_AT]
    first, second = head[::2].count(0), head[1::2].count(0)
    if second > 0.4 * len(head) / 2 and not first:
        return ("utf-16-le",)
    if first > 0.4 * len(head) / 2 and not second:
        return ("utf-16-be",)
    return ()


def _read(raw: bytes, encoding: str, name: str) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise LearnerError(
            "“{name}” says it is written in {encoding}, but is not. Save it as UTF-8 and try again.",
            name=name, encoding=encoding.removesuffix("-sig").upper(),
        ) from None  # fmt: skip
    if not text.strip("\ufeff \t\r\n"):
        raise LearnerError("“{name}” is empty: there is nothing to read.", name=name)
    if not _looks_like_text(text):
        raise LearnerError("“{name}” holds no text: it seems to be a picture, a program or an archive.", name=name)
    return text


def _looks_like_text(text: str) -> bool:
    """Whether control characters are rare and there is no zero in it."""
    head = text[:LOOKED_AT]
    return "\0" not in head and len(CONTROL.findall(head)) <= MOST_CONTROL * len(head)
