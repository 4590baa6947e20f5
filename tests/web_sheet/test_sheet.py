"""ACC-3: the sheet of a service tells the customer ID and the settings of the device, and never a secret."""

import re
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import Settings

from linekey.domain.errors import NoPdf
from linekey.records.models import Organisation, Service
from linekey.usecases import rotate_credential
from linekey.web.sheet import paper
from tests.build import GOOD_SIP_PASSWORD, Cast, actor, sip_line
from tests.web.conftest import seated, stranger

__all__ = ["stranger"]

LINE, ACCESS = "/fiche/0033972101010", "/fiche/xdsl-ab12345-1"


def text_of(browser: Client, address: str) -> str:
    """What the page says, without its tags."""
    answer = browser.get(address)
    assert answer.status_code == 200
    main = re.search(r"<article.*?</article>", answer.content.decode(), re.DOTALL)
    assert main
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


def test_acc_3_the_customer_id_stands_first_among_the_facts_at_the_top(cast: Cast) -> None:
    page = seated(cast.ada).get(LINE).content.decode()
    head = re.search(r'<header class="service-sheet-head">.*?</header>', page, re.DOTALL)
    assert head and re.search(r"<dt>Customer ID</dt><dd>ab12345-lk</dd>", head[0])


def test_acc_3_whoever_sees_the_service_has_its_sheet_and_nobody_else(cast: Cast) -> None:
    for person in (cast.ada, cast.bruno, cast.chen, cast.dina, cast.olivia):
        assert "ab12345-lk" in text_of(seated(person), LINE)
    for address in (LINE, f"{LINE}.pdf", "/fiche/nothing", "/fiche/nothing.pdf"):
        assert seated(cast.eve).get(address).status_code == 404


def test_a_stranger_signs_in_first_and_comes_back(stranger: Client, cast: Cast) -> None:
    for address in (LINE, f"{LINE}.pdf"):
        assert stranger.get(address).headers["Location"].startswith("/connexion?next=%2Ffiche")


def test_the_sheet_of_a_line_tells_what_a_phone_asks_for(cast: Cast, settings: Settings) -> None:
    settings.LINEKEY_SIP_SERVER = "sip.desk.example:5061"
    settings.LINEKEY_SIP_TRANSPORTS = ["TLS", "UDP"]
    settings.LINEKEY_SIP_CODECS = ["G.722", "G.711 A-law"]
    text = text_of(seated(cast.ada), LINE).replace("\u00a0", " ")
    for told in (
        "Number 09 72 10 10 10",
        "Registrar and outbound proxy sip.desk.example",
        "Port 5061",
        "Transport TLS, UDP",
        "Domain sip.linekey.test",
        "User name 0033972101010",
        "Authentication name 0033972101010",
        "Realm sip.linekey.test",
        "Codecs, preferred first G.722, G.711 A-law",
        "Password not on this sheet",
    ):
        assert told in text


def test_ppp_3_the_sheet_of_an_access_tells_the_service_name(cast: Cast, settings: Settings) -> None:
    assert "VLAN" not in text_of(seated(cast.ada), ACCESS)
    settings.LINEKEY_PPPOE_VLANS = {"ftth": "835"}
    text = text_of(seated(cast.ada), ACCESS)
    for told in (
        "Internal reference (serviceName) xdsl-ab12345-1",
        "PPPoE login ab12345001@linekey.adsl",
        "Technology FTTH",
        "VLAN 835",
    ):
        assert told in text


def test_it_says_where_a_new_password_comes_from(cast: Cast, settings: Settings) -> None:
    settings.LINEKEY_PUBLIC_URL = "https://desk.example"
    assert "https://desk.example/telephonie/0033972101010/gestion" in text_of(seated(cast.ada), LINE)
    assert "https://desk.example/internet/xdsl-ab12345-1" in text_of(seated(cast.ada), ACCESS)
    assert "administers the services of Atelier Lumen" in text_of(seated(cast.bruno), "/fiche/FPC172947")


def test_a_plug_and_phone_handset_has_nothing_to_type(cast: Cast) -> None:
    text = text_of(seated(cast.ada), "/fiche/0033972101011")
    assert "Yealink T46U" in text and "If the password is lost" not in text


def test_a_service_of_nobody_in_person_is_filed_under_the_client(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.lumen.pk).update(reference="CLI-00042")
    assert "Customer ID CLI-00042" in text_of(seated(cast.bruno), "/fiche/FPC172947")
    Service.objects.filter(pk=cast.licence.pk).update(billing_account="ab12345-lk-7")
    assert "Customer ID ab12345-lk-7" in text_of(seated(cast.bruno), "/fiche/FPC172947")


def test_the_sheet_of_a_hosted_pbx_lists_its_licences(cast: Cast, now: datetime) -> None:
    pbx = Service.objects.create(
        reference="CTX000042",
        kind=Service.Kind.HOSTED_PBX,
        name="Standard",
        organisation=cast.lumen,
        path=cast.lumen.path,
        created_at=now,
    )
    Service.objects.filter(pk=cast.licence.pk).update(parent=pbx)
    text = text_of(seated(cast.bruno), "/fiche/CTX000042")
    assert "FPC172947" in text and "sheet of its own" in text and "Password" not in text


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_service_that_is_not_active_says_so(cast: Cast, state: str) -> None:
    Service.objects.filter(pk=cast.line.pk).update(state=state)
    assert f"{state.capitalize()} – This service is not active." in text_of(seated(cast.ada), LINE)


def test_law_5_no_sheet_holds_a_secret(cast: Cast, now: datetime) -> None:
    rotate_credential.change(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        new=GOOD_SIP_PASSWORD,
        operation="a",
        now=now,
    )
    for address in (LINE, f"{LINE}.pdf"):
        assert GOOD_SIP_PASSWORD.reveal().encode() not in seated(cast.ada).get(address).content


def test_the_page_of_the_service_leads_to_its_sheet(cast: Cast) -> None:
    browser = seated(cast.ada)
    assert f'href="{LINE}"' in browser.get("/telephonie/0033972101010").content.decode()
    assert f'href="{ACCESS}"' in browser.get("/internet/xdsl-ab12345-1").content.decode()
    desk = seated(cast.chen).get("/revendeur/services/0033972101010").content.decode()
    assert f'href="{LINE}"' in desk


def test_where_pango_is_missing_the_page_is_printed_instead() -> None:
    def missing() -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    with pytest.raises(NoPdf):
        paper.drawn("<p>", engine=missing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reference", ["\0", "%00", "a" * 500, "..%2f", "\ud800".encode("utf-8", "replace").decode()]
)
def test_no_reference_is_a_fault_of_ours(cast: Cast, reference: str) -> None:
    for end in ("", ".pdf"):
        assert seated(cast.ada).get(f"/fiche/{reference}{end}").status_code == 404


def test_nothing_a_name_holds_becomes_markup(cast: Cast, now: datetime) -> None:
    hostile = '</title><img src="http://127.0.0.1:9/x"><script>alert(1)</script>'
    sip_line("0033972101019", cast.lumen, now, owner=cast.ada)
    Service.objects.filter(reference="0033972101019").update(name=hostile)
    page = seated(cast.ada).get("/fiche/0033972101019").content.decode()
    assert "<script>alert(1)" not in page and "<img" not in page.partition("<article")[2]
    assert seated(cast.ada).get("/fiche/0033972101019.pdf").content.startswith(b"%PDF-")
