"""The supervisor's addresses."""

from django.urls import path

from andante_clinic.supervision import pages

urlpatterns = [
    path("", pages.supervision, name="supervision"),
    path("confided/", pages.confided, name="confided"),
    path("clients/<str:code>/note/", pages.note, name="supervision_note"),
]
