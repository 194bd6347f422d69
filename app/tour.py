"""``sandtable tour``: open each lab in the real window, run it, keep a picture."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QMessageLogContext, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.language import speaker
from app.session.session import ENDED
from app.theme import theme
from app.window import MainWindow
from engines.core.engine import NO_ENGINE
from engines.core.lab import course
from engines.core.language import LANGUAGES, Language, LearnerError
from engines.core.messages import UNLIMITED, State

RUN_SECONDS = 4.0
START_SECONDS = 60.0  # the first network waits for torch to be loaded


@dataclass(frozen=True)
class Visit:
    """One lab of the tour: steps taken in ``seconds`` and frames a second shown on the way."""

    lab: str
    engine: str
    state: str
    steps: int
    seconds: float
    fps: float
    pictures: tuple[str, ...]


def run(
    out: Path,
    labs: list[str] | None = None,
    lang: str | None = None,
    dark: bool | None = None,
    size: tuple[int, int] = (1440, 900),
) -> int:
    """Visit ``labs`` (all if none are named) and write one PNG a lab, language and theme, and ``tour.json``."""
    out.mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    theme.install(application)
    qInstallMessageHandler(_tell)
    known = [lab.key for chapter in course() for lab in chapter.labs]
    for key in labs or []:
        if key not in known:
            raise LearnerError("There is no lab “{key}”; there are: {known}.", key=key, known=", ".join(known))
    with TemporaryDirectory() as folder:
        window = MainWindow(settings=QSettings(str(Path(folder) / "tour.ini"), QSettings.Format.IniFormat))
        window.resize(*size)
        window.show()
        window.start()
        looks = [
            (one, shade) for one in LANGUAGES if lang in (None, one) for shade in (False, True) if dark in (None, shade)
        ]
        visits = [_visit(window, key, out, looks) for key in labs or known]
        window.close()
    (out / "tour.json").write_text(json.dumps([asdict(visit) for visit in visits], indent=2), encoding="utf-8")
    return 0


def _tell(_: QtMsgType, __: QMessageLogContext, message: str) -> None:
    """Pass Qt's messages on, but for what the offscreen platform says of every window."""
    if "This plugin does not support" not in message:
        print(message, file=sys.stderr)  # noqa: T201 - where Qt itself would have written it


def _visit(window: MainWindow, key: str, out: Path, looks: Sequence[tuple[Language, bool]]) -> Visit:
    session = window.session
    window.open_lab(key)
    window.tabs.setCurrentWidget(window.model if session.engine is not NO_ENGINE else window.data)
    _wait(START_SECONDS, lambda: session.frame is not None or session.state is State.FAILED)
    shown: set[int] = set()
    session.frame_shown.connect(count := lambda: shown.add(session.cursor))
    session.set_rate(UNLIMITED)
    began = time.perf_counter()
    session.play()
    _wait(RUN_SECONDS, lambda: session.state in (*ENDED, State.RESTING))
    seconds = time.perf_counter() - began
    session.frame_shown.disconnect(count)
    session.pause()
    _wait(2.0, lambda: session.state not in (State.PLAYING, State.STARTING) and not session.playing)
    pictures = []
    for language, dark in looks:
        speaker.speak(language)
        theme.set(dark=dark)
        _wait(0.4, lambda: False)
        name = f"{key.replace('/', '-')}.{language}.{'dark' if dark else 'light'}.png"
        window.grab().save(str(out / name))
        pictures.append(name)
    steps = session.timeline.last
    print(f"{key}: {steps} steps in {seconds:.1f} s", file=sys.stderr)  # noqa: T201 - a command's progress
    return Visit(
        key,
        session.engine.key,
        session.state.value,
        steps,
        round(seconds, 3),
        round(len(shown) / seconds, 1),
        tuple(pictures),
    )


def _wait(seconds: float, done: Callable[[], bool]) -> None:
    """Let the window live until ``done()`` or the time is over."""
    loop = QEventLoop()
    end = time.perf_counter() + seconds
    clock = QTimer(interval=10)
    clock.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > end else None)
    clock.start()
    loop.exec()
    clock.stop()
