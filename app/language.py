"""The language of the window: every text is bound to its widget once and said again when the language changes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engines.core.language import LANGUAGES, Language, Note, say


class Speaker(QObject):
    """Holds the current language; ``changed`` fires after every bound text has been said again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._language: Language = "en"
        self._bound: dict[tuple[int, str], tuple[Callable[[str], object], Note]] = {}

    @property
    def language(self) -> Language:
        """``en`` or ``zh``."""
        return self._language

    def speak(self, language: Language) -> None:
        """Switch; does nothing when it is spoken already."""
        if language == self._language or language not in LANGUAGES:
            return
        self._language = language
        for setter, note in list(self._bound.values()):
            setter(note.render(language))
        self.changed.emit()

    def bind(self, owner: QObject, setter: Callable[[str], object], text: str | Note, **values: object) -> None:
        """Say ``text`` through ``setter`` now and whenever the language changes, as long as ``owner`` lives.

        Binding the same setter of the same owner again replaces the text.
        """
        note = text if isinstance(text, Note) else say(text, **values)
        name = (id(owner), f"{id(getattr(setter, '__self__', owner))}.{getattr(setter, '__name__', repr(setter))}")
        if name not in self._bound:
            owner.destroyed.connect(lambda: self._bound.pop(name, None))
        self._bound[name] = (setter, note)
        setter(note.render(self._language))


speaker = Speaker()


def tr(text: str | Note, **values: object) -> str:
    """Say ``text`` in the current language, once."""
    note = text if isinstance(text, Note) else say(text, **values)
    return note.render(speaker.language)


def as_said(text: Note | str) -> str:
    """Return a note in the language of now; what is no note is data and stays as it is."""
    return tr(text) if isinstance(text, Note) else text


def grouped(number: int) -> str:
    """Return a whole number, from five digits up in groups of three."""
    return str(number) if number < 10_000 else f"{number:,}".replace(",", "\u2009")


def bind(owner: QObject, setter: Callable[[str], object], text: str | Note, **values: object) -> None:
    """Shorthand for ``speaker.bind``: ``bind(button, button.setText, "Play")``."""
    speaker.bind(owner, setter, text, **values)
