"""PPP-3, PPP-4, PPP-6, PPP-8 by clicking: new PPPoE credentials from the page and from the console."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import confirm, cut_now, sign_in
from tests.lab.product import Product, eventually, newest_password

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_ada_asks_for_new_credentials_and_sees_mail_radius_and_the_cut_session(
    page: Page, product: Product
) -> None:
    facts = product.facts["ovh"]
    login = facts["ppp_login"]
    _session_open(product, "clicked-1")
    sign_in(page, product, "subscriber")
    page.goto(f"/internet/{facts['xdsl']}")
    expect(page.locator("main")).to_contain_text(facts["xdsl"])
    page.get_by_role("link", name="Recevoir de nouveaux identifiants PPPoE").click()
    expect(page.locator(".confirm")).to_contain_text("coupée")
    cut_now(page)
    confirm(page)
    story = page.locator("#story")
    expect(story).to_contain_text("ACK")
    fresh = newest_password(product)
    assert product.login(login, fresh) is True
    facts["ppp_password"] = fresh

    page.goto("/emails")
    page.get_by_role("link", name="identifiants PPPoE").first.click()
    expect(page.locator("main")).to_contain_text("••••")
    assert fresh not in page.content()


def test_the_console_runs_the_same_call_and_answers_null(page: Page, product: Product) -> None:
    facts = product.facts["ovh"]
    held = facts["ppp_password"]
    sign_in(page, product, "subscriber")
    page.goto("/console")
    call = page.locator("details.call").filter(has_text="requestPPPLoginMail")
    call.locator("summary").click()
    call.get_by_label("serviceName").fill(facts["xdsl"])
    expect(call).to_contain_text("nouveau mot de passe")
    call.get_by_role("button", name="Exécuter").click()
    expect(call.locator("[data-body]")).to_have_text("null")
    assert eventually(lambda: product.login(facts["ppp_login"], held) is False)
    facts["ppp_password"] = eventually(lambda: _another(product, held))
    assert eventually(lambda: product.login(facts["ppp_login"], facts["ppp_password"]) is True)


def _another(product: Product, than: str) -> str:
    found = newest_password(product)
    return "" if found == than else found


def _session_open(product: Product, session_id: str) -> None:
    facts = product.facts["ovh"]
    assert eventually(lambda: product.login(facts["ppp_login"], facts["ppp_password"]) is True)
    assert product.account_start(facts["ppp_login"], session_id)
