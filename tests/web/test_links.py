"""Pages behind a one-time link: looking is free, using it counts once, nobody is told its address."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import tickets
from linekey.records.models import Ticket
from linekey.usecases import create_account, recover_account
from linekey.vault import seal
from tests.build import Cast, visitor
from tests.hands import Hands, work
from tests.web.conftest import HOSTILE, forms_of

NEW = "quatre mots jamais vus ensemble"


def path_in(hands: Hands, place: str) -> str:
    """Of the link in the newest mail."""
    found = re.search(rf"/{place}/\S+", hands.mail.mails[-1].written.text)
    assert found
    return found[0]


@pytest.fixture
def recover(cast: Cast, hands: Hands) -> str:
    now = timezone.now()
    recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=now)
    work(hands, now)
    return path_in(hands, "mot-de-passe-perdu")


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


@pytest.fixture
def activate(cast: Cast, hands: Hands) -> str:
    now = timezone.now()
    create_account.ask(
        first_name="Nour",
        last_name="Dupré",
        email="nour@example.org",
        language="en",
        suffix="lk",
        visitor=visitor(),
        now=now,
    )
    work(hands, now)
    return path_in(hands, "activation")


@pytest.mark.parametrize("link", ["recover", "reveal", "activate"])
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


PLACES = ("mot-de-passe-perdu", "activation", "lien")
FORMS = ("", "/verifier", "/cle")


@pytest.mark.parametrize("link", ["recover", "reveal", "activate"])
def test_a_link_of_one_purpose_opens_nothing_else(
    stranger: Client, link: str, request: pytest.FixtureRequest
) -> None:
    """Law 8, at every address that takes a token."""
    _, own, token = request.getfixturevalue(link).split("/")
    for place in set(PLACES) - {own}:
        assert stranger.get(f"/{place}/{token}").status_code == 410
        for form in FORMS:
            refused = stranger.post(f"/{place}/{token}{form}", {"password": NEW})
            assert refused.status_code in (404, 410), f"{place}{form}"
    assert stranger.get(f"/{own}/{token}").status_code == 200


@pytest.mark.parametrize("link", ["recover", "reveal", "activate"])
def test_an_expired_link_is_no_longer_valid(
    stranger: Client, link: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue(link)
    Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert stranger.get(address).status_code == stranger.post(address).status_code == 410


@pytest.mark.parametrize("link", ["recover", "reveal", "activate"])
def test_a_mistyped_link_is_none(stranger: Client, link: str, request: pytest.FixtureRequest) -> None:
    address = request.getfixturevalue(link)
    flipped = address[:-1] + ("a" if address[-1] != "a" else "b")
    for wrong in (address[:-1], flipped, address + "A", address.swapcase(), address + "%00"):
        assert stranger.get(wrong).status_code in (404, 410)
    assert stranger.get(address).status_code == 200


@pytest.mark.parametrize("link", ["recover", "activate"])
def test_the_page_of_a_dead_link_offers_a_new_one(
    stranger: Client, link: str, request: pytest.FixtureRequest
) -> None:
    """TEAM-8: what to do next stands on the page."""
    address = request.getfixturevalue(link)
    Ticket.objects.update(used_at=timezone.now())
    dead = stranger.get(address)
    assert dead.status_code == 410
    assert b'href="/mot-de-passe-perdu"' in dead.content
    assert b"This link is no longer valid" in dead.content


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("link", ["recover", "reveal", "activate"])
def test_nothing_typed_behind_it_is_a_fault_of_ours(
    stranger: Client, link: str, what: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue(link)
    typed = forms_of(("password", "answer", "code", "way", "customer_id", "user"), HOSTILE[what])
    for form in FORMS:
        answer = stranger.post(f"{address}{form}", typed)
        assert answer.status_code < 500
        assert b"<script>alert" not in answer.content


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
