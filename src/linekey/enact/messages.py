"""Effects on people: mails. The mail server's yes comes before anything that depends on it (law 4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from linekey.delivery.letters import Recipient, write
from linekey.domain.recovery import LASTS, Purpose
from linekey.enact.outside import Dead, Done, Outcome, Outside, Skipped
from linekey.enact.versions import current, overtaken, service_of
from linekey.records import find, tickets
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, Person, Service, ServiceMail, Ticket
from linekey.vault import seal
from linekey.vault.unseal import unseal_secret

ASK_AGAIN_AFTER = timedelta(minutes=1)
"""A second request for a reset link sooner than that sends nothing: a stranger must not fill a mailbox."""


def deliver(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The contact holds the new secret: it stands in a mail which the mail server took."""
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    service = version.service
    if service.owner is None:
        return Dead("the service has no contact to write to")
    password = unseal_secret(version.sealed, version.seal_place)
    return _send(claimed, outside, now, service.owner, {**_of(service), "password": password}, service)


def invite(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The contact holds a one-time link. Only its digest is kept; a repeated try makes a new one.

    None is sent once a newer secret was recorded: it would draw yet another over that one.
    """
    service = service_of(claimed)
    if overtaken(claimed, service):
        return Skipped()
    if service.owner is None:
        return Dead("the service has no contact to write to")
    token = seal.new_token()
    ticket = tickets.issue(
        seal.digest(token),
        Purpose.REVEAL,
        person=service.owner,
        service=service,
        plan=claimed.plan,
        now=now,
    )
    link = f"{outside.voice.public_url}/lien/{token.reveal()}"
    facts = {**_of(service), "link": link, "expires": ticket.expires_at}
    return _send(claimed, outside, now, service.owner, facts, service)


def notify(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The person was told what happened."""
    if claimed.person_id is None:
        return Done({"told": False})  # A service without a contact: there is nobody to tell.
    person = Person.objects.get(pk=claimed.person_id)
    service = service_of(claimed) if claimed.service_id else None
    facts: dict[str, object] = {**claimed.facts, "at": claimed.created_at}
    if service is not None:
        facts |= {**_of(service), "by": _by(claimed, person)}
    return _send(claimed, outside, now, person, facts, service)


def recover(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Whoever owns the typed identifier, if anybody, holds a reset link. The row tells nothing either way."""
    person = find.person_by_identifier(claimed.facts["identifier"])
    if person is None or not person.is_active or _asked_just_now(person, claimed, now):
        return Done({})
    token = seal.new_token()
    tickets.issue(seal.digest(token), Purpose.RECOVER, person=person, plan=claimed.plan, now=now)
    facts = {
        "link": f"{outside.voice.public_url}/mot-de-passe-perdu/{token.reveal()}",
        "lasts_minutes": int(LASTS[Purpose.RECOVER].total_seconds() // 60),
    }
    _send(claimed, outside, now, person, facts, None)
    return Done({})


def _asked_just_now(person: Person, claimed: Claimed, now: datetime) -> bool:
    recent = Ticket.objects.filter(
        person=person, purpose=Purpose.RECOVER, created_at__gt=now - ASK_AGAIN_AFTER, used_at=None
    )
    return recent.exclude(plan=claimed.plan).exists()


def _send(
    claimed: Claimed,
    outside: Outside,
    now: datetime,
    person: Person,
    facts: Mapping[str, object],
    service: Service | None,
) -> Outcome:
    """Send, then keep a copy in which secrets, and links that open something, are masked."""
    recipient = Recipient(person.customer_id, person.full_name, person.email, person.language)
    message_id = f"<{claimed.plan}.{claimed.id}@{outside.mail_host}>"
    sent = write(claimed.message, recipient, facts, operator=outside.voice, masked=False)
    outside.mail.send(sent, person.email, message_id)
    kept = write(claimed.message, recipient, facts, operator=outside.voice, masked=True)
    ServiceMail.objects.get_or_create(
        message_id=message_id,
        defaults={
            "person": person,
            "service": service,
            "message": claimed.message,
            "address": person.email,
            "subject": kept.subject,
            "text": kept.text,
            "html": kept.html,
            "sent_at": now,
        },
    )
    return Done({"sent": person.email})


def _of(service: Service) -> dict[str, object]:
    if service.kind == Service.Kind.SIP_LINE:
        sip = service.sip
        return {
            "reference": service.reference,
            "number": sip.number,
            "username": sip.username,
            "realm": sip.realm,
        }
    return {"reference": service.reference, "login": service.ppp.login}


def _by(claimed: Claimed, person: Person) -> str:
    """Who made the change, as the owner should read it: their own name, else the organisation that acted."""
    if claimed.version_id is None:
        return ""
    version = CredentialVersion.objects.select_related("made_by__organisation").get(pk=claimed.version_id)
    if version.made_by is None:
        return ""
    return person.full_name if version.made_by_id == person.pk else version.made_by.organisation.name
