"""Run within a product, by `Product.inside`: lines of a customer which are live, and a key of their reseller.

Their old password is on the registrar too. Prints the secret of the key.
"""

import sqlite3
import sys

from django.conf import settings
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.domain.kinds import SIP_LINE
from linekey.domain.secret import Secret
from linekey.records import find, search
from linekey.records.models import CredentialVersion, Organisation, Person, Service, SipLine
from linekey.usecases import manage_access_key
from linekey.vault import seal
from linekey.vault.unseal import unseal_digests

COUNT, OLD = 10_000, Secret("Vieux-secret-9-fuite")
now, realm = timezone.now(), settings.LINEKEY_SIP_REALM
reseller = Person.objects.filter(role="reseller").select_related("organisation")[0]
customer = Organisation.objects.filter(kind="customer", path__startswith=reseller.organisation.path)[0]
services = Service.objects.bulk_create(
    Service(
        reference=f"0033979{number:06d}",
        kind="sip_line",
        name=f"Ligne {number}",
        organisation=customer,
        path=customer.path,
        created_at=now,
    )
    for number in range(COUNT)
)
element = SipLine.objects.values_list("element", flat=True)[0]
SipLine.objects.bulk_create(
    SipLine(service=each, username=each.reference, realm=realm, element=element) for each in services
)
versions = [
    CredentialVersion(
        service=each, number=1, state="live", verb="reset", plan=f"old-{each.pk}", created_at=now, live_at=now
    )
    for each in services
]
for version in versions:
    version.sealed = seal.seal_credential(
        SIP_LINE, OLD, version.seal_place, username=version.service.reference, realm=realm
    )
CredentialVersion.objects.bulk_create(versions)
search.index_missing()
digests = [(each.service.reference, unseal_digests(each.sealed, each.seal_place)) for each in versions]
store = sqlite3.connect(settings.LINEKEY_REGISTRAR_STORE.removeprefix("sqlite:///"), timeout=20)
with store:
    store.executemany(
        "INSERT INTO subscriber (username, domain, ha1, ha1b) VALUES (?, ?, ?, ?)",
        [(name, realm, ha["md5"].reveal(), ha["md5_domain"].reveal()) for name, ha in digests],
    )
store.close()
key = manage_access_key.create(
    actor=find.actor_of(reseller, confirmed_at=now),
    name="Campagne",
    scopes=frozenset(Scope),
    networks=(),
    expires_at=None,
    now=now,
)
sys.stdout.write(key.secret.reveal())
