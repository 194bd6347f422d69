"""A filter in words: ``age > 30 and species = setosa``, ``name contains an``, ``age missing``, or a word to look for.

A small grammar, worked out over whole columns at once. Names with spaces are known by the table itself; those that
hold words of the grammar are written in double quotes.
"""

import re
from collections.abc import Callable

import numpy as np

from engines.core.arrays import Bools
from engines.core.language import LearnerError
from engines.data.table import MISSING, Column, Table
from engines.data.table_edits import as_number

OR = re.compile(r"\s+(?:or|或)\s+|\s*\|\|?\s*", re.IGNORECASE)
AND = re.compile(r"\s+(?:and|且)\s+|\s*&&?\s*", re.IGNORECASE)
TERM = re.compile(r"(?P<sign><=|>=|!=|<>|==|=|<|>|≤|≥|≠|\bcontains\b|包含)", re.IGNORECASE)
LACKING = re.compile(r"^(?P<name>.+?)\s+(?:is\s+)?(?P<word>missing|not missing|缺失|不缺失)$", re.IGNORECASE)
SAME = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "包含": "contains"}
ORDERED: dict[str, Callable[..., Bools]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal, "!=": np.not_equal,
}  # fmt: skip


def filtered(table: Table, text: str) -> Bools:
    """Return which rows a filter lets through: (n,). LearnerError when it cannot be understood."""
    mask = np.zeros(len(table), bool)
    for choice in _parted(OR, text):
        rows = np.ones(len(table), bool)
        for term in _parted(AND, choice):
            rows &= _term(table, term.strip())
        mask |= rows
    return mask


def _parted(joint: re.Pattern[str], text: str) -> list[str]:
    """Return the parts between the joints that do not stand in double quotes."""
    parts, begin = [], 0
    for found in joint.finditer(text):
        if text[: found.start()].count('"') % 2 == 0:
            parts.append(text[begin : found.start()])
            begin = found.end()
    return [*parts, text[begin:]]


def _term(table: Table, term: str) -> Bools:
    for found in TERM.finditer(term):
        name = _named(table, term[: found.start()])
        if name is not None:
            sign = found["sign"].lower()
            value = _bare(term[found.end() :])
            return _compared(table.column(name), SAME.get(sign, sign), value)
    if lacking := LACKING.match(term):
        name = _named(table, lacking["name"])
        if name is not None:
            missing = table.column(name).missing
            return missing if lacking["word"].lower() in ("missing", "缺失") else ~missing
    if (sign_there := TERM.search(term)) and sign_there.start() > 0:
        raise LearnerError("The table has no column “{name}”; write a filter like: age > 30",
                           name=_bare(term[: sign_there.start()]))  # fmt: skip
    return _anywhere(table, _bare(term))


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _named(table: Table, text: str) -> str | None:
    """Return the column that is meant, in any case; None when there is none."""
    text = _bare(text)
    if text in table.names:
        return text
    return next((name for name in table.names if name.casefold() == text.casefold()), None)


def _compared(column: Column, sign: str, value: str) -> Bools:
    if sign == "contains":
        if column.coded:
            return _of_labels(column, lambda label: value.casefold() in label.casefold())
        return np.array([value in f"{number:g}" for number in column.numbers.tolist()], bool) & ~column.missing
    number = as_number(value)
    if column.coded:
        if sign in ("=", "!="):
            same = _of_labels(column, lambda label: label.casefold() == value.casefold())
            return same if sign == "=" else ~same & ~column.missing
        if number is None:
            return _of_labels(column, lambda label: bool(ORDERED[sign](label.casefold(), value.casefold())))
        return _of_labels(column, lambda label: _ordered(sign, as_number(label), number))
    if number is None:
        raise LearnerError("“{name}” holds numbers; “{value}” is not one.", name=column.name, value=value[:60])
    return ORDERED[sign](column.numbers, number) & ~column.missing


def _ordered(sign: str, left: float | None, right: float) -> bool:
    return left is not None and bool(ORDERED[sign](left, right))


def _of_labels(column: Column, fits: Callable[[str], bool]) -> Bools:
    """Return the rows whose label fits; each label is looked at once."""
    good = np.fromiter(map(fits, column.labels), bool, len(column.labels))
    return np.append(good, False).take(column.codes, mode="wrap") & (column.codes != MISSING)


def _anywhere(table: Table, text: str) -> Bools:
    """Return the rows that hold a text in some label, or are that number."""
    mask = np.zeros(len(table), bool)
    number, folded = as_number(text), text.casefold()
    for column in table.columns:
        if column.coded:
            mask |= _of_labels(column, lambda label: folded in label.casefold())
        elif number is not None:
            mask |= column.numbers == number
    return mask
