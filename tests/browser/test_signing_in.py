"""ACC-1, ACC-3, ACC-4, ACC-5 by clicking: in by customer ID or e-mail, told about it, and back in by mail."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_bruno_signs_in_by_customer_id_or_e_mail_sees_his_id_and_is_told_by_mail(
    page: Page, product: Product
) -> None:
    bruno = product.account("primary_admin")
    for identifier in (bruno["customer_id"], f"  {bruno['email'].upper()} "):
        notices = _notices(product, bruno["email"])
        _enter(page, identifier, bruno["password"])
        page.wait_for_url(product.url + "/")
        expect(page.locator("header").first).to_contain_text(bruno["customer_id"])
        _wait_for_notice(product, bruno["email"], notices)
        page.locator("header summary, header button").first.click()
        page.get_by_role("button", name="Se déconnecter").click()
        page.goto("/emails")
        expect(page).to_have_url(re.compile("/connexion"))


def test_a_wrong_password_and_an_unknown_customer_get_the_same_page(page: Page, product: Product) -> None:
    said = []
    for identifier in (product.account("reseller")["customer_id"], "zz99999-lk"):
        _enter(page, identifier, "not the password")
        said.append(page.locator("[role=alert]").inner_text())
    assert said[0] == said[1]


def test_a_lost_password_is_replaced_by_the_link_in_the_mail_and_every_session_ends(
    page: Page, chromium: Browser, product: Product
) -> None:
    dina = product.account("support_agent")
    sign_in(page, product, "support_agent")
    other = chromium.new_context(locale="fr-FR", base_url=product.url).new_page()
    other.goto("/mot-de-passe-perdu")
    other.locator("input[type=text], input[type=email]").first.fill(dina["email"])
    other.locator("main form button, form[data-once] button").first.click()
    link = eventually(lambda: _link(product, dina["email"]))
    assert link.startswith(product.url)
    for _ in range(2):
        other.goto(link)  # a mail scanner which follows the link uses nothing up
    fresh = "une phrase toute neuve 2026"
    other.locator("input[autocomplete=new-password]").fill(fresh)
    other.get_by_role("button", name="mot de passe").last.click()
    other.wait_for_load_state()
    page.goto("/emails")
    expect(page).to_have_url(re.compile("/connexion"))
    other.goto(link)
    expect(other.locator("body")).to_contain_text("plus valable")
    other.context.close()
    _enter(page, dina["customer_id"], dina["password"])
    expect(page.locator("[role=alert]")).to_be_visible()
    dina["password"] = fresh
    sign_in(page, product, "support_agent")


def _enter(page: Page, identifier: str, password: str) -> None:
    page.goto("/connexion")
    page.locator("input[autocomplete=username]").fill(identifier)
    page.locator("input[autocomplete=current-password]").fill(password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_load_state()


def _wait_for_notice(product: Product, address: str, before: int) -> None:
    assert eventually(lambda: _notices(product, address) > before)


def _notices(product: Product, address: str) -> int:
    return sum(1 for mail in product.mails() if mail["To"] == address and "onnexion" in str(mail["Subject"]))


def _link(product: Product, address: str) -> str:
    for mail in reversed(product.mails()):
        body = mail.get_body(("plain",))
        found = body and re.search(r"http\S+/mot-de-passe-perdu/\S+", body.get_content())
        if found and mail["To"] == address:
            return found[0]
    return ""
