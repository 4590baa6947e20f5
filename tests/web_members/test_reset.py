"""A member's password, replaced from the pages: by link, by mail, typed (TEAM-2)."""

import re
from datetime import datetime

import pytest

from linekey.records.models import AuditEntry, Organisation, OutboxEffect, Person
from tests.build import Cast
from tests.hands import Hands, work
from tests.web.conftest import seated

ONE = "/membres/ab12345-lk"
TYPED = "quatre castors au barrage"


def allow(organisation: Organisation, way: str) -> None:
    organisation.policy = {**organisation.policy, "member_reset": way}
    organisation.save()


def operation_in(page: str) -> str:
    found = re.search(r'name="operation" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("policy", "offered"),
    [
        ("link", {"/lien"}),
        ("mail", {"/lien", "/mot-de-passe-provisoire"}),
        ("typed", {"/lien", "/mot-de-passe"}),
    ],
)
@pytest.mark.parametrize("who", ["bruno", "chen", "dina", "olivia"])
def test_the_page_offers_what_the_policy_has(cast: Cast, policy: str, offered: set[str], who: str) -> None:
    allow(cast.lumen, policy)
    browser = seated(getattr(cast, who))
    expected = {"/lien"} if who == "dina" else offered
    page = browser.get(ONE).content.decode()
    for leaf in ("/lien", "/mot-de-passe-provisoire", "/mot-de-passe"):
        assert (f'href="{ONE}{leaf}"' in page) is (leaf in expected), leaf
        assert browser.get(f"{ONE}{leaf}").status_code == (200 if leaf in expected else 409), leaf


@pytest.mark.parametrize(
    ("leaf", "words"), [("lien", "/mot-de-passe-perdu/"), ("mot-de-passe-provisoire", ":")]
)
def test_a_form_sent_twice_sends_one_mail(cast: Cast, hands: Hands, leaf: str, words: str) -> None:
    allow(cast.lumen, "mail")
    bruno = seated(cast.bruno)
    form = {"operation": operation_in(bruno.get(f"{ONE}/{leaf}").content.decode())}
    for _ in range(2):
        assert bruno.post(f"{ONE}/{leaf}", form).headers["Location"] == ONE
    assert "on its way to ada.lemoine@example.org" in bruno.get(ONE).content.decode()
    work(hands)
    (mail,) = hands.mail.mails
    assert mail.address == cast.ada.email and words in mail.written.text


def test_somebody_who_never_activated_is_sent_that_link(cast: Cast, hands: Hands) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(activated_at=None)
    bruno = seated(cast.bruno)
    assert "Send the activation link again" in bruno.get(ONE).content.decode()
    form = {"operation": operation_in(bruno.get(f"{ONE}/lien").content.decode())}
    bruno.post(f"{ONE}/lien", form)
    work(hands)
    assert "/activation/" in hands.mail.mails[0].written.text


def test_an_administrator_types_one_and_reads_why_it_is_too_weak(cast: Cast, now: datetime) -> None:
    allow(cast.lumen, "typed")
    bruno = seated(cast.bruno)
    weak = bruno.post(f"{ONE}/mot-de-passe", {"password": "lemoine"})
    assert weak.status_code == 422 and b"Remove what others can know" in weak.content
    assert b"lemoine" not in weak.content.replace(b"ada.lemoine", b"").replace(b"Lemoine", b"")
    ticked = bruno.post(f"{ONE}/mot-de-passe/verifier", {"password": TYPED})
    assert ticked.status_code == 200 and b'class="bad"' not in ticked.content
    done = bruno.post(f"{ONE}/mot-de-passe", {"password": TYPED})
    assert done.headers["Location"] == ONE
    page = bruno.get(ONE)
    assert b"Temporary password" in page.content and TYPED.encode() not in page.content
    ada = Person.objects.get(pk=cast.ada.pk)
    assert ada.must_change_password and ada.check_password(TYPED)


@pytest.mark.parametrize("leaf", ["lien", "mot-de-passe-provisoire", "mot-de-passe"])
def test_a_disabled_account_is_opened_first(cast: Cast, leaf: str) -> None:
    allow(cast.lumen, "typed" if leaf == "mot-de-passe" else "mail")
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False, disabled_for="administrator")
    bruno = seated(cast.bruno)
    assert bruno.get(f"{ONE}/{leaf}").status_code == 409
    assert bruno.post(f"{ONE}/{leaf}", {"password": TYPED, "operation": "a" * 32}).status_code == 409
    assert b"it is disabled" in bruno.get(ONE).content
    assert not OutboxEffect.objects.exists() and not AuditEntry.objects.exists()


def test_without_a_name_of_its_own_a_form_sends_nothing(cast: Cast) -> None:
    assert seated(cast.bruno).post(f"{ONE}/lien").status_code == 400
    assert not OutboxEffect.objects.exists()
