"""Mails about services. The mail server's yes comes before anything that depends on it (law 4)."""

from datetime import datetime, timedelta

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
    facts = {**_of(service), "password": password, "until": _until(version)}
    return post(claimed, outside, now, service.owner, facts, service)


def invite(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """The contact holds a one-time link. Only its digest is kept; a repeated try makes a new one.

    None is sent once a newer secret was recorded: it would draw yet another over that one. In a campaign the
    link names the secret nobody knows, over which it draws.
    """
    service = service_of(claimed)
    gone = overtaken(claimed, service) if claimed.version_id is None else not current(claimed.version_id)
    if gone:
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
    facts = {**_of(service), **_change(claimed, service.owner), "link": link, "expires": ticket.expires_at}
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
        facts |= {**_of(service), **_change(claimed, person)}
        if claimed.message.endswith("_renewed") and not facts["until"]:
            return Skipped()  # The old password was cut meanwhile, and another notice tells of that.
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


def _change(claimed: Claimed, person: Person) -> dict[str, object]:
    """Who made the change, as the owner should read it: their own name, else the organisation that acted."""
    if claimed.version_id is None:
        return {"by": ""}
    version = CredentialVersion.objects.select_related("made_by__organisation").get(pk=claimed.version_id)
    made_by, by = version.made_by, ""
    if made_by is not None:
        by = person.full_name if made_by.pk == person.pk else made_by.organisation.name
    # Whoever cuts an old password need not be whoever made the new one.
    return {"by": claimed.facts.get("by", by), "until": _until(version)}


def _until(version: CredentialVersion) -> datetime | str:
    """Until when the password before it is accepted at most; empty when it is not.

    A mail may be quicker than the element: counted from the change, the moment it names is never too late.
    """
    if not version.grace:
        return ""
    return version.retire_at or version.created_at + timedelta(seconds=version.grace)
