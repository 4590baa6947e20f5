"""Addresses of this side of the desk."""

from django.urls import path

from linekey.web.staff import (
    deliver,
    licence_edit,
    licences,
    operations,
    organisation_edit,
    organisation_import,
    organisation_open,
    organisations,
    phones,
    policy,
    rights,
    service,
    services,
    verbs,
)
from linekey.web.staff.campaigns import begin as campaign_begin
from linekey.web.staff.campaigns import follow as campaigns

urlpatterns = [
    path("revendeur/organisations", organisations.page, name="organisations"),
    path("revendeur/organisations/<str:reference>", organisations.organisation, name="organisation"),
    path(
        "revendeur/organisations/<str:reference>/ouvrir",
        organisation_open.open_below,
        name="organisation-open",
    ),
    path(
        "revendeur/organisations/<str:reference>/modifier", organisation_edit.edit, name="organisation-edit"
    ),
    path(
        "revendeur/organisations/<str:reference>/importer",
        organisation_import.page,
        name="organisation-import",
    ),
    path(
        "revendeur/organisations/<str:reference>/sites/ajouter", organisation_edit.add_site, name="site-add"
    ),
    path(
        "revendeur/organisations/<str:reference>/sites/<str:site>",
        organisation_edit.rename_site,
        name="site-rename",
    ),
    path("revendeur/organisations/<str:reference>/politique", policy.page, name="organisation-policy"),
    path(
        "revendeur/organisations/<str:reference>/politique/apercu",
        policy.preview,
        name="organisation-policy-preview",
    ),
    path("droits", rights.page, name="rights"),
    path("revendeur/services", services.page, name="staff-services"),
    path("revendeur/services.csv", services.export, name="staff-services-csv"),
    path("revendeur/services/<str:reference>", service.page, name="staff-service"),
    path("revendeur/services/<str:reference>/suivi", service.follow, name="staff-story"),
    path("revendeur/services/<str:reference>/etat", service.state, name="staff-state"),
    path("revendeur/services/<str:reference>/etat/ligne", licences.state, name="staff-state-cell"),
    path("revendeur/services/<str:reference>/utilisateurs", licences.users, name="staff-users"),
    path("revendeur/services/<str:reference>/utilisateurs/etat", licences.look, name="staff-users-state"),
    path("revendeur/services/<str:reference>/modifier/<str:code>", licence_edit.edit, name="staff-settings"),
    path("revendeur/services/<str:reference>/reinitialiser", verbs.reset, name="staff-reset"),
    path("revendeur/services/<str:reference>/envoyer", verbs.send, name="staff-send"),
    path("revendeur/services/<str:reference>/retirer", verbs.retire, name="staff-retire"),
    path("revendeur/services/<str:reference>/couper", verbs.cut, name="staff-cut"),
    path("revendeur/services/<str:reference>/poste/donner", phones.give, name="staff-phone-give"),
    path("revendeur/services/<str:reference>/poste/retirer", phones.take, name="staff-phone-take"),
    path("revendeur/campagnes", campaigns.page, name="campaigns"),
    path("revendeur/campagnes/nouvelle", campaign_begin.page, name="campaign-new"),
    path("revendeur/campagnes/nouvelle/confirmer", campaign_begin.confirm, name="campaign-confirm"),
    path("revendeur/campagnes/<str:campaign>", campaigns.campaign, name="campaign"),
    path("revendeur/campagnes/<str:campaign>/suspendre", campaigns.pause, name="campaign-pause"),
    path("revendeur/campagnes/<str:campaign>/reprendre", campaigns.resume, name="campaign-resume"),
    path("revendeur/campagnes/<str:campaign>/annuler", campaigns.cancel, name="campaign-cancel"),
    path("revendeur/campagnes/<str:campaign>/fichier", campaigns.take, name="campaign-take"),
    path("revendeur/campagnes/<str:campaign>/fichier/<str:file>", campaigns.file, name="campaign-file"),
    path("exploitation", operations.page, name="operations"),
    path("exploitation/livraison", deliver.page, name="deliver"),
    path("exploitation/etapes/<int:effect>/reessayer", operations.retry, name="step-retry"),
    path("exploitation/etapes/<int:effect>/abandonner", operations.abandon, name="step-abandon"),
]
