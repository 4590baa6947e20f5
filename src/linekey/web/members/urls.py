"""Addresses of the members of an organisation."""

from django.urls import path

from linekey.web.members import changes, invite, member, members, password, reset

_ONE = "membres/<str:customer_id>"

urlpatterns = [
    path("membres", members.page, name="members"),
    path("membres/inviter", invite.page, name="member-invite"),
    path(_ONE, member.page, name="member"),
    path(f"{_ONE}/deverrouiller", changes.unlock, name="member-unlock"),
    path(f"{_ONE}/lien", reset.by_link, name="member-link"),
    path(f"{_ONE}/mot-de-passe-provisoire", reset.by_mail, name="member-mail"),
    path(f"{_ONE}/mot-de-passe", password.page, name="member-password"),
    path(f"{_ONE}/mot-de-passe/verifier", password.check, name="member-password-check"),
    path(f"{_ONE}/role", changes.give_role, name="member-role"),
    path(f"{_ONE}/double-authentification", changes.clear_factors, name="member-factors"),
    path(f"{_ONE}/desactiver", changes.disable, name="member-disable"),
    path(f"{_ONE}/reactiver", changes.enable, name="member-enable"),
]
