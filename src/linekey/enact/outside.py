"""What the hands hold: the wires, chosen by `wiring`, and the operator's voice in mails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from linekey.delivery.letters import OperatorVoice, Written
from linekey.delivery.webhook import Answered
from linekey.domain.trouble import Rejected
from linekey.network.ports import AccessServer, Registrar


class MailWire(Protocol):
    def send(self, written: Written, address: str, message_id: str) -> None:
        """Hand the mail to the mail server. Raises Unreachable or Rejected."""

    def health(self) -> list[dict[str, Any]]:
        """Findings about the mail server. Never raises."""


class SmsWire(Protocol):
    def send(self, text: str, number: str, reference: str) -> None:
        """Hand one text to the gateway. Raises Unreachable (again later) or Rejected (stop).

        `number` is E.164, `+33612345678`; `text` at most 480 characters; `reference` names the effect, in at
        most 64 visible ASCII characters, and is the same when the effect is tried again.
        """

    def health(self) -> list[dict[str, Any]]:
        """Findings about the gateway. Never raises, sends nothing."""


class WebhookWire(Protocol):
    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """What was answered, whatever it was. Raises Unreachable; Rejected when we may not write there."""


@dataclass(frozen=True)
class Outside:
    registrars: Mapping[str, Registrar]
    access_servers: Mapping[str, AccessServer]
    mail: MailWire
    sms: SmsWire | None
    """None = the operator has no SMS gateway."""
    voice: OperatorVoice
    mail_host: str
    """Right side of our Message-IDs."""
    webhooks: WebhookWire | None = None
    """None = no other system is told of anything from here."""

    def registrar(self, name: str) -> Registrar:
        """Raises Rejected: a service of an element nobody configured waits for a person, not for time."""
        if name not in self.registrars:
            raise Rejected(f"no registrar is called {name} here")
        return self.registrars[name]

    def access_server(self, name: str) -> AccessServer:
        """Raises Rejected, as `registrar`."""
        if name not in self.access_servers:
            raise Rejected(f"no access server is called {name} here")
        return self.access_servers[name]


@dataclass(frozen=True)
class Done:
    result: dict[str, Any]


@dataclass(frozen=True)
class Skipped:
    """A newer version was recorded; making this one true would undo it."""


@dataclass(frozen=True)
class Again:
    at: datetime
    trouble: str
    """Empty when nothing is wrong and there is simply nothing to see yet."""


@dataclass(frozen=True)
class Dead:
    trouble: str


Outcome = Done | Skipped | Again | Dead

LONGEST_WAIT = timedelta(seconds=30)


def backoff(attempts: int) -> timedelta:
    """0.5, 1, 2, 4… seconds, 30 at most: an element which returns is served within half a minute."""
    return min(timedelta(seconds=0.5 * 2 ** min(attempts - 1, 10)), LONGEST_WAIT)
