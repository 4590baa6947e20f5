"""« E-mails de service »: what was sent to the person (PPP-6)."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access import Actor
from linekey.records.models import ServiceMail

PAGE_ROWS = 100


@dataclass(frozen=True)
class MailRow:
    id: int
    subject: str
    sent_at: datetime
    address: str


@dataclass(frozen=True)
class MailPage:
    row: MailRow
    text: str
    html: str


def mails(actor: Actor, *, before: int | None = None) -> list[MailRow]:
    """Newest first, PAGE_ROWS at most, older than mail `before`."""
    rows = ServiceMail.objects.filter(person_id=actor.person_id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_mail_row(row) for row in rows[:PAGE_ROWS]]


def mail_ids(actor: Actor) -> list[int]:
    """Every mail of the account, newest first, as numbers only."""
    rows = ServiceMail.objects.filter(person_id=actor.person_id).order_by("-id")
    return list(rows.values_list("pk", flat=True))


def mail(actor: Actor, mail_id: int) -> MailPage | None:
    row = ServiceMail.objects.filter(person_id=actor.person_id, pk=mail_id).first()
    return MailPage(_mail_row(row), row.text, row.html) if row else None


def _mail_row(row: ServiceMail) -> MailRow:
    return MailRow(row.pk, row.subject, row.sent_at, row.address)
