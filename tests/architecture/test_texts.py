"""Whatever is shown can be said in Chinese, whole sentence by whole sentence."""

import json
from collections import Counter

import pytest

from engines.core.language import catalogue
from tests.architecture.sources import ROOT
from tests.architecture.texts import Text, glued, literals, placeholders, shown, unsaid

FILES = sorted((ROOT / "resources" / "i18n" / "zh").glob("*.json"))


def entries(file) -> list[tuple[str, str]]:
    return json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)


def test_the_search_for_texts_finds_them():
    found = {text.text for text in shown()}
    assert len(found) > 30
    assert {"whole number", "There is no algorithm “{key}”; there are: {known}."} <= found  # plain, in two lines
    assert {"Move each centre to the mean of its points", "Blobs", "Inertia"} <= found  # by name, decorator, table


def test_every_shown_text_is_in_the_catalogue():
    known = catalogue("zh")
    missing = sorted({f"{text.place}  {text.text!r}" for text in shown() if text.text not in known})
    assert not missing, "\n" + "\n".join(missing)


def test_no_shown_text_is_put_together():
    assert not glued(), "a text with numbers in it is said with placeholders:\n" + "\n".join(glued())


def test_no_text_goes_past_the_catalogue():
    bare = [place for place in unsaid() if not place.endswith(" 'Sandtable'")]
    assert not bare, "say it with bind or tr:\n" + "\n".join(bare)


def unfilled(text: Text) -> bool:
    return text.given is not None and bool(placeholders(text.text)) and not placeholders(text.text) <= text.given


def test_every_placeholder_is_filled():
    wrong = [f"{text.place}  {text.text!r}" for text in shown() if unfilled(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_catalogue_is_sound(file):
    pairs = entries(file)
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    assert not twice
    empty = [key for key, value in pairs if not value.strip()]
    assert not empty
    different = [key for key, value in pairs if placeholders(key) != placeholders(value)]
    assert not different, "placeholders differ"
    stale = [key for key, _ in pairs if key not in literals()]
    assert not stale, "no source says this"


def test_catalogues_agree():
    said: dict[str, set[str]] = {}
    for file in FILES:
        for key, value in entries(file):
            said.setdefault(key, set()).add(value)
    assert not {key: values for key, values in said.items() if len(values) > 1}
