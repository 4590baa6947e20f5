"""NEW-1, NEW-2 by clicking: a password changes while the phone stays reachable, and the page proves it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import confirm, sign_in
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]

LINE = "/telephonie/0033972101010/gestion"


def test_ada_changes_her_password_without_outage_and_sees_the_phone_take_it(
    page: Page, product: Product
) -> None:
    facts = product.facts["ovh"]
    user, old, new = facts["line_username"], facts["line_password"], "Sorbier-6072-ombre"
    sign_in(page, product, "subscriber")
    story = page.locator("#story")
    with product.phone(user, old) as phone:
        assert phone.registered()
        page.goto(f"{LINE}/mot-de-passe")
        page.get_by_role("button", name="Actualiser").click()
        expect(page.locator("#live")).to_contain_text("baresip")
        expect(page.get_by_label("Sans coupure")).to_be_checked()
        page.get_by_label("Nouveau mot de passe").fill(new)
        page.get_by_role("button", name="Valider").click()
        expect(story).to_contain_text("personne n’a été coupé")
        expect(story).to_contain_text("En attente")
        # It is still there, and comes back with the old one as often as it likes.
        assert product.register(user, old) == 200
    with product.phone(user, new) as phone:
        assert phone.registered()
        expect(story).to_contain_text("par baresip", timeout=15_000)
        expect(story).to_contain_text("l’ancien est refusé")
    assert product.register(user, old) == 401
    assert product.register(user, new) == 200
    facts["line_password"] = new


def test_ada_cuts_the_old_password_before_its_time(page: Page, product: Product) -> None:
    facts = product.facts["ovh"]
    user, old = facts["line_username"], facts["line_password"]
    sign_in(page, product, "subscriber")
    page.goto(f"{LINE}/reinitialiser")
    confirm(page)
    drawn = page.locator("#shown-once").inner_text().strip()
    page.goto(LINE)
    story = page.locator("#story")
    expect(story).to_contain_text("personne n’a été coupé")
    assert product.register(user, old) == 200
    page.get_by_role("link", name="Couper l’ancien mot de passe maintenant").click()
    page.get_by_role("button", name="Couper maintenant").click()
    expect(story).to_contain_text("quelqu’un a demandé de le couper", timeout=15_000)
    assert eventually(lambda: product.register(user, old) == 401)
    assert product.register(user, drawn) == 200
    facts["line_password"] = drawn
