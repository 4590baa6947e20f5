"""`linekey serve`: the pages and the APIs alone, at one address, until SIGTERM.

Becomes gunicorn, in the same process: whoever started it sends signals to the very server, and a socket that
systemd holds for it (LISTEN_FDS, sd_listen_fds(3)) is taken in place of the address. Knows no Django: each
process of the server loads it for itself.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

PRODUCT = "linekey.config.wsgi"
PROCESSES = 2
THREADS = 4
"""Each. A request waits for the database or for a hash, which both let the others go on."""
FINISH_SECONDS = 30
"""How long requests under way may take to end after SIGTERM; nobody new is let in meanwhile."""
_MEMORY = "GLIBC_TUNABLES=glibc.malloc.mmap_threshold=4194304:glibc.malloc.hugetlb=1"
"""The 19 MiB of a hash go back to the system when it ends: else each thread keeps as much for the next one.

In huge pages, which makes up for fetching them again. Read by the C library when a process starts
(mallopt(3)); where it is not GNU's, nothing changes.
"""


def main(arguments: Sequence[str], *, port: int) -> NoReturn:
    """`port`: where to listen on loopback when no address is given."""
    asked = _parser(port).parse_args(arguments)
    words = command(asked.address, processes=asked.processes, threads=asked.threads, finish=asked.finish)
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted, and every word is ours or a number


def command(
    address: str,
    *,
    processes: int = PROCESSES,
    threads: int = THREADS,
    finish: int = FINISH_SECONDS,
    application: str = PRODUCT,
) -> list[str]:
    """How the web server is started; `application` for whoever measures another one in the same server."""
    words = ["gunicorn", application, "--bind", address, "--worker-class", "gthread"]
    words += ["--workers", str(processes), "--threads", str(threads), "--graceful-timeout", str(finish)]
    # Its control socket would lie in the home of the person, outside LINEKEY_HOME, shared by every run.
    words += ["--no-control-socket", "--name", "linekey"]
    return ["/usr/bin/env", _MEMORY, sys.executable, "-m", *words]


def _parser(port: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="linekey serve", description="The pages and the APIs alone, until SIGTERM."
    )

    def number(name: str, default: int, told: str) -> None:
        parser.add_argument(name, type=_whole, default=default, metavar="N", help=f"{told} ({default})")

    parser.add_argument(
        "--address",
        default=f"127.0.0.1:{port}",
        metavar="HOST:PORT",
        help=f"where to listen; also unix:/path (127.0.0.1:{port})",
    )
    number("--processes", PROCESSES, "processes that answer")
    number("--threads", THREADS, "requests one process answers at once")
    number("--finish", FINISH_SECONDS, "seconds for requests under way to end when it is stopped")
    return parser


def _whole(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and int(typed)):
        raise argparse.ArgumentTypeError(f"{typed!r} is no whole number above 0")
    return int(typed)
