"""``python -m tests.benchmarks.vision``: LeNet-5 in the window against a plain loop, and how soon a stroke is seen.

The plain loop is what most courses show: a DataLoader with shuffling, Adam, a look at the validation pictures after
each epoch; the same network, batch size and number of threads. There are two of it: one in which each picture becomes a
tensor when it is asked for (tutorial), and one with all tensors made beforehand (lean). In the window all cards of
LeNet-5 are drawn meanwhile.
"""

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.editors.images.stage import ImagesStage
from app.theme import theme
from app.window import MainWindow
from engines.core.dataset import TRAIN, VALIDATION
from engines.core.experiment import Experiment
from engines.core.messages import UNLIMITED, State
from engines.core.registry import engine_named
from engines.data.images import Images
from engines.data.sampling import make_sample
from tests.benchmarks.watching import Watch, wait

BATCH = 64
SECONDS = 6.0
WARM_STEPS = 20
STROKES, MOVES = 6, 20
NOW = 0.001  # seconds of rest between two moves of the mouse


def experiment() -> Experiment:
    """LeNet-5 of today (tanh, mean pooling) on the bundled MNIST digits."""
    params = engine_named("vision.lenet5").params().with_values(version="today", batch_size=BATCH, max_epochs=1000)
    return Experiment("vision.lenet5", params, make_sample("mnist"))


class Digits:
    """A data set as tutorials write it: one picture at a time becomes a tensor, scaled and with its border."""

    def __init__(self, pixels: Any, y: Any) -> None:
        self._pixels, self._y = pixels, y

    def __len__(self) -> int:
        return len(self._y)

    def __getitem__(self, row: int) -> tuple[Any, int]:
        import torch
        from torch.nn import functional

        picture = torch.from_numpy(self._pixels[row]).float().div(255).unsqueeze(0)
        return functional.pad(picture, (2, 2, 2, 2)), int(self._y[row])


def tutorial(pipe: Any) -> None:
    """Train with a DataLoader over ``Digits``; sends samples a second."""
    data = parts()
    pipe.send(trained(Digits(*data[0]), Digits(*data[1])))


def lean(pipe: Any) -> None:
    """Train with a DataLoader over tensors that are all made beforehand; sends samples a second."""
    import torch
    from torch.utils.data import TensorDataset

    def ready(pixels: Any, y: Any) -> TensorDataset:
        made = [Digits(pixels, y)[row] for row in range(len(y))]
        return TensorDataset(torch.stack([picture for picture, _ in made]), torch.tensor([label for _, label in made]))

    data = parts()
    pipe.send(trained(ready(*data[0]), ready(*data[1])))


def parts() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return pixels and classes of the training and of the validation pictures."""
    data = experiment().split_data
    assert isinstance(data, Images)
    train, validation = data.parts == TRAIN, data.parts == VALIDATION
    return (data.pixels[train].copy(), data.y[train]), (data.pixels[validation].copy(), data.y[validation])


def trained(train: Any, validation: Any) -> float:
    """Train and look at the validation pictures after each epoch, as LeNet-5 in the window does: samples a second."""
    import torch
    from torch.nn import functional
    from torch.utils.data import DataLoader

    from engines.vision.lenet5 import layers

    loader, looked_at = DataLoader(train, BATCH, shuffle=True), DataLoader(validation, 256)
    net = layers(10, "usual")
    optimizer = torch.optim.Adam(net.parameters(), 0.003)
    count, began, right, lost = -WARM_STEPS, 0.0, 0, 0.0
    while True:
        net.train()
        for pictures, labels in loader:
            if count == 0:
                began = time.perf_counter()
            scores = net(pictures)
            loss = functional.cross_entropy(scores, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            lost += loss.item() * len(labels)
            right += int((scores.argmax(1) == labels).sum())
            count += 1
            if count > 0 and time.perf_counter() - began > SECONDS:
                return BATCH * count / (time.perf_counter() - began)
        net.eval()
        with torch.no_grad():
            for pictures, labels in looked_at:
                scores = net(pictures)
                lost += functional.cross_entropy(scores, labels).item()
                right += int((scores.argmax(1) == labels).sum())


def bare(pipe: Any) -> None:
    """Run the generator with nobody watching; sends samples a second."""
    steps = experiment().start()
    for _ in range(WARM_STEPS):
        next(steps)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        next(steps)
        count += 1
    pipe.send(BATCH * count / (time.perf_counter() - began))


def apart(work: Callable[[Any], None]) -> float:
    """Return what a function sends from a process of its own, with as many threads as the engine process has."""
    os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 2) - 1))
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs,))
    process.start()
    theirs.close()
    rate = float(ours.recv())
    process.join()
    return rate


def watched(window: MainWindow) -> dict[str, float]:
    """Samples a second and the gaps of the window's clock while all cards of LeNet-5 are shown."""
    window.show_experiment(experiment(), "Benchmark", UNLIMITED)
    session = window.session
    wait(lambda: session.state is State.PAUSED)
    session.play()
    wait(lambda: session.timeline.last > WARM_STEPS)
    watch = Watch(window)
    began, first = time.perf_counter(), session.timeline.last
    wait(lambda: time.perf_counter() - began > SECONDS)
    rate = BATCH * (session.timeline.last - first) / (time.perf_counter() - began)
    session.pause()
    wait(lambda: session.state is State.PAUSED)
    gaps = sorted(watch.gaps)
    watch.deleteLater()
    return {"samples_per_s": rate, "p99_gap_ms": 1000 * gaps[int(0.99 * len(gaps))]}


def strokes(window: MainWindow) -> list[float]:
    """Return for each move of strokes on the board how many ms later the bars show what was drawn then."""
    editor = window.stage.editor
    assert isinstance(editor, ImagesStage)
    board, session = editor.board, window.session
    dice, waits = np.random.default_rng(0), []
    for _ in range(STROKES):
        at = QPointF(board.frame.center())
        send(board, QEvent.Type.MouseButtonPress, at)
        for _ in range(MOVES):
            at = at + QPointF(*dice.uniform(-14, 14, 2))
            inside = board.frame.adjusted(4, 4, -4, -4)
            across, down = max(at.x(), inside.left()), max(at.y(), inside.top())
            at = QPointF(min(across, inside.right()), min(down, inside.bottom()))
            began = time.perf_counter()
            send(board, QEvent.Type.MouseMove, at)
            asked = session._asking.command.number
            wait(lambda asked=asked: session.frame is not None and session.frame.asked >= asked)
            QApplication.processEvents()  # what is painted counts
            waits.append(1000 * (time.perf_counter() - began))
            rest(NOW)
        send(board, QEvent.Type.MouseButtonRelease, at)
        rest(0.3)
    return waits


def rest(seconds: float) -> None:
    """Let the window live for a while."""
    end = time.perf_counter() + seconds
    wait(lambda: time.perf_counter() > end)


def send(board: Any, kind: QEvent.Type, place: QPointF) -> None:
    """Give the board a mouse event with the left button down."""
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, place, board.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(board, event)


def answers(window: MainWindow) -> dict[str, float]:
    """The 95th percentile of a stroke's way to the bars, in ms: paused, and while the network trains."""
    session = window.session
    window.show_experiment(experiment(), "Benchmark", UNLIMITED)
    wait(lambda: session.state is State.PAUSED)
    at_rest = sorted(strokes(window))
    window.show_experiment(experiment(), "Benchmark", UNLIMITED)
    wait(lambda: session.state is State.PAUSED)
    session.play()
    wait(lambda: session.timeline.last > WARM_STEPS)
    training = sorted(strokes(window))
    session.pause()
    wait(lambda: session.state is State.PAUSED)
    return {
        "stroke_paused_p95_ms": at_rest[int(0.95 * len(at_rest))],
        "stroke_training_p95_ms": training[int(0.95 * len(training))],
    }


def measure(window: MainWindow, rounds: int = 3) -> dict[str, float]:
    """Alternate the four, take medians of ``rounds``; then the strokes."""
    tutorials, leans, bares, watches = [], [], [], []
    for _ in range(rounds):
        tutorials.append(apart(tutorial))
        leans.append(apart(lean))
        bares.append(apart(bare))
        watches.append(watched(window))
    result = {name: statistics.median(run[name] for run in watches) for name in watches[0]}
    result["tutorial_samples_per_s"] = statistics.median(tutorials)
    result["lean_samples_per_s"] = statistics.median(leans)
    result["bare_samples_per_s"] = statistics.median(bares)
    result["ratio_to_tutorial"] = result["samples_per_s"] / result["tutorial_samples_per_s"]
    result["ratio_to_lean"] = result["samples_per_s"] / result["lean_samples_per_s"]
    result["watching_ratio"] = result["samples_per_s"] / result["bare_samples_per_s"]
    return result | answers(window)


def main() -> int:
    """Measure this alone."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    theme.install(application)
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(settings=QSettings(str(Path(folder) / "bench.ini"), QSettings.Format.IniFormat))
        window.resize(1440, 900)
        window.show()
        window.start()
        wait(lambda: bool(window.session.device))
        for name, value in measure(window).items():
            print(f"{name:28} {value:.3g}")
        window.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
