"""Through every page of the portal: the address of each, about the first thing somebody sees."""

from collections.abc import Iterator

from django.urls import URLPattern, reverse

from linekey.domain.access import Actor
from linekey.records.models import (
    Campaign,
    Case,
    CaseDocument,
    OutboxEffect,
    ServiceMail,
    Site,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.laws.places import module_of, patterns
from tests.laws.rights import CASE_PAGES, needs, takes
from tests.laws.world import World


def addresses(world: World, who: Actor) -> Iterator[tuple[str, str]]:
    """Name and address of each page for somebody signed in; not of those about what they do not have."""
    for page in patterns():
        named = _named(world, who, page) if needs(page) else None
        if named is not None:
            yield str(page.name), reverse(str(page.name), kwargs=named)


def _named(world: World, who: Actor, page: URLPattern) -> dict[str, object] | None:
    """The words of its address; None where they see nothing of the kind."""
    words, kind = page.pattern.converters, takes(page)
    if kind:
        seen = world.seen(who, kind)
        return {next(iter(words)): seen[0].address} if seen else None
    known = things_of(who)
    module = f"{module_of(page)}."
    known["reference"] = known["case" if module.startswith(CASE_PAGES) else "webhook"]
    if "site" in words:
        known["reference"] = next((place.address for place in world.seen(who, "organisation")), None)
    found = {word: known.get(word) for word in words}
    return found if all(found.values()) else None


def things_of(who: Actor) -> dict[str, object]:
    """The first of what is named by a word of its own, among what they see."""
    endpoint = WebhookEndpoint.objects.filter(made_by=who.person_id).order_by("pk").first()
    delivery = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("pk").first()
    case, mail = Case.objects.order_by("pk").first(), ServiceMail.objects.filter(person=who.person_id).first()
    document = CaseDocument.objects.filter(case=case).first()
    campaign = Campaign.objects.order_by("pk").first()
    return {
        "webhook": endpoint and endpoint.reference,
        "delivery": delivery and delivery.reference,
        "case": case and case.reference,
        "uid": document and document.uid,
        "mail_id": mail and mail.pk,
        "campaign": campaign and campaign.reference,
        "site": str(Site.objects.order_by("pk")[0].pk),
        "file": "none",
        "effect": OutboxEffect.objects.order_by("pk")[0].pk,
        # These only take a form: whose they are is asked when it is sent.
        **dict.fromkeys(("session_id", "device_id", "application_id", "credential_id"), 1),
        "key_id": "LKAK0",
        "code": "name",
        "kind": "attaques",
        "place": "email",
    }
