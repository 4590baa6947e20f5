"""Addresses of this side of the desk."""

from django.urls import path

from linekey.web.staff import deliver, operations, service, services, verbs

urlpatterns = [
    path("revendeur/services", services.page, name="staff-services"),
    path("revendeur/services/<str:reference>", service.page, name="staff-service"),
    path("revendeur/services/<str:reference>/suivi", service.follow, name="staff-story"),
    path("revendeur/services/<str:reference>/etat", service.state, name="staff-state"),
    path("revendeur/services/<str:reference>/reinitialiser", verbs.reset, name="staff-reset"),
    path("revendeur/services/<str:reference>/envoyer", verbs.send, name="staff-send"),
    path("revendeur/services/<str:reference>/retirer", verbs.retire, name="staff-retire"),
    path("exploitation", operations.page, name="operations"),
    path("exploitation/livraison", deliver.page, name="deliver"),
    path("exploitation/etapes/<int:effect>/reessayer", operations.retry, name="step-retry"),
    path("exploitation/etapes/<int:effect>/abandonner", operations.abandon, name="step-abandon"),
]
