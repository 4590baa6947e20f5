"""A shell in which `linekey` is typed: the real application behind it, a terminal or a pipe before it."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from linekey.cli.main import main
from linekey.cli.show import Screen
from linekey.cli.typed import Person


class Application(httpx.BaseTransport):
    """The real WSGI application, on the connection of the test, as Django's own client does it."""

    def __init__(self) -> None:
        self._wsgi = httpx.WSGITransport(get_wsgi_application(), remote_addr="192.0.2.7")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        ends = (request_started, request_finished)
        for end in ends:
            end.disconnect(close_old_connections)
        try:
            response = self._wsgi.handle_request(request)
            response.read()
            return response
        finally:
            for end in ends:
                end.connect(close_old_connections)


URL = "http://localhost"
SERVER = {"run": "start everything"}


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@dataclass
class Shell:
    """`answers` are typed one after the other; without any, nobody is there."""

    transport: httpx.BaseTransport | None = None
    answers: list[str] = field(default_factory=list)
    piped: str = ""
    terminal: bool = False
    colour: bool = False
    width: int = 100
    asked: list[str] = field(default_factory=list)

    def run(self, *words: str, there: bool | None = None) -> Ran:
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
        screen = Screen(out, err, self.terminal, self.colour, self.width)
        transport = self.transport or Application()
        status = main(words, server=SERVER, screen=screen, person=self.person(there), transport=transport)
        out.seek(0)
        return Ran(status, out.read(), err.getvalue())

    def usage(self, capsys: pytest.CaptureFixture[str], *words: str) -> str:
        """What argparse says before it leaves with 2."""
        with pytest.raises(SystemExit) as left:
            self.run(*words)
        assert left.value.code == 2
        return capsys.readouterr().err

    def person(self, there: bool | None = None) -> Person:
        def answer(question: str) -> str:
            self.asked.append(question)
            return self.answers.pop(0)

        is_there = bool(self.answers) if there is None else there
        return Person(there=is_there, answer=answer, hide=answer, piped=lambda: self.piped)


Answer = Callable[[httpx.Request], httpx.Response]


def answering(answer: Answer) -> httpx.MockTransport:
    """Somebody else's server."""
    return httpx.MockTransport(answer)
