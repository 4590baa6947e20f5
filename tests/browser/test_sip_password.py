"""SIP-1…SIP-5 by clicking: real Chromium, real worker, real Kamailio, real phones."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import cut_now, sign_in
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]


def test_ada_changes_the_password_of_her_line_and_sees_her_phone_come_back(
    page: Page, product: Product
) -> None:
    facts = product.facts["ovh"]
    user, old, new = facts["line_username"], facts["line_password"], "Chataigne-5827"
    with product.phone(user, old) as phone:
        assert phone.registered()
        _open_sip_password(page, product)
        _see_conditions_ticked_while_typing(page, new)
        cut_now(page)
        page.get_by_role("button", name="Valider").click()
        assert eventually(lambda: product.register(user, old) == 401)
    story = page.locator("#story")
    expect(story).to_contain_text("l’ancien mot de passe est refusé")
    expect(story).to_contain_text("En attente de son retour")
    with product.phone(user, new) as phone:
        assert phone.registered()
        expect(story).to_contain_text("baresip")
    facts["line_password"] = new


def test_a_line_with_a_plug_and_phone_handset_says_why_its_button_is_greyed(
    page: Page, product: Product
) -> None:
    sign_in(page, product, "subscriber")
    page.goto("/telephonie/0033972101011/gestion")
    expect(page.get_by_role("button", name="Mot de passe SIP")).to_be_disabled()
    expect(page.locator("main")).to_contain_text("Plug & Phone")


def test_a_password_used_before_is_refused_while_typing_and_when_sent(page: Page, product: Product) -> None:
    _open_sip_password(page, product)
    field = page.get_by_label("Nouveau mot de passe")
    field.fill(product.facts["ovh"]["line_password"])
    expect(page.locator("#conditions li.bad")).to_contain_text("Jamais utilisé")
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("#conditions li.bad")).to_contain_text("Jamais utilisé")


def _open_sip_password(page: Page, product: Product) -> None:
    sign_in(page, product, "subscriber")
    page.get_by_role("navigation").get_by_role("link", name="Téléphonie").first.click()
    page.get_by_role("link", name="Ligne d'Ada").first.click()
    page.get_by_role("link", name="Gestion").click()
    page.get_by_role("link", name="Mot de passe SIP", exact=True).click()


def _see_conditions_ticked_while_typing(page: Page, good: str) -> None:
    conditions = page.locator("#conditions li")
    expect(conditions.first).to_contain_text("Entre 8 et 20 caractères")
    field = page.get_by_label("Nouveau mot de passe")
    field.fill("court")
    expect(page.locator("#conditions li.bad").first).to_be_visible()
    field.fill(good)
    expect(page.locator("#conditions li.good")).to_have_count(conditions.count())
