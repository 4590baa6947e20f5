"""Chromium, in a person's hands: French, at a desk's width unless told otherwise."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.lab.elements import need
from tests.lab.product import Product

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    need("chromium")
    # Playwright's event loop and Django's guard against use of the database from one do not go together.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, product: Product) -> Iterator[Page]:
    context = chromium.new_context(
        locale="fr-FR", base_url=product.url, viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, product: Product, role: str) -> None:
    account = product.account(role)
    page.goto("/connexion")
    page.locator("input[autocomplete=username]").fill(account["customer_id"])
    page.locator("input[autocomplete=current-password]").fill(account["password"])
    page.locator("form[data-once] button").last.click()
    page.wait_for_url(product.url + "/")


def cut_now(page: Page) -> None:
    """Choose to have the old password refused at once, on a page which asks."""
    page.get_by_label("Couper maintenant").check()


def confirm(page: Page) -> None:
    """Press the button of the question, not the one which looks at the network."""
    page.locator("main form[data-once] button").first.click()
