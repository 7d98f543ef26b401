"""The staff's pages: the base every admin of the portal is built on, and the admin of the records of this app."""

from __future__ import annotations

from .base import PortalModelAdmin
from .filters import titled
from .inlines import PortalStackedInline, PortalTabularInline
from .invitation import InvitationAdmin
from .last_run import LastRunAdmin
from .lists import PortalChangeList
from .message import MessageAdmin
from .organisation import OrganisationAdmin
from .privacy import PrivacyTextAdmin
from .trail import EventAdmin
from .user import UserAdmin
from .waiting import WaitingMailsAdmin

__all__ = [
    "EventAdmin",
    "InvitationAdmin",
    "LastRunAdmin",
    "MessageAdmin",
    "OrganisationAdmin",
    "PortalChangeList",
    "PortalModelAdmin",
    "PortalStackedInline",
    "PortalTabularInline",
    "PrivacyTextAdmin",
    "UserAdmin",
    "WaitingMailsAdmin",
    "titled",
]
