"""An administrator sees who is locked, presses the red lock, confirms; the member is in at once (TEAM-4)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.walker import Walker
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]

VIEWS = {"wide-by-mouse": (1280, False, "fr-FR"), "phone-by-keyboard": (360, True, "en-GB")}
CASES = [("sqlite", "wide-by-mouse"), ("postgresql", "phone-by-keyboard")]
SENT_BY_MAIL = """
from linekey.records.models import Organisation, Person
own = Person.objects.get(customer_id="%s").organisation
own.policy = {**own.policy, "member_reset": "mail"}
own.save()
"""
OWN = "treize hérons sur la digue"


@pytest.fixture
def contexts(chromium: Browser, product: Product, view: str) -> Iterator[list[BrowserContext]]:
    """A browser of the member's and one of the administrator's."""
    width, _, locale = VIEWS[view]
    made = [
        chromium.new_context(locale=locale, base_url=product.url, viewport={"width": width, "height": 900})
        for _ in range(2)
    ]
    for each in made:
        each.set_default_timeout(15_000)
    yield made
    for each in made:
        each.close()


@pytest.mark.parametrize(("product", "view"), CASES, indirect=["product"])
def test_bruno_unlocks_the_locked_ada_and_gives_her_a_new_password(
    contexts: list[BrowserContext], product: Product, view: str
) -> None:
    """TEAM-2, TEAM-3, TEAM-4."""
    ada, bruno = (Walker(each.new_page(), product, keyboard=VIEWS[view][1]) for each in contexts)
    hers, his = product.account("subscriber"), product.account("primary_admin")
    identifier, password = hers["customer_id"], hers["password"]

    # Ten wrong passwords: even the right one is refused.
    for attempt in range(10):
        ada.sign_in(identifier, f"not the password {attempt}")
    ada.sign_in(identifier, password)
    assert ada.path == "/connexion" and re.search(r"\d\d:\d\d", ada.said)

    # Bruno sees who is locked, presses the red lock on the row, and confirms.
    bruno.sign_in(his["customer_id"], his["password"])
    bruno.go("/membres")
    bruno.press("a[href='?etat=verrouille']")
    expect(bruno.page.locator("tbody tr")).to_have_count(1)
    expect(bruno.page.locator("tbody tr")).to_contain_text(identifier)
    bruno.press("tbody a.danger")
    assert bruno.path == f"/membres/{identifier}/deverrouiller"
    bruno.press()
    assert bruno.path == f"/membres/{identifier}"
    bruno.go("/membres?etat=verrouille")
    expect(bruno.page.locator("tbody tr")).to_have_count(0)

    # Ada is in at once.
    ada.sign_in(identifier, password)
    assert ada.path == "/"

    # A random password is mailed; her session ends, and what it opens is one page.
    product.inside(SENT_BY_MAIL % identifier)
    sent = len(product.mails())
    bruno.go(f"/membres/{identifier}/mot-de-passe-provisoire")
    bruno.press()
    address = bruno.page.locator("dd.address").inner_text()
    words = r"(?:Mot de passe provisoire|Temporary password)\W*: (\S+)"
    drawn = ada.mailed(address, words, after=sent)
    # The mail server's yes comes first, the new password a moment after it.
    eventually(lambda: bool(ada.page.goto("/compte")) and ada.path.startswith("/connexion"))
    ada.sign_in(identifier, drawn)
    assert ada.path == "/compte/mot-de-passe"
    ada.go("/telephonie")
    assert ada.path == "/compte/mot-de-passe"
    for wanted in (OWN, password):
        ada.go("/compte/mot-de-passe")
        ada.write("[name=current]", drawn)
        ada.write("[name=password]", wanted)
        ada.press()
        drawn = wanted
    ada.go("/telephonie")
    assert ada.path == "/telephonie"
