"""The server's entry: any WSGI server may run `andante_clinic.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante_clinic.settings")
application = get_wsgi_application()
