"""Pages that belong to no single app, or need several."""

from schmiede.views.calendars import calendar, calendar_end, calendar_feed, calendar_renew, calendar_subscribe
from schmiede.views.cockpit import cockpit
from schmiede.views.dashboard import dashboard
from schmiede.views.frame import bad_request, csrf_failure, server_error, theme
from schmiede.views.glossary import glossary
from schmiede.views.health import healthz
from schmiede.views.help_page import help_page
from schmiede.views.help_topic import help_topic
from schmiede.views.home import home
from schmiede.views.invitations import invitation, own_invitation
from schmiede.views.resend import resend
from schmiede.views.well_known import robots, security_contact

__all__ = [
    "bad_request",
    "calendar",
    "calendar_end",
    "calendar_feed",
    "calendar_renew",
    "calendar_subscribe",
    "cockpit",
    "csrf_failure",
    "dashboard",
    "glossary",
    "healthz",
    "help_page",
    "help_topic",
    "home",
    "invitation",
    "own_invitation",
    "resend",
    "robots",
    "security_contact",
    "server_error",
    "theme",
]
