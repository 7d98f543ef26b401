"""Deciding about registrations: asking for the words, with places, look-alikes and coaches, then the step for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from accounts.rehearsal import current
from cohorts.models import Registration

from .decision_forms import DecisionForm, suggested_text
from .places import is_full
from .registration_lines import places_of, warning_about

DECIDED = gettext_lazy(
    "Darüber ist schon entschieden. Ist ein Verein aus Versehen zugelassen, wählen Sie bei seiner Anmeldung „Zulassung zurücknehmen“."
)


def decide(
    pages: Any,
    request: HttpRequest,
    queryset: Any,
    step: Callable[..., object],
    *,
    suggested: str,
    done: str,
    intro: Callable[[int], str] = lambda _count: "",
    form_class: type[DecisionForm] = DecisionForm,
    first: Callable[[list[Registration]], str] = lambda _chosen: "",
    then: Callable[[list[Registration], dict[str, Any]], str] = lambda _decided, _chosen: "",
    stale: Any = DECIDED,
    **question: Any,
) -> HttpResponse | None:
    """Ask for the words, then decide in the order of confirming; ask again about what was refused.

    `first` says more on the page that asks, `then` on the page of consequences, of those that were decided.
    """
    chosen = pages.offered(request, queryset := queryset.select_related("cohort"))
    form = pages.ask(
        request,
        queryset,
        form_class,
        **question,
        intro=intro(len(chosen)),
        details=lambda: format_html("{}{}{}", places_of(chosen), first(chosen), warning_about(chosen)),
        registrations=chosen,
        initial={"text": lambda: suggested_text(suggested, is_full=is_full(chosen))},
        stale=stale,
    )
    if isinstance(form, HttpResponse):
        return form
    refused = pages.run(
        request,
        queryset.order_by("confirmed_at"),
        lambda registration: step(registration, by=request.user, **form.cleaned_data),
        may="decide",
        done=done,
        stale=stale,
    )
    if watching := current():
        decided = [row for row in chosen if row not in refused]
        watching.explain(format_html("{}{}", places_of(chosen, then=True), then(decided, form.cleaned_data)))
    return pages.ask_again(request, refused, form, intro=intro(len(refused)))
