"""A whole life of an account, by clicking and by keyboard alone, on two engines, wide and on a phone.

Opened, confirmed, signed in to by each identifier, given every factor, entered by each; the phone lost, the
password lost, a key for a program, a lock, and the hour after it.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.walker import Clock, Walker, got, posted
from tests.lab.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.real]

CODE = r"\b(\d{6})\b"
FIRST, SECOND = "sept loutres sous la pluie", "neuf hérons dans le brouillard"
THIRD = "onze bécasses au bord du canal"
VIEWS = {"wide-by-mouse": (1280, False, "fr-FR"), "phone-by-keyboard": (360, True, "en-GB")}
CASES = [("sqlite", "wide-by-mouse"), ("postgresql", "phone-by-keyboard")]
AN_HOUR_PASSES = """
from datetime import timedelta
from django.db.models import F
from linekey.records.models import Tally
past = timedelta(hours=1, seconds=1)
Tally.objects.update(since=F("since") - past, until=F("until") - past)
"""
CODES_FOR_NEW_DEVICES = """
from linekey.records.models import Organisation
own = Organisation.objects.get(name="Zoé %s")
own.policy = {"sign_in_code": "unusual"}
own.save()
"""


@pytest.fixture
def context(chromium: Browser, product: Product, view: str) -> Iterator[BrowserContext]:
    width, _, locale = VIEWS[view]
    made = chromium.new_context(locale=locale, base_url=product.url, viewport={"width": width, "height": 900})
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.mark.parametrize(("product", "view"), CASES, indirect=["product"])
def test_zoes_account_from_its_opening_to_its_lock(
    context: BrowserContext, product: Product, view: str
) -> None:
    """ACC-1, ACC-2, ACC-9, ACC-10, TEAM-1, TEAM-3, TEAM-5, TEAM-7, TEAM-8, TEAM-9, NEW-8."""
    zoe = Walker(context.new_page(), product, keyboard=VIEWS[view][1])
    name = "Walker" if zoe.keyboard else "Martin"
    email, number = f"zoe.{name}@example.org".lower(), "+33655440001" if zoe.keyboard else "+33655440002"

    # Opened and confirmed: the link is looked at twice before it is used, as mail scanners do.
    zoe.go("/creer-un-compte")
    for field, value in (("first_name", "Zoé"), ("last_name", name), ("email", email)):
        zoe.write(f"[name={field}]", value)
    zoe.press()
    link = zoe.mailed(email, r"(http\S+/activation/\S+)")
    assert link.startswith(product.url)
    zoe.go(link)
    zoe.go(link)
    customer_id = zoe.page.locator("#customer-id").inner_text()
    assert re.fullmatch(r"[a-z]{2}\d{5}-lk", customer_id)
    zoe.write("[autocomplete=new-password]", FIRST)
    zoe.press()
    assert zoe.path == "/"
    expect(zoe.page.locator("header").first).to_contain_text(customer_id)
    product.inside(CODES_FOR_NEW_DEVICES % name)

    # A phone number, which answers by SMS; then in by each identifier.
    zoe.go("/compte/coordonnees/telephone")
    zoe.write("[name=value]", f"0{number[3:]}")
    zoe.press()
    zoe.write("[name=code]", zoe.texted(number))
    zoe.press()
    for identifier in (customer_id.upper(), f" {email}", f"0{number[3:5]} {number[5:]}"):
        zoe.sign_out()
        zoe.sign_in(identifier, FIRST)
        assert zoe.path == "/"

    # A new browser: a code by mail, again by SMS, and then it is trusted.
    sent = len(product.mails())
    context.clear_cookies()
    zoe.sign_in(customer_id, FIRST)
    zoe.mailed(email, CODE, after=sent)
    texts = len(product.texts())
    zoe.press("button[name=send][value=sms]")
    code = zoe.texted(number, after=texts)
    zoe.write("[name=code]", "000000" if code != "000000" else "111111")
    zoe.press()
    zoe.write("[name=code]", f"{code[:3]} {code[3:]}")
    zoe.open("[name=trust]") if not zoe.keyboard else zoe.page.locator("[name=trust]").press("Space")
    zoe.press()
    assert zoe.path == "/"

    # An application, a passkey, recovery codes.
    zoe.go("/compte/double-authentification/application")
    zoe.write("[name=name]", "Mon téléphone")
    zoe.press()
    seed = zoe.page.locator("#seed").text_content()
    assert seed
    clock = Clock(seed.replace(" ", ""))
    zoe.write("[name=code]", clock.code())
    zoe.press()
    zoe.authenticator()
    zoe.go("/compte/double-authentification/cle")
    zoe.write("[name=name]", "Cet ordinateur")
    zoe.press("form[data-webauthn] button:not([type=button])")
    zoe.go("/compte/double-authentification/codes")
    zoe.press("form[action$='/codes'] button")
    shown = zoe.page.locator("#shown-once").text_content()
    assert shown
    codes = shown.split()
    assert len(set(codes)) == 10
    zoe.write("form[action$='/preuve'] [name=code]", codes[0].lower())
    zoe.press("form[action$='/preuve'] button")
    zoe.go("/compte")

    # In by each factor.
    zoe.sign_out()
    zoe.sign_in(customer_id, FIRST)
    zoe.page.goto(f"{zoe.path}?way=totp")
    zoe.write("[name=code]", clock.code())
    zoe.press()
    assert zoe.path == "/"
    zoe.sign_out()
    zoe.sign_in(email, FIRST)
    zoe.page.goto(f"{zoe.path}?way=key")
    zoe.press("form[data-webauthn] button")
    assert zoe.path == "/"
    zoe.sign_out()
    zoe.go("/connexion")
    zoe.press("form[data-webauthn] button")
    assert zoe.path == "/"

    # The phone is lost: a recovery code, which works once.
    for code, inside in ((codes[1], True), (codes[1], False)):
        zoe.sign_out() if inside else context.clear_cookies()
        zoe.sign_in(customer_id, FIRST)
        zoe.page.goto(f"{zoe.path}?way=recovery_code")
        zoe.look()
        zoe.write("[name=code]", code)
        zoe.press()
        assert (zoe.path == "/") is inside
        if inside:
            zoe.go("/compte/sessions")
            zoe.go("/compte/activite")

    # The password is lost: the link asks for the second factor all the same, and signs nobody in.
    context.clear_cookies()
    zoe.go("/mot-de-passe-perdu")
    zoe.write("[name=identifier]", f"+33 {number[3:]}")
    zoe.press()
    zoe.go(zoe.mailed(email, r"(http\S+/mot-de-passe-perdu/\S+)"))
    zoe.page.goto(f"{zoe.path}?way=recovery_code")
    zoe.write("[name=code]", codes[2])
    zoe.press()
    zoe.write("[autocomplete=new-password]", SECOND)
    zoe.press()
    assert zoe.path == "/connexion"
    zoe.sign_in(customer_id, FIRST)
    assert zoe.path == "/connexion"
    zoe.sign_in(customer_id, SECOND)
    zoe.page.goto(f"{zoe.path}?way=recovery_code")
    zoe.write("[name=code]", codes[3])
    zoe.press()
    assert zoe.path == "/"

    # A key for a program.
    zoe.go("/compte/cles-d-acces")
    zoe.go("/compte/cles-d-acces/nouvelle")
    zoe.write("[name=name]", "Sauvegarde nocturne")
    zoe.press()
    key_id = zoe.page.locator("#key-id").inner_text()
    zoe.open(".secret-key summary")
    secret = zoe.page.locator("#shown-once").inner_text()
    zoe.page.reload()
    assert secret not in zoe.page.content()
    tokens = posted(
        product,
        "/authentication/v1/token/access-key",
        {"accessKeyId": key_id, "accessKeySecret": secret},
    )
    assert customer_id in str(got(product, "/api/v1/me", tokens["access_token"]))

    # Ten wrong passwords from a strange browser lock it: the right one is refused, the passkey is not.
    context.clear_cookies()
    for attempt in range(10):
        zoe.sign_in(customer_id, f"not the password {attempt}")
    zoe.sign_in(customer_id, SECOND)
    assert zoe.path == "/connexion" and re.search(r"\d\d:\d\d", zoe.said)
    zoe.mailed(email, r"(verrouill|locked)")
    zoe.press("form[data-webauthn] button")
    assert zoe.path == "/"

    # An hour passes.
    zoe.sign_out()
    context.clear_cookies()
    product.inside(AN_HOUR_PASSES)
    zoe.sign_in(customer_id, SECOND)
    zoe.page.goto(f"{zoe.path}?way=totp")
    zoe.write("[name=code]", clock.code())
    zoe.press()
    assert zoe.path == "/"


INVITE = """
from django.utils import timezone
from linekey.domain.access import Role
from linekey.records import find
from linekey.records.models import Organisation, Person
from linekey.usecases import invite_member
Organisation.objects.filter(parent=None).update(policy={"sign_in_code": "never", "security_question": True})
bruno, now = Person.objects.get(customer_id="bc23456-lk"), timezone.now()
print(invite_member.invite(
    actor=find.actor_of(bruno, confirmed_at=now), first_name="Gaël", last_name="%s", email="%s",
    role=Role.SUBSCRIBER, phone="+33972101010", extension="%s", now=now,
))
"""


@pytest.mark.parametrize(("product", "view"), CASES, indirect=["product"])
def test_an_invited_member_sets_a_pin_and_comes_back_by_number_extension_and_question(
    context: BrowserContext, product: Product, view: str
) -> None:
    """TEAM-1, TEAM-3, TEAM-7, TEAM-10."""
    gael = Walker(context.new_page(), product, keyboard=VIEWS[view][1])
    name, extension = ("Walker", "118") if gael.keyboard else ("Martin", "117")
    email = f"gael.{name}@example.org".lower()
    customer_id = product.inside(INVITE % (name, email, extension)).split()[-1]
    gael.go(gael.mailed(email, r"(http\S+/activation/\S+)"))
    assert gael.page.locator("#customer-id").inner_text() == customer_id
    gael.write("[autocomplete=new-password]", FIRST)
    gael.press()
    assert gael.path == "/"

    # A PIN and a security question; then a new password, with the PIN, ends the session elsewhere.
    gael.go("/compte/pin")
    gael.write("[name=pin]", "482915")
    gael.write("[name=again]", "482915")
    gael.press()
    gael.go("/compte/question")
    gael.write("[name=answer]", "Élan gris")
    gael.press()
    elsewhere = context.browser.new_context(base_url=product.url).new_page() if context.browser else None
    assert elsewhere is not None
    other = Walker(elsewhere, product, keyboard=False)
    other.sign_in("+33972101010", FIRST, extension)
    assert other.path == "/"
    gael.go("/compte/mot-de-passe")
    gael.write("[name=current]", FIRST)
    gael.write("[name=password]", SECOND)
    gael.write("[name=pin]", "111111")
    gael.press()
    assert gael.path == "/compte/mot-de-passe"
    gael.write("[name=current]", FIRST)
    gael.write("[name=password]", SECOND)
    gael.write("[name=pin]", "482915")
    gael.press()
    gael.go("/compte")
    other.go("/compte")
    assert other.path.startswith("/connexion")

    # Lost again: by the company's number and the extension, then the question, then the new password.
    other.go("/mot-de-passe-perdu")
    other.write("[name=identifier]", "09 72 10 10 10 poste " + extension)
    other.press()
    other.go(other.mailed(email, r"(http\S+/mot-de-passe-perdu/\S+)"))
    other.write("[name=answer]", "elan  GRIS")
    other.press()
    other.write("[autocomplete=new-password]", THIRD)
    other.press()
    assert other.path == "/connexion"
    gael.go("/compte")
    assert gael.path.startswith("/connexion")
    other.sign_in(customer_id, THIRD)
    assert other.path == "/"
    elsewhere.context.close()


@pytest.mark.parametrize("product", ["sqlite"], indirect=True)
def test_a_password_is_hidden_shown_on_demand_and_may_be_pasted(page: Page, product: Product) -> None:
    page.goto("/connexion")
    field = page.locator("[name=password]")
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "current-password")
    page.locator("[name=identifier]").fill(FIRST)
    page.locator("[name=identifier]").press("ControlOrMeta+a")
    page.locator("[name=identifier]").press("ControlOrMeta+x")
    field.press("ControlOrMeta+v")
    expect(field).to_have_value(FIRST)
    page.locator("[data-reveal]").click()
    expect(field).to_have_attribute("type", "text")
