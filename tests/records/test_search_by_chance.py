"""Whatever is kept and whatever is asked: the search finds what a plain look at every service finds."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linekey.domain.access import Role, sees
from linekey.records import find, pages
from linekey.records.models import Organisation, Person, PppAccess, Service, SipLine
from linekey.records.search_words import KINDS_FOUND, Filters
from tests.build import Cast

LETTERS = st.text("aàbBc1 -'’%_œ\\", max_size=7)
REFERENCES = st.text("fFpP12é-", max_size=7)
OCTETS = st.sampled_from(["1", "12", "2", "192"])
ADDRESSES = st.tuples(OCTETS, OCTETS, OCTETS, OCTETS).map(".".join)
SERVICES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["hosted_pbx", "sip_line", "pppoe_access"]),
        "state": st.sampled_from(["active", "suspended", "closed"]),
        "end_client": LETTERS,
        "name": LETTERS,
        "product": REFERENCES,
        "accountcode": REFERENCES,
        "reference": REFERENCES,
        "address": st.none() | ADDRESSES,
        "licence": st.sampled_from(["", "simple", "svi"]),
        "of": st.integers(0, 3),
        "owned": st.booleans(),
    }
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "reference": REFERENCES,
        "client": LETTERS,
        "client_reference": REFERENCES,
        "end_client": LETTERS,
        "kind": st.sampled_from(KINDS_FOUND),
        "product": REFERENCES,
        "accountcode": REFERENCES,
        "address": ADDRESSES | st.tuples(OCTETS, OCTETS).map(".".join),
        "state": st.sampled_from(["active", "suspended", "closed"]),
        "text": LETTERS,
    },
)
PEOPLE = st.sampled_from(list(Role))


def plain(text: str) -> str:
    text = text.replace("’", "'").replace("œ", "oe").casefold()
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(bare.split())


def named(asked: str, *names: str) -> bool:
    wanted, texts = plain(asked), [plain(name) for name in names]
    if len(wanted) > 2:
        return any(wanted in text for text in texts)
    return any(re.search(rf"(^| ){re.escape(wanted)}", text) for text in texts) if wanted else True


def passes(service: Service, asked: dict[str, str]) -> bool:
    sip, ppp = getattr(service, "sip", None), getattr(service, "ppp", None)
    kinds = {service.kind}
    if sip:
        kinds |= {"user_licence", f"user_licence_{sip.licence}"} if sip.licence else {"plain_line"}
    texts = [service.reference, service.name, service.organisation.name]
    texts += [sip.number] if sip else []
    texts += [ppp.login] if ppp else []
    texts += [service.owner.last_name] if service.owner else []
    begins = {
        "reference": service.reference,
        "client_reference": service.organisation.reference,
        "product": service.product,
        "accountcode": service.accountcode,
    }
    address = f"{service.address}."
    return (
        all(plain(kept).startswith(plain(asked.get(name, ""))) for name, kept in begins.items())
        and named(asked.get("client", ""), service.organisation.name)
        and named(asked.get("end_client", ""), service.end_client)
        and named(asked.get("text", ""), *texts)
        and ("kind" not in asked or asked["kind"] in kinds)
        and ("state" not in asked or asked["state"] == service.state)
        and ("address" not in asked or address.startswith(f"{asked['address']}."))
    )


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_search_finds_what_a_look_at_every_service_finds(cast: Cast, data: Any) -> None:
    with transaction.atomic():
        _tree(cast, data.draw(st.lists(SERVICES, max_size=12)))
        services = list(find.visible_services(find.actor_of(cast.olivia)).order_by("-pk"))
        for _ in range(4):
            asked = data.draw(ASKED)
            somebody = replace(
                find.actor_of(data.draw(st.sampled_from([cast.ada, cast.bruno, cast.chen, cast.olivia]))),
                role=data.draw(PEOPLE),
            )
            expected = [
                service.reference
                for service in services
                if sees(somebody, path=service.path, owner_id=service.owner_id) and passes(service, asked)
            ]
            found, after = [], ""
            while rows := pages.services(somebody, Filters(**asked), after=after, limit=3):
                found += [row.reference for row in rows]
                after = found[-1]
            assert found == expected
        transaction.set_rollback(True)


def _tree(cast: Cast, services: list[dict[str, Any]]) -> None:
    places: list[tuple[Organisation, Person | None]]
    places = [
        (cast.lumen, cast.ada),
        (cast.verne, cast.eve),
        (cast.reseller, cast.chen),
        (cast.operator, None),
    ]
    for number, facts in enumerate(services):
        organisation, owner = places[facts.pop("of")]
        licence, owned = facts.pop("licence"), facts.pop("owned")
        facts["reference"] += f"{number:02}"
        service = Service.objects.create(
            **facts,
            organisation=organisation,
            path=organisation.path,
            owner=owner if owned else None,
            created_at=timezone.now(),
        )
        if service.kind == "sip_line":
            SipLine.objects.create(
                service=service,
                username=f"user{number}",
                realm="r",
                number=f"+3311{number}",
                element="e",
                licence=licence,
            )
        if service.kind == "pppoe_access":
            PppAccess.objects.create(service=service, login=f"{facts['name']}{number}@é", element="e")
