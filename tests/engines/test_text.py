"""Lines with labels: samples in two languages, files in and out in any encoding, words that are counted."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.core.language import LearnerError, catalogue
from engines.data.importing import read_file, write_file
from engines.data.plain_text import one_line
from engines.data.points import UNLABELLED
from engines.data.sampling import make_sample, samples
from engines.data.table import Column, Table
from engines.data.table_conversion import text_of
from engines.data.text import MOST_CHARACTERS, MOST_NAMES, Text, labelled
from engines.data.text_lines import read_lines
from engines.data.word_counts import WordCounts, words_of

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CASES = [(name, language) for name in ("sentiment", "spam") for language in ("en", "zh")]


def read(tmp_path: Path, content: str | bytes, name: str = "it.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path)


def pairs(data: Text) -> list[tuple[str, str]]:
    return [(line, "" if k == UNLABELLED else data.names[k]) for line, k in zip(data.lines, data.y, strict=True)]


# Samples


@pytest.mark.parametrize(("name", "language"), CASES)
def test_samples_are_balanced_different_lines(name, language):
    made = make_sample(name, language=language)
    assert made.counts.tolist() == [60, 60, 0]
    assert len(set(made.lines)) == 120
    assert all(one_line(line) == line for line in made.lines)
    chinese = [any("\u4e00" <= sign <= "\u9fff" for sign in line) for line in made.lines]
    assert all(chinese) if language == "zh" else not any(chinese)
    assert samples(Text)[name].title in catalogue("zh")


@pytest.mark.parametrize(("name", "language"), CASES)
def test_same_recipe_gives_the_same_lines(name, language):
    first, again, other = (make_sample(name, language=language, seed=seed) for seed in (3, 3, 4))
    assert pairs(first) == pairs(again)
    assert first.key.tobytes() == again.key.tobytes()
    assert pairs(first) != pairs(other)
    assert sorted(pairs(first)) == sorted(pairs(other))


@pytest.mark.parametrize(("name", "language"), CASES)
def test_samples_can_be_learned_but_not_by_heart(name, language):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    made = make_sample(name, language=language)
    model = make_pipeline(CountVectorizer(analyzer=words_of), MultinomialNB())
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
    accuracy = cross_val_score(model, made.lines, made.y, cv=folds).mean()
    assert 0.7 < accuracy < 0.97


# The kind


def test_a_line_needs_a_class_that_is_there():
    for y in ([2], [-2], [0, 1]):
        with pytest.raises(LearnerError):
            Text(("a",), np.array(y), ("x", "y"))


def test_too_many_labels_are_no_classes():
    many = [str(k) for k in range(MOST_NAMES + 1)]
    with pytest.raises(LearnerError, match="51"):
        labelled(many, many)


def test_counts_tell_also_what_has_no_class():
    made = labelled(["a", "b", "c"], ["x", "", "x"], ["y", "x"])
    assert made.names == ("y", "x")
    assert made.counts.tolist() == [0, 2, 1]
    assert pairs(made.taken([2, 1])) == [("c", "x"), ("b", "")]


# Lines


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("one\ntwo\n\n three \n", [("one", ""), ("two", ""), ("three", "")]),
        ("spam\tbuy now\nham\tsee you\nspam\twin\nham\thello\n",
         [("buy now", "spam"), ("see you", "ham"), ("win", "spam"), ("hello", "ham")]),
        ("buy now\tspam\nsee you\tham\nwin a lot\tspam\nhello dear\tham\n",
         [("buy now", "spam"), ("see you", "ham"), ("win a lot", "spam"), ("hello dear", "ham")]),
        ("label\ttext\nx\ta\n\tb\n", [("a", "x"), ("b", "")]),
        ("句子\t标签\n好\t正\n", [("好", "正")]),
        ("a\tb\tc\nno tab\nnone here\n", [("a b c", ""), ("no tab", ""), ("none here", "")]),
        ("\ufeffone\u2028two\x0bthree", [("one", ""), ("two", ""), ("three", "")]),
    ],
)  # fmt: skip
def test_labels_are_found_on_either_side(content, found):
    lines = read_lines(content)
    assert list(zip(lines.texts, lines.labels, strict=True)) == found
    assert not lines.problems


def test_long_lines_are_cut_and_told():
    lines = read_lines("short\n" + "x" * 3_000_000 + "\n")
    assert [len(line) for line in lines.texts] == [5, MOST_CHARACTERS]
    assert [note.text in catalogue("zh") for note in lines.problems] == [True]


def test_more_lines_than_can_be_are_left_out_and_told():
    lines = read_lines("a\n" * 200_001)
    assert len(lines.texts) == 200_000
    assert "200001" in lines.problems[0].render()


# Files


line = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60).map(one_line).filter(bool)
)
label = st.sampled_from(["", "good", "差", "so so"])


@QUICK
@given(st.lists(st.tuples(line, label), min_size=1, max_size=8), st.sampled_from([".txt", ".jsonl"]))
def test_written_lines_come_back(tmp_path, rows, ending):
    made = labelled([text for text, _ in rows], [name for _, name in rows])
    write_file(made, tmp_path / f"it{ending}")
    back = read_file(tmp_path / f"it{ending}").data
    assert pairs(back) == rows
    assert back.names == made.names


def test_json_lines_keep_classes_without_a_line_and_their_order(tmp_path):
    made = labelled(["a", "b"], ["y", ""], ["x", "y", "z"])
    write_file(made, tmp_path / "it.jsonl")
    assert read_file(tmp_path / "it.jsonl").data.names == ("x", "y", "z")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    back = read(tmp_path, "正面\t这家店很好，推荐\n负面\t太差了，失望\n".encode(encoding))
    assert back.data.lines == ("这家店很好，推荐", "太差了，失望")
    assert bool(back.problems) is (encoding != "utf-8-sig")
    assert all(note.text in catalogue("zh") for note in back.problems)


def test_old_western_text_is_read(tmp_path):
    assert read(tmp_path, "un café très bon\n".encode("cp1252")).data.lines == ("un café très bon",)
    assert read(tmp_path, "plain words\n".encode("utf-16-be")).data.lines == ("plain words",)


@pytest.mark.parametrize("name", ["it.txt", "it.jsonl"])
@pytest.mark.parametrize(
    "content",
    [b"", b" \n\t\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\0\0", b"%PDF-1.7\n\xe2\xe3\xcf\xd3\0\x01",
     bytes(range(256)) * 20, b"\xff\xfea", b"\x7fELF\x02\x01\x01" + bytes(40), b"\xef\xbb\xbf\n"],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_words(tmp_path, content, name):
    with pytest.raises(LearnerError) as caught:
        read(tmp_path, content, name)
    assert caught.value.note.text in catalogue("zh")


def test_records_that_cannot_be_read_are_told_by_their_line(tmp_path):
    content = '["a", "x"]\n"b"\n{"text": "c", "label": 1}\n{"no": 1}\n[\n{"text": "d\\ud800", "label": null}\n'
    back = read(tmp_path, content + "9" * 10_000 + "\n" + "[" * 100_000 + "\n", "it.jsonl")
    assert pairs(back.data) == [("a", "x"), ("b", ""), ("c", "1"), ("d\ufffd", "")]
    assert "4, 5, 7, 8" in back.problems[0].render()


documents = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(st.recursive(st.one_of(st.text(max_size=9), st.integers(), st.none(), st.floats()),
                          lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(
                              st.sampled_from(["text", "label", "classes", "x"]), part, max_size=3))), max_size=6)
    .map(lambda items: "\n".join(map(json.dumps, items)).encode()),
)  # fmt: skip


@QUICK
@given(documents, st.sampled_from(["it.txt", "it.jsonl"]))
def test_only_a_sentence_escapes_from_the_reader(tmp_path, content, name):
    try:
        back = read(tmp_path, content, name).data
    except LearnerError:
        return
    assert all(back.lines)
    write_file(back, tmp_path / "again.jsonl")
    assert pairs(read_file(tmp_path / "again.jsonl").data) == pairs(back)


# A table as lines


def table(target: str = "") -> Table:
    return Table((
        Column("id", "number", np.arange(3.0)),
        Column("kind", "category", codes=np.array([1, 0, -1]), labels=("ham", "spam")),
        Column("message", "text", codes=np.array([0, 1, 2]), labels=("buy this now", "see you later", "hello again")),
    ), target)  # fmt: skip


def test_the_longest_words_are_the_text_and_the_target_the_label():
    assert pairs(text_of(table("kind"))) == [("buy this now", "spam"), ("see you later", "ham"), ("hello again", "")]
    assert text_of(table()).names == ()
    assert pairs(text_of(table(), "kind", "id")) == [("spam", "0"), ("ham", "1")]


def test_a_table_without_words_is_no_text():
    with pytest.raises(LearnerError):
        text_of(Table((Column("a", "number", np.zeros(2)),)))


# Words


def test_words_in_latin_and_pairs_of_signs_in_chinese():
    assert words_of("The GREAT café, don't!") == {"great", "café", "don't"}
    assert words_of("质量很好") == {"质量", "量很", "很好"}
    assert words_of("好 a b2") == {"好"}


def test_words_are_counted_once_a_line_whatever_the_portions():
    made = make_sample("spam", language="en")
    whole, parts = WordCounts(), WordCounts()
    whole.add(made.lines, made.y.tolist())
    for begin in range(0, 120, 7):
        parts.add(made.lines[begin : begin + 7], made.y[begin : begin + 7].tolist())
    spam = made.names.index("spam")
    assert whole.most(spam, 5) == parts.most(spam, 5)
    assert whole.most(spam, 1)[0][0] == "free"
    assert not whole.chinese
    assert whole.most(99, 5) == []
