#!/bin/sh
# Makes the virtual environment that the Makefile works in: sh packaging/set_up.sh .venv
# Run as root on Debian or Ubuntu it installs a missing Python by itself (a bare machine in CI); else it says what to type.
set -eu
cd "$(dirname "$0")/.."
venv=${1:-.venv}

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

install() {
    echo "Installing $* with apt-get …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

find_python() {
    for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

python=$(find_python) || {
    can_install && install python3 python3-venv
    python=$(find_python) || {
        echo "Sandtable needs Python 3.11 or newer: install it (Debian, Ubuntu: sudo apt-get install python3 python3-venv)." >&2
        exit 1
    }
}

"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    can_install && install "$package"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || {
        echo "This Python cannot make a virtual environment. Debian, Ubuntu: sudo apt-get install $package" >&2
        exit 1
    }
}

if ! "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Making $venv with $("$python" --version) …"
    "$python" -m venv --clear "$venv"
fi
echo "Installing what Sandtable needs (the first time: about 1 GB, a few minutes) …"
"$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --progress-bar off \
    --constraint packaging/constraints.txt --editable '.[dev]'
