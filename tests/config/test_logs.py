"""Law 5: no token is in a line of our logs. Each line names its request, and nobody forges one."""

import json
import logging
import sys

import pytest

from linekey.config.logs import JsonLine, Line, WithoutTokens, WithRequest
from linekey.domain import tracing


@pytest.mark.parametrize(
    ("message", "arguments", "written"),
    [
        ("%s: %s", ("Gone", "/lien/abc-_123"), "Gone: /lien/••••"),
        ("%s: %s", ("Bad", "/mot-de-passe-perdu/abc/verifier"), "Bad: /mot-de-passe-perdu/••••/verifier"),
        ("%s: %s", ("Over", "/dossier/abc/arreter"), "Over: /dossier/••••/arreter"),
        ("%s: %s", ("Bad", "/dossiers/DOS-7K3F-92QD"), "Bad: /dossiers/DOS-7K3F-92QD"),
        ("GET /auth/?credentialToken=abc&x=1", (), "GET /auth/?credentialToken=••••&x=1"),
        (
            "GET /connexion?next=%2Fauth%2F%3FcredentialToken%3Dabc",
            (),
            "GET /connexion?next=%2Fauth%2F%3FcredentialToken%3D••••",
        ),
        ("%d done", (3,), "3 done"),
    ],
)
def test_a_logged_address_keeps_no_token(message: str, arguments: tuple[object, ...], written: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, message, arguments, None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == written


def record(name: str, message: str, *arguments: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, "", 0, message, arguments, None)
    assert WithoutTokens().filter(made) and WithRequest().filter(made)
    return made


def test_a_line_names_its_request() -> None:
    with tracing.carried("trace_0001"):
        made = record("linekey.effects", "%d done", 3)
    assert Line().format(made).endswith("WARNING linekey.effects [trace_0001] 3 done")
    assert "[-] 3 done" in Line().format(record("linekey.effects", "%d done", 3))


def test_a_stranger_forges_no_line_and_colours_no_terminal() -> None:
    made = record("django.request", "Not Found: %s", "/x\n2026 WARNING linekey forged\x1b[31m\u202e")
    assert "\n" not in Line().format(made) and "\x1b" not in Line().format(made)
    assert json.loads(JsonLine().format(made))["message"].count("\ufffd") == 3


def test_our_own_tracebacks_keep_their_lines() -> None:
    made = record("linekey.worker", "failed: %s", "KeyError\n  File x\n  File \x1b[31m")
    assert Line().format(made).count("\n") == 2 and "\x1b" not in Line().format(made)


def test_json_is_one_object_per_line() -> None:
    try:
        raise LookupError("nothing\nhere")
    except LookupError:
        made = record("linekey.web", "broken")
        made.exc_info = sys.exc_info()
    line = JsonLine().format(made)
    told = json.loads(line)
    assert "\n" not in line
    assert {name: told[name] for name in ("level", "logger", "request_id", "message")} == {
        "level": "WARNING",
        "logger": "linekey.web",
        "request_id": "-",
        "message": "broken",
    }
    assert "LookupError" in told["exception"]


def test_a_webhooks_secret_is_in_no_line() -> None:
    assert "abc" not in Line().format(record("x", "made whsec_abcDEF=="))
