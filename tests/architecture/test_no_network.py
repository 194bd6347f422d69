"""Isolation from the network is a feature: no source knows how, and a run that would try is caught."""

import subprocess
import sys

from tests.architecture.sources import ROOT, imported, sources

NETWORK = {
    "socket", "socketserver", "ssl", "urllib", "urllib3", "http", "httpx", "requests", "aiohttp", "ftplib", "smtplib",
    "telnetlib", "xmlrpc", "webbrowser", "asyncio", "PySide6.QtNetwork", "PySide6.QtWebEngineWidgets",
    "PySide6.QtWebSockets", "torch.hub", "torchvision", "sklearn.datasets.fetch_openml", "multiprocessing.managers",
    "dask", "distributed",
}  # fmt: skip
# A search on a cluster: imported late, and only where a person names a scheduler.
MAY = {("engines/evaluation/_cluster.py", "dask.distributed")}
FORBID = """
import socket, sys

def refuse(*arguments, **_):
    raise AssertionError(f"the network was asked for: {arguments[1:]}")

really_connect = socket.socket.connect
def connect(self, address):
    return really_connect(self, address) if self.family == getattr(socket, "AF_UNIX", None) else refuse(self, address)

socket.socket.connect = connect
socket.socket.connect_ex = socket.socket.sendto = socket.getaddrinfo = socket.create_connection = refuse
from app.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_no_source_imports_the_network():
    found = [
        f"{source.path}:{line} imports {name}"
        for source in sources()
        for name, line in imported(source)
        if any(name == item or name.startswith(item + ".") for item in NETWORK)
        and not any(source.path == path and name.startswith(module) for path, module in MAY)
    ]
    assert not found


def run_without_network(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", FORBID, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_listing_and_running_work_without_a_network():
    listed = run_without_network("list")
    assert listed.returncode == 0, listed.stderr
    assert "clustering.kmeans" in listed.stdout
    ran = run_without_network("run", "clustering.kmeans", "--json")
    assert ran.returncode == 0, ran.stderr
    searched = run_without_network("search", "trees.cart", "--grid", "max_depth=1,2", "--folds", "2", "--jobs", "1")
    assert searched.returncode == 0, searched.stderr


def test_the_watch_itself_works():
    code = FORBID.replace("from app.__main__ import main", "socket.create_connection(('127.0.0.1', 9))")
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "the network was asked for" in ended.stderr
