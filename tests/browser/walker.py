"""Somebody who walks through the pages, by mouse or by keyboard alone, and looks at each for barriers."""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

import pyotp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.lab.product import Product, eventually

_TABS = 80
"""More stops than any page has."""
_FOCUSED = "selector => document.activeElement?.matches(selector) ?? false"
SUBMIT = "main form[data-once] button:not([type=button])"


@dataclass
class Walker:
    page: Page
    product: Product
    keyboard: bool
    """No mouse: every field and button is reached with Tab."""
    looked_at: set[str] = field(default_factory=set)

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def look(self) -> None:
        """axe is silent, nothing overflows. Each address once."""
        shape = re.sub(r"[0-9a-f]{32}|[\w-]{43}", "…", self.page.url.removeprefix(self.product.url))
        if shape in self.looked_at:
            return
        self.looked_at.add(shape)
        found = Axe().run(self.page).response["violations"]
        assert not found, f"{shape}: {[(item['id'], item['nodes'][0]['html']) for item in found]}"
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), shape

    def write(self, selector: str, text: str) -> None:
        self.page.locator(selector).first.wait_for()
        if not self.keyboard:
            self.page.locator(selector).first.fill(text)
            return
        self._reach(selector)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def press(self, selector: str = SUBMIT, *, nth: int = 0) -> None:
        """A button or a link; then wait for the page it leads to."""
        target = self.page.locator(selector).nth(nth)
        target.wait_for()
        before = self.page.evaluate("performance.timeOrigin")
        if self.keyboard:
            self._reach(selector, nth)
            self.page.keyboard.press("Enter")
        else:
            target.click()
        eventually(lambda: self._arrived(before), 15)
        self.page.wait_for_load_state()
        self.look()

    def open(self, selector: str) -> None:
        """Something that opens on the page itself."""
        if self.keyboard:
            self._reach(selector)
            self.page.keyboard.press("Enter")
        else:
            self.page.locator(selector).first.click()

    def _arrived(self, before: float) -> bool:
        try:
            return bool(self.page.evaluate("performance.timeOrigin") != before)
        except Exception:  # The page is being replaced at this very moment.
            return False

    def _reach(self, selector: str, nth: int = 0) -> None:
        wanted = self.page.locator(selector).nth(nth).element_handle()
        for _ in range(_TABS):
            if self.page.evaluate("wanted => document.activeElement === wanted", wanted):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by keyboard on {self.page.url}")

    # --- What the person has beside the browser -------------------------------------------------------

    def mailed(self, address: str, pattern: str, *, after: int = 0) -> str:
        """The first group of `pattern` in the newest mail to `address`; mails before `after` do not count."""

        def look() -> str:
            for mail in reversed(self.product.mails()[after:]):
                body = mail.get_body(("plain",))
                found = body and re.search(pattern, body.get_content())
                if found and mail["To"] == address:
                    return found[1]
            return ""

        return eventually(look, 20)

    def texted(self, number: str, *, after: int = 0) -> str:
        """The code in the newest SMS to `number`."""

        def look() -> str:
            for text in reversed(self.product.texts()[after:]):
                found = re.search(r"\b(\d{6})\b", text.partition("\n\n")[2])
                if found and number in text:
                    return found[1]
            return ""

        return eventually(look, 20)

    def authenticator(self) -> None:
        """A security key in the machine, which verifies its user and holds passkeys."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options: dict[str, Any] = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def sign_in(self, identifier: str, password: str, extension: str = "") -> None:
        self.go("/connexion")
        self.write("[name=identifier]", identifier)
        self.write("[name=password]", password)
        if extension:
            self.open("main form summary")
            self.write("[name=extension]", extension)
        self.press()

    def sign_out(self) -> None:
        self.page.goto("/")
        self.open("details.account > summary")
        self.press("form[action='/deconnexion'] button")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.product.url)

    @property
    def said(self) -> str:
        return self.page.locator("main").inner_text()


class Clock:
    """An application: a code of other 30 seconds each time, the oldest still good first."""

    def __init__(self, seed: str) -> None:
        self._totp, self._next = pyotp.TOTP(seed), 0

    def code(self) -> str:
        self._next = max(self._next, int(time.time()) - 29)
        made = self._totp.at(self._next)
        self._next += 30
        return made


def posted(product: Product, path: str, body: dict[str, str]) -> dict[str, Any]:
    """What a program gets back for JSON; fails unless the answer is a good one."""
    from urllib.request import Request, urlopen

    request = Request(  # noqa: S310 - our own product on loopback
        product.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
        return found


def got(product: Product, path: str, token: str) -> Any:
    from urllib.request import Request, urlopen

    request = Request(product.url + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)
