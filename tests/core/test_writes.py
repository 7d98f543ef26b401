"""Conditional UPDATEs: one row as it was expected is written, anything else is `Stale` and stays as it is."""

from __future__ import annotations

import pytest
from django.db.models import F

from accounts.models import Organisation
from core.writes import Stale, write_if
from tests.builders import make_organisation

pytestmark = pytest.mark.django_db


def cities():
    return sorted(Organisation.objects.values_list("city", flat=True))


def test_the_row_and_the_object_at_hand_get_the_new_values():
    organisation, _other = make_organisation(city="Halle"), make_organisation("Chor e. V.", city="Halle")

    write_if(organisation, {"city": "Halle"}, city="Dessau")

    assert (organisation.city, cities()) == ("Dessau", ["Dessau", "Halle"])


@pytest.mark.parametrize("expected", [{"city": "Erfurt"}, {"city": "Halle", "name": "Chor e. V."}, {"city__in": []}])
def test_what_is_not_as_expected_is_refused_and_stays(expected):
    organisation = make_organisation(city="Halle")

    with pytest.raises(Stale):
        write_if(organisation, expected, city="Dessau")

    assert (organisation.city, cities()) == ("Halle", ["Halle"])


def test_what_is_gone_is_refused():
    organisation = make_organisation()
    Organisation.objects.filter(pk=organisation.pk).delete()

    with pytest.raises(Stale):
        write_if(organisation, {}, city="Dessau")


@pytest.mark.parametrize("lookup", ["memberships__role", "city__contains", "memberships"])
def test_only_columns_of_the_row_itself_may_be_expected(lookup):
    """PostgreSQL does not check a subquery again after waiting for the row's lock."""
    organisation = make_organisation(city="Halle")

    with pytest.raises(ValueError, match="is not a column of Organisation"):
        write_if(organisation, {lookup: "Halle"}, city="Dessau")

    assert cities() == ["Halle"]


def test_what_the_database_computes_is_not_put_on_the_object():
    organisation = make_organisation(city="Halle")

    write_if(organisation, {}, city=F("name"))

    assert (organisation.city, cities()) == ("Halle", [organisation.name])
