"""Every address of the clinic. Each page says who may open it (`people.access`)."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
