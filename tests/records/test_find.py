"""What somebody can find is what they may see; a stranger's row looks like no row at all (law 11)."""

import pytest

from linekey.domain.access import sees
from linekey.domain.errors import NotFound
from linekey.domain.identifiers import read
from linekey.domain.kinds import Delivery
from linekey.records import find, pages
from linekey.records.models import Organisation, Person, Service
from linekey.records.search_words import Filters
from tests.build import Cast, actor, organisation, sip_line

PEOPLE = ["ada", "bruno", "chen", "dina", "olivia", "eve"]


@pytest.mark.parametrize("who", PEOPLE)
def test_the_query_and_the_rule_agree_on_every_service(cast: Cast, who: str) -> None:
    somebody = actor(getattr(cast, who))
    for service in Service.objects.all():
        allowed = sees(somebody, path=service.path, owner_id=service.owner_id)
        assert find.visible_services(somebody).filter(pk=service.pk).exists() is allowed
        if allowed:
            assert find.service(somebody, service.reference) == service
        else:
            with pytest.raises(NotFound):
                find.service(somebody, service.reference)


def test_an_organisation_whose_number_begins_alike_is_a_stranger(cast: Cast) -> None:
    """`1.4.` and `1.40.`, on the database itself."""
    neighbour = organisation(cast.operator, "customer", "Voisin")
    Organisation.objects.filter(pk=neighbour.pk).update(path=f"{cast.lumen.path[:-1]}0.")
    neighbour.refresh_from_db()
    other = sip_line("0033972303030", neighbour, cast.ada.created_at, owner=None)
    bruno = actor(cast.bruno)
    assert other not in find.visible_services(bruno)
    assert [row.reference for row in pages.services(bruno, Filters(text="0033972303030"))] == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "\0", "x" * 10_000, " ", "Verne"])
def test_nothing_typed_into_the_search_shows_a_strangers_line(cast: Cast, text: str) -> None:
    own = {cast.line.reference, cast.phone_line.reference, cast.access.reference}
    assert {row.reference for row in pages.services(actor(cast.ada), Filters(text=text))} <= own


def test_a_line_is_found_by_reference_number_owner_and_organisation(cast: Cast) -> None:
    for text in ("0033972101010", "+33972101010", "lemoine", "Atelier"):
        found = {row.reference for row in pages.services(actor(cast.olivia), Filters(text=text))}
        assert cast.line.reference in found and cast.eves_line.reference not in found
    kinds = {row.kind for row in pages.services(actor(cast.olivia), Filters(kind="pppoe_access"))}
    assert kinds == {"pppoe_access"}


def found(typed: str, extension: str = "") -> Person | None:
    return find.person_by_identifier(read(typed, extension))


def test_a_person_is_found_by_customer_id_e_mail_and_phone_however_spelled(cast: Cast) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(phone="+33698765432")
    for typed in (" AB12345-LK ", "Ada.Lemoine@example.org", "06 98 76 54 32", "0033 6 98 76 54 32"):
        assert found(typed) == cast.ada
    for nobody in ("", "\0", "a" * 255, "ab12345", "%", "аb12345-lk", "+33612000000", "@"):
        assert found(nobody) is None


def test_an_e_mail_or_a_number_two_people_share_names_nobody(cast: Cast) -> None:
    Person.objects.filter(pk=cast.eve.pk).update(email=cast.ada.email, phone=cast.ada.phone)
    assert found(cast.ada.email) is None and found(cast.ada.phone) is None
    assert found(cast.ada.customer_id) == cast.ada


def test_behind_a_shared_number_the_extension_tells_who_is_meant(cast: Cast) -> None:
    """TEAM-7."""
    for person, extension in ((cast.ada, "117"), (cast.bruno, "118")):
        Person.objects.filter(pk=person.pk).update(phone="+33184780117", extension=extension)
    assert found("01 84 78 01 17", "117") == cast.ada and found("+33184780117;ext=118") == cast.bruno
    for nobody in ("", "119", "11", "0117", "117 or 118"):
        assert found("01 84 78 01 17", nobody) is None
    Person.objects.filter(pk=cast.eve.pk).update(phone="+33184780200", extension="117")
    assert found("01 84 78 02 00", "117") == cast.eve, "another company may use the same digits"


def test_a_number_that_never_answered_signs_nobody_in(cast: Cast) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(phone="+33698765432", phone_verified_at=None)
    assert found("+33698765432") is None
    Person.objects.update(phone="", extension="")
    assert found("") is None


def test_a_backup_address_signs_nobody_in_even_if_it_is_anothers_own(cast: Cast) -> None:
    Person.objects.filter(pk=cast.eve.pk).update(
        backup_email=cast.ada.email, backup_verified_at=cast.eve.created_at
    )
    Person.objects.filter(pk=cast.ada.pk).update(backup_email="ada@elsewhere.example")
    assert found(cast.ada.email) == cast.ada and found("ada@elsewhere.example") is None


def test_policy_and_delivery_come_from_the_whole_branch(cast: Cast) -> None:
    assert find.policy_of(cast.lumen).pppoe_delivery is Delivery.MAIL, "the operator's choice"
    assert find.delivery_for(cast.access) is Delivery.MAIL
    assert find.delivery_for(cast.line) is Delivery.LINK, (
        "a line knows no mail: its secret cannot be had back"
    )
    cast.reseller.policy = {"pppoe_delivery": "link", "sip_rules": "anssi"}
    cast.reseller.save()
    assert find.policy_of(cast.lumen).sip_rules == "anssi"
    assert find.policy_of(cast.verne).sip_rules == "legacy"


def test_what_others_can_know_about_a_line_is_collected(cast: Cast) -> None:
    facts = set(find.personal_facts(cast.line))
    assert {"Ada", "Lemoine", "ab12345", "ada.lemoine", "972101010", "612345678", "19851210"} <= facts
    assert "" not in facts
    assert "ab12345001" in find.personal_facts(cast.access)
    assert "Ada" not in find.personal_facts(cast.licence)


def test_whoever_belongs_to_nobody_is_under_the_operators_own_policy(cast: Cast) -> None:
    cast.operator.policy = {"lock_after": 4}
    cast.operator.save()
    cast.lumen.policy = {"lock_after": 7}
    cast.lumen.save()
    assert find.operators_policy().lock_after == find.policy_of(cast.verne).lock_after == 4
    assert find.policy_of(cast.lumen).lock_after == 7
