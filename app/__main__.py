"""``sandtable``: the window, and the commands that need none. Each imports only what it uses."""

import argparse
import multiprocessing
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from engines.core.language import LearnerError

MISTAKE, INTERRUPTED = 2, 130


class Parser(argparse.ArgumentParser):
    """Tells a mistake in one line, as every other mistake is told."""

    def error(self, message: str) -> NoReturn:
        """Raise the mistake instead of printing the usage."""
        raise LearnerError("{message}; see {command} --help", message=message, command=self.prog)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 after one line about a person's mistake."""
    multiprocessing.freeze_support()  # a frozen build starts its engine process through this very function
    try:
        return _dispatch(list(sys.argv[1:] if arguments is None else arguments))
    except LearnerError as error:
        print(f"sandtable: {error}", file=sys.stderr)  # noqa: T201 - a command's answer
        return MISTAKE
    except KeyboardInterrupt:
        print(file=sys.stderr)  # noqa: T201 - the next prompt begins on a line of its own
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: `sandtable list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(words: list[str]) -> int:
    if not words or not (words[0].startswith("-") or words[0] in COMMANDS):
        return _show_window(words)
    chosen = parser().parse_args(words)
    match chosen.command:
        case "list":
            from app.commands.list_engines import list_engines

            return list_engines(as_json=chosen.json)
        case "run":
            from app.commands.run import run

            return run(chosen)
        case "search":
            from app.commands.search import search

            return search(chosen)
        case "data":
            from app.commands.data import data

            return data(chosen)
        case "doctor":
            from app.commands.doctor import doctor

            return doctor(as_json=chosen.json)
        case _:
            return _show_tour(chosen)


def _show_window(words: list[str]) -> int:
    window = Parser(prog="sandtable")
    window.add_argument("file", nargs="?", type=Path)
    file = window.parse_args(words).file
    if file is not None and not file.is_file():
        raise LearnerError(
            "There is no file and no command “{name}”; the commands are: {commands}.",
            name=str(file),
            commands=", ".join(COMMANDS),
        )
    from app.opening import run as show

    return show(file)


def _show_tour(chosen: argparse.Namespace) -> int:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app import tour

    dark = None if chosen.theme is None else chosen.theme == "dark"
    return tour.run(chosen.out, chosen.lab or None, chosen.lang, dark, chosen.size)


def parser() -> Parser:
    """Return the parser of all commands."""
    result = Parser(prog="sandtable", description="Draw data, pick a model, turn its knobs and watch it learn.")
    result.epilog = "Without a command: `sandtable [FILE]` opens the window, with an experiment if a file is named."
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (help_text, declare) in COMMANDS.items():
        declare(commands.add_parser(name, help=help_text, description=help_text))
    return result


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON on standard output")


def _preparation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--features", metavar="LIST", help="features added to points: x1^2,x2^2,x1x2,sin_x1,sin_x2,r; empty for none"
    )
    parser.add_argument(
        "--components", type=_whole, metavar="K", help="PCA first: so many components stand in for the columns"
    )


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("engine", metavar="ENGINE", help="the key of an algorithm, such as clustering.kmeans")
    parser.add_argument(
        "--data", metavar="SPEC", default="", help="moons, moons:n=300,noise=0.2, a data file or a .sandtable"
    )
    parser.add_argument("--target", metavar="COL", default="", help="the column of a table that holds the class")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="one hyper-parameter; repeatable"
    )
    _preparation(parser)
    parser.add_argument("--judge", metavar="KEY", default="", help="who runs it several times and compares, as k_fold")
    parser.add_argument(
        "--judge-set", metavar="NAME=VALUE", action="append", default=[], help="one setting of the judge; repeatable"
    )
    parser.add_argument("--seed", type=_whole, metavar="N", help="what the dice are thrown with (0)")
    parser.add_argument(
        "--steps", type=_whole, metavar="N", help="stop after so many steps; else the run goes to its end"
    )
    _json(parser)
    parser.add_argument("--out", type=Path, metavar="FILE.npz", help="write the arrays of the outcome")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the experiment as a .sandtable")


def _search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("engine", metavar="ENGINE", help="the key of an algorithm, such as classification.knn")
    parser.add_argument(
        "--grid", metavar="NAME=VALUES", nargs="+", action="extend", default=[],
        help="try every combination: n_neighbors=1,5,9 weights=uniform,distance; NAME alone for its whole range",
    )  # fmt: skip
    parser.add_argument(
        "--random", metavar="NAME=RANGE", nargs="+", action="extend", default=[],
        help="draw settings: C=0.01..100[log] max_depth=1..12 weights=uniform,distance",
    )  # fmt: skip
    parser.add_argument("--trials", type=_whole, metavar="N", help="how many settings --random draws (20)")
    parser.add_argument("--data", metavar="SPEC", default="", help="a sample, a data file or a .sandtable")
    parser.add_argument("--target", metavar="COL", default="", help="the column of a table that is to be learned")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="what is the same in every trial; repeatable"
    )
    _preparation(parser)
    parser.add_argument(
        "--folds", type=_whole, default=5, metavar="K", help="score by so many folds (5); 0: by the validation share"
    )
    parser.add_argument("--jobs", type=_whole, default=0, metavar="N", help="processes at once (one for each core)")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", default="", help="a Dask scheduler, tcp://computer:8786; only one you trust"
    )
    parser.add_argument("--seed", type=_whole, metavar="N", help="what the dice are thrown with (0)")
    parser.set_defaults(judge="", judge_set=[])
    _json(parser)


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "spec",
        metavar="SPEC",
        nargs="?",
        default="",
        help="a sample, a data file or folder, a .sandtable; else all samples",
    )
    parser.add_argument("--target", metavar="COL", default="", help="the column of a table that is to be learned")
    _json(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the data in the format of the file's ending")


def _tour(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="DIR", required=True, help="the folder for the pictures and tour.json"
    )
    parser.add_argument("--lab", metavar="KEY", action="append", help="only this lab; repeatable")
    parser.add_argument("--lang", choices=("en", "zh"), help="only this language")
    parser.add_argument("--theme", choices=("light", "dark"), help="only this theme")
    parser.add_argument(
        "--size", type=_size, default=(1440, 900), metavar="WxH", help="the size of the window (1440x900)"
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from 0 up")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{3,5})x([0-9]{3,5})", text)
    if found is None or max(size := (int(found[1]), int(found[2]))) > 16000:
        raise argparse.ArgumentTypeError(f"“{text}” is not a window's size such as 1440x900")
    return size


COMMANDS = {
    "list": ("list every algorithm with its hyper-parameters", _json),
    "run": ("run one experiment without a window", _run),
    "search": ("try many settings of an algorithm and tell which score best", _search),
    "data": ("tell about some data, write them in another format, or list all samples", _data),
    "tour": ("open each lab in the window, run it, keep a picture", _tour),
    "doctor": ("say whether everything Sandtable needs is here", _json),
}

if __name__ == "__main__":
    sys.exit(main())
