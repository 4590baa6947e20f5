"""PPP-1 and NEW-5 by clicking: first credentials of a new access, and a secret drawn by a one-time link."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import confirm, cut_now, sign_in
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_a_delivered_access_mails_its_first_credentials_and_radius_takes_them(
    page: Page, product: Product
) -> None:
    contact = product.account("primary_admin")
    login = "bc23456001@linekey.adsl"
    sign_in(page, product, "operator_admin")
    page.goto("/exploitation/livraison")
    for label, value in (
        ("Identifiant client", contact["customer_id"]),
        ("Référence", "ftth-bc23456-1"),
        ("Nom", "Internet de Bruno"),
        ("Identifiant PPPoE", login),
    ):
        page.get_by_label(label, exact=False).first.fill(value)
    page.locator("form[data-once] button").last.click()
    password = eventually(lambda: _password_for(product, login))
    assert eventually(lambda: product.login(login, password) is True)


def test_a_one_time_link_draws_the_password_when_it_is_opened_and_never_twice(
    page: Page, product: Product
) -> None:
    facts = product.facts["ovh"]
    user, held = facts["line_username"], facts["line_password"]
    sign_in(page, product, "reseller")
    page.goto(f"/revendeur/services/{facts['line']}/envoyer")
    confirm(page)
    link = eventually(lambda: _link(product))
    assert product.register(user, held) == 200
    page.context.clear_cookies()
    page.goto(link)
    page.goto(link)
    assert product.register(user, held) == 200
    cut_now(page)
    page.locator("form[data-once] button").click()
    drawn = page.locator("#shown-once").inner_text().strip()
    assert eventually(lambda: product.register(user, held) == 401)
    assert product.register(user, drawn) == 200
    facts["line_password"] = drawn
    page.goto(link)
    expect(page.locator("body")).to_contain_text("plus valable")
    assert drawn not in page.content()


def _password_for(product: Product, login: str) -> str:
    for mail in product.mails():
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        found = re.search(r"Mot de passe PPPoE[^:]*: (\S+)", text)
        if found and login in text:
            return found[1]
    return ""


def _link(product: Product) -> str:
    for mail in reversed(product.mails()):
        body = mail.get_body(("plain",))
        found = body and re.search(r"http\S+/lien/\S+", body.get_content())
        if found:
            return found[0]
    return ""
