"""NEW-11: somebody guesses the password of a line at the real registrar; the reseller sees it, and cuts."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from linekey.domain.health import BURSTS
from linekey.domain.kinds import SIP_LINE
from tests.browser.conftest import confirm, sign_in
from tests.lab.product import Product, eventually, started

pytestmark = [pytest.mark.browser, pytest.mark.real]

LINE = "0033972101010"
NUMBER = "09\u00a072\u00a010\u00a010\u00a010"
BURST = BURSTS[SIP_LINE]
TRIES = 5
"""What Kamailio tolerates of one source within a minute; what comes after is refused unread."""


def test_an_attacked_line_is_on_the_reseller_s_home_page_and_is_cut_in_one_step(
    chromium: Browser, tmp_path: Path, nas: int
) -> None:
    """In a product of its own: elsewhere a password changed within the hour, and that ends an attack."""
    with started(tmp_path, nas) as product:
        page = chromium.new_page(locale="fr-FR", base_url=product.url)
        in_force = product.facts["ovh"]["line_password"]
        assert eventually(lambda: product.register(LINE, in_force) == 200)
        sources = BURST.spread // TRIES
        for number in range(sources):
            _guess(product, source=f"127.0.0.{number + 2}")
        sign_in(page, product, "reseller")
        told = page.locator("li.danger").filter(has_text=NUMBER)
        assert eventually(lambda: page.goto("/") is not None and told.count() == 1)
        expect(told).to_contain_text(f"{BURST.spread}")

        told.get_by_role("link").click()
        expect(page.locator("main")).to_contain_text(NUMBER)
        confirm(page)
        secret = page.locator("#shown-once")
        expect(secret).to_be_visible()
        assert eventually(lambda: product.register(LINE, in_force) == 401)
        assert product.register(LINE, secret.inner_text().strip()) == 200
        assert eventually(lambda: page.goto("/") is not None and told.count() == 0)
        page.close()


def _guess(product: Product, *, source: str) -> None:
    """Wrong passwords by a real client, from an address of its own."""
    sip = product.facts["sip"]
    target = ["-s", f"sip:{LINE}@{sip['host']}:{sip['port']}", "-u", LINE]
    for number in range(TRIES):
        guess = ["sipsak", "-U", "-k", source, *target, "-a", f"guess-{number}"]
        subprocess.run(guess, capture_output=True, timeout=10)
