"""Addresses of one's own account."""

from django.urls import path

from linekey.web.account import (
    activity,
    codes,
    contact_code,
    contacts,
    home,
    key,
    keys,
    password,
    pin,
    question,
    sessions,
    speech,
    totp,
    two_step,
)

_TWO_STEP = "compte/double-authentification"
_CONTACTS = "compte/coordonnees"
_KEYS = "compte/cles-d-acces"

urlpatterns = [
    path("compte", home.page, name="account"),
    path("compte/mot-de-passe", password.page, name="account-password"),
    path("compte/mot-de-passe/verifier", password.check, name="account-password-check"),
    path("compte/pin", pin.page, name="account-pin"),
    path("compte/pin/retirer", pin.remove, name="account-pin-remove"),
    path("compte/question", question.page, name="account-question"),
    path("compte/question/retirer", question.remove, name="account-question-remove"),
    path(_TWO_STEP, two_step.page, name="account-two-step"),
    path(f"{_TWO_STEP}/application", totp.begin, name="account-totp"),
    path(f"{_TWO_STEP}/application/<str:reference>", totp.prove, name="account-totp-proof"),
    path(f"{_TWO_STEP}/cle", key.page, name="account-key"),
    path(f"{_TWO_STEP}/cle/debut", key.begin, name="account-key-begin"),
    path(f"{_TWO_STEP}/codes", codes.page, name="account-codes"),
    path(f"{_TWO_STEP}/codes/preuve", codes.prove, name="account-codes-proof"),
    path(f"{_TWO_STEP}/appareils/<str:uid>/nom", two_step.rename, name="account-factor-name"),
    path(f"{_TWO_STEP}/appareils/<str:uid>/retirer", two_step.remove, name="account-factor-remove"),
    path("compte/sessions", sessions.page, name="account-sessions"),
    path("compte/sessions/fin", sessions.end_others, name="account-sessions-end"),
    path("compte/sessions/<int:session_id>/fin", sessions.end, name="account-session-end"),
    path("compte/navigateurs/<int:device_id>/oubli", sessions.forget, name="account-device-forget"),
    path(_CONTACTS, contacts.page, name="account-contacts"),
    path(f"{_CONTACTS}/langue", speech.change, name="account-language"),
    path(f"{_CONTACTS}/code/<str:reference>", contact_code.page, name="account-contact-code"),
    path(f"{_CONTACTS}/code/<str:reference>/renvoi", contact_code.resend, name="account-contact-resend"),
    path(f"{_CONTACTS}/<str:place>", contacts.change, name="account-contact"),
    path(f"{_CONTACTS}/<str:place>/retirer", contacts.remove, name="account-contact-remove"),
    path(_KEYS, keys.page, name="account-keys"),
    path(f"{_KEYS}/nouvelle", keys.create, name="account-key-new"),
    path(f"{_KEYS}/<str:key_id>/revocation", keys.revoke, name="account-key-revoke"),
    path("compte/activite", activity.page, name="account-activity"),
]
