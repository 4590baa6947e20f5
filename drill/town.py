"""Whose passwords change: Ada's lines, one at a time, and thousands of a campaign's, which have one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    from linekey.wiring import wire
    from tests import build
    from tests.api.programs import key_of

    call_command("migrate", verbosity=0)
    now = timezone.now()
    operator = build.organisation(None, "operator", "Linekey Télécom")
    reseller = build.organisation(operator, "reseller", "Chen Télécom", "CLI-00007")
    lumen = build.organisation(reseller, "customer", "Atelier Lumen", "CLI-00042")
    ada = build.person("ab12345-lk", "Ada", "Lemoine", Role.SUBSCRIBER, lumen, reseller, now)
    chen = build.person("cw34567-lk", "Chen", "Wei", Role.RESELLER, reseller, reseller, now)
    hers = build.sip_lines(_references(ADAS, lines), lumen, now, owner=ada)
    leaked = build.sip_lines(_references(CAMPAIGNS, campaign), lumen, now)
    told, registrar = build.entries(build.made_live(leaked, now)), wire().registrars[build.REGISTRAR]
    for start in range(0, campaign, _AT_ONCE):
        registrar.push(told[start : start + _AT_ONCE])
    search.index_missing()
    keys = (key_of(each).secret.reveal() for each in (ada, chen))
    town = Town([each.reference for each in hers], ada.pk, *keys)
    connection.close()  # Ours would end with the primary.
    return town


def _references(prefix: str, count: int) -> Iterator[str]:
    return (f"{prefix}{number:06d}" for number in range(count))


def keep_history(store: str) -> None:
    """The registrar's own word of what was written into it, and in which order."""
    import psycopg

    with psycopg.connect(store, autocommit=True) as connection:
        connection.execute((Path(__file__).parent / "history.sql").read_text().encode())
