"""Whose passwords change: Ada's lines, one at a time, and thousands of a campaign's, which have one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linekey.records.models import Organisation, Person, Service

ADAS, CAMPAIGNS = "0033972", "0033979"
"""How their lines begin."""
_AT_ONCE = 1000


@dataclass(frozen=True)
class Town:
    lines: list[str]
    """References of Ada's, without a password yet."""
    owner: int
    """Ada."""
    owner_key: str
    """Secret of her program's access key."""
    reseller_key: str


def built(lines: int, campaign: int) -> Town:
    """On an empty database, with Django set up."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from linekey.domain.access import Role
    from linekey.records import search
    from tests import build

    call_command("migrate", verbosity=0)
    now = timezone.now()
    operator = build.organisation(None, "operator", "Linekey Télécom")
    reseller = build.organisation(operator, "reseller", "Chen Télécom", "CLI-00007")
    lumen = build.organisation(reseller, "customer", "Atelier Lumen", "CLI-00042")
    ada = build.person("ab12345-lk", "Ada", "Lemoine", Role.SUBSCRIBER, lumen, reseller, now)
    chen = build.person("cw34567-lk", "Chen", "Wei", Role.RESELLER, reseller, reseller, now)
    hers = _lines(ADAS, lines, lumen, ada)
    _with_passwords(_lines(CAMPAIGNS, campaign, lumen, None))
    search.index_missing()
    town = Town([each.reference for each in hers], ada.pk, _key(ada), _key(chen))
    connection.close()  # Ours would end with the primary.
    return town


def _lines(prefix: str, count: int, customer: "Organisation", owner: "Person | None") -> list["Service"]:
    from django.utils import timezone

    from linekey.records.models import Service, SipLine
    from tests.build import REALM, REGISTRAR

    services = Service.objects.bulk_create(
        (
            Service(
                reference=f"{prefix}{number:06d}",
                kind=Service.Kind.SIP_LINE,
                name=f"Ligne {number}",
                organisation=customer,
                path=customer.path,
                owner=owner,
                created_at=timezone.now(),
            )
            for number in range(count)
        ),
        batch_size=_AT_ONCE,
    )
    SipLine.objects.bulk_create(
        (SipLine(service=each, username=each.reference, realm=REALM, element=REGISTRAR) for each in services),
        batch_size=_AT_ONCE,
    )
    return services


def _with_passwords(services: Sequence["Service"]) -> None:
    """Version 1 of each, in force on the registrar too."""
    from django.utils import timezone

    from linekey.domain.drawing import draw
    from linekey.domain.kinds import SIP_LINE
    from linekey.domain.password_rules import PRESETS, Circumstances
    from linekey.network.ports import SipAddress, SipEntry
    from linekey.records.models import CredentialVersion
    from linekey.vault import seal
    from linekey.vault.unseal import unseal_digests
    from linekey.wiring import REGISTRAR, wire
    from tests.build import REALM

    now, entries, versions = timezone.now(), [], []
    for each in services:
        version = CredentialVersion(
            service=each,
            number=1,
            state="live",
            verb="reset",
            plan=f"old-{each.pk}",
            created_at=now,
            live_at=now,
        )
        drawn = draw(SIP_LINE, PRESETS["legacy"], Circumstances())
        version.sealed = seal.seal_credential(
            SIP_LINE, drawn, version.seal_place, username=each.reference, realm=REALM
        )
        digests = unseal_digests(version.sealed, version.seal_place)
        address = SipAddress(each.reference, REALM)
        entries.append(SipEntry(address, digests["md5"], digests["md5_domain"]))
        versions.append(version)
    CredentialVersion.objects.bulk_create(versions, batch_size=_AT_ONCE)
    registrar = wire().registrars[REGISTRAR]
    for start in range(0, len(entries), _AT_ONCE):
        registrar.push(entries[start : start + _AT_ONCE])


def _key(person: "Person") -> str:
    from django.utils import timezone

    from linekey.domain.access import Scope
    from linekey.usecases import manage_access_key
    from tests import build

    now = timezone.now()
    made = manage_access_key.create(
        actor=build.actor(person, now),
        name="drill",
        scopes=frozenset(Scope),
        networks=(),
        expires_at=None,
        now=now,
    )
    return made.secret.reveal()


def keep_history(store: str) -> None:
    """The registrar's own word of what was written into it, and in which order."""
    import psycopg

    with psycopg.connect(store, autocommit=True) as connection:
        connection.execute((Path(__file__).parent / "history.sql").read_text().encode())
