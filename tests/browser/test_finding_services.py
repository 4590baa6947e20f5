"""CTX-1, CTX-2: a reseller finds a licence by each of nine filters, and resets it; the registrar follows."""

import csv
import io

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import confirm, cut_now, sign_in
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]

LICENCE = "FPC172947"
EVES_LINE = "0033972202020"
FILTERS = {
    "reference": "FPC1729",
    "client": "lumen",
    "ref-client": "CLI-",
    "client-final": "galerie",
    "type": "user_licence_simple",
    "fiche": "CTX-PRO",
    "accountcode": "133615",
    "etat": "active",
}
"""Each finds the licence. The ninth is the IP address: its phone must have been seen somewhere first."""


def test_chen_finds_a_licence_by_each_filter_and_resets_it(page: Page, product: Product) -> None:
    sign_in(page, product, "reseller")
    for name, typed in FILTERS.items():
        _find(page, {name: typed})
        expect(_row(page, LICENCE)).to_have_count(1)
        assert f"{name}=" in page.url
    _find(page, {"ip": "198.51.100."})
    expect(_row(page, "xdsl-ab12345-1")).to_have_count(1)
    expect(_row(page, LICENCE)).to_have_count(0)

    # All of them at once, and the address of that search for a colleague.
    _find(page, FILTERS)
    rows = page.get_by_role("row").filter(has=page.get_by_role("link", name="Paramétrer"))
    expect(rows).to_have_count(1)
    page.goto(page.url)
    for column in (LICENCE, "Poste atelier", "Atelier Lumen", "Roubaix", "Licence simple", "Actif"):
        expect(_row(page, LICENCE)).to_contain_text(column)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig")), delimiter=";"))
    assert len(lines) == 2 and lines[1][0] == LICENCE

    first = _reset(page)
    assert eventually(lambda: product.register(LICENCE, first) == 200)
    page.goto("/revendeur/services?reference=FPC172947")
    second = _reset(page)
    assert eventually(lambda: product.register(LICENCE, first) == 401)
    with product.phone(LICENCE, second) as phone:
        assert phone.registered()
        eventually(lambda: _found(page, {"ip": "127.0.0.1"}, LICENCE))


def test_what_belongs_to_somebody_else_is_found_by_no_filter(page: Page, product: Product) -> None:
    sign_in(page, product, "reseller")
    for filters in (
        {"reference": EVES_LINE},
        {"client": "Verne"},
        {"ip": "203.0.113.64"},
        {"texte": "Verne"},
    ):
        _find(page, filters)
        expect(page.get_by_role("link", name="Paramétrer")).to_have_count(0)
        expect(page.locator("main .empty")).to_be_visible()


def _find(page: Page, filters: dict[str, str]) -> None:
    """By the form, as a person does."""
    page.goto("/revendeur/services")
    more = page.locator("main details").first
    if more.count() and not more.evaluate("each => each.open"):
        more.locator("summary").click()
    for name, typed in filters.items():
        field = page.locator(f"main [name='{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(typed)
        else:
            field.fill(typed)
    page.get_by_role("button", name="Rechercher").click()
    page.wait_for_url("**/revendeur/services?**")


def _found(page: Page, filters: dict[str, str], reference: str) -> bool:
    _find(page, filters)
    return _row(page, reference).count() == 1


def _row(page: Page, reference: str) -> Locator:
    return page.get_by_role("row").filter(has_text=reference)


def _reset(page: Page) -> str:
    page.get_by_role("link", name="Paramétrer").first.click()
    page.get_by_role("link", name="Réinitialiser").first.click()
    expect(page.locator("main")).to_contain_text("01 84 78 01 17")
    cut_now(page)
    confirm(page)
    shown = page.locator("#shown-once").text_content()
    assert shown
    return shown.strip()
