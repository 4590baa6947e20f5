"""Judge one row of an existing installation by itself: its name, its secret, its details. Raises `Unfit`.

Names that an element cannot look up are refused here and not at the first change, when it would be too late.
"""

import re
import unicodedata

from linekey.domain.identifiers import e164, folded
from linekey.domain.imported import NOTHING, Check, Columns, Details, Found, Held, Note, Reason, Trust, Unfit
from linekey.domain.secret import Secret

_SIP_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]{1,64}")
"""RFC 3261 section 25.1, user; a colon would end the name inside the digest (RFC 7616 section 3.4.2)."""
_REALM = re.compile(r"[A-Za-z0-9._\-\[\]:]{1,64}")
_LOGIN = re.compile(r"[A-Za-z0-9@.\-_: /+#%=!&*,;~()]{1,64}")
"""What FreeRADIUS looks up as it is written: anything else it rewrites, and never finds."""
_REFERENCE = re.compile(r"[A-Za-z0-9._@+\-]{1,60}")
_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
LONGEST_PASSWORD = 128
"""Bytes; RFC 2865 section 5.2 carries no more, and no phone types more."""
TECHNOLOGIES = ("adsl", "vdsl", "sdsl", "ftth", "ftte")
SETS = (":=", "+=")
"""Operators of `radcheck` which set the password FreeRADIUS 3 compares with; by any other nobody logs in."""
CLEAR = ("cleartext-password", "user-password")
OURS = "linekey-sealed-password"
_LONGEST = {"organisation": 40, "name": 120, "owner": 254, "phone": 60}


def require_name(found: Found) -> None:
    """Raises Unfit unless the element can look the name up."""
    if found.columns is None:
        fit = bool(_LOGIN.fullmatch(found.name)) and found.name == found.name.strip()
    elif not found.realm:
        raise Unfit(Reason.NO_DOMAIN)
    else:
        fit = bool(_SIP_USER.fullmatch(found.name) and _REALM.fullmatch(found.realm))
    if not fit:
        raise Unfit(Reason.BAD_NAME, name=found.shown[:80])


def held_by_line(columns: Columns, trust: Trust) -> Held:
    """The digests that stand there; the clear password where one stands there too, and may be trusted.

    Whether both say the same is for whoever can compute a digest.
    """
    clear = columns.password if columns.password != NOTHING else None
    _require_password(clear)
    told: tuple[Note, ...] = (Note.CLEAR_TEXT,) if clear else ()
    if clear and (trust is Trust.PASSWORD or columns.ha1 == NOTHING):
        return Held(clear, notes=told)
    if columns.ha1 == NOTHING:
        raise Unfit(Reason.NO_PASSWORD)
    ha1, ha1b = columns.ha1.reveal().strip(), columns.ha1b.reveal().strip()
    if _SHA256.fullmatch(ha1):
        raise Unfit(Reason.SHA256)
    if not _MD5.fullmatch(ha1):
        raise Unfit(Reason.NOT_A_DIGEST)
    digests = {"md5": Secret(ha1.lower()), "md5_domain": NOTHING}
    if ha1 != ha1.lower():
        told += (Note.CAPITALS,)
    if _MD5.fullmatch(ha1b):
        digests["md5_domain"] = Secret(ha1b.lower())
    else:
        told += (Note.NO_DOMAIN_DIGEST,)
    return Held(clear if trust is Trust.NEITHER else None, digests, notes=told)


def held_by_login(checks: tuple[Check, ...]) -> Held:
    """What FreeRADIUS compares with. Several rows are one password only where they say the same in clear."""
    for check in checks:
        if check.op not in SETS:
            raise Unfit(Reason.COMPARED, op=check.op[:2] or "empty")
    if not checks:
        raise Unfit(Reason.NO_PASSWORD)
    clear = {check.value for check in checks if check.attribute.lower() in CLEAR}
    others = [check for check in checks if check.attribute.lower() not in CLEAR]
    if clear:
        if len(clear) > 1 or others:
            raise Unfit(Reason.TWO_PASSWORDS)
        [password] = clear
        if password == NOTHING:
            raise Unfit(Reason.NO_PASSWORD)
        _require_password(password)
        return Held(password, notes=(Note.CLEAR_TEXT,))
    if len({(check.attribute.lower(), check.value) for check in others}) > 1:
        raise Unfit(Reason.TWO_PASSWORDS)
    if others[0].value == NOTHING:
        raise Unfit(Reason.NO_PASSWORD)
    if others[0].attribute.lower() == OURS:
        return Held(ours=True, notes=(Note.ELEMENT_ONLY,))
    return Held(notes=(Note.ELEMENT_ONLY,))


def details(found: Found, *, with_realm: bool) -> Details:
    """As the desk keeps them. What nobody said is made of the name, the same at every run.

    `with_realm`: the installation has several domains, in which the same user name is several lines.
    """
    said = found.details
    for field, most in _LONGEST.items():
        if len(getattr(said, field)) > most:
            raise Unfit(Reason.TOO_LONG, field=field, most=most)
    own_name = found.shown if with_realm else found.name
    reference = said.reference or re.sub(r"[^A-Za-z0-9._@+\-]", "-", own_name)[:60]
    if not _REFERENCE.fullmatch(reference):
        raise Unfit(Reason.BAD_REFERENCE, reference=reference[:60])
    number = e164(said.number or found.name) if found.columns is not None else ""
    if said.number and not number:
        raise Unfit(Reason.BAD_NUMBER, number=said.number[:40])
    technology = (said.technology or TECHNOLOGIES[-2]).lower()
    if technology not in TECHNOLOGIES:
        raise Unfit(Reason.BAD_TECHNOLOGY, technology=technology[:20])
    return Details(
        organisation=said.organisation,
        reference=reference,
        name=said.name or reference,
        number=number,
        owner=folded(said.owner),
        phone=said.phone,
        technology=technology,
    )


def require_text(found: Found) -> None:
    """Raises Unfit for what no database takes and no page shows: NUL, halves of characters, controls."""
    said = found.details
    texts = (found.name, found.realm, said.organisation, said.reference, said.name, said.number, said.owner)
    for text in (*texts, said.phone, said.technology):
        if any(unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Zl", "Zp") for letter in text):
            raise Unfit(Reason.UNREADABLE)


def _require_password(clear: Secret | None) -> None:
    if clear is None:
        return
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in clear.reveal()):
        raise Unfit(Reason.UNREADABLE)
    if len(clear.reveal().encode()) > LONGEST_PASSWORD:
        raise Unfit(Reason.TOO_LONG, field="password", most=LONGEST_PASSWORD)
