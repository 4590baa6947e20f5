"""What somebody can find is what they may see; a stranger's row looks like no row at all (law 11)."""

import pytest

from linekey.domain.access import sees
from linekey.domain.errors import NotFound
from linekey.domain.kinds import Delivery
from linekey.records import find, pages
from linekey.records.models import Organisation, Person, Service
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
    assert [row.reference for row in pages.services(bruno, text="0033972303030")] == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "\0", "x" * 10_000, " ", "Verne"])
def test_nothing_typed_into_the_search_shows_a_strangers_line(cast: Cast, text: str) -> None:
    own = {cast.line.reference, cast.phone_line.reference, cast.access.reference}
    assert {row.reference for row in pages.services(actor(cast.ada), text=text)} <= own


def test_a_line_is_found_by_reference_number_owner_and_organisation(cast: Cast) -> None:
    for text in ("0033972101010", "+33972101010", "lemoine", "Atelier"):
        found = {row.reference for row in pages.services(actor(cast.olivia), text=text)}
        assert cast.line.reference in found and cast.eves_line.reference not in found
    kinds = {row.kind for row in pages.services(actor(cast.olivia), kind="pppoe_access")}
    assert kinds == {"pppoe_access"}


def test_an_e_mail_two_people_share_names_nobody(cast: Cast) -> None:
    assert find.person_by_identifier(" AB12345-LK ") == cast.ada
    assert find.person_by_identifier("Ada.Lemoine@example.org") == cast.ada
    Person.objects.filter(pk=cast.eve.pk).update(email=cast.ada.email)
    assert find.person_by_identifier(cast.ada.email) is None
    for nobody in ("", "\0", "a" * 255, "ab12345"):
        assert find.person_by_identifier(nobody) is None


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
