"""Tables in and out: .csv .tsv .xlsx .parquet .json. What cannot be read is told by its row; nothing is dropped."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engines.core.errand import Tell, quietly
from engines.core.language import LearnerError, say
from engines.data.files._table_columns import table_of
from engines.data.files._table_csv import read_csv
from engines.data.files._table_json import read_json
from engines.data.files._table_options import (
    ENCODINGS,
    MISSING_MARKS,
    PREVIEW_ROWS,
    Raw,
    TableOptions,
    TablePreview,
    check_options,
)
from engines.data.files._table_parquet import read_parquet, write_parquet
from engines.data.files._table_writing import write_csv, write_json, write_xlsx
from engines.data.files._table_xlsx import read_xlsx
from engines.data.importing import MEGABYTE, Imported, ending_of, file_format
from engines.data.table import Table

__all__ = [
    "ENCODINGS", "MISSING_MARKS", "PREVIEW_ROWS", "SIZES", "TableOptions", "TablePreview", "preview_table",
    "read_table",
]  # fmt: skip

Reader = Callable[..., Raw]
READERS: dict[str, Reader] = {
    ".csv": read_csv, ".tsv": read_csv, ".xlsx": read_xlsx, ".parquet": read_parquet, ".json": read_json,
}  # fmt: skip
SIZES = {".csv": 512, ".tsv": 512, ".xlsx": 128, ".parquet": 512, ".json": 128}  # MB


def read_table(path: Path, options: object, tell: Tell) -> Imported:
    """Read a table. options: TableOptions, or None to guess everything. Raises LearnerError and nothing else."""
    chosen = options if isinstance(options, TableOptions) else TableOptions()
    raw = _read(path, chosen, tell, preview=False)
    table, problems = table_of(raw, path.name, tell)
    return Imported(table, problems)


def preview_table(path: Path, options: TableOptions | None = None, tell: Tell = quietly) -> Imported:
    """Read the first rows only, for the import dialog: ``preview`` is a TablePreview, ``data`` a table of these rows.

    Of a text file only the beginning is looked at, but for its encoding. Raises LearnerError and nothing else.
    """
    chosen = options or TableOptions()
    ending = ending_of(path)
    if not path.is_file():
        raise LearnerError("There is no file “{name}”.", name=str(path))
    if path.stat().st_size > SIZES[ending] * MEGABYTE:
        raise LearnerError("“{name}” is too big: at most {most} MB can be read.", name=path.name, most=SIZES[ending])
    tell(-1, say("Looking into “{name}” …", name=path.name))
    raw = _read(path, chosen, tell, preview=True)
    if raw.options.target not in (None, "", *raw.names):
        raw.options = replace(raw.options, target=None)  # it was that of another header
    texts = list(raw.columns)
    table, problems = table_of(raw, path.name, quietly)
    cells = tuple(
        tuple(str(column[row]) for column in texts) for row in range(min(PREVIEW_ROWS, len(table)))
    )  # fmt: skip
    told = replace(raw.options, target=table.target)
    return Imported(table, problems, TablePreview(told, cells, raw.sheets, raw.whole))


def _read(path: Path, options: TableOptions, tell: Tell, *, preview: bool) -> Raw:
    check_options(options)
    try:
        return READERS[ending_of(path)](path, options, tell, preview=preview)
    except OSError as error:
        raise LearnerError("“{name}” cannot be read: {reason}", name=path.name,
                           reason=error.strerror or type(error).__name__) from None  # fmt: skip


for _ending, _write in {
    ".csv": write_csv, ".tsv": write_csv, ".xlsx": write_xlsx, ".parquet": write_parquet, ".json": write_json,
}.items():  # fmt: skip
    file_format("Table", _ending, kind=Table, read=read_table, write=_write, most_bytes=SIZES[_ending] * MEGABYTE)
