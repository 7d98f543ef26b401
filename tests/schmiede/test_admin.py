"""The public pages in the admin: BAMF staff write them; nothing that other apps bring is there."""

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.urls import reverse

from schmiede.site_pages import ensure_pages
from tests.builders import make_bamf, make_organiser, make_user

pytestmark = pytest.mark.django_db
INDEX = "admin:flatpages_flatpage_changelist"


@pytest.fixture
def impressum(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "schmiede.middleware.SecondFactor"]
    ensure_pages()
    return FlatPage.objects.get(url="/impressum/")


def test_bamf_writes_a_page(client, impressum):
    client.force_login(make_bamf())
    assert client.get(reverse(INDEX)).status_code == 200
    address = reverse("admin:flatpages_flatpage_change", args=[impressum.pk])
    response = client.post(address, {"title": "Impressum", "content": "<p>Fertig</p>", "url": "/anders/"})
    assert response.status_code == 302
    impressum.refresh_from_db()
    assert (impressum.content, impressum.url) == ("<p>Fertig</p>", "/impressum/")


def test_nobody_makes_or_removes_a_page(client, impressum):
    client.force_login(make_bamf())
    assert client.get(reverse("admin:flatpages_flatpage_add")).status_code == 403
    assert (
        client.post(reverse("admin:flatpages_flatpage_delete", args=[impressum.pk]), {"post": "yes"}).status_code == 403
    )
    assert FlatPage.objects.filter(pk=impressum.pk).exists()


def test_organiser_does_not_find_the_pages(client, impressum):
    doris = make_user("Doris", "Lang")
    make_organiser(doris)
    client.force_login(doris)
    assert client.get(reverse(INDEX)).status_code == 403


def test_what_other_apps_bring_stays_out():
    admin.site.register(Site, ModelAdmin)
    assert [
        model._meta.label for model in admin.site._registry if not hasattr(admin.site._registry[model], "for_bamf")
    ] == []
    assert Site not in admin.site._registry


def test_admin_leads_back_to_the_portal(client, impressum):
    client.force_login(make_bamf())
    html = client.get(reverse("admin:index")).text
    assert '<a href="/">Zurück zum Portal</a>' in html
    assert f'action="{reverse("account_logout")}"' in html
    assert "css/admin.css" in html
