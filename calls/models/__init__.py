from __future__ import annotations

from .call import CallForm, Certainty, FundingCall, Rule, UmbrellaRoute
from .edition import AttachmentKind, Edition, ExpenseKind, Limit, Question, Section, Theme

__all__ = [
    "AttachmentKind",
    "CallForm",
    "Certainty",
    "Edition",
    "ExpenseKind",
    "FundingCall",
    "Limit",
    "Question",
    "Rule",
    "Section",
    "Theme",
    "UmbrellaRoute",
]
