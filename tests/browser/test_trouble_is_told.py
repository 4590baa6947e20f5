"""NEW-4 seen by a person: what waits, since when, that nothing is lost; and it ends by itself."""

import os
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import confirm, cut_now, sign_in
from tests.lab.product import Product, eventually, newest_password

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_with_the_mail_server_away_nobody_is_cut_and_the_page_says_what_waits(
    page: Page, product: Product
) -> None:
    facts = product.facts["ovh"]
    held = facts["ppp_password"]
    sign_in(page, product, "subscriber")
    with product.frozen("main()) sink"):
        page.goto(f"/internet/{facts['xdsl']}/identifiants")
        cut_now(page)
        confirm(page)
        story = page.locator("#story")
        expect(story).to_contain_text("n’est pas perdu", timeout=20_000)
        assert product.login(facts["ppp_login"], held) is True
    expect(story).to_contain_text("l’ancien mot de passe est refusé", timeout=45_000)
    assert product.login(facts["ppp_login"], held) is False
    facts["ppp_password"] = newest_password(product)


def test_a_worker_killed_at_work_is_replaced_and_the_change_completes(page: Page, product: Product) -> None:
    facts = product.facts["ovh"]
    sign_in(page, product, "subscriber")
    page.goto("/telephonie/0033972101010/gestion/mot-de-passe")
    page.get_by_label("Nouveau mot de passe").fill("Marronnier-31-b")
    cut_now(page)
    for worker in product.processes("main()) work"):
        os.kill(worker, signal.SIGKILL)
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("#story")).to_contain_text("l’ancien mot de passe est refusé", timeout=30_000)
    assert eventually(lambda: product.register(facts["line_username"], "Marronnier-31-b") == 200)
    assert product.register(facts["line_username"], facts["line_password"]) == 401
    facts["line_password"] = "Marronnier-31-b"
