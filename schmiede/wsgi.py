"""The WSGI application that gunicorn serves."""

import gc
import os
from importlib import import_module

gc.disable()  # what is being loaded is in use: looking through it for what is not was a tenth of a start

from core.late_imports import postpone  # noqa: E402

postpone("sqlparse")  # only scripts of several statements are parsed, and a page sends none

from django.core.wsgi import get_wsgi_application  # noqa: E402  a large part of what is loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schmiede.settings")
os.environ.setdefault("STATEMENT_SECONDS", "15")  # people wait for pages, nobody for commands

django = get_wsgi_application()
# These read settings, so they can come only when Django has loaded.
import_module("core.caches").require_protection()
application = import_module("core.bodies").Discarding(django)

# What is loaded by now stays: the collector need not walk over it again and again, which took a tenth of each page.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
gc.enable()
