"""Finding a service: each filter and any mix, whoever asks, and always what is true now."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linekey.domain.errors import Malformed
from linekey.records import pages, search
from linekey.records.models import Organisation, Person, SearchEntry, Service
from linekey.records.search_words import KINDS_FOUND, Filters
from tests.build import Cast, actor, organisation, sip_line

LUMENS = {
    "0033972101010",
    "0033972101011",
    "CTX-00217",
    "FPC172932",
    "FPC172938",
    "FPC172947",
    "xdsl-ab12345-1",
}
VERNES = {"0033972202020", "xdsl-ev67890-1", "CTX-00999", "FPC199901"}


def found(person: Person, **filters: str) -> set[str]:
    return {row.reference for row in pages.services(actor(person), Filters(**filters))}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, LUMENS | VERNES),
        ({"reference": "FPC17293"}, {"FPC172932", "FPC172938"}),
        ({"reference": "fpc172947"}, {"FPC172947"}),
        ({"reference": "172947"}, set()),
        ({"client": "lumen"}, LUMENS),
        ({"client": "& filles"}, VERNES),
        ({"client": "VE"}, VERNES),
        ({"client": "ER"}, set()),
        ({"client": "atelier lumen", "text": "at"}, LUMENS),
        ({"client": "atelier lumen", "text": "er"}, set()),
        ({"client_reference": "CLI-0004"}, LUMENS),
        ({"client_reference": "cli-"}, LUMENS | VERNES),
        ({"end_client": "solstice"}, {"CTX-00217", "FPC172932", "FPC172938", "FPC172947"}),
        ({"kind": "hosted_pbx"}, {"CTX-00217", "CTX-00999"}),
        ({"kind": "user_licence"}, {"FPC172932", "FPC172938", "FPC172947", "FPC199901"}),
        ({"kind": "user_licence_fax"}, {"FPC172938"}),
        ({"kind": "plain_line"}, {"0033972101010", "0033972101011", "0033972202020"}),
        ({"kind": "pppoe_access"}, {"xdsl-ab12345-1", "xdsl-ev67890-1"}),
        ({"state": "active"}, LUMENS | VERNES),
        ({"state": "suspended"}, set()),
        ({"text": "+33972101010"}, {"0033972101010"}),
        ({"text": "ab12345001@"}, {"xdsl-ab12345-1"}),
        ({"text": "lemoine"}, {"0033972101010", "0033972101011", "xdsl-ab12345-1"}),
        ({"text": "centrex  VERNE"}, {"CTX-00999"}),
        ({"client": "lumen", "kind": "hosted_pbx"}, {"CTX-00217"}),
        ({"client": "verne", "reference": "FPC17"}, set()),
        ({"kind": "no such kind"}, set()),
        ({"reference": "\0"}, LUMENS | VERNES),
        ({"text": "%"}, set()),
        ({"text": "\ud800"}, LUMENS | VERNES),
    ],
)
def test_dina_finds_by_each_filter_and_any_mix(
    cast: Cast, filters: dict[str, str], expected: set[str]
) -> None:
    assert found(cast.dina, **filters) == expected


def test_a_service_is_found_by_what_it_was_contracted_and_billed_as(cast: Cast) -> None:
    Service.objects.filter(pk=cast.line.pk).update(product="SIP-TRUNK-30", accountcode="998877")
    search.index(cast.line)
    assert found(cast.chen, product="sip-trunk") == {cast.line.reference}
    assert found(cast.chen, accountcode="9988") == {cast.line.reference}
    assert found(cast.chen, accountcode="8877") == set()


@pytest.mark.parametrize(
    ("kept", "asked", "matches"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2", True),
        ("192.0.2.7", "192.0.2.", True),
        ("192.0.2.7", "192", True),
        ("192.0.2.77", "192.0.2.7", False),
        ("192.0.21.7", "192.0.2", False),
        ("2001:db8::7", "2001:db8::7", True),
        ("2001:db8::7", "2001:0DB8:0:0::7", True),
        ("2001:db8::7", "2001:db8", True),
        ("2001:db8::7", "2001:db8::", True),
        ("2001:db8::7", "2001:db8:0:", True),
        ("2001:db8::7", "2001:d", False),
    ],
)
def test_an_address_is_found_whole_or_by_its_beginning(
    cast: Cast, kept: str, asked: str, matches: bool
) -> None:
    Service.objects.exclude(pk=cast.line.pk).update(address=None)
    cast.line.address = kept
    cast.line.save()
    search.rebuild()
    assert found(cast.chen, address=asked) == ({cast.line.reference} if matches else set())


@pytest.mark.parametrize(
    "asked", ["300.1", "1.2.3.4.5", "garage", "::", "192..2", ":", "1:2:3:4:5:6:7:8:9", "%"]
)
def test_what_is_no_address_is_said_so(cast: Cast, asked: str) -> None:
    with pytest.raises(Malformed) as refused:
        found(cast.chen, address=asked)
    assert refused.value.values["field"] == "address"


@pytest.mark.parametrize("name", ["Œuvre d’Été", "OEUVRE D'ETE", "œuvre  d'ete", "Œuvre d’Été"])
def test_accents_case_and_blanks_do_not_matter(cast: Cast, name: str) -> None:
    cast.line.end_client = "Œuvre d’Été – Côté Sète"
    cast.line.save()
    assert found(cast.chen, end_client=name) == {cast.line.reference}
    assert found(cast.chen, end_client="cote SETE") == {cast.line.reference}


def test_the_letters_of_a_name_in_another_order_do_not_match(cast: Cast) -> None:
    """Every three letters of it are there, and it is not."""
    cast.line.end_client = "abcd bcde"
    cast.line.save()
    assert found(cast.chen, end_client="abcde") == set()


def test_everybody_finds_what_they_may_see_and_nothing_else(cast: Cast) -> None:
    ada = {cast.line.reference, cast.phone_line.reference, cast.access.reference}
    assert found(cast.ada) == found(cast.ada, client="lumen") == ada
    assert found(cast.bruno) == found(cast.chen) == found(cast.chen, client_reference="CLI") == LUMENS
    assert found(cast.dina) == found(cast.olivia) == LUMENS | VERNES
    assert found(cast.eve) == {cast.eves_line.reference, cast.eves_access.reference}
    for foreign in ({"reference": "0033972202020"}, {"client": "verne"}, {"client_reference": "CLI-00108"}):
        assert (
            found(cast.ada, **foreign) == found(cast.bruno, **foreign) == found(cast.chen, **foreign) == set()
        )


def test_newest_first_a_page_at_a_time_and_back(cast: Cast, now: datetime) -> None:
    made = [sip_line(f"FPC3{number:05}", cast.lumen, now, owner=None) for number in range(12)]
    newest = [service.reference for service in reversed(made)]
    chen, filters = actor(cast.chen), Filters(reference="FPC3")

    def page(**edge: str) -> list[str]:
        return [row.reference for row in pages.services(chen, filters, limit=5, **edge)]

    assert page() == newest[:5]
    assert page(after=newest[4]) == newest[5:10]
    assert page(after=newest[9]) == newest[10:]
    assert page(before=newest[10]) == newest[5:10]
    assert page(before=newest[3]) == newest[:3]
    assert page(before=newest[0]) == page(after=newest[11]) == []


@pytest.mark.parametrize("edge", ["0033972202020", "unknown", "\0", "\ud800", "x" * 5000])
def test_a_page_beside_what_one_does_not_see_is_empty_whether_it_exists_or_not(cast: Cast, edge: str) -> None:
    """Law 11."""
    assert pages.services(actor(cast.chen), after=edge) == []
    assert pages.services(actor(cast.chen), before=edge) == []


def test_a_strangers_rows_change_neither_count_nor_page_nor_next(cast: Cast, now: datetime) -> None:
    """Law 11."""
    chen = actor(cast.chen)
    before = pages.services(chen, Filters(text="Ligne"), limit=3)
    for number in range(20):
        sip_line(f"FPC4{number:05}", cast.verne, now, owner=None)
    sister = organisation(cast.operator, "reseller", "Chen Télécom bis", "CLI-00042")
    sip_line("FPC499999", sister, now, owner=None)
    assert pages.services(chen, Filters(text="Ligne"), limit=3) == before
    assert found(cast.chen, client_reference="CLI-00042") == LUMENS


def test_services_far_apart_are_found_in_order(cast: Cast) -> None:
    """However far their identifiers are from each other: the engine may look at the near ones first."""
    apart = [10_000, 10_001, 14_500, 75_000, 75_001, 300_000, 5_000_000]
    for key in apart:
        Service.objects.create(
            pk=key,
            reference=f"far-{key:07}",
            kind="hosted_pbx",
            name="Loin",
            organisation=cast.lumen,
            path=cast.lumen.path,
            created_at=cast.ada.created_at,
        )
    references = [f"far-{key:07}" for key in reversed(apart)]
    filters = Filters(text="loin", state="active")
    for person in (cast.olivia, cast.chen, cast.bruno):
        who = actor(person)
        for limit in (1, 2, 4, 7, 9):
            walked: list[str] = []
            while page := pages.services(who, filters, after=walked[-1] if walked else "", limit=limit):
                walked += [row.reference for row in page]
            assert walked == references
            back: list[str] = []
            while page := pages.services(
                who, filters, before=back[0] if back else references[-1], limit=limit
            ):
                back = [row.reference for row in page] + back
            assert back == references[:-1]


def test_a_change_is_found_at_once_and_what_it_was_no_more(cast: Cast) -> None:
    cast.licence.name = "Poste de la verrière"
    cast.licence.save(update_fields=["name"])
    assert found(cast.chen, text="verriere") == {cast.licence.reference}
    cast.licence.name = "Poste du jardin"
    cast.licence.save(update_fields=["name"])
    assert found(cast.chen, text="verriere") == set()
    cast.licence.sip.number = "+33320112233"
    cast.licence.sip.save()
    assert found(cast.chen, text="20112233") == {cast.licence.reference}
    cast.licence.state = "suspended"
    cast.licence.save()
    assert found(cast.chen, state="suspended") == {cast.licence.reference}


def test_a_renamed_client_is_found_by_the_new_name(cast: Cast) -> None:
    cast.lumen.name, cast.lumen.reference = "Atelier Clarté", "CLI-77777"
    cast.lumen.save(update_fields=["name", "reference"])
    assert found(cast.dina, client="clarte") == found(cast.dina, client_reference="CLI-7") == LUMENS
    assert found(cast.dina, client="lumen", kind="plain_line") == set()


def test_an_owner_who_takes_another_name_is_found_by_it(cast: Cast) -> None:
    cast.ada.last_name = "Byron"
    cast.ada.save(update_fields=["last_name"])
    assert len(found(cast.chen, text="byron")) == 3 and found(cast.chen, text="lemoine") == set()


def test_rows_from_before_there_was_a_search_are_read_after_migrating(cast: Cast) -> None:
    SearchEntry.objects.filter(service=cast.line).delete()
    assert cast.line.reference not in found(cast.chen)
    search.index_migrated()
    assert found(cast.chen) == LUMENS
    SearchEntry.objects.all().delete()
    search.index_migrated()
    assert found(cast.chen, text="ligne", client="lumen") >= {cast.line.reference}


def test_reading_everything_anew_changes_nothing(cast: Cast) -> None:
    entries = list(SearchEntry.objects.order_by("pk").values())
    assert search.rebuild() == len(LUMENS | VERNES)
    assert list(SearchEntry.objects.order_by("pk").values()) == entries
    for kind in KINDS_FOUND:
        assert found(cast.dina, kind=kind)
    cast.line.name = "Après"
    cast.line.save()
    assert found(cast.dina, text="apres") == {cast.line.reference}


def test_what_is_written_again_unchanged_costs_no_write(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        search.index(cast.line)
    assert not [each["sql"] for each in captured if each["sql"].startswith(("INSERT", "UPDATE"))]
    Organisation(name="Nouvelle", kind="customer", parent=cast.reseller, path="new").save()


@pytest.mark.parametrize("filters", [{}, {"reference": "FPC5"}, {"text": "ligne", "state": "active"}])
def test_a_page_costs_the_same_however_many_rows_it_has(
    cast: Cast, now: datetime, filters: dict[str, str]
) -> None:
    for number in range(60):
        sip_line(f"FPC5{number:05}", cast.lumen, now, owner=cast.ada)
    costs = set()
    for limit in (1, 51):
        with CaptureQueriesContext(connection) as captured:
            assert len(pages.services(actor(cast.chen), Filters(**filters), limit=limit)) == limit
        costs.add(len(captured))
    assert len(costs) == 1 and costs.pop() <= 5


def test_the_command_reads_everything_anew(cast: Cast) -> None:
    told = StringIO()
    call_command("index_services", stdout=told)
    assert told.getvalue() == f"{len(LUMENS | VERNES)} services can be found.\n"
