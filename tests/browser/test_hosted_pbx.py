"""CTX-3 to CTX-6: the users of a hosted PBX, at 360 px and by keyboard alone, and the real registrar."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.walker import Walker
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]

USERS = "/revendeur/services/CTX-00217/utilisateurs"
LICENCE = "FPC172947"
OWN = f"/revendeur/services/{LICENCE}"
PENCIL = f".pencil[href='{OWN}/modifier/utilisateur?champ=name']"


@pytest.fixture
def phone(chromium: Browser, product: Product) -> Iterator[Page]:
    context = chromium.new_context(
        locale="fr-FR", base_url=product.url, viewport={"width": 360, "height": 740}
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_chen_names_a_user_by_keyboard_opens_the_detail_and_resets_it(phone: Page, product: Product) -> None:
    sign_in(phone, product, "reseller")
    walker = Walker(phone, product, keyboard=True)
    walker.go("/revendeur/services/CTX-00217")
    walker.go(USERS)
    row = phone.locator("tbody tr").filter(has_text=LICENCE)
    # A phone may have been seen here a moment ago: the page then shows that, with its time, until asked.
    phone.locator("#voir-tout").click()
    expect(row.locator(".live-cell .badge")).to_have_text("Non enregistré")
    expect(phone.locator("[aria-busy=true]")).to_have_count(0)

    _edit(walker, "<b>")
    expect(phone.locator("tr.editing .wrongs")).to_be_visible()
    _in_place(phone, "tr.editing [name=name]")
    walker.looked_at.clear()
    walker.look()
    phone.keyboard.press("Escape")
    expect(phone.locator(PENCIL)).to_be_focused()
    _edit(walker, "Poste du quai")
    expect(phone.locator(PENCIL)).to_be_focused()
    expect(row).to_contain_text("Poste du quai")

    walker.press(f"tbody a.button[href='{OWN}']")
    expect(phone.locator("main")).to_contain_text("133615")
    expect(phone.locator("h1")).to_have_text("Poste du quai")
    walker.open(f"a[href='{OWN}/modifier/options']")
    _in_place(phone, "[name=number_presented]")
    phone.keyboard.press("Escape")
    expect(phone.locator(f"a[href='{OWN}/modifier/options']")).to_be_focused()

    shown = _reset(walker)
    assert eventually(lambda: product.register(LICENCE, shown) == 200)
    walker.open("[data-close]")
    expect(phone.locator("#shown-once")).to_have_count(0)
    assert shown not in phone.content()


def test_neither_back_nor_another_tab_shows_the_password_again(phone: Page, product: Product) -> None:
    sign_in(phone, product, "reseller")
    phone.goto(OWN)
    shown = _reset(Walker(phone, product, keyboard=False))
    another = phone.context.new_page()
    for address in (OWN, f"{OWN}/reinitialiser", USERS):
        another.goto(address)
        assert shown not in another.content()
    phone.goto(OWN)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        phone.go_back()  # The browser kept nothing of that page.
    assert eventually(lambda: product.register(LICENCE, shown) == 200)


def test_every_state_is_refreshed_at_once_and_a_registered_phone_shows(phone: Page, product: Product) -> None:
    sign_in(phone, product, "reseller")
    phone.goto(OWN)
    shown = _reset(Walker(phone, product, keyboard=False))
    eventually(lambda: product.register(LICENCE, shown) == 200)
    with product.phone(LICENCE, shown) as device:
        assert device.registered(15)
        phone.goto(USERS)
        phone.locator("#voir-tout").click()
        cell = phone.locator(f"#etat-{LICENCE}")
        expect(cell.locator(".badge")).to_have_text("Enregistré")
        expect(phone.locator("#etat-FPC172938 .badge")).to_have_text("Non enregistré")


def _edit(walker: Walker, name: str) -> None:
    """Open the form of the row, type, and send it with Enter."""
    walker.open(PENCIL)
    _in_place(walker.page, "tr.editing [name=name]")
    walker.page.keyboard.press("ControlOrMeta+a")
    walker.page.keyboard.type(name)
    walker.page.keyboard.press("Enter")


def _in_place(page: Page, field: str) -> None:
    """The form stands where the row or block stood, and the keyboard is in it."""
    expect(page.locator(field)).to_be_focused()
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


def _reset(walker: Walker) -> str:
    walker.press(f"a[href='{OWN}/reinitialiser']")
    expect(walker.page.locator("main")).to_contain_text("01 84 78 01 17")
    expect(walker.page.locator("main")).to_contain_text("interrompu")
    walker.press("main form[data-once] button")
    secret = walker.page.locator("#shown-once")
    expect(secret).to_be_visible()
    return secret.inner_text().strip()
