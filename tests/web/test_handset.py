"""The page of a line's handset: what it fetched, its reset, and the address shown once (SIP-3, SIP-6)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.records.models import Observation, Phone, PhoneToken
from linekey.worker import listen, schedule
from tests.build import Cast
from tests.hands import Hands, make_due, work
from tests.handset import AT_HOME, Handset, given
from tests.web.conftest import seated

pytestmark = pytest.mark.django_db


def _page(browser: Client, cast: Cast, below: str = "") -> str:
    answer = browser.get(f"/telephonie/{cast.line.reference}/poste{below}")
    assert answer.status_code == 200, answer.content[:300]
    page: str = answer.content.decode()
    return page


def _operation(page: str) -> str:
    found = re.search(r'name="operation" value="(\w+)"', page)
    assert found
    return found[1]


def _at_work(cast: Cast) -> tuple[Hands, Handset]:
    """A handset which came, registered and is well."""
    hands = Hands()
    schedule.look_at_elements(hands.outside, timezone.now())
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(hands)
    hands.registers(cast.line, handset.password)
    listen.turn(hands.outside)
    make_due()
    work(hands)
    return hands, handset


def test_the_page_tells_which_handset_and_what_it_fetched(cast: Cast) -> None:
    _at_work(cast)
    page = _page(seated(cast.ada), cast)
    for word in (
        "Yealink T46U",
        "00:15:65:aa:bb:cc",
        AT_HOME,
        "Configuration with a new password",
        "first access",
    ):
        assert word in page
    assert "Reset the handset" in page
    assert "Take the handset away" not in page, "that is for whoever looks after the line"
    assert "Take the handset away" in _page(seated(cast.bruno), cast)


def test_a_line_without_a_handset_offers_one_to_whoever_looks_after_it(cast: Cast) -> None:
    assert "Give the line a handset" not in _page(seated(cast.ada), cast)
    assert "Give the line a handset" in _page(seated(cast.dina), cast)
    assert seated(cast.ada).get(f"/telephonie/{cast.line.reference}/poste/reinitialiser").status_code == 409


def test_the_greyed_out_password_leads_to_the_handset(cast: Cast) -> None:
    _at_work(cast)
    page = seated(cast.ada).get(f"/telephonie/{cast.line.reference}/gestion").content.decode()
    assert "receives its password by itself" in page
    assert f"/telephonie/{cast.line.reference}/poste" in page


def test_resetting_the_handset_says_that_nothing_is_cut_and_is_followed_below(cast: Cast) -> None:
    hands, handset = _at_work(cast)
    browser = seated(cast.ada)
    asked = _page(browser, cast, "/reinitialiser")
    assert "Nothing is cut" in asked
    sent = browser.post(
        f"/telephonie/{cast.line.reference}/poste/reinitialiser", {"operation": _operation(asked)}
    )
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/telephonie/{cast.line.reference}/poste")
    work(hands)
    page = _page(browser, cast)
    assert "The handset is to fetch a new password." in page
    assert "The registrar told 1 registered device." in page
    assert "Until it comes, its present password keeps working." in page
    handset.fetch()
    work(hands)
    assert "It came at" in _page(browser, cast)


def test_a_handset_that_does_not_come_is_told_with_what_to_do(cast: Cast) -> None:
    hands, handset = _at_work(cast)
    browser = seated(cast.ada)
    operation = _operation(_page(browser, cast, "/reinitialiser"))
    browser.post(f"/telephonie/{cast.line.reference}/poste/reinitialiser", {"operation": operation})
    Phone.objects.update(asked_at=timezone.now() - timedelta(days=3))
    make_due()
    work(hands, timezone.now() + timedelta(days=3))
    page = _page(browser, cast)
    assert "The handset has not come for 3 days" in page
    assert "The handset has not come for its new password." in page
    assert "Nothing was cut." in page
    assert hands.registers(cast.line, handset.password)


def test_a_stranger_on_the_line_is_shown_with_the_action_beside_it_to_owner_and_staff(cast: Cast) -> None:
    _at_work(cast)
    Phone.objects.update(drawn_at=timezone.now() - timedelta(hours=1))
    seen = {"registrations": [{"user_agent": "friendly-scanner", "contact": "sip:x@192.0.2.9"}]}
    Observation.objects.update_or_create(
        service=cast.line, defaults={"seen_at": timezone.now(), "online": True, "facts": seen}
    )
    reset = f"/telephonie/{cast.line.reference}/poste/reinitialiser"
    places = {
        f"/telephonie/{cast.line.reference}": cast.ada,
        f"/telephonie/{cast.line.reference}/poste": cast.ada,
        f"/revendeur/services/{cast.line.reference}": cast.dina,
    }
    for address, person in places.items():
        page = seated(person).get(address).content.decode()
        assert "Something else is registered on this line." in page, address
        assert reset in page, address


def test_the_address_of_a_first_access_is_shown_once(cast: Cast) -> None:
    browser = seated(cast.dina)
    form = browser.get(f"/revendeur/services/{cast.line.reference}/poste/donner").content.decode()
    typed = {"vendor": "snom", "model": "D785", "mac": "00:04:13:AA:BB:CC", "operation": _operation(form)}
    address = f"/revendeur/services/{cast.line.reference}/poste/donner"
    shown = browser.post(address, typed)
    page = shown.content.decode()
    assert shown.status_code == 200 and shown.headers["Cache-Control"] == "no-store"
    found = re.search(r"/provision/[\w-]{43}/000413AABBCC\.xml", page)
    assert found, page
    assert Phone.objects.get(service=cast.line).mac == "000413aabbcc"
    again = browser.post(address, typed)
    assert again.status_code == 409
    assert found[0] not in again.content.decode() + _page(browser, cast)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"mac": "00:15"}, "Twelve digits"),
        ({"mac": "001565aabbcc"}, "is set up for a line already"),
        ({"model": "x" * 41}, "40"),
        ({"vendor": "nokia"}, "nokia"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(cast: Cast, typed: dict[str, str], told: str) -> None:
    given(cast.licence, cast.bruno)
    browser = seated(cast.bruno)
    address = f"/revendeur/services/{cast.line.reference}/poste/donner"
    form = browser.get(address).content.decode()
    sent = {"vendor": "yealink", "model": "T46U", "mac": "001565aabbc0", "operation": _operation(form)}
    answer = browser.post(address, sent | typed)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not Phone.objects.filter(service=cast.line).exists()


def test_a_line_that_has_one_gets_no_second(cast: Cast) -> None:
    given(cast.line, cast.bruno)
    answer = seated(cast.bruno).get(f"/revendeur/services/{cast.line.reference}/poste/donner")
    assert answer.status_code == 409 and "Yealink T46U" in answer.content.decode()


def test_the_first_access_is_opened_again_on_the_page(cast: Cast) -> None:
    given(cast.line, cast.bruno)
    PhoneToken.objects.update(expires_at=timezone.now())
    browser = seated(cast.ada)
    operation = _operation(_page(browser, cast, "/premier-acces"))
    shown = browser.post(f"/telephonie/{cast.line.reference}/poste/premier-acces", {"operation": operation})
    assert re.search(r"/provision/[\w-]{43}/<", shown.content.decode())


def test_taking_a_handset_away_says_what_stays(cast: Cast) -> None:
    given(cast.line, cast.bruno)
    browser, address = seated(cast.bruno), f"/revendeur/services/{cast.line.reference}/poste/retirer"
    asked = browser.get(address).content.decode()
    assert "It keeps the password it holds" in asked
    assert browser.post(address, {"operation": _operation(asked)}).status_code == 303
    assert "was taken away" in _page(browser, cast)
    assert browser.get(address).status_code == 409


def test_a_suspended_line_says_why_its_handset_gets_nothing(cast: Cast) -> None:
    given(cast.line, cast.bruno)
    cast.line.state = "suspended"
    cast.line.save()
    assert "the handset can fetch nothing" in _page(seated(cast.ada), cast)


def test_the_page_of_an_access_has_no_handset(cast: Cast) -> None:
    assert seated(cast.ada).get(f"/telephonie/{cast.access.reference}/poste").status_code == 404
