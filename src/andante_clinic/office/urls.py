"""The manager's addresses."""

from django.urls import path

from andante_clinic.office import pages

urlpatterns = [
    path("", pages.office, name="office"),
    path("people/<int:pk>/", pages.person, name="person"),
    path("people/<int:pk>/factor/", pages.reset_factor, name="reset_factor"),
    path("people/<int:pk>/leave/", pages.leave, name="leave"),
    path("ties/<int:pk>/end/", pages.untie, name="untie"),
    path("service/", pages.service, name="service"),
    path("service/questions/<int:pk>/retire/", pages.retire, name="retire"),
    path("service/wordings/", pages.add_wording, name="add_wording"),
    path("glass/", pages.glass, name="glass"),
    path("trail/<str:chain>/", pages.trail, name="trail"),
]
