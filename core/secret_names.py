"""Names of what lets somebody in: it stands in no log line, and is never kept or shown with what was typed beside it."""

from __future__ import annotations

import re

# allauth's pages begin with these: they ask for secrets, and can all be opened again.
LOGIN_PAGES = ("account_", "mfa_")
# Parts of a path: in our own links, and in allauth's for a new password or address, the long ones first.
PARTS = ("token",)
PARTS_OF_LOGIN = ("token", "key", "uidb36")
# Fields of a form. A post code is no secret.
FIELD = re.compile(r"csrf|pass|token|secret", re.IGNORECASE)
# Where a form of the login can be met too, the code in it is a secret; in a form of ours it is the code of an expense.
FIELD_OR_CODE = re.compile(rf"{FIELD.pattern}|^code$", re.IGNORECASE)


def parts_of(view_name: str) -> tuple[str, ...]:
    """The secret parts of this page's address."""
    return PARTS_OF_LOGIN if view_name.startswith(LOGIN_PAGES) else PARTS
