"""A database as an earlier release left it: its tables filled, people who use it, what was promised."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linekey.domain.kinds import KINDS
from linekey.domain.secret import Secret
from linekey.domain.trail import Entry, chain_of, sealed, signed_words
from linekey.records import search
from linekey.vault import seal, signing
from tests.build import ACCESS_SERVER, PORTAL_PASSWORD, REALM, REGISTRAR
from tests.upgrade.filled import LABEL, fill

RELEASES = ("0001_initial", "0002_signing_in", "0005_audit_append_only", "0006_rotation")
"""The last migration of each. What is newer has not been released."""
LEFT_BESIDE = frozenset({"0006_rotation"})
"""Those whose processes may go on while the tables get ready; the others are older than decision 0018."""
THEN = datetime(2025, 3, 2, 9, 30, tzinfo=UTC)
LINE, ACCESS, ADA = "0033972909090", "xdsl-ab99999-1", "ab99999-lk"
OLD, PROMISED = Secret("Tilleul-4718-bleu"), Secret("Marronnier-62-vert")
"""What Ada's line accepts, and what it is to accept once a promise of that time is kept."""
PLAN = "promised-then"


@dataclass(frozen=True)
class Release:
    """The models as they were."""

    name: str
    apps: Any

    @property
    def number(self) -> int:
        return int(self.name[:4])

    def model(self, name: str) -> Any:
        return self.apps.get_model(LABEL, name)


def install(name: str) -> Release:
    """The tables of that release, in an empty database."""
    executor = MigrationExecutor(connection)
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] != LABEL]
    executor.migrate([*others, (LABEL, name)])
    state = executor.loader.project_state([(LABEL, name)])
    return Release(name, state.apps)


def live_in(release: Release) -> None:
    """Rows of every kind, then Ada's line and access, with a change promised and not yet made true."""
    fill(release.apps.get_app_config(LABEL).get_models())
    ada = _people(release)
    line = _line(release, ada)
    _access(release, ada)
    _promise(release, ada, line)
    if release.number >= 5:
        _chain(release)
        _index(release)


def _people(release: Release) -> Any:
    organisations = release.model("Organisation").objects
    operator = organisations.get(parent=None)
    # Strangers get no code in a mail here: signing in is one step.
    organisations.filter(pk=operator.pk).update(policy={"sign_in_code": "never"})
    lumen = organisations.create(kind="customer", name="Atelier Lumen", parent=operator, path="new")
    lumen.path = f"{operator.path}{lumen.pk}."
    lumen.save()
    people = {}
    for customer_id, first, role, home in (
        (ADA, "Ada", "subscriber", lumen),
        ("op99999-lk", "Olivia", "operator_admin", operator),
    ):
        people[first] = release.model("Person").objects.create(
            customer_id=customer_id,
            email=f"{first}.lemoine@example.org".casefold(),
            tenant=operator,
            organisation=home,
            role=role,
            first_name=first,
            last_name="Lemoine",
            birth_date=date(1985, 12, 10),
            phone="+33612345678",
            created_at=THEN,
            password=make_password(PORTAL_PASSWORD.reveal()),
        )
        if release.number >= 2:
            people[first].activated_at = people[first].email_verified_at = THEN
            people[first].save()
    return people["Ada"]


def _service(release: Release, ada: Any, kind: str, reference: str) -> Any:
    return release.model("Service").objects.create(
        reference=reference,
        kind=kind,
        name=f"Service {reference}",
        organisation=ada.organisation,
        path=ada.organisation.path,
        owner=ada,
        created_at=THEN,
    )


def _line(release: Release, ada: Any) -> Any:
    line = _service(release, ada, "sip_line", LINE)
    release.model("SipLine").objects.create(
        service=line, username=LINE, realm=REALM, number=f"+{LINE[2:]}", element=REGISTRAR
    )
    _version(release, ada, line, 1, OLD, state="live", plan="first", live_at=THEN)
    return line


def _access(release: Release, ada: Any) -> None:
    access = _service(release, ada, "pppoe_access", ACCESS)
    release.model("PppAccess").objects.create(
        service=access, login="ab99999@linekey.adsl", element=ACCESS_SERVER
    )
    _version(release, ada, access, 1, OLD, state="live", plan="first", live_at=THEN)


def _version(release: Release, ada: Any, service: Any, number: int, secret: Secret, **more: Any) -> Any:
    place, kind = f"credential:{service.pk}:{number}", KINDS[service.kind]
    kept = seal.seal_credential(kind, secret, place, username=service.reference, realm=REALM)
    return release.model("CredentialVersion").objects.create(
        service=service, number=number, verb="change", sealed=kept, created_at=THEN, made_by=ada, **more
    )


def _promise(release: Release, ada: Any, line: Any) -> None:
    """As `rotate_credential.change` of that time wrote it."""
    version = _version(release, ada, line, 2, PROMISED, state="planned", plan=PLAN)
    for step, (kind, message) in enumerate(
        (("push", ""), ("drop", ""), ("notify", "sip_line_changed"), ("watch", ""))
    ):
        release.model("OutboxEffect").objects.create(
            plan=PLAN,
            step=step,
            lane=f"service:{line.pk}" if kind != "watch" else f"plan:{PLAN}:{step}",
            kind=kind,
            message=message,
            service=line,
            version=version,
            person=ada,
            not_before=THEN,
            created_at=THEN,
        )
    release.model("AuditEntry").objects.create(
        at=THEN,
        actor=ada,
        door="portal",
        action="credential.change",
        service=line,
        path=line.path,
        facts={"version": "2"},
    )


def _chain(release: Release) -> None:
    """All but the newest entries in their chains, and these signed: as a worker leaves it at any moment."""
    signer, operator = signing.signer(), release.model("Organisation").objects.get(parent=None).pk
    heads: dict[int, tuple[int, str, str]] = {}
    for entry in list(release.model("AuditEntry").objects.order_by("pk"))[:-2]:
        entry.chain = chain_of(entry.path, operator)
        number, digest, _ = heads.get(entry.chain, (0, "", ""))
        entry.number = number + 1
        entry.digest = sealed(_as_sealed(entry), digest)
        entry.save()
        heads[entry.chain] = entry.number, entry.digest, entry.path
    for chain, (number, digest, path) in heads.items():
        said: Any = {"chain": chain, "number": number, "digest": digest}
        release.model("AuditChain").objects.create(path=path, signed_number=number, signed_at=THEN, **said)
        words = signed_words(**said, at=THEN, key=signer.key)
        release.model("AuditCheckpoint").objects.create(
            **said, at=THEN, key_id=signer.key, signature=signer.sign(words)
        )


def _as_sealed(entry: Any) -> Entry:
    about = (entry.actor_id, entry.door, entry.action, entry.service_id, entry.person_id)
    return Entry(entry.pk, entry.chain, entry.number, entry.at, *about, entry.path, entry.facts)


def _index(release: Release) -> None:
    """Most services can be found; some are missed, as after a restart in the middle of an import."""
    services = release.model("Service").objects.order_by("pk")[2:]
    search.engine().write(search.entries_of(services), {})
