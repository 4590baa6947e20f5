"""Run within a product, by `Product.inside`: lines of a customer which are live, and a key of their reseller.

Their old password is on the registrar too. Prints the secret of the key.
"""

import sys

from django.conf import settings
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.records import find, search
from linekey.records.models import Organisation, Person, SipLine
from linekey.usecases import manage_access_key
from linekey.wiring import wire
from tests.build import entries, made_live, sip_lines

COUNT = 10_000
now, realm = timezone.now(), settings.LINEKEY_SIP_REALM
reseller = Person.objects.filter(role="reseller").select_related("organisation")[0]
customer = Organisation.objects.filter(kind="customer", path__startswith=reseller.organisation.path)[0]
references = (f"0033979{number:06d}" for number in range(COUNT))
element = SipLine.objects.values_list("element", flat=True)[0]
lines = sip_lines(references, customer, now, realm=realm, element=element)
wire().registrars[element].push(entries(made_live(lines, now)))
search.index_missing()
key = manage_access_key.create(
    actor=find.actor_of(reseller, confirmed_at=now),
    name="Campagne",
    scopes=frozenset(Scope),
    networks=(),
    expires_at=None,
    now=now,
)
sys.stdout.write(key.secret.reveal())
