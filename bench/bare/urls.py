"""Which question is where."""

from django.contrib.auth.views import LoginView
from django.urls import path

from bench.bare import views

urlpatterns = [
    path("hash", views.hashed),
    path("rows/<str:reference>", views.read),
    path("rows", views.inserted),
    path("login", LoginView.as_view(template_name="bench/login.html", next_page="/hash")),
]
