"""The course: every shipped lab can be opened and read, and a broken file says what is wrong."""

import re
from pathlib import Path

import pytest

from engines.core.dataset import Split, kinds
from engines.core.lab import Lab, broken_labs, course, lab_named, read_course, read_lab
from engines.core.language import LANGUAGES, LearnerError, catalogue
from engines.core.messages import UNLIMITED
from engines.core.params import specs
from engines.data.points import Points

LABS = [lab for chapter in course() for lab in chapter.labs]
ABOUT_DATA = {"draw", "table", "pictures", "series", "text"}
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
HAN = re.compile(r"[\u4e00-\u9fff]")

WHOLE = """+++
engine = "clustering.kmeans"
title_en = "A"
title_zh = "甲"
sample = "blobs"
speed = 2
split = { train = 0.6, validation = 0.2 }
locked = ["n_clusters"]

[params]
n_clusters = 4
+++
<!-- en -->
One.

<!-- zh -->
一。
"""


def formulas(text: str) -> list[str]:
    return [block or inline for block, inline in FORMULA.findall(text)]


def words(text: str) -> int:
    """Count English words without formulas and marks."""
    return len(re.findall(r"[A-Za-z][\w’'-]*", FORMULA.sub(" ", text)))


def test_the_chapters_are_in_the_order_of_the_course() -> None:
    assert [chapter.key for chapter in course()] == [
        "data", "symbolic", "classical", "evaluating", "deep", "sequences", "generative", "reinforcement",
        "applications",
    ]  # fmt: skip
    assert all(chapter.title["en"] and HAN.search(chapter.title["zh"]) for chapter in course())


def test_no_shipped_lab_is_broken_and_keys_are_unique() -> None:
    assert dict(broken_labs()) == {}
    keys = {lab.key for lab in LABS}
    assert {"classical/kmeans", "classical/logistic", "deep/mlp", "deep/xor", "deep/linear-stack"} <= keys
    assert len(keys) == len(LABS)


def test_labs_about_data_alone_have_no_algorithm_and_one_kind_of_data_each() -> None:
    alone = {lab.key.removeprefix("data/"): lab.experiment() for lab in LABS if not lab.engine_key}
    assert alone.keys() == ABOUT_DATA
    assert {experiment.data.kind for experiment in alone.values()} == set(kinds())
    for experiment in alone.values():
        step = next(experiment.start())
        assert step.rest
        assert step.draw() == ()


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.key)
class TestEveryLab:
    def test_gives_an_experiment_that_its_engine_can_begin(self, lab: Lab) -> None:
        experiment = lab.experiment()
        assert experiment.engine.learns_from(type(experiment.data))
        assert len(experiment.data) > (50 if isinstance(experiment.data, Points) else 13)  # 14 days are worked by hand
        assert str(experiment.data.recipe)
        names = {spec.name for spec in specs(experiment.engine.params)}
        assert set(lab.locked) <= names
        for name, value in lab.params.items():
            assert experiment.params.to_json()[name] == value
        steps = experiment.start()
        assert next(steps).note.text
        steps.close()

    def test_is_written_in_both_languages(self, lab: Lab) -> None:
        assert 200 <= words(lab.lesson["en"]) <= 450
        assert 350 <= len(HAN.findall(lab.lesson["zh"])) <= 900
        assert HAN.search(lab.title["zh"])
        assert not HAN.search(lab.lesson["en"] + lab.title["en"])
        for texts in (lab.title, lab.lesson, lab.challenge):
            assert not texts or (set(texts) == set(LANGUAGES) and all(texts.values()))

    def test_both_languages_have_the_same_shape(self, lab: Lab) -> None:
        for mark in (r"^## ", r"^\d+\. ", r"^\$\$"):
            counts = {len(re.findall(mark, lab.lesson[language], re.MULTILINE)) for language in LANGUAGES}
            assert len(counts) == 1, mark
            assert counts.pop() >= (1 if mark == r"^\$\$" else 2), mark

    @pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # how the library finds its own font
    def test_formulas_are_valid(self, lab: Lab) -> None:
        import ziamath

        shown = {language: formulas(lab.lesson[language]) for language in LANGUAGES}
        for latex in shown["en"] + shown["zh"]:
            drawing = ziamath.Latex(latex)
            assert drawing.getsize()[0] > 0
            assert "\\" not in drawing.mathmlstr(), f"an unknown command in {latex}"
        assert set(shown["en"]) == set(shown["zh"])
        assert lab.lesson["en"].count("$") % 2 == 0
        blocks = len(re.findall(r"^\$\$.+\$\$$", lab.lesson["en"], re.MULTILINE))
        assert (1 if lab.chapter == "data" else 3) <= blocks <= 6

    def test_chinese_has_chinese_punctuation(self, lab: Lab) -> None:
        plain = FORMULA.sub("式", lab.lesson["zh"] + lab.title["zh"] + lab.challenge.get("zh", ""))
        assert not re.findall(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]", plain)


def test_a_whole_file_is_read() -> None:
    lab = read_lab(WHOLE, "classical", "a")
    assert (lab.key, lab.chapter, lab.engine_key) == ("classical/a", "classical", "clustering.kmeans")
    assert (lab.sample, lab.rate, lab.split) == ("blobs", 2.0, Split(0.6, 0.2))
    assert (lab.locked, dict(lab.params)) == (("n_clusters",), {"n_clusters": 4})
    assert dict(lab.lesson) == {"en": "One.", "zh": "一。"}
    assert dict(lab.challenge) == {}
    assert lab.path == ()
    with_path = read_lab(WHOLE.replace("speed = 2", 'path = ["split", "repeat"]'), "classical", "a")
    assert with_path.path == ("split", "repeat")
    assert read_lab(WHOLE.replace("speed = 2", 'cards = ["Bars"]'), "classical", "a").cards == ("Bars",)
    grouped = read_lab(WHOLE.replace("validation = 0.2", 'validation = 0.2, how = "grouped", group = "who"'), "c", "a")
    assert grouped.split == Split(0.6, 0.2, 0, "grouped", "who")
    assert read_lab(WHOLE.replace("speed = 2", 'speed = "unlimited"'), "classical", "a").rate == UNLIMITED
    assert read_lab(WHOLE.replace("speed = 2\n", ""), "classical", "a").rate == UNLIMITED


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("+++\nengine", "engine", "two lines +++"),
        ("n_clusters = 4\n+++\n", "n_clusters = 4\n", "two lines +++"),
        ("+++\nengine", "words\n+++\nengine", "two lines +++"),
        ('"blobs"', '"blobs', "cannot be read"),
        ('"clustering.kmeans"', "3", "“engine”"),
        ('title_zh = "甲"\n', "", "“title_zh”"),
        ('"blobs"', "3", "“sample”"),
        ("speed = 2", "speed = 0", "“speed”"),
        ("speed = 2", "speed = true", "“speed”"),
        ("speed = 2", 'speed = "fast"', "“speed”"),
        ("train = 0.6", 'train = "all"', "“split”"),
        ("train = 0.6", "test = 0.6", "“split”"),
        ("train = 0.6", "train = 0.9", "at most 100 %"),
        ("speed = 2", 'path = ["split", "fly"]', "“path”"),
        ('["n_clusters"]', "[1]", "“locked”"),
        ("+++\nengine", "+++\nparams = 4\nengine", "“params”"),
        ("split = {", 'challenge_en = "Do it."\nsplit = {', "“challenge_zh”"),
        ("<!-- zh -->\n一。", "", "must be there twice"),
        ("<!-- zh -->\n一。", "<!-- zh -->", "must be there twice"),
        ("<!-- zh -->", "<!-- en -->", "must be there twice"),
        ("<!-- en -->\n", "Before.\n<!-- en -->\n", "must be there twice"),
    ],
)
def test_a_broken_file_says_what_is_wrong(old: str, new: str, part: str) -> None:
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    if "params =" in new:
        text = text.replace("[params]\nn_clusters = 4\n", "")
    with pytest.raises(LearnerError) as caught:
        read_lab(text, "classical", "a")
    assert part in str(caught.value)
    if "100 %" not in part:
        assert "classical/a" in str(caught.value)
        assert caught.value.note.text in catalogue("zh")


TWO_CHAPTERS = """
[[chapter]]
key = "one"
title_en = "One"
title_zh = "一"

[[chapter]]
key = "two"
title_en = "Two"
title_zh = "二"
"""


def write_course(folder: Path, files: dict[str, str]) -> Path:
    (folder / "chapters.toml").write_text(TWO_CHAPTERS, encoding="utf-8")
    (folder / "one").mkdir()
    for name, text in files.items():
        (folder / "one" / name).write_text(text, encoding="utf-8")
    return folder


def test_a_broken_file_does_not_stop_the_others_and_numbers_order_them(tmp_path: Path) -> None:
    files = {"10-ten.md": WHOLE, "9-nine.md": WHOLE, "20-bad.md": "nothing", "notes.txt": "", "draft.md": ""}
    found = read_course(write_course(tmp_path, files))
    assert [lab.key for lab in found.chapters[0].labs] == ["one/nine", "one/ten"]
    assert found.chapters[1].labs == ()
    assert list(found.broken) == ["one/bad"]
    assert "one/bad" in found.broken["one/bad"].render()


def test_lab_named_finds_names_and_falls_back() -> None:
    assert lab_named("deep/mlp").engine_key == "neural.mlp"
    assert lab_named("gone", otherwise="deep/mlp").key == "deep/mlp"
    with pytest.raises(LearnerError, match=r"no lab “gone”.*deep/mlp"):
        lab_named("gone")


def test_a_lab_with_a_bad_param_or_engine_says_so() -> None:
    with pytest.raises(LearnerError, match=r"no algorithm “clustering\.none”"):
        read_lab(WHOLE.replace("clustering.kmeans", "clustering.none"), "classical", "a").experiment()
    with pytest.raises(LearnerError, match="no setting “colour”"):
        read_lab(WHOLE.replace("n_clusters = 4", "colour = 4"), "classical", "a").experiment()
