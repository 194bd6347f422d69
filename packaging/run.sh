#!/bin/sh
# Opens the window; where there is no display, draws the tour of the course into pictures instead.
set -eu
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then
    echo "There is no display here, so no window can open: drawing the tour of the course into pictures instead."
    "$bin/python" packaging/check_display.py --offscreen --install
    QT_QPA_PLATFORM=offscreen "$bin/sandtable" tour --out tour
    echo "The pictures are in $(pwd)/tour"
else
    "$bin/python" packaging/check_display.py
    exec "$bin/sandtable" "$@"
fi
