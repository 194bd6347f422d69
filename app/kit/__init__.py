"""Small widgets that every panel uses: themed, named for screen readers, said again when the language changes."""

from app.kit.buttons import Chip, EnterButton, IconButton, PrimaryButton, QuietButton, Segmented, Switch
from app.kit.card import Card, section
from app.kit.choice_box import ChoiceBox
from app.kit.elided_box import ElidedBox
from app.kit.elided_label import ElidedLabel
from app.kit.empty_note import EmptyNote
from app.kit.errand_strip import ErrandStrip
from app.kit.folding_choice import FoldingChoice
from app.kit.message_bar import MessageBar
from app.kit.text_box import TextBox
from app.kit.value_slider import ARROWS, Slider, ValueSlider

__all__ = [
    "ARROWS",
    "Card",
    "Chip",
    "ChoiceBox",
    "ElidedBox",
    "ElidedLabel",
    "EmptyNote",
    "EnterButton",
    "ErrandStrip",
    "FoldingChoice",
    "IconButton",
    "MessageBar",
    "PrimaryButton",
    "QuietButton",
    "Segmented",
    "Slider",
    "Switch",
    "TextBox",
    "ValueSlider",
    "section",
]  # fmt: skip
