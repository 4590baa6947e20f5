"""Mails about services. The mail server's yes comes before anything that depends on it (law 4)."""

from datetime import datetime

from linekey.domain.effects import TO
from linekey.domain.recovery import Purpose
from linekey.enact.outside import Dead, Done, Outcome, Outside, Skipped
from linekey.enact.post import post
from linekey.enact.versions import current, overtaken, service_of
from linekey.records import tickets
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, Person, Service
from linekey.vault import seal
from linekey.vault.unseal import unseal_secret


def deliver(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The contact holds the new secret: it stands in a mail which the mail server took."""
    version = current(claimed.version_id)
    if version is None:
        return Skipped()
    service = version.service
    if service.owner is None:
        return Dead("the service has no contact to write to")
    password = unseal_secret(version.sealed, version.seal_place)
    return post(claimed, outside, now, service.owner, {**_of(service), "password": password}, service)


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
    return post(claimed, outside, now, service.owner, facts, service)


def notify(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The person was told what happened."""
    if claimed.person_id is None:
        return Done({"told": False})  # A service without a contact: there is nobody to tell.
    person = Person.objects.get(pk=claimed.person_id)
    service = service_of(claimed) if claimed.service_id else None
    facts: dict[str, object] = {**claimed.facts, "at": claimed.created_at}
    if "until" in claimed.facts:
        facts["until"] = datetime.fromisoformat(claimed.facts["until"])
    if service is not None:
        facts |= {**_of(service), "by": _by(claimed, person)}
    return post(claimed, outside, now, person, facts, service, address=str(facts.get(TO, "")))


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
