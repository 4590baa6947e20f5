"""Demonstration SMS gateway: keeps each text as a file and answers as Kannel's `sendsms` does; sends nothing.

Listens on loopback only. Never logs what it is asked: the address holds the text, and the text a code.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from linekey.worker.kept import keep

PATH = "/cgi-bin/sendsms"
_Answer = tuple[HTTPStatus, str]


def keep_text(folder: Path, asked: dict[str, str], now: datetime) -> str:
    """Headers as in a mail, an empty line, the text. The name of its file, `<time>-<id>.txt`."""
    head = "".join(
        f"{name}: {' '.join(asked.get(variable, '').split())}\n"
        for name, variable in (("From", "from"), ("To", "to"), ("Reference", "account"))
    )
    return keep(folder, ".txt", f"{head}\n{asked.get('text', '')}\n".encode(), now)


def answer(folder: Path, address: str) -> _Answer:
    """What Kannel says to a GET of this address. Any password will do: there is nothing to pay for."""
    parts = urlsplit(address)
    if parts.path != PATH:
        return HTTPStatus.NOT_FOUND, "Unknown request."
    try:
        asked = {name: values[0] for name, values in parse_qs(parts.query, errors="strict").items()}
    except ValueError:
        return HTTPStatus.BAD_REQUEST, "Charset or body misformed, rejected"
    if "to" not in asked:
        return HTTPStatus.BAD_REQUEST, "Missing receiver number, rejected"
    try:
        keep_text(folder, asked, datetime.now(UTC))
    except OSError:
        return HTTPStatus.SERVICE_UNAVAILABLE, "Temporal failure, try again later."
    return HTTPStatus.ACCEPTED, "0: Accepted for delivery"


def _handler(folder: Path) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5.0

        def do_GET(self) -> None:
            status, told = answer(folder, self.path)
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the address that was asked would stand in it."""

    return Handler


class _Server(ThreadingTCPServer):
    # Not HTTPServer: it asks the resolver for its own name, which may take seconds.
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def sms_gateway(port: int, folder: Path) -> Iterator[None]:
    """One that answers on loopback as long as the block runs."""
    with _Server(("127.0.0.1", port), _handler(folder)) as server:
        thread = Thread(target=server.serve_forever, name="sms", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
