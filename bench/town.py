"""A made-up operator of a million services: resellers of every size, customers, lines, licences, accesses."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection

RESELLERS = 60
START = datetime(2020, 1, 1, tzinfo=UTC)
_TRADES = "Garage Boulangerie Atelier Cabinet Pharmacie Hôtel Mairie Lycée Clinique Imprimerie Galerie Crèche"
_NAMES = """Lumen Verne Carpentier Lemoine Haddad Perrin Solstice Bélier Tilleul Étoile Marchand Dupont Durand
    Moreau Lefèvre Garcia Roux Fournier Girard Bonnet Lambert Fontaine Rousseau Vincent Müller Faure André"""
_TOWNS = "Roubaix Lille Lyon Nantes Brest Toulouse Dijon Nîmes Angers Reims Tours Metz Caen Pau Sète Arles"
_USES = "Accueil Standard Atelier Poste Fax Bureau Réserve Comptoir Salle Ligne Direction Stock"
TRADES, NAMES, TOWNS, USES = (words.split() for words in (_TRADES, _NAMES, _TOWNS, _USES))
PRODUCTS = {
    "hosted_pbx": ["CTX-PRO-10", "CTX-PRO-25", "CTX-PRO-100", "CTX-ESS-5"],
    "licence": ["CTX-SIMPLE", "CTX-SVI", "CTX-FAX", "CTX-PLUS"],
    "line": ["SIP-SOLO", "SIP-DUO", "SIP-TRUNK-4", "SIP-TRUNK-30"],
    "pppoe_access": ["FTTH-PRO-1G", "FTTH-PRO-300", "FTTE-100", "ADSL-PRO", "SDSL-4", "VDSL-PRO"],
}
LICENCES = {"CTX-SIMPLE": "simple", "CTX-PLUS": "simple", "CTX-SVI": "svi", "CTX-FAX": "fax"}
STATES = ("active", "suspended", "closed")
_ORGANISATION = ("id", "kind", "name", "reference", "parent_id", "path", "policy")
_SERVICE = (
    *(
        "id",
        "reference",
        "kind",
        "name",
        "organisation_id",
        "path",
        "billing_account",
        "end_client",
        "product",
    ),
    *("accountcode", "address", "state", "created_at"),
)
_LINE = ("service_id", "username", "realm", "number", "element", "managed_phone", "licence")
_ACCESS = ("service_id", "login", "element", "technology")


def build(services: int) -> None:
    """Identifiers are 1 for the operator, 2… for resellers, then customers."""
    chance = random.Random(7)
    customers = max(services // 16, 1)
    paths = {1: "1."}
    rows: list[tuple[Any, ...]] = [(1, "operator", "Linekey Télécom", "", None, "1.", "{}")]
    for number in range(2, 2 + RESELLERS):
        paths[number] = f"1.{number}."
        rows.append(
            (
                number,
                "reseller",
                f"{NAMES[number % len(NAMES)]} Télécom",
                f"REV-{number:03}",
                1,
                paths[number],
                "{}",
            )
        )
    for number in range(2 + RESELLERS, 2 + RESELLERS + customers):
        # A few resellers have most of the customers.
        parent = 2 + int(RESELLERS * chance.random() ** 3)
        paths[number] = f"{paths[parent]}{number}."
        rows.append((number, "customer", _firm(chance), f"CLI-{number:06}", parent, paths[number], "{}"))
    _copy("linekey_organisation", _ORGANISATION, iter(rows))
    first = 2 + RESELLERS
    made = [
        _service(chance, key, first + chance.randrange(customers), paths) for key in range(1, services + 1)
    ]
    _copy("linekey_service", _SERVICE, (row for row, _, _ in made))
    _copy("linekey_sipline", _LINE, (line for _, line, _ in made if line))
    _copy("linekey_pppaccess", _ACCESS, (access for _, _, access in made if access))


def _service(chance: random.Random, key: int, customer: int, paths: dict[int, str]) -> tuple[Any, Any, Any]:
    sort = chance.choices(tuple(PRODUCTS), (5, 45, 25, 25))[0]
    product = chance.choice(PRODUCTS[sort])
    prefix = {"hosted_pbx": "CTX-", "licence": "FPC", "line": "00339", "pppoe_access": "xdsl-"}[sort]
    reference = f"{prefix}{10_000_000 + key}"
    kind = {"licence": "sip_line", "line": "sip_line"}.get(sort, sort)
    name = f"{chance.choice(USES)} {chance.choice(TOWNS)} {chance.randrange(100)}"
    address = None if sort == "hosted_pbx" else ".".join(str(chance.randrange(1, 250)) for _ in range(4))
    state = chance.choices(STATES, (92, 4, 4))[0]
    row = (
        *(key, reference, kind, name, customer, paths[customer], f"cx{customer}-1", _firm(chance), product),
        *(str(1_000_000 + key // 3), address, state, START),
    )
    line = (key, reference, "sip.linekey.test", f"+33{chance.randrange(10**8, 10**9)}", "kamailio-1", "")
    if kind == "sip_line":
        return row, (*line, LICENCES.get(product, "")), None
    if kind == "pppoe_access":
        return row, None, (key, f"{reference}@linekey.adsl", "freeradius-1", "ftth")
    return row, None, None


def _firm(chance: random.Random) -> str:
    return f"{chance.choice(TRADES)} {chance.choice(NAMES)} {chance.choice(TOWNS)}"


def _copy(table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join("%s" for _ in columns)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 (our own names)
        cursor.executemany(statement, list(rows))
