"""The one address of this door."""

from django.urls import path

from linekey.provision.door import Door

urlpatterns = [path("provision/<str:token>/<str:file>", Door(), name="provision")]
