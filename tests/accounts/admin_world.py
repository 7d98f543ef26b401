"""The world of the admin's tests, with data that could leak, and what a browser would send."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from tests.builders import (
    make_bamf,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
)
from tests.forms import send
from tests.written_again import WrittenAgain


class World(metaclass=WrittenAgain):
    """Two Träger with a cohort and a team each; Doris organises one, Otto the other; Emil is BAMF staff."""

    def __init__(self):
        self.doris, self.otto, self.emil = make_user("Doris", "Lang"), make_user("Otto", "Fremd"), make_bamf()
        self.ours = make_organiser(self.doris, "Eigener Träger gGmbH")
        self.theirs = make_organiser(self.otto, "Fremder Träger gGmbH")
        self.cohort = make_cohort(self.ours, title="Eigene Projektschmiede")
        self.foreign = make_cohort(self.theirs, title="Fremde Projektschmiede", call=self.cohort.call)
        self.amina, self.bilal, self.carla = make_user(), make_user("Bilal", "Kaya"), make_user("Carla", "Weber")
        self.coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, organisation=make_organisation("Eigener Verein e. V."))
        self.other_team = make_team(self.foreign, self.bilal, organisation=make_organisation("Fremder Verein e. V."))


@pytest.fixture
def world():
    return World()


def change(record):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def changelist(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def admin_of(model):
    return admin.site.get_model_admin(model)


def request_of(user, path="/verwaltung/"):
    request = RequestFactory().get(path)
    request.user = User.objects.get(pk=user.pk)
    request.resolver_match = None
    return request


def act(client, record, action, **data):
    """Choose an action on the record's form, as a browser would; with `_asked`, what it asked is answered and agreed to."""
    data = {"CHANGE_FORM-action": action, "_selected_action": str(record.pk), **data}
    return send(client, change(record), data) if "_asked" in data else client.post(change(record), data, follow=True)


def without_tokens(text):
    """A page without what differs each time: tokens and its own address."""
    return re.sub(r'value="[^"]*"', "", text)
