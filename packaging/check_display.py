"""Names, in one line, the system libraries that Qt needs and that are missing, with the command that installs them.

``--offscreen`` asks only for what drawing without a display needs; ``--install`` installs them when run as root where
there is an apt-get. Standard library only: it runs before anything else works. Elsewhere than on Linux Qt brings
everything along.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

OFFSCREEN = {
    "libglib2.0-0": "libglib-2.0.so.0",
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libx11-6": "libX11.so.6",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libfreetype6": "libfreetype.so.6",
    "libxkbcommon0": "libxkbcommon.so.0",
}
DISPLAY = OFFSCREEN | {
    "libx11-xcb1": "libX11-xcb.so.1",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-render0": "libxcb-render.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-shm0": "libxcb-shm.so.0",
    "libxcb-sync1": "libxcb-sync.so.1",
    "libxcb-util1": "libxcb-util.so.1",
    "libxcb-xfixes0": "libxcb-xfixes.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}


def loads(library: str) -> bool:
    """Whether the system's loader finds this shared library: the question Qt's plugin will ask."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing(libraries: Mapping[str, str]) -> list[str]:
    """Return the Debian packages whose library is not there."""
    return [package for package, library in libraries.items() if not loads(library)]


def install(packages: list[str]) -> bool:
    """Install with apt-get if we may; False when we may not or it did not work."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {' '.join(packages)} with apt-get …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
    return subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode == 0


def main() -> int:
    """Return 0 when Qt can start, 1 after saying what it lacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offscreen", action="store_true")
    parser.add_argument("--install", action="store_true")
    arguments = parser.parse_args()
    if not sys.platform.startswith("linux"):
        return 0
    packages = missing(OFFSCREEN if arguments.offscreen else DISPLAY)
    if not packages or (arguments.install and install(packages)):
        return 0
    print(
        f"Qt lacks system libraries; install them with: sudo apt-get install -y {' '.join(packages)}", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
