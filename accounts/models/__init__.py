"""The models of accounts, each in a file called after it."""

from __future__ import annotations

from .address import KnownAddress
from .calendar_subscription import CalendarSubscription
from .event import Event
from .invitation import BamfOffice, Invitation
from .last_run import LastRun
from .membership import Membership
from .message import Message
from .organisation import Land, Organisation
from .privacy import PrivacyText
from .record import Record
from .user import User

__all__ = [
    "BamfOffice",
    "CalendarSubscription",
    "Event",
    "Invitation",
    "KnownAddress",
    "Land",
    "LastRun",
    "Membership",
    "Message",
    "Organisation",
    "PrivacyText",
    "Record",
    "User",
]
