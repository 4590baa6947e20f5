"""What the audit trail says of an account, in sentences. A code without a sentence is shown as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linekey.web.account.sessions import method_in_words

SENTENCES = {
    "account.activated": gettext_noop("The account was activated."),
    "member.invited": gettext_noop("The member %(member)s was invited."),
    "person.language": gettext_noop("The language was changed."),
    "person.locked": gettext_noop("The account was locked for an hour, after too many wrong attempts."),
    "session.open": gettext_noop("Signed in %(method)s."),
    "session.close": gettext_noop("Signed out."),
    "session.refused": gettext_noop("A sign-in was refused: the details were wrong."),
    "session.confirm": gettext_noop("The identity was confirmed again, before a sensitive action."),
    "session.confirm_refused": gettext_noop("A wrong password was typed in an open session."),
    "session.pin_refused": gettext_noop("A wrong PIN was typed in an open session."),
    "session.ended": gettext_noop("A session was ended."),
    "session.others_ended": gettext_noop("All other sessions were ended."),
    "device.forgotten": gettext_noop("A known browser was forgotten."),
    "password.changed": gettext_noop("The account password was changed."),
    "password.recovered": gettext_noop("A new account password was set through “Lost password”."),
    "password.answer_refused": gettext_noop("A wrong answer was given to the security question."),
    "factor.added": gettext_noop("“%(name)s” was added to two-step verification."),
    "factor.added.pin": gettext_noop("A PIN was set."),
    "factor.added.question": gettext_noop("A security question was set."),
    "factor.removed": gettext_noop("“%(name)s” was removed from two-step verification."),
    "factor.removed.pin": gettext_noop("The PIN was removed."),
    "factor.removed.question": gettext_noop("The security question was removed."),
    "factor.added.codes": gettext_noop("A new sheet of recovery codes was put in force."),
    "factor.removed.codes": gettext_noop("The recovery codes were removed."),
    "factor.codes_drawn": gettext_noop("Recovery codes were generated."),
    "factor.renamed": gettext_noop("“%(former)s” was renamed “%(name)s”."),
    "factor.refused": gettext_noop("A wrong code or key was refused."),
    "factor.refused.contact": gettext_noop("A wrong code was typed for a new address or number."),
    "factor.code_used": gettext_noop("A recovery code was used."),
    "factor.cloned": gettext_noop("The key “%(name)s” was refused: somebody may have copied it."),
    "contact.changed.email": gettext_noop("The main e-mail became %(shown)s."),
    "contact.changed.backup": gettext_noop("The backup e-mail became %(shown)s."),
    "contact.changed.phone": gettext_noop("The phone number became %(shown)s."),
    "contact.removed.backup": gettext_noop("The backup e-mail was removed."),
    "contact.removed.phone": gettext_noop("The phone number was removed."),
    "access_key.create": gettext_noop("The access key %(key)s was generated."),
    "access_key.revoke": gettext_noop("The access key %(key)s was revoked."),
    "access_key.exchange": gettext_noop("A program signed in with the access key %(key)s."),
    "access_key.refused": gettext_noop("An access key was presented and refused."),
    "access_key.reused": gettext_noop(
        "A used-up token of the access key %(key)s came again: all its tokens were ended."
    ),
    "credential.change": gettext_noop("The password of %(service)s was changed."),
    "credential.reset": gettext_noop("The password of %(service)s was reset."),
    "credential.send": gettext_noop("New credentials of %(service)s were sent."),
    "credential.cut": gettext_noop("The old password of %(service)s was cut before its time."),
    "credential.retire": gettext_noop("The credentials of %(service)s were retired."),
    "phone.give": gettext_noop("The line %(service)s was given the handset %(phone)s."),
    "phone.take": gettext_noop("The handset %(phone)s of the line %(service)s was taken away."),
    "phone.open": gettext_noop("A first-access address was shown for the handset of %(service)s."),
    "phone.reset": gettext_noop("The handset of %(service)s was asked to fetch a new password."),
    "phone.draw": gettext_noop("The handset of %(service)s fetched a new password."),
    "service.modem_reset": gettext_noop(
        "The modem of %(service)s was reset, so its credentials were renewed."
    ),
    "service.open": gettext_noop("The service %(service)s was opened."),
    "service.import": gettext_noop("The service %(service)s and its password were imported."),
    "effect.retry": gettext_noop("A stopped step of %(service)s was tried again."),
    "effect.abandon": gettext_noop("A stopped step of %(service)s was given up."),
    "application.create": gettext_noop("An application was created."),
    "application.remove": gettext_noop("An application was removed."),
    "consumer_key.validated": gettext_noop("An application was allowed to act for this account."),
    "consumer_key.refused": gettext_noop("An application was refused to act for this account."),
    "consumer_key.restrict": gettext_noop("The rights of an application were restricted."),
    "consumer_key.expire": gettext_noop("The key of an application was revoked."),
    "case.attached": gettext_noop("The support case %(case)s was found to be about this account."),
    "case.code_sent": gettext_noop("Support sent a code to the phone number (case %(case)s)."),
    "case.code_refused": gettext_noop("A wrong code was given to support (case %(case)s)."),
    "case.proof": gettext_noop("Support checked a proof of identity (case %(case)s)."),
    "case.noted": gettext_noop("Support wrote a note (case %(case)s)."),
    "case.asked": gettext_noop("Support asked the applicant for more (case %(case)s)."),
    "case.document_read": gettext_noop("Support opened a document (case %(case)s)."),
    "case.proposed": gettext_noop("A support agent proposed a decision (case %(case)s)."),
    "case.sent_back": gettext_noop("A proposed decision was sent back (case %(case)s)."),
    "case.decided": gettext_noop("Support decided the case %(case)s: it takes effect unless it is stopped."),
    "case.refused": gettext_noop("Support turned the case %(case)s down."),
    "case.stopped": gettext_noop("The case %(case)s was stopped: “it was not me”."),
    "case.withdrawn": gettext_noop("The case %(case)s was withdrawn."),
    "case.lapsed": gettext_noop("The case %(case)s was closed: nothing came for thirty days."),
    "case.done": gettext_noop("What was decided in the case %(case)s was carried out."),
    "case.failed": gettext_noop("What was decided in the case %(case)s could not be carried out."),
    "case.purged": gettext_noop("The documents of the case %(case)s were erased."),
    "access_key.new_network": gettext_noop(
        "A program used the access key %(key)s from a network that was new to it."
    ),
    "member.disabled": gettext_noop("The account was disabled."),
    "member.enabled": gettext_noop("The account was enabled again."),
    "member.unlocked": gettext_noop("The account was unlocked before its hour was over."),
    "member.reset": gettext_noop("A new password was asked for this account."),
    "member.password_set": gettext_noop("An administrator typed a password for this account."),
    "member.password_mailed": gettext_noop("A temporary password was mailed to the owner of this account."),
    "member.factors_cleared": gettext_noop("All second factors of this account were removed."),
    "member.role_changed": gettext_noop("The role of this account was changed."),
    "service.edit": gettext_noop("A setting of %(service)s was changed."),
    "services.export": gettext_noop("A list of services was exported."),
    "services.import": gettext_noop("Services were imported from an existing installation."),
    "organisation.open": gettext_noop("The organisation %(named)s was opened."),
    "organisation.edit": gettext_noop("The organisation %(named)s was renamed or given another reference."),
    "site.add": gettext_noop("The site %(site)s was added."),
    "site.rename": gettext_noop("The site %(former)s was renamed %(site)s."),
    "policy.set": gettext_noop("The policy “%(value)s” of %(named)s was changed."),
    "case.opened": gettext_noop("The support case %(case)s was opened."),
    "credential.used": gettext_noop("A device used the new password of %(service)s for the first time."),
    "credential.released": gettext_noop("The old password of %(service)s is accepted no more."),
    "webhook.add": gettext_noop("The webhook “%(named)s” to %(host)s was added."),
    "webhook.renew": gettext_noop("The secret of the webhook “%(named)s” was renewed."),
    "webhook.enable": gettext_noop("The webhook “%(named)s” was enabled."),
    "webhook.disable": gettext_noop("The webhook “%(named)s” was disabled."),
    "webhook.given_up": gettext_noop("The webhook “%(named)s” was disabled: %(host)s took nothing."),
    "webhook.remove": gettext_noop("The webhook “%(named)s” to %(host)s was removed."),
    "webhook.test": gettext_noop("A test was sent to the webhook “%(named)s”."),
    "webhook.replay": gettext_noop("An event was sent once more to the webhook “%(named)s”."),
    "campaign.start": gettext_noop("The campaign %(campaign)s was begun."),
    "campaign.pause": gettext_noop("The campaign %(campaign)s was paused."),
    "campaign.resume": gettext_noop("The campaign %(campaign)s was resumed."),
    "campaign.cancel": gettext_noop("The campaign %(campaign)s was cancelled."),
    "campaign.stop": gettext_noop("The campaign %(campaign)s stopped by itself."),
    "campaign.done": gettext_noop("The campaign %(campaign)s is finished."),
    "campaign.file": gettext_noop("The new passwords of the campaign %(campaign)s were taken in a file."),
    "account.asked": gettext_noop("Somebody asked to open an account."),
    "audit.exported": gettext_noop("The audit trail was exported."),
    "audit.verified": gettext_noop("The audit trail was verified. Traces of tampering: %(faults)s."),
}
"""By action code, and by what it was done to where that changes the words."""

_DANGER = frozenset({"person.locked", "factor.cloned", "access_key.reused", "case.decided"})
_WARNING = frozenset(
    {
        "session.refused",
        "session.confirm_refused",
        "session.pin_refused",
        "password.answer_refused",
        "factor.refused",
        "factor.code_used",
        "access_key.refused",
    }
)
_ICONS = {
    "session": "globe",
    "device": "device",
    "password": "lock",
    "factor": "key",
    "contact": "mail",
    "access_key": "code",
    "application": "code",
    "consumer_key": "code",
    "credential": "phone",
    "phone": "phone",
    "service": "phone",
    "effect": "pulse",
    "audit": "shield",
    "organisation": "tree",
    "policy": "tree",
    "site": "tree",
    "member": "people",
    "case": "list",
    "campaign": "list",
    "webhook": "code",
}


@dataclass(frozen=True)
class Happening:
    icon: str
    tone: str
    """`neutral`, `warning` or `danger`."""
    sentence: str


def told(action: str, service: str, facts: Mapping[str, Any]) -> Happening:
    """`facts` are the plain words of the trail; a place it cannot fill is left empty."""
    sentence = SENTENCES.get(_key(action, facts)) or SENTENCES.get(action)
    words = {
        "member": facts.get("member", ""),
        "name": facts.get("label") or facts.get("name", ""),
        "former": facts.get("former", ""),
        "shown": facts.get("shown", ""),
        "key": facts.get("key", ""),
        "case": facts.get("case", ""),
        "named": facts.get("named", ""),
        "site": facts.get("site", ""),
        "value": facts.get("value", ""),
        "faults": facts.get("faults", "0"),
        "phone": facts.get("phone", ""),
        "host": facts.get("host", ""),
        "campaign": facts.get("campaign", ""),
        "service": service,
        "method": method_in_words(facts.get("method", "")),
    }
    tone = "danger" if action in _DANGER else "warning" if action in _WARNING else "neutral"
    icon = tone if tone != "neutral" else _ICONS.get(action.partition(".")[0], "person")
    return Happening(icon, tone, _(sentence) % words if sentence else action)


def _key(action: str, facts: Mapping[str, Any]) -> str:
    if action == "contact.changed" and not facts.get("shown"):
        action = "contact.removed"
    return f"{action}.{facts.get('what') or facts.get('contact') or facts.get('flow', '')}"
