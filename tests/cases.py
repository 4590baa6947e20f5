"""A support case as its people go through it: Ada cannot sign in, Dina and Olivia decide."""

import struct
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from linekey.domain.cases import CaseEffect, CaseKind
from linekey.domain.secret import Secret
from linekey.records.models import Case
from linekey.usecases import decide_case, follow_case, read_document, work_case
from linekey.usecases.open_case import Upload, open_case
from tests.build import Cast, actor, visitor
from tests.hands import Hands, work
from tests.usecases.reading import code_in, link_in

NEW_ADDRESS = "ada.new@example.org"
PERIOD = timedelta(hours=48)


def png(width: int = 2, height: int = 2, *extra: tuple[bytes, bytes]) -> bytes:
    """A whole picture, with `extra` chunks before its end."""
    rows = b"".join(b"\0" + bytes(3 * width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), *extra, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


IDENTITY_CARD = Upload("carte.png", png())


def a_case(
    now: datetime,
    hands: Hands | None = None,
    *,
    kind: CaseKind = CaseKind.DEAD_MAILBOX,
    identifier: str = "ab12345-lk",
    contact: str = NEW_ADDRESS,
    extension: str = "",
    files: Sequence[Upload] = (IDENTITY_CARD,),
    address: str = "198.51.100.7",
    **changed: Any,
) -> str:
    """The reference of a case Ada opened; with `hands` its mail was sent, and its account found."""
    asked: dict[str, Any] = {
        "name": "Ada Lemoine",
        "phone": "06 12 34 56 78",
        "story": "Ma boîte aux lettres n’existe plus.",
        "language": "fr",
        **changed,
    }
    reference = open_case(
        kind=kind,
        identifier=identifier,
        contact=contact,
        extension=extension,
        files=files,
        visitor=visitor(address=address),
        now=now,
        **asked,
    )
    if hands is not None:
        work(hands, now)
    return reference


def follow_token(hands: Hands, address: str = NEW_ADDRESS) -> Secret:
    """Of the newest mail to the applicant with a link to follow the case."""
    texts = (mail.written.text for mail in reversed(hands.mail.mails) if mail.address == address)
    link = next(text for text in texts if "/dossier/" in text and "/arreter" not in text)
    return link_in(link, "/dossier/")


def stop_token(hands: Hands, address: str) -> Secret:
    """Of the newest mail with “it was not me”."""
    texts = (mail.written.text for mail in reversed(hands.mail.mails) if mail.address == address)
    link = next(text for text in texts if "/arreter" in text)
    return Secret(link_in(link, "/dossier/").reveal().removesuffix("/arreter"))


def case_of(reference: str) -> Case:
    return Case.objects.select_related("person").get(reference=reference)


def confirm_mailbox(hands: Hands, now: datetime, address: str = NEW_ADDRESS) -> None:
    follow_case.confirm(token=follow_token(hands, address), visitor=visitor(), now=now)


def see_documents(cast: Cast, reference: str, now: datetime, match: bool = True) -> None:
    """Dina opens every document, and says whether they are the owner's."""
    dina = actor(cast.dina, now)
    uids = list(case_of(reference).documents.values_list("uid", flat=True))
    for uid in uids:
        read_document.read(actor=dina, reference=reference, uid=uid, now=now)
    work_case.judge_documents(
        actor=dina, reference=reference, match=match, documents=uids, note="Photo et nom", now=now
    )


def call_back(cast: Cast, hands: Hands, reference: str, now: datetime) -> None:
    """Dina has a code sent to the number on the account, and Ada reads it back."""
    dina = actor(cast.dina, now)
    work_case.send_code(actor=dina, reference=reference, now=now)
    work(hands, now)
    code = code_in(hands.sms.texts[-1].text)
    work_case.check_code(actor=dina, reference=reference, code=code, now=now)


def decided(
    cast: Cast,
    hands: Hands,
    now: datetime,
    effects: Sequence[CaseEffect] = (CaseEffect.REPLACE_EMAIL,),
    *,
    called: bool = False,
    **asked: Any,
) -> str:
    """Papers seen, `called` back if said, proposed by Dina, confirmed by Olivia where two are needed."""
    reference = a_case(now, hands, **asked)
    confirm_mailbox(hands, now, case_of(reference).contact)
    see_documents(cast, reference, now)
    if called:
        call_back(cast, hands, reference, now)
    decide_case.propose(actor=actor(cast.dina, now), reference=reference, effects=effects, now=now)
    if case_of(reference).state == "proposed":
        decide_case.confirm(actor=actor(cast.olivia, now), reference=reference, now=now)
    work(hands, now)
    return reference
