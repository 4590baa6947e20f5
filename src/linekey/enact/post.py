"""One mail or text on its way: written, handed over, then a masked copy kept in the person's archive."""

from collections.abc import Mapping
from datetime import datetime

from linekey.delivery.letters import Recipient, write
from linekey.domain.contacts import NOBODYS
from linekey.enact.outside import Done, Outcome, Outside
from linekey.records.claimed import Claimed
from linekey.records.models import Person, Service, ServiceMail


def post(
    claimed: Claimed,
    outside: Outside,
    now: datetime,
    person: Person,
    facts: Mapping[str, object],
    service: Service | None = None,
    *,
    message: str = "",
    address: str = "",
) -> Outcome:
    """To the person's primary address, or another `address` of theirs.

    Nothing goes to whoever has no mailbox of their own. In the copy, secrets and links that open something
    are masked. Raises Unreachable, Rejected.
    """
    name = message or claimed.message
    recipient = Recipient(person.customer_id, person.full_name, address or person.email, person.language)
    if recipient.address.endswith(f"@{NOBODYS}"):
        return Done({})
    message_id = send(claimed, outside, name, recipient, facts)
    kept = write(name, recipient, facts, operator=outside.voice, masked=True)
    ServiceMail.objects.get_or_create(
        message_id=message_id,
        defaults={
            "person": person,
            "service": service,
            "message": name,
            "address": recipient.address,
            "subject": kept.subject,
            "text": kept.text,
            "html": kept.html,
            "sent_at": now,
        },
    )
    return Done({"sent": recipient.address})


def send(
    claimed: Claimed, outside: Outside, message: str, recipient: Recipient, facts: Mapping[str, object]
) -> str:
    """Hand a mail over and keep nothing: its Message-ID."""
    message_id = f"<{claimed.plan}.{claimed.id}@{outside.mail_host}>"
    written = write(message, recipient, facts, operator=outside.voice, masked=False)
    outside.mail.send(written, recipient.address, message_id)
    return message_id
