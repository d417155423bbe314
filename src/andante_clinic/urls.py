"""Every address of the clinic. Each page says who may open it (`people.access`)."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("andante_clinic.dashboard.urls")),
    path("supervision/", include("andante_clinic.supervision.urls")),
    path("office/", include("andante_clinic.office.urls")),
    path("c/", include("andante_clinic.checkin.urls")),
]
handler404 = "andante_clinic.people.refusals.not_found"
handler403 = "andante_clinic.people.refusals.refused"
handler500 = "andante_clinic.people.refusals.failed"
