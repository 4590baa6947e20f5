"""A web process is replaced under load: its address outlives it, nobody is refused, no form is lost.

Nothing here needs a table: what is asked for is answered without one.
"""

import http.client
import json
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from linekey.worker.readiness import LEAVING
from tests.deploy.desk import Desk, desks

HOST = {"Host": "localhost"}


def ask(desk: Desk, method: str = "GET", path: str = "/healthz") -> int:
    wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
    try:
        wire.request(method, path, headers=HOST)
        return wire.getresponse().status
    finally:
        wire.close()


def visitor(desk: Desk, enough: Event, method: str, path: str) -> list[int]:
    answers = []
    while not enough.is_set():
        answers.append(ask(desk, method, path))
    return answers


def test_a_restart_refuses_nobody_and_ends_what_was_begun(tmp_path: Path) -> None:
    with desks(tmp_path, 1) as (desk,), ThreadPoolExecutor(3) as visitors:
        enough = Event()
        met: list[Future[list[int]]] = [
            visitors.submit(visitor, desk, enough, "GET", "/connexion"),
            visitors.submit(visitor, desk, enough, "POST", "/langue"),
        ]
        # A form of which half has been sent when the server is told to stop.
        wire = socket.create_connection(("127.0.0.1", desk.port))
        wire.sendall(b"POST /langue HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\nlangua")
        assert ask(desk) == 200, "and by now it has been taken"
        desk.tell_to_stop()
        wire.sendall(b"ge=fr")
        with wire:
            assert wire.recv(4096).startswith(b"HTTP/1.1 403"), "answered: a form without its token"
        assert desk.wait() == 0
        desk.start()
        assert ask(desk) == 200, "who came meanwhile waited in line"
        enough.set()
        pages, forms = (each.result() for each in met)
        assert set(pages) == {200} and set(forms) == {403}
        assert "Traceback" not in (tmp_path / "web-0.log").read_text()


def test_a_machine_is_taken_out_before_it_is_stopped(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with desks(tmp_path, 1, LINEKEY_HOME=str(home)) as (desk,):
        (home / LEAVING).touch()
        wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
        wire.request("GET", "/readyz", headers=HOST)
        answer = wire.getresponse()
        assert answer.status == 503 and json.load(answer)["parts"][LEAVING] == "yes"
        wire.close()
        assert ask(desk) == ask(desk, path="/connexion") == 200, "those it has are served"
