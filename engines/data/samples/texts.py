"""Lines written for this project: short reviews and short messages, in English and in Chinese."""

from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Literal

import numpy as np

from engines.core.params import Param, Params
from engines.data.sampling import sample
from engines.data.text import Text, labelled
from engines.data.text_lines import read_lines


@dataclass(frozen=True)
class LanguageSettings(Params):
    """In which language; the seed mixes the lines."""

    language: Annotated[Literal["en", "zh"], Param("Language")] = "en"


@sample("Sentiment", order=1, about="120 short reviews, half of them positive, written for this project")
def sentiment(settings: LanguageSettings, rng: np.random.Generator) -> Text:
    """Reviews; many come in pairs that differ in what the writer felt, not in what it was about."""
    return _shipped("sentiment", settings.language, rng)


@sample("Spam", order=2, about="120 short messages, half of them spam, written for this project")
def spam(settings: LanguageSettings, rng: np.random.Generator) -> Text:
    """Messages; a free seat, a password and a bank turn up among the wanted ones too."""
    return _shipped("spam", settings.language, rng)


def _shipped(name: str, language: str, rng: np.random.Generator) -> Text:
    file = resources.files("resources").joinpath("datasets", f"{name}.{language}.txt")
    lines = read_lines(file.read_text(encoding="utf-8"))
    return labelled(lines.texts, lines.labels).taken(rng.permutation(len(lines.texts)))
