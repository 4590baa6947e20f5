"""CTX-5, CTX-6: a reseller resets the SIP password of a user licence and reads the new one once."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import confirm, cut_now, sign_in
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]

LICENCE = "FPC172947"


def test_chen_resets_a_licence_and_reads_the_new_password_once(page: Page, product: Product) -> None:
    sign_in(page, product, "reseller")
    first = _reset(page)
    assert eventually(lambda: product.register(LICENCE, first) == 200)
    second = _reset(page)
    assert eventually(lambda: product.register(LICENCE, first) == 401)
    assert product.register(LICENCE, second) == 200

    page.get_by_role("button", name="Fermer").click()
    expect(page.locator("#shown-once")).to_have_count(0)
    assert second not in page.content()
    page.goto(f"/revendeur/services/{LICENCE}")
    assert second not in page.content()


def test_reloading_the_page_of_a_reset_makes_no_second_reset(page: Page, product: Product) -> None:
    sign_in(page, product, "reseller")
    shown = _reset(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("main")).to_contain_text("déjà été affiché")
    assert shown not in page.content()
    assert eventually(lambda: product.register(LICENCE, shown) == 200)


def _reset(page: Page) -> str:
    page.goto("/revendeur/services")
    row = page.get_by_role("row").filter(has_text=LICENCE)
    row.get_by_role("link", name="Paramétrer").click()
    page.get_by_role("link", name="Réinitialiser").first.click()
    expect(page.locator("main")).to_contain_text("01 84 78 01 17")
    expect(page.locator("main")).to_contain_text("interrompu")
    cut_now(page)
    confirm(page)
    secret = page.locator("#shown-once")
    expect(secret).to_be_visible()
    return secret.inner_text().strip()
