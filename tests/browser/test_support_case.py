"""Somebody whose mailbox died gets back in through a case: two agents, a waiting period, a new password.

ACC-7, from the form to the sign-in: by mouse in French at a desk, by keyboard alone in English on a phone.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.walker import Walker
from tests.cases import png
from tests.lab.product import Product, eventually

pytestmark = [pytest.mark.browser, pytest.mark.real]

NEW = "douze hiboux sous le vieux pont"
VIEWS = {"wide-by-mouse": (1280, False, "fr-FR"), "phone-by-keyboard": (360, True, "en-GB")}
CASES = [("sqlite", "wide-by-mouse"), ("postgresql", "phone-by-keyboard")]
LOU = """
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from linekey.records.models import Organisation, Person
own, now = Organisation.objects.filter(kind="customer").order_by("pk").first(), timezone.now()
Person.objects.create(
    customer_id="lo31415-lk", email="lou.marin@mort.example", first_name="Lou", last_name="Marin",
    role="subscriber", organisation=own, tenant=own.parent, phone="+33633441100", phone_verified_at=now,
    email_verified_at=now, activated_at=now, created_at=now, password=make_password("perdu pour de bon"),
)
"""
TWO_DAYS_PASS = """
from django.utils import timezone
from linekey.records.models import Case
Case.objects.filter(reference="%s").update(effective_at=timezone.now())
"""
OLD_ADDRESS, NEW_ADDRESS = "lou.marin@mort.example", "lou.marin@vivant.example"
Seat = Callable[[], Walker]


@pytest.fixture
def seat(chromium: Browser, product: Product, view: str) -> Iterator[Seat]:
    """A browser of somebody's own."""
    width, keyboard, locale = VIEWS[view]
    made: list[BrowserContext] = []

    def seated() -> Walker:
        context = chromium.new_context(
            locale=locale, base_url=product.url, viewport={"width": width, "height": 900}
        )
        context.set_default_timeout(15_000)
        made.append(context)
        return Walker(context.new_page(), product, keyboard=keyboard)

    yield seated
    for context in made:
        context.close()


@pytest.mark.parametrize(("product", "view"), CASES, indirect=["product"])
def test_lou_whose_mailbox_is_dead_gets_back_in_by_the_hands_of_two_agents(
    seat: Seat, product: Product, view: str, tmp_path: Path
) -> None:
    """ACC-7, TEAM-11."""
    product.inside(LOU)
    card, page = tmp_path / "carte.png", tmp_path / "carte.pdf"
    card.write_bytes(png(40, 30))
    page.write_text("<script>alert(1)</script>")
    lou = seat()

    # From the help to the form; a file that is no PDF is named, and nothing else has to be typed again.
    lou.go("/aide-connexion")
    lou.press("main a[href='/aide-connexion/dossier']")
    lou.press("main a[href='/aide-connexion/dossier/boite-perdue']")
    typed = {
        "identifier": "LO31415-LK",
        "name": "Marin Lou",
        "contact": NEW_ADDRESS,
        "story": "Hébergeur fermé.",
    }
    for field, value in typed.items():
        lou.write(f"[name={field}]", value)
    lou.page.locator("[name=documents]").set_input_files([card, page])
    expect(lou.page.locator("[data-chosen] li")).to_have_count(2)
    lou.press()
    assert "carte.pdf –" in lou.said
    expect(lou.page.locator("[name=story]")).to_have_value("Hébergeur fermé.")
    lou.page.locator("[name=documents]").set_input_files(card)
    lou.press()
    reference = lou.page.locator("#case-reference").inner_text()
    assert re.fullmatch(r"DOS-\w{4}-\w{4}", reference)

    # The mailbox answers, by a button: looking is not enough.
    link = lou.mailed(NEW_ADDRESS, r"(http\S+/dossier/[\w-]{43})\b")
    lou.go(link)
    lou.press("form[action$='/adresse'] button")
    expect(lou.page.locator(".timeline li.done")).to_have_count(2)

    # Dina compares, opens the document as a file, judges it, and proposes.
    dina = agent(seat, product, "support_agent")
    dina.go("/dossiers")
    dina.press(f"a[href='/dossiers/{reference}']")
    with dina.page.expect_download() as downloaded:
        dina.open("form[action*='/documents/'] button")
    assert downloaded.value.suggested_filename == f"{reference}-1.png"
    assert downloaded.value.path().read_bytes() == card.read_bytes()
    dina.page.reload()
    tick(dina, "[name=match][value=yes]")
    dina.press("form[action$='/documents'] button")
    tick(dina, "[name=effet][value=replace_email]")
    dina.press("form[action$='/decision'] button")
    assert NEW_ADDRESS in dina.said
    dina.press()
    expect(dina.page.locator("a[href$='/accord']")).to_have_count(0)

    # Olivia agrees, and every contact learns of it.
    olivia = agent(seat, product, "operator_admin")
    olivia.go(f"/dossiers/{reference}")
    olivia.press("a[href$='/accord']")
    olivia.press()
    stop = olivia.mailed(OLD_ADDRESS, r"(http\S+/dossier/\S+/arreter)")
    owner = seat()
    owner.go(stop)
    assert "lo31415-lk" in owner.said
    lou.go(link)
    expect(lou.page.locator(".timeline li.running time, .timeline li.running")).not_to_have_count(0)
    lou.sign_in(NEW_ADDRESS, NEW)
    assert lou.path == "/connexion"

    # Nobody objects. Lou chooses a password by the link in the new mailbox, and is in.
    product.inside(TWO_DAYS_PASS % reference)
    lou.go(lou.mailed(NEW_ADDRESS, r"(http\S+/mot-de-passe-perdu/\S+)"))
    lou.write("[autocomplete=new-password]", NEW)
    lou.press()
    assert lou.path == "/connexion"
    lou.sign_in(NEW_ADDRESS, NEW)
    assert lou.path == "/"
    expect(lou.page.locator("header").first).to_contain_text("lo31415-lk")
    lou.page.goto(link)
    expect(lou.page.locator(".timeline li.done")).to_have_count(5)
    owner.page.goto(stop)
    expect(owner.page.locator("main form button")).to_have_count(0)


@pytest.mark.parametrize("product", ["sqlite"], indirect=True)
def test_sixty_megabytes_are_answered_with_a_page_and_with_scripts_before_they_are_sent(
    chromium: Browser, product: Product, tmp_path: Path
) -> None:
    many = [tmp_path / f"{number}.pdf" for number in range(6)]
    for each in many:
        each.write_bytes(b"%PDF-1.4" + bytes(10 * 1024 * 1024 - 8))
    for scripted in (False, True):
        context = chromium.new_context(locale="en-GB", base_url=product.url, java_script_enabled=scripted)
        page = context.new_page()
        page.goto("/aide-connexion/dossier/boite-perdue")
        for field, value in (("identifier", "x"), ("name", "Lou"), ("contact", NEW_ADDRESS)):
            page.locator(f"[name={field}]").fill(value)
        page.locator("[name=documents]").set_input_files(many)
        page.locator("form[data-documents] button").click()
        page.wait_for_load_state()
        if scripted:
            expect(page.locator("[data-chosen] .wrong")).to_contain_text("five documents at most")
            expect(page.locator("[name=name]")).to_have_value("Lou")
        else:
            expect(page.locator("main")).to_contain_text("413")
        context.close()


def agent(seat: Seat, product: Product, role: str) -> Walker:
    walker, account = seat(), product.account(role)
    walker.sign_in(account["customer_id"], account["password"])
    assert walker.path == "/"
    if walker.keyboard:
        walker.page.get_by_role("button", name="English").last.click()
    return walker


def tick(walker: Walker, selector: str) -> None:
    if walker.keyboard:
        walker.page.locator(selector).press("Space")
    else:
        walker.page.locator(selector).check()
    eventually(lambda: walker.page.locator(selector).is_checked())
