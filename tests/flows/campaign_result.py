"""Run within a product, by `Product.inside`: what Linekey and the registrar say of every line, as JSON."""

import json
import sqlite3
import sys
from collections import Counter

from django.conf import settings

from linekey.records.models import AuditEntry, CampaignLine, CredentialVersion, OutboxEffect
from linekey.vault.unseal import unseal_digests

store = sqlite3.connect(settings.LINEKEY_REGISTRAR_STORE.removeprefix("sqlite:///"), timeout=20)
rows = store.execute("SELECT username, ha1 FROM subscriber WHERE username LIKE '0033979%'")
on_element = dict(rows.fetchall())
ours = CredentialVersion.objects.filter(service__reference__startswith="0033979").select_related("service")
newest: dict[str, str] = {}
numbers = Counter[int]()
for version in ours.order_by("number"):
    numbers[version.number] += 1
    newest[version.service.reference] = unseal_digests(version.sealed, version.seal_place)["md5"].reveal()
told = {
    "lines": dict(Counter(CampaignLine.objects.values_list("state", flat=True))),
    "versions": dict(numbers),
    "states": dict(Counter(ours.filter(number=2).values_list("state", flat=True))),
    "trail": AuditEntry.objects.filter(action="credential.reset", facts__has_key="campaign").count(),
    "pushes": OutboxEffect.objects.filter(bulk=True, kind="push").count(),
    "agree": sum(on_element.get(name) == ha1 for name, ha1 in newest.items()),
    "distinct": len(set(newest.values())),
}
sys.stdout.write(json.dumps(told))
