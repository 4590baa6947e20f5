"""« Détail » of a user licence, and its settings: drawn as the table says, edited in place or on a page."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from linekey.records.models import AuditEntry, Observation, Service, UserLicence
from tests.build import Cast
from tests.web_staff.conftest import Browser

LICENCE = "/revendeur/services/FPC172947"
LIST = "/revendeur/services/CTX-00217/utilisateurs"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{LIST}"}


def _text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def _facts(answer: Any) -> dict[str, str]:
    """Each label of the page, and what stands beside it."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", answer.content.decode(), re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for label, text in pairs}


def _fields(answer: Any) -> dict[str, str]:
    """What a browser would send back untouched."""
    form = re.search(r'<form class="settings".*?</form>', answer.content.decode(), re.DOTALL)
    assert form, answer.content.decode()
    found = {}
    for tag in re.findall(r"<input [^>]+>", form[0]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'value="([^"]+)" selected', options)
        assert chosen
        found[name] = chosen[1]
    found.pop("csrfmiddlewaretoken", None)
    return found


def _send(client: Client, group: str, of: str = LICENCE, **typed: str) -> Any:
    """Open the form, type, save, with htmx."""
    address = f"{of}/modifier/{group}"
    fields = _fields(client.get(address, headers=HTMX))
    return client.post(address, fields | typed, headers=HTMX)


def test_the_detail_of_a_simple_licence_has_the_three_blocks(cast: Cast, browser: Browser) -> None:
    page = browser(cast.chen).get(LICENCE)
    facts = _facts(page)
    assert {"Information", "Restrictions", "Options"} <= set(re.findall(r"<h2[^>]*>([^<]+)</h2>", _raw(page)))
    assert list(facts)[: list(facts).index("Customer")] == [
        "Accountcode ref.",
        "Licence",
        "State",
        "Direct number (SDA)",
        "Administrator",
        "Name",
        "Company contact",
        "Emergency number",
        "Site",
        "Accession (softphone)",
        "Outgoing call restrictions",
        "Outgoing call restrictions outside the unlimited plan",
        "Number presented",
        "Receptionist option",
        "Fax2Mail number",
        "Supervisor",
    ]
    assert facts["Accountcode ref."] == "133615"
    assert facts["Licence"].startswith("FPC172947") and "Simple licence" in facts["Licence"]
    assert facts["Direct number (SDA)"] == facts["Emergency number"] == "01 84 78 01 17"
    assert facts["Outgoing call restrictions"] == "No restriction"
    assert facts["Fax2Mail number"] == facts["Number presented"] == "None"
    assert facts["Administrator"] == facts["Receptionist option"] == facts["Supervisor"] == "No"
    assert "Not seen yet" in facts["State"] and facts["Site"] == "Roubaix"


def _raw(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_voice_menu_and_a_fax_say_what_they_have_not(cast: Cast, browser: Browser) -> None:
    chen, not_had = browser(cast.chen), "Not with this licence"
    menu = _facts(chen.get("/revendeur/services/FPC172932"))
    for label in (
        "Emergency number",
        "Accession (softphone)",
        "Outgoing call restrictions",
        "Number presented",
        "Receptionist option",
    ):
        assert menu[label] == not_had
    assert menu["Administrator"] == "No"
    fax = _facts(chen.get("/revendeur/services/FPC172938"))
    assert fax["Receptionist option"] == fax["Emergency number"] == not_had
    assert fax["Fax2Mail number"] == "None"
    assert chen.get("/revendeur/services/FPC172932/modifier/options").status_code == 404


def test_the_way_back_leads_to_the_users_of_the_pbx(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    for address in (LICENCE, f"{LICENCE}/reinitialiser", f"{LICENCE}/modifier/options"):
        crumbs = _raw(chen.get(address)).partition("</nav>")[0]
        assert f'<a href="{LIST}">CTX-00217</a>' in crumbs


def test_journal_and_sheet_of_the_licence_are_one_link_away(cast: Cast, browser: Browser) -> None:
    page = _raw(browser(cast.bruno).get(LICENCE))
    assert f'href="{LICENCE}/journal"' in page and 'href="/fiche/FPC172947"' in page


def test_the_state_in_the_block_follows_the_look_of_the_page(
    cast: Cast, browser: Browser, now: datetime
) -> None:
    Observation.objects.create(service=cast.licence, seen_at=now, online=True, facts={"registrations": []})
    chen = browser(cast.chen)
    assert "Registered" in _facts(chen.get(LICENCE))["State"]
    looked = _raw(chen.post(f"{LICENCE}/etat", headers=HTMX))
    assert 'id="live"' in looked and 'id="etat-FPC172947" hx-swap-oob="true"' in looked
    assert "etat-" not in _raw(chen.post(f"/revendeur/services/{cast.line.reference}/etat", headers=HTMX))


def test_the_name_is_edited_in_the_row_and_the_focus_comes_back(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    form = _raw(chen.get(f"{LICENCE}/modifier/utilisateur?champ=name", headers=HTMX))
    assert form.lstrip().startswith("<tr") and 'value="Ligne FPC172947"' in form
    assert re.search(r'name="name"[^>]*autofocus', form)
    answer = _send(chen, "utilisateur", name="Poste 9")
    assert answer.status_code == 200
    row = _raw(answer)
    assert row.lstrip().startswith("<tr") and "Poste 9" in row and "<form class" not in row
    assert re.search(r"champ=name[^>]*autofocus", row) and not re.search(r"champ=admin[^>]*autofocus", row)
    assert Service.objects.get(reference="FPC172947").name == "Poste 9"


def test_the_admin_flag_is_edited_in_the_row(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    form = _raw(chen.get(f"{LICENCE}/modifier/utilisateur?champ=admin", headers=HTMX))
    assert re.search(r'<select name="admin"[^>]*autofocus', form)
    assert "Yes" in _raw(_send(chen, "utilisateur", admin="yes"))
    assert UserLicence.objects.get(service=cast.licence).admin


def test_leaving_the_form_gives_the_row_back(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    form = _raw(chen.get(f"{LICENCE}/modifier/utilisateur?champ=admin", headers=HTMX))
    leave = re.search(r'data-cancel hx-get="([^"]+)"', form)
    assert leave
    row = _raw(chen.get(leave[1].replace("&amp;", "&"), headers=HTMX))
    assert "<form class" not in row and re.search(r"champ=admin[^>]*autofocus", row)


@pytest.mark.parametrize(
    ("group", "typed", "kept"),
    [
        ("informations", {"emergency_number": "03 20 99 00 00"}, {"emergency_number": "+33320990000"}),
        ("restrictions", {"restriction": "all", "outside_plan_refused": "yes"}, {"restriction": "all"}),
        ("options", {"number_presented": "01 84 78 01 00", "supervisor": "yes"}, {"supervisor": True}),
    ],
)
def test_a_block_is_edited_where_it_stands(
    cast: Cast, browser: Browser, group: str, typed: dict[str, str], kept: dict[str, object]
) -> None:
    answer = _send(browser(cast.bruno), group, **typed)
    assert answer.status_code == 200
    assert _raw(answer).lstrip().startswith("<section") and "autofocus" in _raw(answer)
    row = UserLicence.objects.filter(service=cast.licence).values().get()
    assert row | kept == row
    assert AuditEntry.objects.filter(action="service.edit").count() == len(typed)


@pytest.mark.parametrize(
    ("group", "field", "typed", "said"),
    [
        ("utilisateur", "name", "", "This field is required."),
        ("utilisateur", "name", "<b>", "Write it with letters, digits"),
        ("utilisateur", "name", "x" * 500, "at most 120 characters"),
        ("utilisateur", "name", "a\0b", "Null characters are not allowed."),
        ("utilisateur", "admin", "maybe", "Select a valid choice"),
        ("informations", "emergency_number", "112", "Write it as 01 84 78 01 17"),
        ("options", "number_presented", "03 20 99 00 01", "none of the customer&#x27;s own numbers"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    cast: Cast, browser: Browser, group: str, field: str, typed: str, said: str
) -> None:
    chen = browser(cast.chen)
    for headers in (HTMX, {}):
        address = f"{LICENCE}/modifier/{group}"
        fields = _fields(chen.get(address, headers=headers)) | {field: typed}
        answer = chen.post(address, fields, headers=headers)
        assert answer.status_code == 422
        wrong = re.search(rf'id="FPC172947-{group}-{field}_error">(.*?)</ul>', _raw(answer), re.DOTALL)
        assert wrong and said in wrong[1]
        assert re.search(rf'name="{field}"[^>]*autofocus', _raw(answer))
        if headers:
            assert answer.headers["HX-Retarget"] == "closest [data-in-place]"
            assert answer.headers["HX-Reswap"] == "outerHTML"
    assert not AuditEntry.objects.exists()


def test_anothers_change_in_between_is_told_beside_the_field(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), f"{LICENCE}/modifier/utilisateur"
    fields = _fields(chen.get(address, headers=HTMX))
    assert _send(browser(cast.bruno), "utilisateur", name="Atelier", admin="yes").status_code == 200
    answer = chen.post(address, fields | {"name": "Poste 9"}, headers=HTMX)
    assert answer.status_code == 409 and answer.headers["HX-Retarget"]
    assert "Somebody else changed “Name” meanwhile: it is now “Atelier”." in _text(answer)
    again = _fields(answer)
    assert again == {"vu-name": "Atelier", "vu-admin": "yes", "name": "Poste 9", "admin": "yes"}
    assert chen.post(address, again, headers=HTMX).status_code == 200
    assert Service.objects.get(reference="FPC172947").name == "Poste 9"
    assert UserLicence.objects.get(service=cast.licence).admin, (
        "what chen never touched stays as bruno set it"
    )


def test_without_javascript_a_page_has_the_form_and_leads_back(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    for group, back in (("utilisateur", LIST), ("options", LICENCE)):
        address = f"{LICENCE}/modifier/{group}"
        page = chen.get(address)
        form = _raw(page).partition('<form class="settings"')[2].partition("</form>")[0]
        assert form and "hx-post" not in form
        assert f'href="{back}" data-cancel' in _raw(page)
        typed = {"name": "Poste 9"} if group == "utilisateur" else {"supervisor": "yes"}
        answer = chen.post(address, _fields(page) | typed)
        assert (answer.status_code, answer.headers["Location"]) == (303, back)
        assert "FPC172947 is changed." in _raw(chen.get(back))


def test_saving_what_is_there_already_says_nothing(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), f"{LICENCE}/modifier/utilisateur"
    assert chen.post(address, _fields(chen.get(address))).status_code == 303
    assert "is changed" not in _raw(chen.get(LIST))
    assert _send(chen, "utilisateur").status_code == 200
    assert not AuditEntry.objects.exists()


def test_every_service_has_its_name_edited_on_a_page(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    for reference in ("CTX-00217", "xdsl-ab12345-1", "0033972101010"):
        own = f"/revendeur/services/{reference}"
        address = f"{own}/modifier/informations"
        assert f'href="{address}"' in _raw(chen.get(own))
        answer = chen.post(address, _fields(chen.get(address)) | {"name": "Accueil"})
        assert (answer.status_code, answer.headers["Location"]) == (303, own)
        assert "Accueil" in _raw(chen.get(own))
        # A row of a list it does not stand in leads to its own page.
        assert f'href="{own}" data-cancel' in _raw(chen.get(f"{own}/modifier/utilisateur"))
        assert chen.get(f"{own}/modifier/options").status_code == 404


def test_another_persons_line_wants_a_proof_before_the_form(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen, proved=False)
    assert chen.get(f"{LICENCE}/modifier/utilisateur", headers=HTMX).status_code == 200
    address = f"/revendeur/services/{cast.line.reference}/modifier/informations"
    answer = chen.get(address)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/confirmer?next=")


@pytest.mark.parametrize(
    "reference", ["CTX-00999", "FPC199901", "0033972202020", "nothing", "a\0b", "x" * 300]
)
def test_unknown_and_not_yours_are_one_answer(cast: Cast, browser: Browser, reference: str) -> None:
    """Law 11."""
    chen = browser(cast.chen)
    for group in ("utilisateur", "informations", "no-such-group"):
        address = f"/revendeur/services/{reference}/modifier/{group}"
        assert chen.get(address).status_code == chen.post(address, {"name": "x"}).status_code == 404
    assert browser(cast.ada).get(f"{LICENCE}/modifier/utilisateur").status_code == 403


def test_without_its_token_a_form_changes_nothing(cast: Cast, browser: Browser) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser(cast.chen).cookies
    assert strict.post(f"{LICENCE}/modifier/utilisateur", {"name": "Poste 9"}).status_code == 403
    assert not AuditEntry.objects.exists()
