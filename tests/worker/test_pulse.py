"""Who watches a worker sees it turn, once what was due is done."""

import os
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from linekey.worker import pulse
from linekey.worker.crew import Crew
from tests.hands import wired
from tests.lab.product import eventually


@pytest.mark.django_db(transaction=True)
def test_a_worker_beats_from_its_first_idle_moment_on(tmp_path: Path) -> None:
    file = tmp_path / "worker.pulse"
    assert not pulse.beats(file)
    stop = Event()
    worker = Thread(target=Crew(wired(), timedelta(seconds=30), pulse_file=file).run, args=(stop,))
    worker.start()
    try:
        eventually(lambda: pulse.beats(file))
    finally:
        stop.set()
        worker.join()


def test_a_worker_that_hangs_is_no_longer_heard(tmp_path: Path) -> None:
    file = tmp_path / "worker.pulse"
    pulse.beat(file)
    assert pulse.beats(file)
    os.utime(file, (0, 0))
    assert not pulse.beats(file)
