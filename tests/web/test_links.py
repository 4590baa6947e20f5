"""Pages behind a one-time link: looking is free, using it counts once, nobody is told its address."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import tickets
from linekey.records.models import Person
from linekey.vault import seal
from tests.build import Cast

NEW = "quatre mots jamais vus ensemble"


@pytest.fixture
def recover(cast: Cast) -> str:
    return f"/mot-de-passe-perdu/{_ticket(cast.ada, Purpose.RECOVER, timezone.now())}"


@pytest.fixture
def reveal(cast: Cast) -> str:
    token = seal.new_token()
    tickets.issue(
        seal.digest(token),
        Purpose.REVEAL,
        person=cast.ada,
        service=cast.access,
        plan="p",
        now=timezone.now(),
    )
    return f"/lien/{token.reveal()}"


def _ticket(person: Person, purpose: Purpose, now: datetime) -> str:
    token = seal.new_token()
    tickets.issue(seal.digest(token), purpose, person=person, plan="p", now=now)
    return token.reveal()


@pytest.mark.parametrize("link", ["recover", "reveal"])
def test_its_address_is_told_to_nobody_and_kept_nowhere(
    stranger: Client, link: str, request: pytest.FixtureRequest
) -> None:
    answer = stranger.get(request.getfixturevalue(link))
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_refusal_behind_it_is_as_silent(stranger: Client, reveal: str, cast: Cast) -> None:
    cast.access.state = "suspended"
    cast.access.save()
    for answer, status in ((stranger.post(reveal), 409), (stranger.get("/lien/unknown"), 410)):
        assert answer.status_code == status
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_mail_scanner_that_follows_it_harms_nobody(stranger: Client, reveal: str, cast: Cast) -> None:
    for _ in range(3):
        assert stranger.get(reveal).status_code == 200
    assert cast.access.versions.count() == 0


def test_a_reveal_link_says_what_will_happen_then_shows_once(
    stranger: Client, reveal: str, cast: Cast
) -> None:
    assert b"Nothing has changed yet." in stranger.get(reveal).content
    shown = stranger.post(reveal)
    assert shown.status_code == 200
    assert shown.content.count(b'id="shown-once"') == 1
    assert shown.headers["Cache-Control"] == "no-store"
    assert stranger.post(reveal).status_code == stranger.get(reveal).status_code == 410
    assert cast.access.versions.count() == 1


def test_a_link_of_one_purpose_opens_nothing_else(stranger: Client, reveal: str, recover: str) -> None:
    assert stranger.get(f"/mot-de-passe-perdu/{reveal.rpartition('/')[2]}").status_code == 410
    assert stranger.get(f"/lien/{recover.rpartition('/')[2]}").status_code == 410


def test_an_expired_link_is_no_longer_valid(stranger: Client, cast: Cast) -> None:
    old = _ticket(cast.ada, Purpose.RECOVER, timezone.now() - timedelta(hours=2))
    assert stranger.get(f"/mot-de-passe-perdu/{old}").status_code == 410


def test_the_new_password_is_chosen_once(stranger: Client, recover: str) -> None:
    assert stranger.post(recover, {"password": NEW}).headers["Location"] == "/connexion"
    assert b"Your password is changed." in stranger.get("/connexion").content
    assert stranger.post("/connexion", {"identifier": "ab12345-lk", "password": NEW}).status_code == 303
    assert stranger.post(recover, {"password": NEW}).status_code == 410


def test_a_poor_one_is_refused_by_name_and_the_link_still_works(stranger: Client, recover: str) -> None:
    refused = stranger.post(recover, {"password": "lemoine"})
    assert refused.status_code == 422
    assert refused.content.count(b'class="bad"') >= 2
    assert b"lemoine" not in refused.content.lower()
    assert stranger.get(recover).status_code == 200


def test_its_conditions_are_ticked_while_typing(stranger: Client, recover: str) -> None:
    ticked = stranger.post(f"{recover}/verifier", {"password": "court"})
    assert ticked.status_code == 200
    assert b'class="bad"' in ticked.content
    assert b'class="open"' in stranger.post(f"{recover}/verifier", {"password": ""}).content
    assert Secret("court").reveal().encode() not in ticked.content
