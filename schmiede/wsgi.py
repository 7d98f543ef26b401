"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schmiede.settings")

application = get_wsgi_application()
import_module("schmiede.caches").require_protection()  # reads settings, so it can come only when they are loaded
