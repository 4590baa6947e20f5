"""Law 5: secrets of keys and tokens are in no table, log or file; and scanners know them by their form."""

import logging
import re
from collections.abc import Iterator

import pytest

from linekey.config.logs import WithoutTokens
from linekey.domain.secret import Secret
from linekey.vault import access_keys, seal
from tests.api.programs import EXCHANGE, LINE, ONCE, REFRESH, Program, exchanged, key_of, refreshed, send
from tests.build import Cast
from tests.docs.pages import blocks, text_of
from tests.hands import Hands, work
from tests.laws.test_law_5_secrets_stay_secret import assert_kept_nowhere

PAGE = "docs/reference/api.md"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.django_db(transaction=True)
def test_a_key_its_tokens_and_what_they_reset_are_kept_nowhere(
    committed: Cast, hands: Hands, logged: pytest.LogCaptureFixture
) -> None:
    key = key_of(committed.ada)
    first = exchanged(key).value
    second = refreshed(first["refresh_token"]).value
    program = Program(second["access_token"])
    shown = program.post(f"/services/{LINE}/reset").value["secret"]
    chosen = "Canari-4718-jaune"
    program.post(f"/services/{LINE}/change", {"password": chosen}, once="another-one")
    program.post(f"/services/{LINE}/change", {"password": [chosen]}, once="a-third-one")
    work(hands)
    assert hands.registers(committed.line, chosen)
    # And whatever is sent wrongly: in each other's box, in an address, in a header nobody reads.
    secret = key.secret.reveal()
    send("POST", EXCHANGE, {"accessKeyId": secret, "accessKeySecret": key.key_id})
    send("POST", EXCHANGE, {"accessKeyId": key.key_id, "accessKeySecret": [secret]})
    send("POST", EXCHANGE, {"accessKeyId": key.key_id, "accessKeySecret": secret[:-1]})
    send("POST", REFRESH, {"grant_type": secret, "refresh_token": first["refresh_token"]})
    send("GET", f"/api/v1/me?access_token={program.bearer}")
    send("GET", "/api/v1/me", headers={"Authorization": f"Basic {secret}", "Idempotency-Key": ONCE})
    refreshed(first["refresh_token"])
    Program.with_secret(key).get("/me")
    tokens = [pair[name] for pair in (first, second) for name in ("access_token", "refresh_token")]
    assert_kept_nowhere(logged, secret, *tokens, shown, chosen)


def test_no_line_of_a_log_shows_a_key_or_a_token() -> None:
    parts = [access_keys.new_secret(), access_keys.new_token(), access_keys.new_refresh_token()]
    for part in (part.reveal() for part in parts):
        for message in (f"GET /api/v1/me?access_token={part} 401", f"Authorization: Bearer {part}"):
            record = logging.LogRecord("x", logging.WARNING, "", 0, "%s", (message,), None)
            WithoutTokens().filter(record)
            assert part not in record.getMessage() and part[5:] not in record.getMessage()


def test_scanners_of_leaked_secrets_know_every_part_by_its_form() -> None:
    patterns = [
        line for block in blocks(text_of(PAGE), "text") for line in block.splitlines() if "lk" in line.lower()
    ]
    assert len(patterns) == 2
    secret, key_id = (re.compile(pattern) for pattern in patterns)
    drawn = [access_keys.new_secret, access_keys.new_token, access_keys.new_refresh_token]
    for draw in drawn:
        for _ in range(200):
            leaked = f'KEY="{draw().reveal()}"\n'
            assert secret.search(leaked)
    assert all(key_id.search(f"id: {access_keys.new_id()}\n") for _ in range(200))
    assert not secret.search("lksk_short and talk_lkat_about") and not key_id.search("LKAKOUTLK")


def test_no_two_draws_are_alike() -> None:
    """CVE-2025-63314."""
    drawn = {access_keys.new_token().reveal() for _ in range(10_000)}
    assert len(drawn) == 10_000
    assert len({access_keys.new_id() for _ in range(10_000)}) == 10_000


def test_a_secret_is_compared_as_a_whole() -> None:
    secret = access_keys.new_secret()
    assert access_keys.matches(secret, seal.digest(secret))
    assert not access_keys.matches(Secret(""), seal.digest(secret))
    assert not access_keys.matches(secret, "") and not access_keys.matches(secret, None)
