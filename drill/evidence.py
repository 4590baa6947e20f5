"""Reads the three books when all is quiet: the desk's versions and trail, its outbox, the registrar's."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from drill import proofs
from drill.clients import Heard, Wish
from drill.proofs import Effect, Proof, Version
from drill.town import ADAS, CAMPAIGNS, Town


@dataclass(frozen=True)
class Books:
    versions: Sequence[Version]
    effects: Sequence[Effect]
    trail: Mapping[tuple[str, int], int]
    campaign: Mapping[str, str]
    table: Mapping[str, str]
    history: Sequence[tuple[str, str]]

    def of(self, prefix: str) -> list[Version]:
        return [each for each in self.versions if each.line.startswith(prefix)]


def is_quiet() -> bool:
    """Nothing is left to be done, but to look whether devices come back."""
    from linekey.records.models import AuditEntry, Campaign, OutboxEffect

    left = OutboxEffect.objects.filter(state__in=("waiting", "claimed")).exclude(
        kind__in=("watch", "release")
    )
    going_on = Campaign.objects.exclude(state="done")
    return not (left.exists() or going_on.exists() or AuditEntry.objects.filter(chain=None).exists())


def read(town: Town, wanted: Sequence[Wish], store: str) -> Books:
    import psycopg

    from linekey.records.models import AuditEntry, CampaignLine, OutboxEffect

    effects = OutboxEffect.objects.filter(version__isnull=False).values_list(
        "id", "service__reference", "version__number", "step", "kind", "state", "settled_at"
    )
    told = AuditEntry.objects.filter(service__isnull=False, action__startswith="credential.")
    trail = Counter(
        (line, int(facts["version"])) for line, facts in told.values_list("service__reference", "facts")
    )
    with psycopg.connect(store) as connection:
        table: dict[str, str] = dict(connection.execute("SELECT username, ha1 FROM subscriber").fetchall())
        history = connection.execute("SELECT username, ha1 FROM drill_history ORDER BY id").fetchall()
    return Books(
        list(_versions(town, wanted)),
        [Effect(*row) for row in effects],
        trail,
        dict(CampaignLine.objects.values_list("service__reference", "state")),
        table,
        [(line, digest) for line, digest in history],
    )


def _versions(town: Town, wanted: Sequence[Wish]) -> Iterator[Version]:
    from linekey.records.models import CredentialVersion, Service
    from linekey.usecases.rotate_credential import plan_id
    from linekey.vault.unseal import unseal_digests

    services = Service.objects.in_bulk(field_name="reference")
    keys = {
        plan_id(services[each.line], f"api:{town.owner}:{each.verb}:{each.key}"): each.key for each in wanted
    }
    for each in CredentialVersion.objects.select_related("service").order_by("id"):
        digest = unseal_digests(each.sealed, each.seal_place)["md5"].reveal()
        yield Version(each.service.reference, each.number, keys.get(each.plan, ""), digest)


def weighed(heard: Heard, books: Books) -> list[Proof]:
    """Every proof which the books alone give."""
    hers, theirs = books.of(ADAS), books.of(CAMPAIGNS)
    made_here = [*hers, *(each for each in theirs if each.number > 1)]
    everything = books.versions
    return [
        proofs.nothing_lost(heard.asked, hers),
        proofs.once_per_key(hers),
        proofs.numbered_without_gap(everything),
        proofs.in_the_order_people_saw(heard.asked, hers),
        proofs.in_the_trail(made_here, books.trail),
        proofs.outbox_settled(books.effects, made_here),
        proofs.settled_in_order(books.effects),
        proofs.element_has_the_newest(everything, books.table),
        proofs.element_took_each_once(books.history, everything, books.effects),
        proofs.rotated_once(books.campaign, theirs),
        _nobody_was_failed(heard),
    ]


def _nobody_was_failed(heard: Heard) -> Proof:
    faults = [f"{each.key} was never accepted" for each in heard.asked if each.answered is None]
    odd = {
        status: count for status, count in heard.statuses.items() if status not in (202, 409, 502, 503, 504)
    }
    faults += [f"{count} requests were answered {status}" for status, count in odd.items()]
    return Proof("everybody was answered in the end, and never with a bug", len(heard.asked), faults)
