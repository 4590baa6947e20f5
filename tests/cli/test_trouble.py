"""What goes wrong is a sentence, a next step and a status that scripts can read."""

import io
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from linekey.cli.main import main
from linekey.cli.show import Screen
from linekey.cli.trouble import Exit, status_of
from tests.cli.shell import Shell, answering
from tests.lab.elements import free_port

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\u202c\r\nnext"


def test_nobody_there_is_status_5(elsewhere: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEKEY_URL", f"http://127.0.0.1:{free_port()}")
    elsewhere.transport = httpx.HTTPTransport()
    told = elsewhere.run("whoami")
    assert told.status == Exit.UNREACHABLE and "127.0.0.1 cannot be reached" in told.err


def test_a_change_without_an_answer_is_told_how_to_send_it_again(elsewhere: Shell) -> None:
    names = []

    def silent(request: httpx.Request) -> httpx.Response:
        names.append(request.headers["Idempotency-Key"])
        raise httpx.ReadTimeout("silence")

    elsewhere.transport = answering(silent)
    told = elsewhere.run("services", "reset", "0033972101010", "--yes")
    assert told.status == Exit.UNREACHABLE and f"--once {names[0]}" in told.err
    elsewhere.run("services", "reset", "0033972101010", "--yes", "--once", names[0])
    assert names[0] == names[1]


def test_a_change_without_a_name_is_not_promised_to_happen_once(elsewhere: Shell) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("silence")

    elsewhere.transport = answering(silent)
    assert "Look whether it was done" in elsewhere.run("members", "unlock", "ab12345-lk").err


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<h1>Welcome</h1>", headers={"Content-Type": "text/html"}),
        httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        httpx.Response(200, text="{", headers={"Content-Type": "application/json"}),
        httpx.Response(200, json=["a list"]),
        httpx.Response(403, json={"detail": "as Django says it"}),
        httpx.Response(403, text="[]", headers={"Content-Type": "application/problem+json"}),
        httpx.Response(403, text="\xff", headers={"Content-Type": "application/problem+json"}),
    ],
)
def test_what_speaks_another_language_is_no_desk(elsewhere: Shell, answer: httpx.Response) -> None:
    elsewhere.transport = answering(lambda _: answer)
    told = elsewhere.run("whoami")
    assert told.status == Exit.UNREACHABLE and "not the API of Linekey" in told.err


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_before_an_absent_desk_is_no_reason_to_look_at_the_address(
    elsewhere: Shell, status: int
) -> None:
    elsewhere.transport = answering(lambda _: httpx.Response(status, text="<h1>Bad gateway</h1>"))
    told = elsewhere.run("whoami")
    assert told.status == Exit.UNREACHABLE and "The desk is not there at the moment." in told.err


@pytest.mark.parametrize("answer", [None, [], {}, {"services": None}, {"services": ["x"]}, {"services": {}}])
def test_an_answer_without_what_it_must_have_is_no_desk_s(elsewhere: Shell, answer: object) -> None:
    elsewhere.transport = answering(lambda _: httpx.Response(200, json=answer))
    assert elsewhere.run("services", "search", "--all").status == Exit.UNREACHABLE
    assert elsewhere.run("services", "reset", "x", "--yes").status == Exit.UNREACHABLE
    elsewhere.piped = "lksk_a"
    assert elsewhere.run("login", "http://localhost", "--stdin").status == Exit.UNREACHABLE


def test_an_answer_that_cannot_be_unpacked_is_no_desk_s(elsewhere: Shell) -> None:
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    elsewhere.transport = answering(
        lambda _: httpx.Response(200, headers=packed, stream=httpx.ByteStream(b"not packed"))
    )
    assert elsewhere.run("whoami").status == Exit.UNREACHABLE


def test_whoever_leaves_without_an_answer_changes_nothing(elsewhere: Shell) -> None:
    def gone(question: str) -> str:
        raise EOFError

    elsewhere.answers = ["there"]
    person = elsewhere.person()
    assert person.there
    status = main(
        ("services", "change", "x", "--yes"),
        server={},
        screen=Screen(io.StringIO(), io.StringIO(), False, False),
        person=replace(person, hide=gone),
        transport=answering(lambda _: httpx.Response(500)),
    )
    assert status == Exit.REFUSED


def test_a_key_follows_no_redirection(elsewhere: Shell) -> None:
    hosts = []

    def away(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://elsewhere.example/"})

    elsewhere.transport = answering(away)
    elsewhere.run("whoami")
    assert hosts == ["localhost"]


@pytest.mark.parametrize(
    ("http", "status"),
    [(400, 2), (401, 3), (403, 3), (404, 4), (409, 1), (410, 1), (413, 1), (422, 1), (429, 1), (500, 5)],
)
def test_the_status_follows_from_the_problem(elsewhere: Shell, http: int, status: int) -> None:
    problem = {"detail": "No.", "next_step": "Do otherwise."}
    sent = httpx.Response(http, json=problem, headers={"Content-Type": "application/problem+json"})
    elsewhere.transport = answering(lambda _: sent)
    told = elsewhere.run("whoami")
    assert told.status == status == status_of(http)
    assert (told.out, told.err) == ("", "No.\nDo otherwise.\n")


def test_what_the_server_says_cannot_move_the_terminal(elsewhere: Shell) -> None:
    problem = {"detail": HOSTILE, "next_step": HOSTILE, "broken": [{"rule": "x", "advice": HOSTILE}]}
    sent = httpx.Response(409, json=problem, headers={"Content-Type": "application/problem+json"})
    elsewhere.transport = answering(lambda _: sent)
    told = elsewhere.run("whoami").err
    assert all(letter.isprintable() or letter == "\n" for letter in told)


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("words", [("services", "search"), ("services", "show", "x"), ("whoami",)])
@pytest.mark.parametrize("json", [True, False])
def test_nor_can_a_name_somebody_typed(
    elsewhere: Shell, terminal: bool, words: tuple[str, ...], json: bool
) -> None:
    row = {"reference": HOSTILE, "name": HOSTILE, HOSTILE: [HOSTILE], "nested": {HOSTILE: HOSTILE}}
    elsewhere.transport = answering(
        lambda _: httpx.Response(200, json={**row, "services": [row], "next": None})
    )
    elsewhere.terminal = terminal
    told = elsewhere.run(*words, *(["--json"] if json else []))
    assert told.status == Exit.DONE
    assert all(letter.isprintable() or letter in "\n\t" for letter in told.out)
    assert "evil" in told.out


def test_nor_can_what_is_asked_about(elsewhere: Shell) -> None:
    elsewhere.transport = answering(lambda _: httpx.Response(200, json={"number": HOSTILE, "name": HOSTILE}))
    elsewhere.answers = ["n"]
    told = elsewhere.run("services", "reset", "x").err
    assert all(letter.isprintable() or letter == "\n" for letter in told)


def test_nor_a_file_on_a_terminal(elsewhere: Shell) -> None:
    elsewhere.transport = answering(lambda _: httpx.Response(200, text=f"a;{HOSTILE}\r\n"))
    elsewhere.terminal = True
    assert "\x1b" not in elsewhere.run("services", "export").out
    elsewhere.terminal = False
    assert elsewhere.run("services", "export").out.startswith("a;\x1b")  # A pipe gets it as it is.


def test_a_file_is_kept_under_a_new_name_for_the_person_alone(elsewhere: Shell, tmp_path: Path) -> None:
    elsewhere.transport = answering(lambda _: httpx.Response(200, content=b"\xff;\n"))
    place = tmp_path / "found.csv"
    assert elsewhere.run("services", "export", "-o", str(place)).status == Exit.DONE
    assert place.read_bytes() == b"\xff;\n" and place.stat().st_mode & 0o777 == 0o600
    assert elsewhere.run("services", "export", "-o", str(place)).status == Exit.USAGE
    elsewhere.terminal = True
    assert elsewhere.run("services", "export").status == Exit.USAGE


@pytest.mark.parametrize("pair", ["lock_after=NaN", 'name="\\ud800"', "name=\udcff", "=5", "lock_after"])
def test_a_value_that_cannot_be_sent_is_told(elsewhere: Shell, pair: str) -> None:
    assert elsewhere.run("policy", "set", "42", pair, "--yes").status == Exit.USAGE


def test_nor_can_a_secret_that_is_no_text(elsewhere: Shell) -> None:
    elsewhere.piped = "\udcff"
    assert elsewhere.run("services", "change", "x", "--yes", "--stdin").status == Exit.USAGE


def test_an_argument_that_is_no_text_is_told(elsewhere: Shell) -> None:
    assert elsewhere.run("services", "search", "--text", "\udcff").status == Exit.USAGE


class _Here(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        raise AssertionError("no request passes a certificate nobody trusts")


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[int]:
    """A server with a certificate of its own making."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "1", *subject),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), _Here)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_nobody_trusts_gets_no_key(
    elsewhere: Shell, untrusted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINEKEY_URL", f"https://localhost:{untrusted}")
    elsewhere.transport = httpx.HTTPTransport(verify=ssl.create_default_context())
    told = elsewhere.run("whoami")
    assert told.status == Exit.UNREACHABLE and "certificate of localhost cannot be trusted" in told.err
