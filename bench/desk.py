"""A running Linekey with lines and accesses to change, and the program that changes them by an access key.

All of it as `linekey run` starts it: pages, worker, Kamailio and FreeRADIUS, each on the engine of the bench.
"""

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg

from bench.ground import Ground
from tests.lab.elements import free_port
from tests.lab.product import Product, started

_LINE, _ACCESS = "bench-line-{}", "bench-access-{}"
_STORES = {
    "LINEKEY_REGISTRAR_STORE": "sip",
    "LINEKEY_RADIUS_STORE": "radius",
    "LINEKEY_ACCOUNTING_STORE": "accounting",
}
_FILL = """
from django.utils import timezone
from linekey.domain.access import Scope
from linekey.records import find
from linekey.records.models import Person, Service
from linekey.usecases import manage_access_key
from linekey.worker import demo_services as demo
now = timezone.now()
ada, olivia = (Person.objects.get(customer_id__startswith=who) for who in ("ab12345", "op56789"))
contract = demo._Contract(ada.organisation, ada, "SIP-SOLO", "133602")
for number in range({count}):
    demo._line(contract, {line!r}.format(number), "", "+3397300%04d" % number, now)
    demo._access(contract, {access!r}.format(number), "", {access!r}.format(number), now)
key = manage_access_key.create(
    actor=find.actor_of(olivia, confirmed_at=now), name="bench", scopes=frozenset(Scope), networks=(),
    expires_at=None, now=now,
)
print(key.secret.reveal())
"""


@dataclass
class Desk:
    product: Product
    count: int
    """How many lines, and how many accesses."""
    _key: str

    def line(self, number: int) -> str:
        """Reference of a line, which is its SIP user name as well."""
        return _LINE.format(number % self.count)

    def access(self, number: int) -> str:
        """Reference of an access, which is its PPPoE login as well."""
        return _ACCESS.format(number % self.count)

    def reset(self, reference: str) -> str:
        """`POST /services/{reference}/reset` at once, the old one cut; the new password."""
        wire = http.client.HTTPConnection("127.0.0.1", int(self.product.env["LINEKEY_PORT"]), timeout=30)
        try:
            headers = {
                "Authorization": f"Bearer {self._key}",
                "Idempotency-Key": uuid4().hex,
                "Content-Type": "application/json",
            }
            body = json.dumps({"mode": "immediate"})
            wire.request("POST", f"/api/v1/services/{reference}/reset", body, headers)
            answer = wire.getresponse()
            told = json.loads(answer.read())
        finally:
            wire.close()
        if answer.status != 202:
            raise RuntimeError(f"{reference}: {answer.status} {told}")
        return str(told["secret"])


@contextmanager
def desk(ground: Ground, count: int) -> Iterator[Desk]:
    """`count` lines and `count` accesses of Ada's, and an operator's access key."""
    variables = stores(ground)
    home = ground.home / "product"
    home.mkdir()
    with started(home, free_port(), ground.engine, variables) as product:
        key = product.inside(_FILL.format(count=count, line=_LINE, access=_ACCESS)).strip()
        yield Desk(product, count, key)


def stores(ground: Ground) -> dict[str, str]:
    """On PostgreSQL what the elements read lies there as well: databases of their own in the same cluster."""
    if ground.engine == "sqlite":
        return {}
    address = os.environ["LINEKEY_DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        for name in _STORES.values():
            connection.execute(f"CREATE DATABASE {name}".encode())
    told = {variable: f"{address.rpartition('/')[0]}/{name}" for variable, name in _STORES.items()}
    return told | {"LINEKEY_DATABASE_URL": address}
