"""Why a button is greyed out, in words (SIP-3): the sentences of the refusals the desk would answer."""

from linekey.domain.access import Actor, role_may
from linekey.domain.errors import ManagedByPhone, NoContact, NotAllowed, Refusal, ServiceNotActive
from linekey.domain.kinds import Verb
from linekey.records.pages import ServicePage
from linekey.web.wording import next_step_of, sentence_of


def why_not(page: ServicePage, actor: Actor, verb: Verb) -> str:
    """Empty when the verb is possible."""
    refusal = _refusal(page, actor, verb)
    return f"{sentence_of(refusal)} {next_step_of(refusal)}" if refusal else ""


def refuse_if_impossible(page: ServicePage, actor: Actor, verb: Verb) -> None:
    """The same refusal, before a form that could only lead to it."""
    if refusal := _refusal(page, actor, verb):
        raise refusal


def _refusal(page: ServicePage, actor: Actor, verb: Verb) -> Refusal | None:
    if page.managed_phone and verb is not Verb.RETIRE:
        return ManagedByPhone(phone=page.managed_phone)
    if page.row.state != "active":
        return ServiceNotActive()
    if not role_may(actor, verb):
        return NotAllowed()
    return NoContact() if verb is Verb.SEND and not page.contact else None
