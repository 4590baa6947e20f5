"""A handset fetches its configuration, with a password drawn at that moment when one is wanted (SIP-6).

The password is nowhere before and nowhere after: it climbs in the return value, into the answer. Whatever
opens nothing is one answer after the same work: a token that is unknown or over, another file, a line that
is not active (law 7). A token that opens is never barred for where it comes from: no stranger keeps a
handset out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from linekey.domain import phones as rules
from linekey.domain import tally_keys
from linekey.domain.errors import NotFound, TooManyAttempts
from linekey.domain.kinds import SIP_LINE
from linekey.domain.limits import FETCHES, FETCHES_IN_ALL
from linekey.domain.networks import network_of
from linekey.domain.phones import VENDORS, Configuration, Outcome, SipServer, TokenKind
from linekey.domain.phones_care import Why, draws
from linekey.domain.secret import Secret
from linekey.records import audit, outbox, phones, tallies
from linekey.records.models import CredentialVersion, OutboxEffect, Phone, PhoneToken, Service
from linekey.usecases import rotate_credential
from linekey.vault import seal


@dataclass(frozen=True)
class Fetched:
    configuration: Configuration
    version: int | None
    """Identifier of the version drawn, to ask `is_taken` about; None when none was."""


@dataclass(frozen=True)
class _Asked:
    digest: str
    file: str
    source: str
    agent: str
    now: datetime


def fetch(
    *, token: Secret, file: str, server: SipServer, public_url: str, source: str, agent: str, now: datetime
) -> Fetched:
    """Raises NotFound; TooManyAttempts."""
    asked = _Asked(seal.digest(token), file, source, agent, now)
    held = phones.token(asked.digest)
    opened = held.phone.service_id if held is not None and _opens(held, asked) else None
    fetched = _serve(opened, asked, server, public_url) if opened is not None else None
    if fetched is not None:
        return fetched
    _count_refused(asked)
    phones.log(
        held.phone if held else None, held, Outcome.REFUSED, source=asked.source, agent=asked.agent, now=now
    )
    raise NotFound()


def is_taken(*, version: int) -> bool:
    """Does the element accept it by now? Before, a handset which is quick would be refused."""
    return CredentialVersion.objects.filter(pk=version, live_at__isnull=False).exists()


def _opens(token: PhoneToken, asked: _Asked) -> bool:
    phone = token.phone
    return (
        phones.is_live(token, asked.now)
        and rules.is_its_file(VENDORS[phone.vendor], phone.mac, asked.file)
        and phone.service.state == Service.State.ACTIVE
    )


def _count_refused(asked: _Asked) -> None:
    keys = {
        tally_keys.fetches(network_of(asked.source)): FETCHES,
        tally_keys.FETCHES_OF_ALL: FETCHES_IN_ALL,
    }
    tallies.require(keys, now=asked.now)


def _serve(service_id: int, asked: _Asked, server: SipServer, public_url: str) -> Fetched | None:
    """None when it was ended while we waited for our turn."""
    with transaction.atomic(durable=True):
        service = (
            Service.objects.select_related("sip", "owner", "organisation")
            .select_for_update(of=("self",))
            .get(pk=service_id)
        )
        token = phones.token(asked.digest)
        if token is None or not _opens(token, asked):
            return None
        phone, now = token.phone, asked.now
        if phones.counted(phone, *Outcome, now=now) >= rules.MOST_FETCHES:
            raise TooManyAttempts(now + timedelta(hours=1))
        phones.use(token, now=now)
        settings = phones.settings_of(phone, service, server)
        facts = phones.facts_of(phone, service, settings)
        why = draws(facts, TokenKind(token.kind), timedelta(days=SIP_LINE.renew_after_days), now)
        if why and phones.counted(phone, Outcome.DRAWN, now=now) >= rules.MOST_DRAWN:
            why = None
        configuration, version = Configuration(settings), None
        if why is not None:
            configuration, version = _draw(phone, service, configuration, why, asked, public_url)
        phone.fetched_at, phone.settings = now, phones.digest_of(settings)
        phone.agent = phones.agent_of(asked.agent)
        phone.save()
        phones.log(
            phone,
            token,
            Outcome.DRAWN if version else Outcome.SETTINGS,
            source=asked.source,
            agent=asked.agent,
            now=now,
            version=version.number if version else None,
        )
        phones.trim(phone)
        return Fetched(configuration, version.pk if version else None)


def _draw(
    phone: Phone, service: Service, plain: Configuration, why: Why, asked: _Asked, public_url: str
) -> tuple[Configuration, CredentialVersion]:
    """A new password, and a new token to come back with: the one before stays until the handset has."""
    now, username, realm = asked.now, plain.settings.username, plain.settings.realm
    plan = phone.asked_plan or rotate_credential.plan_id(service, f"phone:{uuid4().hex}")
    version, password = rotate_credential.for_phone_within(
        service=service,
        plan=plan,
        first_step=OutboxEffect.objects.filter(plan=plan).count(),
        now=now,
    )
    # The steps which brought it here tell the story of this version.
    OutboxEffect.objects.filter(plan=plan, version=None).update(version=version)
    steady = seal.new_token()
    phones.issue(phone, TokenKind.STEADY, seal.digest(steady), now=now)
    phone.asked_at, phone.asked_plan = None, ""
    phone.drawn_version, phone.drawn_at = version.number, now
    outbox.hurry_plan(plan, now=now)
    audit.write(
        action="phone.draw",
        now=now,
        actor=None,
        service=service,
        why=why,
        source=phones.source_of(asked.source),
        version=str(version.number),
    )
    ha1 = Secret(seal.sip_digests(password, username, realm)["md5"])
    drawn = Configuration(plain.settings, password, ha1, rules.folder_of(public_url, steady))
    return drawn, version
