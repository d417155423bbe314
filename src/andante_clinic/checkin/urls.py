"""The client's addresses: everything hangs on the signed link."""

from django.urls import path

from andante_clinic.checkin import pages

urlpatterns = [
    path("<str:link>/", pages.checkin, name="checkin"),
]
