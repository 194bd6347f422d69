"""Tables from and to .parquet, by pyarrow, which need not be there."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.errand import Tell
from engines.core.language import LearnerError, say
from engines.data.files._table_columns import EXACT, short
from engines.data.files._table_options import PREVIEW_ROWS, Raw, TableOptions, check_size
from engines.data.files._table_xlsx import text_of
from engines.data.table import COLUMN_KINDS, Column, Table

OURS = b"sandtable"  # kinds and target, in the metadata of the file
MOST_UNPACKED = 2**30


def _arrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise LearnerError(
            "Parquet files need the package pyarrow, which is not installed: pip install pyarrow, or use .csv."
        ) from None


def read_parquet(path: Path, options: TableOptions, tell: Tell, *, preview: bool = False) -> Raw:
    """Return what the file holds, or its first rows only; LearnerError when that is no table, or too big."""
    arrow, parquet = _arrow()
    try:
        with parquet.ParquetFile(path) as file:
            about = file.metadata
            check_size(path.name, about.num_rows, len(file.schema_arrow.names))
            unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
            if unpacked > MOST_UNPACKED:
                raise LearnerError("“{name}” would unpack to {size} MB; that is too much. Keep a part of it.",
                                   name=path.name, size=unpacked // 2**20)  # fmt: skip
            if preview:
                batches = list(file.iter_batches(PREVIEW_ROWS))[:1]
                held = arrow.Table.from_batches(batches, file.schema_arrow)
            else:
                tell(-1, say("Reading “{name}” …", name=path.name))
                held = file.read()
            if not held.num_columns:
                raise LearnerError("“{name}” holds no table: there is nothing in it.", name=path.name)
            columns = [_column(arrow, held.column(place).combine_chunks()) for place in range(held.num_columns)]
            kinds, target = _ours(held.schema.metadata or {}, len(columns))
            whole = not preview or about.num_rows <= PREVIEW_ROWS
            found = TableOptions(None, None, None, True, options.missing, options.kinds or kinds,
                                 options.target if options.target is not None else target)  # fmt: skip
            return Raw(list(held.column_names), columns, found, whole=whole)
    except (LearnerError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever pyarrow finds wrong with a file
        raise LearnerError("“{name}” is a damaged .parquet file: {reason}", name=path.name,
                           reason=short(str(error)) or type(error).__name__) from None  # fmt: skip


def _ours(metadata: Any, width: int) -> tuple[Any, str | None]:
    """Return kinds and target that this program wrote, if they are there and sound."""
    try:
        told = json.loads(metadata[OURS])
        kinds = tuple((place, kind) for place, kind in enumerate(told["kinds"]) if kind in COLUMN_KINDS)
        return (kinds, str(told["target"])) if len(kinds) == width else ((), None)
    except (KeyError, ValueError, TypeError):
        return (), None


def _column(arrow: Any, array: Any) -> Any:
    """Return a column as numbers, or as texts."""
    kind = array.type
    if arrow.types.is_floating(kind) or arrow.types.is_integer(kind):
        numbers = np.asarray(array.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
        if np.isfinite(numbers[~np.isnan(numbers)]).all() and not (np.abs(numbers) > EXACT).any():
            return numbers
    return [text_of(value) for value in array.to_pylist()]


def write_parquet(table: Table, path: Path) -> None:
    """Write a table with the kinds of its columns."""
    arrow, parquet = _arrow()
    columns = [_written(arrow, column) for column in table.columns]
    told = {"kinds": [column.kind for column in table.columns], "target": table.target}
    schema = arrow.schema(
        [arrow.field(column.name, array.type) for column, array in zip(table.columns, columns, strict=True)],
        metadata={OURS: json.dumps(told)},
    )
    parquet.write_table(arrow.Table.from_arrays(columns, schema=schema), path)


def _written(arrow: Any, column: Column) -> Any:
    if not column.coded:
        return arrow.array(column.numbers, from_pandas=True)
    labels = arrow.array(list(column.labels), arrow.string())
    codes = arrow.array(column.codes.clip(0).astype(np.int32), mask=column.missing)
    return arrow.DictionaryArray.from_arrays(codes, labels).cast(arrow.string())
