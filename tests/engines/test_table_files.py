"""Tables in and out: guesses, problems by row, sizes refused in words, round trips, and files broken on purpose."""

import csv
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.core.errand import quietly
from engines.core.language import LearnerError
from engines.data.files import _table_csv, _table_options, _table_xlsx
from engines.data.files.tables import SIZES, TableOptions, preview_table, read_table
from engines.data.importing import Imported, read_file, write_file
from engines.data.table import Column, Table

ENDINGS = tuple(ending for ending in SIZES if ending != ".parquet")
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, text: str | bytes, options: TableOptions | None = None) -> Imported:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path, options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


def kinds(table: Table) -> dict[str, str]:
    return {column.name: column.kind for column in table.columns}


def values(table: Table, name: str) -> list[str | float | None]:
    column = table.column(name)
    return [column.value(row) for row in range(len(table))]


def told(imported: Imported) -> str:
    return "\n".join(note.render("en") for note in imported.problems)


# What is found out


def test_kinds_target_and_header_are_guessed(path):
    table = read(path, "age,name,species\n3,Ann,cat\n4.5,Bob,dog\nNA,Cy,cat\n").data
    assert kinds(table) == {"age": "number", "name": "category", "species": "category"}
    assert table.target == "species"
    assert values(table, "age") == [3.0, 4.5, None]
    assert table.recipe.source == "t.csv"


def test_no_header_where_the_first_row_has_numbers(path):
    table = read(path, "1,2\n3,4\n").data
    assert table.names == ("column 1", "column 2")
    assert len(table) == 2


def test_texts_alone_with_names_above(path):
    table = read(path, "who,what\nAnn,a\nBob,a\n").data
    assert table.names == ("who", "what")
    assert len(table) == 2


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"],
)  # fmt: skip
def test_encodings(path, encoding):
    table = read(path, "城市,人口\n北京,2189\n上海,2487\n广州,1868\n".encode(encoding)).data
    assert table.names == ("城市", "人口")
    assert values(table, "城市") == ["北京", "上海", "广州"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(path, separator):
    table = read(path, "a,b,c\n1,2,x\n3,4,y\n".replace(",", separator)).data
    assert table.names == ("a", "b", "c")


def test_decimal_comma(path):
    assert values(read(path, "a;b\n1,5;2,25\n-3,0;4,75\n").data, "a") == [1.5, -3.0]


def test_commas_that_are_thousands_are_no_decimal_marks(path):
    table = read(path, "a;b\n1,500;x\n2,250;y\n").data
    assert table.column("a").kind == "category"
    assert values(table, "a") == ["1,500", "2,250"]


def test_quoted_cells_hold_separators_and_lines(path):
    table = read(path, 'a,b\n"x, y",1\n"two\nlines",2\n"say ""hi""",3\n').data
    assert values(table, "a") == ["x, y", "two\nlines", 'say "hi"']


def test_numbers_that_say_more_than_their_value_stay_texts(path):
    long = "12345678901234567890"
    table = read(path, f"zip,id\n01067,{long}\n80331,{long[:-1]}1\n").data
    assert values(table, "zip") == ["01067", "80331"]
    assert values(table, "id") == [long, f"{long[:-1]}1"]


def test_long_different_texts_are_texts_and_few_words_are_categories(path):
    rows = "".join(f"remark number {i} of many,{'ab'[i % 2]}\n" for i in range(60))
    assert kinds(read(path, f"note,grade\n{rows}").data) == {"note": "text", "grade": "category"}


def test_true_and_false_are_categories_as_written(path):
    assert values(read(path, "a,b\nTRUE,1\nfalse,2\nTRUE,3\n").data, "a") == ["TRUE", "false", "TRUE"]


def test_options_have_the_last_word(path):
    options = TableOptions(header=False, separator=";", decimal=",", kinds=((0, "category"),), target="column 2",
                           missing=("99",))  # fmt: skip
    table = read(path, "1;99\n2;0,5\n", options).data
    assert kinds(table) == {"column 1": "category", "column 2": "number"}
    assert values(table, "column 2") == [None, 0.5]
    assert table.target == "column 2"


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (TableOptions(separator=";;"), "one character"),
        (TableOptions(separator=",", decimal=","), "the same"),
        (TableOptions(decimal="x"), "point or a comma"),
        (TableOptions(encoding="klingon"), "no encoding"),
        (TableOptions(target="c"), "no column “c”"),
        (TableOptions(encoding="utf-8"), "line 2"),
    ],
)
def test_options_that_cannot_be(path, options, part):
    with pytest.raises(LearnerError, match=part):
        read(path, "a,b\n你,2\n".encode("gb18030"), options)


# What could not be read is told by its row


def test_words_among_numbers_are_told_by_row(path):
    imported = read(path, "a,b\n" + "".join(f"{i},{i}\n" for i in range(9)) + "abc,9\n")
    assert kinds(imported.data) == {"a": "number", "b": "number"}
    assert values(imported.data, "a")[-1] is None
    assert told(imported) == "Row 10, “a”: “abc” is not a number and is taken as missing."


def test_many_words_among_numbers_are_counted(path):
    imported = read(path, "a\n" + "1\n" * 900 + "x\n" * 150)
    assert len(imported.problems) == 101
    assert "50 more cells like that, from row 1001 to row 1050" in told(imported)


def test_infinite_numbers_are_told(path):
    imported = read(path, "a,b\ninf,1\n1,2\n-Infinity,3\n1e999,4\n")
    assert values(imported.data, "a") == [None, 1.0, None, None]
    assert told(imported).count("is infinite") == 3


def test_rows_of_another_length_are_kept_and_told(path):
    imported = read(path, "a,b,c\n1,2,3\n4,5\n6,7,8,9,10\n1,1,1\n")
    assert values(imported.data, "c") == [3.0, None, 8.0, 1.0]
    assert "Row 2 has 2 cells instead of 3" in told(imported)
    assert "Row 3 has 5 cells instead of 3; left out: “9, 10”" in told(imported)


def test_names_that_lack_or_stand_twice_are_told(path):
    imported = read(path, "a,,a,a 2\n1,2,3,4\n")
    assert imported.data.names == ("a", "column 2", "a 3", "a 2")
    assert len(imported.problems) == 2


def test_empty_lines_are_told(path):
    imported = read(path, "a,b\n1,2\n\n3,4\n\n")
    assert len(imported.data) == 2
    assert told(imported) == "Empty lines are left out: 1, the first before row 2."


def test_a_quotation_mark_that_is_never_closed(path):
    imported = read(path, 'a,b\n"1,2\n3,4\n')
    assert len(imported.data) == 2
    assert "quotation mark" in told(imported)


def test_a_header_alone_has_no_rows(path):
    imported = read(path, "a,b\n")
    assert (imported.data.names, len(imported.data)) == (("a", "b"), 0)
    assert "no rows" in told(imported)


def test_the_end_of_lines_may_be_a_separator(path):
    imported = read(path, "a,b,\n1,2,\n3,4,\n")
    assert imported.data.names == ("a", "b")
    assert "Column 3 has neither a name nor values" in told(imported)


# The fast way and the slow way


@st.composite
def clean_texts(draw: st.DrawFn) -> str:
    cell = st.one_of(
        st.integers(-(10**17), 10**17).map(str), st.floats(allow_nan=False).map(repr),
        st.sampled_from(["", "NA", "x", "True", " 3 ", "1e5", "0", "-0.0", "007", "nan", "inf", "1_0", "0x1F", "+5"]),
    )  # fmt: skip
    rows = draw(st.lists(st.lists(cell, min_size=2, max_size=2), min_size=1, max_size=12))
    return "a,b\n" + "".join(",".join(row) + "\n" for row in rows)


@FUZZ
@given(text=clean_texts())
def test_pandas_and_rows_give_the_same(path, text):
    path.write_text(text)
    fast = read_table(path, None, quietly)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_table_csv, "_by_pandas", lambda *_: None)
        slow = read_table(path, None, quietly)
    assert kinds(fast.data) == kinds(slow.data)
    assert [values(fast.data, name) for name in "ab"] == [values(slow.data, name) for name in "ab"]
    assert told(fast) == told(slow)


def test_clean_numbers_take_the_fast_way(path):
    path.write_text("a,b\n1,2.5\n3,\n")
    raw = _table_csv._by_pandas(path, TableOptions("utf-8", ",", ".", True), 2, ["a", "b"])
    assert raw is not None
    assert raw.columns[0].tolist() == [1.0, 3.0]


# Too big, refused before it is read


def test_too_many_columns(path):
    with pytest.raises(LearnerError, match="100000 columns"):
        read(path, ",".join(["1"] * 100_000))


def test_too_many_rows_or_cells(path, monkeypatch):
    monkeypatch.setattr(_table_options, "MOST_ROWS", 5)
    with pytest.raises(LearnerError, match="at most 5"):
        read(path, "a\n" + "1\n" * 20)
    monkeypatch.setattr(_table_options, "MOST_ROWS", 50)
    monkeypatch.setattr(_table_options, "MOST_CELLS", 30)
    with pytest.raises(LearnerError, match="cells can be read"):
        read(path, "a,b\n" + "1,2\n" * 20)


def test_a_file_of_two_gigabytes(path):
    with path.open("wb") as file:
        file.truncate(2 * 2**30)  # a sparse file: it takes no room
    for look in (lambda: read_file(path), lambda: preview_table(path)):
        with pytest.raises(LearnerError, match="at most 512 MB"):
            look()


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xfe\xfa\x81\x30"])
def test_no_table_at_all(path, content):
    with pytest.raises(LearnerError):
        read(path, content)


# Workbooks


def workbook(path: Path, *rows: list[object], **more: list[list[object]]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, sheet in more.items():
        made = book.create_sheet(name)
        for row in sheet:
            made.append(row)
    book.save(path)
    book.close()


def test_a_workbook(tmp_path):
    from datetime import datetime

    path = tmp_path / "t.xlsx"
    workbook(path, ["age", "seen", "ok"], [3, datetime(2024, 1, 2), True], [None, datetime(2024, 1, 3, 4), False],
             ["x", None, None], other=[["a"], [1]])  # fmt: skip
    preview = preview_table(path).preview
    assert preview.sheets == ("Sheet", "other")
    imported = read_file(path)
    assert values(imported.data, "seen") == ["2024-01-02", "2024-01-03 04:00:00", None]
    assert read_file(path, TableOptions(sheet="other")).data.names == ("a",)
    with pytest.raises(LearnerError, match="no sheet “no”"):
        read_file(path, TableOptions(sheet="no"))


def test_formulas_are_told(tmp_path):
    path = tmp_path / "t.xlsx"
    workbook(path, ["a", "b"], [1, "=A2+1"], [2, 3])
    imported = read_file(path)
    assert values(imported.data, "b") == [None, 3.0]
    assert "Formulas" in told(imported)


def bomb(path: Path, megabytes: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            for _ in range(megabytes):
                file.write(b" " * 2**20)


def test_a_zip_bomb_is_refused_unopened(tmp_path, monkeypatch):
    path = tmp_path / "t.xlsx"
    bomb(path, 40)
    monkeypatch.setattr(_table_xlsx, "_from_book", lambda *_, **__: pytest.fail("opened"))
    for look in (lambda: read_file(path), lambda: preview_table(path)):
        with pytest.raises(LearnerError, match="would unpack to 40 MB"):
            look()


def test_declared_entities_are_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE b [<!ENTITY a "aaaa">]><workbook>&a;</workbook>')
    with pytest.raises(LearnerError, match="no workbook needs"):
        read_file(path)


def test_an_old_workbook_is_named(tmp_path):
    with pytest.raises(LearnerError, match=r"old .xls"):
        read(tmp_path / "t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


# JSON


@pytest.mark.parametrize(
    "held",
    [
        [{"a": 1, "b": "x"}, {"a": 2.5, "b": "y"}, {"a": None, "b": "x"}],
        {"a": [1, 2.5, None], "b": ["x", "y", "x"]},
        {"a": {"0": 1, "1": 2.5, "2": None}, "b": {"0": "x", "1": "y", "2": "x"}},
        [["a", "b"], [1, "x"], [2.5, "y"], [None, "x"]],
    ],
)
def test_json_in_four_shapes(tmp_path, held):
    table = read(tmp_path / "t.json", json.dumps(held)).data
    assert values(table, "a") == [1.0, 2.5, None]
    assert values(table, "b") == ["x", "y", "x"]


def test_json_problems_are_told(tmp_path):
    imported = read(tmp_path / "t.json", '[{"a": 1, "a": 2}, 7, {"b": [1, 2]}, {"a": Infinity}]')
    assert values(imported.data, "b") == [None, None, "[1, 2]", None]
    assert "Row 1 gives a name twice" in told(imported)
    assert "Row 2 is no record" in told(imported)
    assert "infinite" in told(imported)


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", "3", '"a"', "[1, 2]", "[" * 100_000, '[{"a": ' + "9" * 5000 + "}]", '{"a": 1}']
)
def test_json_that_is_no_table(tmp_path, text):
    with pytest.raises(LearnerError):
        read(tmp_path / "t.json", text)


# Broken on purpose: only LearnerError comes out of a reader, and a preview agrees with it that there is a table


def survives(path: Path, options: TableOptions | None = None) -> None:
    for look in (lambda: read_table(path, options, quietly), lambda: preview_table(path, options)):
        try:
            made = look()
        except LearnerError as error:
            said = [error.note]
        else:
            said = list(made.problems)
            assert len(made.data.columns) > 0
            assert all(np.isfinite(c.numbers[~np.isnan(c.numbers)]).all() for c in made.data.columns)
        assert all(note.render("en") and note.render("zh") for note in said)


@pytest.mark.parametrize("ending", ENDINGS)
@FUZZ
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path, ending, content):
    path = tmp_path / f"t{ending}"
    path.write_bytes(content)
    survives(path)


CELL = st.one_of(
    st.text(max_size=6), st.floats().map(str), st.integers().map(str), st.just("1" * 400), st.just("{a}"),
    st.sampled_from(["", '"', '""', "NA", "1,5", "\x00", "\r", "\n", "=1", "0x1", "１２", "1_0", "\ufeff", "\u2028"]),
)  # fmt: skip


@FUZZ
@given(
    rows=st.lists(st.lists(CELL, max_size=5), max_size=8),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    header=st.sampled_from([None, True, False]),
    decimal=st.sampled_from([None, ".", ","]),
    chosen=st.sampled_from([None, "number", "category", "text", "ignore"]),
)
def test_any_rows(tmp_path, rows, separator, encoding, end, header, decimal, chosen):
    path = tmp_path / "t.csv"
    path.write_bytes(end.join(separator.join(row) for row in rows).encode(encoding, "ignore"))
    survives(path)
    forced = tuple((place, chosen) for place in range(5)) if chosen else ()
    survives(path, TableOptions(header=header, decimal=decimal, kinds=forced))


@FUZZ
@given(
    rows=st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\r\n"'), max_size=5), min_size=1,
                           max_size=4), min_size=1, max_size=6)
)  # fmt: skip
def test_nothing_of_a_row_is_lost_or_untold(tmp_path, rows):
    """Every cell is in the table, or in what is told."""
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    try:
        imported = read_table(path, TableOptions(encoding="utf-8", separator=",", header=False, missing=(),
                                                 kinds=tuple((i, "text") for i in range(4))), quietly)  # fmt: skip
    except LearnerError:
        return
    told_of = told(imported)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell.strip() and place < len(imported.data.columns):
                assert imported.data.columns[place].value(number) == cell.strip()
            elif cell.strip():
                assert f"Row {number + 1} " in told_of


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=20,
)


@FUZZ
@given(held=JSON)
def test_any_json(tmp_path, held):
    path = tmp_path / "t.json"
    path.write_text(json.dumps(held), encoding="utf-8")
    survives(path)


@FUZZ
@given(data=st.data())
def test_any_damage_to_a_workbook(tmp_path, data):
    path = tmp_path / "t.xlsx"
    source = tmp_path / "sound.xlsx"
    if not source.exists():
        workbook(source, ["a", "b"], [1, "x"], [2.5, "y"])
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(members)))
    content = bytearray(members[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=4))
    with zipfile.ZipFile(path, "w") as archive:
        for other, kept in members.items():
            archive.writestr(other, bytes(content) if other == name else kept)
    survives(path)


# Out and in again


@pytest.fixture
def table() -> Table:
    return Table((
        Column("数 ,x", "number", np.array([1.0, 2.5, np.nan, -1e-300, 1e20, 0.1])),
        Column("kind", "category", codes=np.array([0, 1, -1, 1, 0, 0]), labels=("a", '=b,"c"')),
        Column("note", "text", codes=np.array([0, 1, 2, 3, -1, 4]), labels=("x y", "中文", "two\nlines", "+1a", "é")),
    ), "kind")  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_round_trip(tmp_path, table, ending):
    path = tmp_path / f"t{ending}"
    write_file(table, path)
    again = read_file(path).data
    assert again.names == table.names
    for name in table.names:
        assert values(again, name) == values(table, name)


@FUZZ
@given(
    numbers=st.lists(st.one_of(st.floats(allow_infinity=False), st.integers(-(2**53), 2**53).map(float)), min_size=1),
    ending=st.sampled_from(ENDINGS),
)
def test_numbers_come_back_bit_for_bit(tmp_path, numbers, ending):
    path = tmp_path / f"t{ending}"
    column = Column("a", "number", np.array(numbers))
    write_file(Table((column, Column("b", "number", np.zeros(len(numbers))))), path)
    again = read_table(path, TableOptions(kinds=((0, "number"),)), quietly).data
    np.testing.assert_array_equal(again.column("a").numbers, column.numbers)


def test_a_workbook_refuses_what_it_cannot_hold(tmp_path):
    path = tmp_path / "t.xlsx"
    with pytest.raises(LearnerError, match="control"):
        write_file(Table((Column("a", "text", codes=np.zeros(1, int), labels=("\x01",)),)), path)
    assert not list(tmp_path.iterdir())


def test_csv_begins_with_the_mark_that_spreadsheets_want(tmp_path, table):
    write_file(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_parquet_without_its_package_is_a_sentence(tmp_path, table, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(LearnerError, match="pip install pyarrow"):
        write_file(table, tmp_path / "t.parquet")
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(LearnerError, match="pip install pyarrow"):
        read_file(tmp_path / "t.parquet")


def test_parquet_comes_back_with_its_kinds(tmp_path, table):
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    write_file(table, path)
    again = read_file(path).data
    assert kinds(again) == kinds(table)
    assert again.target == "kind"
    assert [values(again, name) for name in table.names] == [values(table, name) for name in table.names]
    content = path.read_bytes()
    for cut in range(0, len(content), 97):
        path.write_bytes(content[:cut])
        survives(path)


# The preview


def test_a_preview_looks_at_the_beginning_only(path):
    path.write_text("a,b\n" + "1,x\n" * 400_000)
    preview = preview_table(path)
    assert len(preview.data) == len(preview.preview.cells) == 200
    assert not preview.preview.whole
    assert preview.preview.options == TableOptions("utf-8", ",", ".", True, target="")


def test_a_preview_forgets_a_target_that_is_gone(path):
    path.write_text("a,b\n1,2\n")
    assert preview_table(path, TableOptions(header=False, target="a")).preview.options.target == "column 2"


def test_a_preview_shows_the_cells_as_they_stand(path):
    path.write_text("a,b\nNA,x y\n2,zz\n")
    assert preview_table(path).preview.cells == (("NA", "x y"), ("2", "zz"))


def test_it_tells_how_far_it_is(path):
    heard: list[str] = []
    path.write_text('a,b\n"1",2\n')
    read_table(path, None, lambda _, note: heard.append(note.render("en")))
    assert any("Reading rows" in text for text in heard)
    assert any("“b”" in text for text in heard)
