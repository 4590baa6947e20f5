"""The demo operator, and the facts scripts need.

A reseller, two companies, their people, their lines and their accesses.
"""

import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from linekey.domain.access import Role
from linekey.domain.drawing import draw
from linekey.domain.kinds import SIP_LINE
from linekey.domain.password_rules import PRESETS, Circumstances
from linekey.domain.secret import Secret
from linekey.records import find
from linekey.records.models import Organisation, Person
from linekey.usecases import authorise_application, create_application, rotate_credential
from linekey.worker import demo_rows, demo_services

BILLING_ACCOUNT = "ab12345-lk-1"
LINE = "0033972101010"
ACCESS = "xdsl-ab12345-1"
EVERYTHING = [(method, "/*") for method in ("GET", "POST", "PUT", "DELETE")]


@dataclass(frozen=True)
class SignIn:
    person: Person
    password: Secret


def main() -> int:
    """Load the demo once, write `demo.json` (0600) and print the sign-ins."""
    if Organisation.objects.exists():
        sys.stderr.write("The tables hold an operator already: nothing was loaded.\n")
        return 1
    now = timezone.now()
    sign_ins = [SignIn(person, secret) for person, secret in demo_rows.load(now)]
    facts = _facts(sign_ins, now)
    _write(Path(settings.LINEKEY_HOME) / "demo.json", facts)
    sys.stdout.write(_told(sign_ins))
    return 0


def _facts(sign_ins: list[SignIn], now: datetime) -> dict[str, Any]:
    ada = find.actor_of(sign_ins[0].person, confirmed_at=now)
    drawn = draw(SIP_LINE, PRESETS["legacy"], Circumstances())
    rotate_credential.change(actor=ada, reference=LINE, new=drawn, operation="demo", now=now)
    access = rotate_credential.reset(actor=ada, reference=ACCESS, operation="demo", now=now)
    for reference in demo_services.LICENCES:
        rotate_credential.reset(
            actor=find.actor_of(_of(sign_ins, Role.RESELLER), confirmed_at=now),
            reference=reference,
            operation="demo",
            now=now,
        )
    application = create_application.create_application(
        actor=ada, name="Scripts d'Ada", description="Renouvelle les identifiants PPPoE", now=now
    )
    asked = authorise_application.ask_credential(
        application_key=application.key, rules=EVERYTHING, redirection="", allowed_ips=[], now=now
    )
    authorise_application.validate(
        actor=ada, token=asked.validation_token, lasts=timedelta(days=365), now=now
    )
    return {
        "url": settings.LINEKEY_PUBLIC_URL,
        "sip": {"host": "127.0.0.1", "port": settings.LINEKEY_SIP_PORT, "realm": settings.LINEKEY_SIP_REALM},
        "radius": {
            "host": "127.0.0.1",
            "auth_port": settings.LINEKEY_RADIUS_PORT,
            "acct_port": settings.LINEKEY_RADIUS_PORT + 1,
            "secret": settings.LINEKEY_RADIUS_SECRET,
        },
        "accounts": [
            {
                "role": sign_in.person.role,
                "customer_id": sign_in.person.customer_id,
                "email": sign_in.person.email,
                "password": sign_in.password.reveal(),
            }
            for sign_in in sign_ins
        ],
        "ovh": {
            "endpoint": f"{settings.LINEKEY_PUBLIC_URL}/1.0",
            "application_key": application.key,
            "application_secret": application.secret.reveal(),
            "consumer_key": asked.consumer_key.reveal(),
            "billing_account": BILLING_ACCOUNT,
            "line": LINE,
            "line_username": LINE,
            "line_password": drawn.reveal(),
            "xdsl": ACCESS,
            "ppp_login": demo_services.PPP_LOGIN,
            "ppp_password": access.shown_once.reveal() if access.shown_once else "",
        },
        "mail_dir": str(settings.LINEKEY_MAIL_DIR),
        "sms_dir": str(settings.LINEKEY_HOME / "sms"),
    }


def _of(sign_ins: list[SignIn], role: Role) -> Person:
    return next(sign_in.person for sign_in in sign_ins if sign_in.person.role == role)


def _write(path: Path, facts: dict[str, Any]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, 0o600)  # A file which stood there before keeps its mode.
        json.dump(facts, file, indent=2, ensure_ascii=False)


def _told(sign_ins: list[SignIn]) -> str:
    lines = ["  Demo sign-ins (customer ID or e-mail, password, role)"]
    for sign_in in sign_ins:
        person = sign_in.person
        lines.append(
            f"    {person.customer_id}  {person.email:<28} {sign_in.password.reveal()}  {person.role}"
        )
    return "\n".join(lines) + "\n"
