"""The models of calls, each in a file called after it."""

from __future__ import annotations

from .call import FundingCall
from .call_form import CallForm
from .certainty import Certainty
from .edition import Edition
from .edition_parts import AttachmentKind, ExpenseKind, Limit, Question, Section, Theme
from .other_way import OtherWay
from .rule import Rule
from .umbrella_route import UmbrellaRoute

__all__ = [
    "AttachmentKind",
    "CallForm",
    "Certainty",
    "Edition",
    "ExpenseKind",
    "FundingCall",
    "Limit",
    "OtherWay",
    "Question",
    "Rule",
    "Section",
    "Theme",
    "UmbrellaRoute",
]
