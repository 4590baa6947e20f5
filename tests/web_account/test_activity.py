"""The audit trail of one's own account, in sentences anybody understands."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import linekey
from linekey.records.models import AuditEntry
from linekey.web.account.happenings import SENTENCES, told
from tests.build import Cast
from tests.web_account.conftest import happened

PAGE = "/compte/activite"
SOURCE = Path(linekey.__file__).parent
NOBODYS = {"account.asked"}
"""Written before there is a person: on nobody's page."""
FORMED = {f"credential.{verb}" for verb in ("change", "reset", "send", "retire")} | {
    f"consumer_key.{status}" for status in ("validated", "refused")
}
"""Codes made of two parts in the source."""


def written() -> set[str]:
    """Every action code a use-case writes: a string of two words with a dot, where audits are written."""
    codes = set(FORMED)
    for path in (SOURCE / "usecases").rglob("*.py"):
        text = path.read_text()
        if "audit" in text or "note(" in text:
            codes |= set(re.findall(r'"([a-z_]+\.[a-z_]+)"', text))
    return codes - NOBODYS


def test_every_code_of_the_trail_has_a_sentence() -> None:
    known = set(SENTENCES) | {".".join(key.split(".")[:2]) for key in SENTENCES}
    assert written() - known == set()


@pytest.mark.parametrize("action", sorted({".".join(key.split(".")[:2]) for key in SENTENCES}))
def test_a_sentence_holds_whatever_facts_there_are(action: str) -> None:
    with translation.override("en"):
        for facts in ({}, {"what": "pin"}, {"contact": "backup", "shown": "a••@example.org"}, {"label": 7}):
            assert told(action, "", facts).sentence


def test_a_line_tells_what_when_from_where_and_by_whom(ada: Client, cast: Cast, now: datetime) -> None:
    happened(cast.ada, now, "session.open", method="passkey", address="203.0.113.9")
    happened(cast.ada, now, "contact.changed", contact="backup", shown="a••@example.org")
    happened(cast.ada, now, "contact.changed", contact="backup", shown="")
    happened(cast.ada, now, "factor.added", what="totp", label="<b>Tablette</b>")
    happened(cast.ada, now, "moon.landed")
    AuditEntry.objects.create(
        at=now, actor=cast.dina, person=cast.ada, door="portal", action="password.changed", path="1."
    )
    page = ada.get(PAGE).content.decode()
    for words in (
        "Signed in with a passkey.",
        "from 203.0.113.9",
        "The backup e-mail became a••@example.org.",
        "The backup e-mail was removed.",
        "“&lt;b&gt;Tablette&lt;/b&gt;” was added",
        "moon.landed",
        "by Linekey Télécom",
    ):
        assert words in page, words
    assert cast.dina.last_name not in page


def test_trouble_stands_out() -> None:
    with translation.override("en"):
        tones = {
            action: told(action, "", {}).tone
            for action in ("session.open", "session.refused", "person.locked")
        }
    assert tones == {"session.open": "neutral", "session.refused": "warning", "person.locked": "danger"}


def test_a_long_trail_is_read_a_page_at_a_time(ada: Client, cast: Cast, now: datetime) -> None:
    happened(cast.ada, now, "session.close", 60)
    first = ada.get(PAGE)
    older = first.context["next_before"]
    assert f"?avant={older}".encode() in first.content
    second = ada.get(PAGE, {"avant": older})
    assert b"Back to the newest" in second.content
    ids = [line.row.id for page in (first, second) for line in page.context["lines"]]
    assert ids == sorted(set(ids), reverse=True)
    assert b"This is where the trail of your account begins." in ada.get(PAGE, {"avant": 1}).content
    for nonsense in ("x", "-1", "9" * 30):
        assert ada.get(PAGE, {"avant": nonsense}).status_code == 400


def test_nobody_reads_another_ones(ada: Client, cast: Cast, now: datetime) -> None:
    happened(cast.eve, now, "moon.landed")
    page = ada.get(PAGE).content
    assert b"moon.landed" not in page
    assert b"Nothing yet" in page
