"""Every form decides what becomes of words that were typed in it and not sent, and none is left in silence.

A form saves itself (`data-autosave`), or asks before it is left (`data-guard`), or stands here with the reason why
neither is needed. The templates are read here, and the pages of everybody in tests/test_pages.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FORM_TAG = re.compile(r"<form\b(?:\{%.*?%\}|\{\{.*?\}\}|[^>])*>", re.DOTALL)
BUTTON = "only a button"
# How many forms of a template neither save themselves nor ask, and why that is right.
NEITHER: dict[str, tuple[int, str]] = {
    "_confirm.html": (1, BUTTON),
    "_what_happens.html": (1, BUTTON),
    "_footer.html": (1, "light or dark"),
    "_header.html": (1, BUTTON),
    "account/login.html": (1, "the login"),
    "admin/base_site.html": (1, BUTTON),
    "applications/reviews/_give_back.html": (1, "saves itself: static/js/review-page.js"),
    "applications/papers/_granted.html": (1, BUTTON),
    "applications/papers/_last_mile.html": (1, BUTTON),
    "applications/papers/_letter.html": (1, BUTTON),
    "applications/writing/_login_dialog.html": (1, "the login"),
    "applications/progress/_member_steps.html": (2, BUTTON),
    "applications/progress/_newer_edition.html": (1, BUTTON),
    "applications/progress/_offer.html": (2, BUTTON),
    "applications/reviews/conversation.html": (1, BUTTON),
    "applications/reviews/_review_state.html": (1, BUTTON),
    "applications/reviews/_comment_step.html": (1, BUTTON),
    "applications/writing/_revision.html": (1, BUTTON),
    "applications/writing/_longer_before.html": (1, BUTTON),
    "applications/writing/_idea.html": (1, BUTTON),
    "schmiede/_first_day.html": (1, BUTTON),
    "applications/reviews/_waiting.html": (1, BUTTON),
    "applications/papers/finish.html": (1, "one tick, to be set on purpose"),
    "applications/reviews/queue.html": (1, BUTTON),
    "cohorts/_registration_status.html": (1, BUTTON),
    "mfa/totp/activate_form.html": (1, "a code that is over in half a minute"),
    "schmiede/calendar.html": (1, BUTTON),
    "accounts/organisation.html": (1, BUTTON),
    "admin/_waiting_mails.html": (1, BUTTON),
    "schmiede/invitation.html": (2, BUTTON),
    "schmiede/resend.html": (2, "kept by the server for an hour, and every page says so"),
    "workshops/_assignment.html": (1, BUTTON),
}


def posted_forms(template: Path) -> Iterator[str]:
    """The tags of its forms that are sent by POST."""
    for tag in FORM_TAG.findall(template.read_text(encoding="utf-8")):
        if 'method="get"' not in tag:
            yield tag


def test_every_form_of_a_template_has_decided():
    undecided = Counter(
        str(template.relative_to(TEMPLATES))
        for template in sorted(TEMPLATES.rglob("*.html"))
        for tag in posted_forms(template)
        if "data-guard" not in tag and "data-autosave" not in tag
    )
    assert dict(undecided) == {name: count for name, (count, _why) in NEITHER.items()}
