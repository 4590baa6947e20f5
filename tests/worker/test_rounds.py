"""A worker is alive while every crew goes round; systemd hears it say so, and ends one that hangs."""

import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from linekey.worker.rounds import PATIENCE_SECONDS, Rounds, Watchdog
from tests.lab.product import eventually


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_crew_that_hangs_is_missed_after_a_minute_and_a_turn_brings_it_back() -> None:
    clock = Clock()
    rounds = Rounds(clock)
    network, people = rounds.of("network"), rounds.of("people")
    clock.now += PATIENCE_SECONDS
    assert rounds.missing() == []
    people()
    clock.now += 1
    assert rounds.missing() == ["network"]
    network()
    assert rounds.missing() == []


@pytest.fixture
def heard(tmp_path: Path) -> socket.socket:
    """What systemd listens at."""
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    wire.bind(str(tmp_path / "notify"))
    wire.settimeout(5)
    return wire


def test_systemd_hears_that_it_is_ready_alive_and_stopping(heard: socket.socket) -> None:
    clock, stop = Clock(), Event()
    rounds = Rounds(clock)
    rounds.of("network")
    watchdog = Watchdog(heard.getsockname(), 40_000)
    thread = Thread(target=watchdog.run, args=(rounds, stop))
    with heard:
        thread.start()
        try:
            assert heard.recv(99) == b"READY=1"
            assert heard.recv(99) == b"WATCHDOG=1"
            clock.now += PATIENCE_SECONDS + 1
            heard.settimeout(0.2)
            with pytest.raises(TimeoutError):  # One that was under way may still come.
                assert [heard.recv(99) for _ in range(3)] == []
        finally:
            stop.set()
            thread.join()
        assert heard.recv(99) == b"STOPPING=1"


def test_without_a_watchdog_it_says_no_more_than_ready_and_stopping(heard: socket.socket) -> None:
    stop = Event()
    thread = Thread(target=Watchdog(heard.getsockname()).run, args=(Rounds(), stop))
    with heard:
        thread.start()
        assert heard.recv(99) == b"READY=1"
        stop.set()
        thread.join()
        assert heard.recv(99) == b"STOPPING=1"


def test_where_nobody_listens_it_only_waits() -> None:
    stop = Event()
    thread = Thread(target=Watchdog().run, args=(Rounds(), stop))
    thread.start()
    eventually(thread.is_alive)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
