"""A child that dies is started again, one that is stopped leaves nobody behind."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linekey.worker import place, probes
from linekey.worker.children import Child, describe_exit
from linekey.worker.watch import wait_for


def until(happens: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []

    def make(script: str, answers: Callable[[], bool] = lambda: True) -> Child:
        made.append(Child("part", ["sh", "-c", script], dict(os.environ), tmp_path / "part.log", answers))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def alive(pid: int) -> bool:
    try:
        # A zombie is not alive: its command line is empty.
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def test_a_child_that_died_is_started_again_later_each_time(child: Callable[..., Child]) -> None:
    part = child("exit 3")
    part.start()
    waits = []
    for _ in range(7):
        until(lambda: part.exit_code() is not None)
        now = time.monotonic()
        assert "exit code 3" in (part.restart_when_dead(now) or "")
        assert part.start_again_at is not None
        waits.append(round(part.start_again_at - now))
        assert part.restart_when_dead(now) is None, "not before its time"
        assert part.restart_when_dead(now + 60) == "part started again."
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_stopping_a_child_takes_its_own_children_along(child: Callable[..., Child], tmp_path: Path) -> None:
    part = child(f"sleep 1000 & echo $! > {tmp_path}/grandchild; wait")
    part.start()
    until(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text().strip())
    grandchild = int((tmp_path / "grandchild").read_text())
    until(lambda: alive(grandchild))
    part.stop()
    until(lambda: not alive(grandchild))


def test_a_child_of_a_supervisor_that_was_killed_outright_ends_too(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from linekey.worker.children import Child\n"
        f"c = Child('part', ['sleep', '1000'], {{}}, Path({str(tmp_path / 'log')!r}), lambda: True)\n"
        "c.start()\n"
        "print(c._process.pid, flush=True); time.sleep(1000)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert supervisor.stdout is not None
    with supervisor.stdout:
        orphan = int(supervisor.stdout.readline())
        assert alive(orphan)
        supervisor.kill()
        supervisor.wait()
    until(lambda: not alive(orphan))


def test_what_an_earlier_run_left_behind_is_ended(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "1000"], env=place.marked({}, tmp_path))
    other = subprocess.Popen(["sleep", "1000"], env=place.marked({}, tmp_path / "other"))
    try:
        until(lambda: place.end_leftovers(tmp_path) == 1)
        assert left.wait(5) == -15
        assert other.poll() is None, "another folder's run goes on"
    finally:
        for process in (left, other):
            process.kill()
            process.wait()


def test_a_child_that_ends_at_once_stops_the_start_with_its_last_words(child: Callable[..., Child]) -> None:
    part = child("echo no such table; exit 1", lambda: False)
    part.start()
    with pytest.raises(place.CannotStart, match=r"part stopped at once(.|\n)*no such table"):
        wait_for([part])


def test_only_one_run_per_folder(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with (
            place.alone_in(tmp_path),
            pytest.raises(place.CannotStart, match=f"process {os.getpid()}"),
            place.alone_in(tmp_path),
        ):
            pytest.fail("two runs hold one folder")
    finally:
        os.umask(before)


def test_a_taken_port_is_noticed_for_streams_and_datagrams() -> None:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as holder:
            holder.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                holder.listen(1)
            taken = holder.getsockname()[1]
            assert not probes.free(taken, kind)
        assert probes.free(taken, kind)


def test_an_end_is_told_in_words() -> None:
    assert describe_exit(3) == "exit code 3"
    assert describe_exit(-9) == "killed by SIGKILL"
    assert describe_exit(-63) == "killed by signal 63"
