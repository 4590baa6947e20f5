"""Addresses of support cases, for whoever is not signed in."""

from django.urls import path

from linekey.web.cases import choose, follow, open_case, stop

urlpatterns = [
    path("aide-connexion/dossier", choose.page, name="case-choose"),
    path("aide-connexion/dossier/<str:situation>", open_case.page, name="case-open"),
    path("dossier/<str:token>", follow.page, name="case-follow"),
    path("dossier/<str:token>/adresse", follow.confirm, name="case-confirm"),
    path("dossier/<str:token>/retirer", follow.withdraw, name="case-withdraw"),
    path("dossier/<str:token>/arreter", stop.page, name="case-stop"),
]
