"""Addresses of the portal, in the language of its people. Their names are what the code says."""

from django.urls import include, path

from linekey.web import language, theme
from linekey.web.customer import (
    access,
    access_reset,
    access_send,
    accesses,
    home,
    line,
    line_manage,
    line_password,
    line_reset,
    lines,
    mails,
)
from linekey.web.entry import confirm, lost_password, new_password, reveal_link, sign_in

urlpatterns = [
    path("", home.page, name="home"),
    path("langue", language.switch, name="language"),
    path("apparence", theme.switch, name="theme"),
    path("connexion", sign_in.page, name="sign-in"),
    path("deconnexion", sign_in.leave, name="sign-out"),
    path("confirmer", confirm.page, name="confirm"),
    path("mot-de-passe-perdu", lost_password.page, name="lost-password"),
    path("mot-de-passe-perdu/<str:token>", new_password.page, name="new-password"),
    path("mot-de-passe-perdu/<str:token>/verifier", new_password.check, name="new-password-check"),
    path("lien/<str:token>", reveal_link.page, name="reveal-link"),
    path("telephonie", lines.page, name="lines"),
    path("telephonie/<str:reference>", line.page, name="line"),
    path("telephonie/<str:reference>/etat", line.state, name="line-state"),
    path("telephonie/<str:reference>/gestion", line_manage.page, name="line-manage"),
    path("telephonie/<str:reference>/gestion/suivi", line_manage.follow, name="line-progress"),
    path("telephonie/<str:reference>/gestion/mot-de-passe", line_password.page, name="line-password"),
    path(
        "telephonie/<str:reference>/gestion/mot-de-passe/verifier",
        line_password.check,
        name="line-password-check",
    ),
    path("telephonie/<str:reference>/gestion/reinitialiser", line_reset.page, name="line-reset"),
    path("internet", accesses.page, name="accesses"),
    path("internet/<str:reference>", access.page, name="access"),
    path("internet/<str:reference>/etat", access.state, name="access-state"),
    path("internet/<str:reference>/suivi", access.follow, name="access-progress"),
    path("internet/<str:reference>/identifiants", access_send.page, name="access-send"),
    path("internet/<str:reference>/reinitialiser", access_reset.page, name="access-reset"),
    path("emails", mails.page, name="mails"),
    path("emails/<int:mail_id>", mails.mail, name="mail"),
    path("emails/<int:mail_id>/html", mails.html, name="mail-html"),
    path("", include("linekey.web.staff.urls")),
    path("", include("linekey.web.integrations.urls")),
]
