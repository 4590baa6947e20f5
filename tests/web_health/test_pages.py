"""NEW-11 on the pages: each role opens on what needs attention, drawn, with the action beside it."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.attention import TABLE, Attention
from linekey.records.models import CredentialVersion, Factor
from linekey.records.pages import AttentionRow
from linekey.usecases import keep_health, rotate_credential
from linekey.web.components import attention
from linekey.worker import schedule
from tests.attacks import CIRCUITS, guess, guess_from_circuits
from tests.build import Cast, actor, user_licence
from tests.hands import Hands, make_due, work
from tests.web.conftest import seated

pytestmark = pytest.mark.django_db(transaction=True)
LINE = "0033972101010"
ADDRESSES = ["/", "/sante", "/sante/attaques", f"/revendeur/services/{LINE}", f"/telephonie/{LINE}"]
CUT = f"/sante/couper/{LINE}"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def actions(body: str) -> dict[str, str]:
    """Address of each action, by its words."""
    found = re.findall(r'<a class="button [^"]*" href="([^"]+)">([^<]+)', body)
    return {words.strip(): address for address, words in found}


@pytest.mark.parametrize("name", ["ada", "bruno", "chen", "dina", "olivia"])
def test_an_attacked_line_is_on_the_home_page_with_cut_now_beside_it(
    cast: Cast, now: datetime, name: str
) -> None:
    guess(cast.line, now, 1234)
    body = page(seated(getattr(cast, name)), "/")
    assert "1,234 refused logins in 24 hours, from 1 source: somebody is guessing the password." in body
    assert "Under attack" in body and "<circle" in body and "<rect" in body
    assert actions(body)["Cut now"] == CUT
    assert "/sante/attaques" in body


def test_law_11_nobody_else_s_page_changes(cast: Cast, now: datetime) -> None:
    def told() -> dict[str, str]:
        found = {address: page(seated(cast.bruno), address) for address in ADDRESSES}
        return {
            address: re.sub(r'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+', "", body)
            for address, body in found.items()
        }

    before = told()
    guess(cast.eves_line, now)
    keep_health.keep(now=now)
    # Accounts without a second factor are told from the first round on.
    Factor.objects.create(person=cast.bruno, kind="totp", name="Téléphone", created_at=now, uid="b")
    keep_health.keep(now=now)
    body = told()
    assert all("attaques" not in body[address] for address in ("/", "/sante"))
    assert all(body[address] == before[address] for address in ADDRESSES[2:])


def test_the_picture_needs_no_inline_style_and_has_a_table(cast: Cast, now: datetime) -> None:
    guess(cast.line, now - timedelta(days=2), 7)
    for address in ("/", f"/revendeur/services/{LINE}"):
        body = page(seated(cast.chen), address)
        assert "style=" not in body and "<script>" not in body
        assert re.search(r'<th scope="row">[^<]+</th><td>7</td>', body)


def test_nothing_to_do_is_said_calmly(cast: Cast, now: datetime) -> None:
    Factor.objects.create(person=cast.eve, kind="totp", name="Téléphone", created_at=now)
    body = page(seated(cast.eve), "/")
    assert "Nothing needs your attention." in body and "All is well." in body
    assert "No login was refused in 30 days." in body


def test_cut_now_names_the_line_and_what_drops_then_shows_the_password_once(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    schedule.look_at_elements(hands.outside, now)
    first = rotate_credential.reset(actor=actor(cast.ada, now), reference=LINE, operation="a", now=now)
    work(hands)
    assert first.shown_once and hands.registers(cast.line, first.shown_once.reveal())
    guess(cast.line, now, source="192.0.2.77")
    browser = seated(cast.chen)
    asked = page(browser, actions(page(browser, "/"))["Cut now"])
    assert "09\u00a072\u00a010\u00a010\u00a010 – Ligne 0033972101010" in asked
    assert "refused at once" in asked and "the line is interrupted" in asked
    operation = re.search(r'name="operation" value="(\w+)"', asked)
    assert operation and CredentialVersion.objects.count() == 1
    answer = browser.post(CUT, {"operation": operation[1]})
    shown = re.search(
        r'<code[^>]*id="secret"[^>]*>([^<]+)|<code[^>]*>([^<]{16})</code>', answer.content.decode()
    )
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store" and shown
    work(hands)
    assert not hands.registers(cast.line, first.shown_once.reveal()), "the old one is refused, in no grace"
    assert CredentialVersion.objects.get(number=2).grace == 0
    assert "Cut now" not in actions(page(browser, "/"))
    assert browser.post(CUT, {"operation": operation[1]}).status_code == 409


def test_cutting_is_for_whoever_may_reset_after_a_recent_proof(cast: Cast) -> None:
    asked = seated(cast.ada, ago=timedelta(hours=1)).get(CUT)
    assert asked.status_code == 303 and "/confirmer" in asked.headers["Location"]
    for address in (CUT, "/sante/couper/nothing"):
        assert seated(cast.eve).get(address).status_code == 404
    assert seated(cast.ada).get("/sante/couper/xdsl-ab12345-1").status_code == 200
    managed = seated(cast.ada).get(f"/sante/couper/{cast.phone_line.reference}")
    assert managed.status_code == 409 and b"Plug" in managed.content


def test_a_managed_handset_is_reset_instead(cast: Cast, now: datetime) -> None:
    guess(cast.phone_line, now)
    reference = cast.phone_line.reference
    assert (
        actions(page(seated(cast.chen), "/"))["Reset the handset"]
        == f"/telephonie/{reference}/poste/reinitialiser"
    )


def test_the_page_of_a_service_draws_who_tried(cast: Cast, now: datetime) -> None:
    guess_from_circuits(cast.access, now)
    guess(cast.line, now, 3, source=str(cast.line.address))
    for number in range(12):
        guess(cast.line, now, 2, source=f"203.0.113.{number}")
    body = page(seated(cast.ada), "/internet/xdsl-ab12345-1")
    assert actions(body)["Cut now"] == "/sante/couper/xdsl-ab12345-1"
    assert CIRCUITS[0] in body and "friendly-scanner" in body
    for browser, address in ((seated(cast.ada), f"/telephonie/{LINE}"), (seated(cast.dina), ADDRESSES[3])):
        body = page(browser, address)
        assert "a device with an old password" in body and "and 3 more sources" in body
        assert "Cut now" not in actions(body)


def test_all_of_one_kind_page_by_page(cast: Cast, now: datetime) -> None:
    for number in range(60):
        guess(user_licence(f"FPC18{number:04}", cast.pbx, now), now)
    browser = seated(cast.chen)
    first = page(browser, "/sante/attaques")
    following = re.search(r'href="(\?apres=\d+)"', first)
    assert following and first.count("Cut now") == 50
    assert page(browser, f"/sante/attaques{following[1]}").count("Cut now") == 10
    assert browser.get("/sante/unheard-of").status_code == 404
    assert browser.get("/sante/attaques?apres=x").status_code == 400
    assert "Nothing of this kind." in page(browser, "/sante/arrets")


def test_every_kind_has_its_words_and_its_action(cast: Cast, hands: Hands, now: datetime) -> None:
    staff, owner, desk = actor(cast.olivia), actor(cast.ada), actor(cast.chen)
    base = AttentionRow(Attention.OLD, now, reference=LINE, kind="sip_line", name="Ligne")
    for what in Attention:
        for who in (staff, owner, desk):
            if TABLE[what].about == "service":
                row = base
            elif TABLE[what].about == "person":
                row = AttentionRow(what, now, name="Bruno", customer_id="bc23456-lk")
            else:
                row = AttentionRow(what, now, name="kamailio-1")
            item = attention.item_of(AttentionRow(**{**vars(row), "what": what}), who, now)
            assert item.sentence.endswith(".") and item.action and item.address.startswith("/")
    assert set(attention.SLUGS) == set(Attention)


def test_a_round_later_the_home_page_knows_what_is_old_stopped_or_missing(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    def reset(reference: str) -> None:
        rotate_credential.reset(
            actor=actor(cast.chen, now), reference=reference, operation=reference, now=now
        )
        work(hands)

    reset(cast.access.reference)
    CredentialVersion.objects.update(created_at=now - timedelta(days=400), live_at=now - timedelta(days=1))
    make_due()
    work(hands)
    hands.registrar.rejecting = True
    reset(cast.licence.reference)
    keep_health.keep(now=now)
    browser = seated(cast.chen)
    found = actions(page(browser, "/"))
    assert found["Renew"] == f"/revendeur/services/{cast.access.reference}/reinitialiser"
    assert found["Follow the change"] == f"/revendeur/services/{cast.licence.reference}"
    assert found["See the service"] == f"/revendeur/services/{cast.access.reference}"
    assert found["Add a second factor"] == "/compte/double-authentification"
    assert found["See the account"] == "/membres/bc23456-lk"
    assert actions(page(seated(cast.ada), "/"))["Renew"] == f"/internet/{cast.access.reference}/identifiants"
    assert actions(page(seated(cast.olivia), "/"))["See the steps"] == "/exploitation"
