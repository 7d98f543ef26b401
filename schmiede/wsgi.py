"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schmiede.settings")
os.environ.setdefault("STATEMENT_SECONDS", "15")  # people wait for pages, nobody for commands

django = get_wsgi_application()
# These read settings, so they can come only when Django has loaded.
import_module("core.caches").require_protection()
application = import_module("core.bodies").Discarding(django)
