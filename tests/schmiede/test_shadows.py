"""No page gives a name of a context processor another meaning."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import reverse

from applications.writing.models import Application
from tests.applications.coaching import make_world
from tests.builders import log_in
from tests.shadows import ShadowedName, set_names

FOLDER = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))


def a_request():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def names_of_processors():
    engine = engines["django"].engine
    return {name for processor in engine.template_context_processors for name in processor(a_request())}


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("{{ theme }}", {"theme": "Nachbarschaft"}),
        ("{% with theme='Nachbarschaft' %}{{ theme }}{% endwith %}", {}),
        ("{% include 'base.html' with theme='Nachbarschaft' %}", {}),
        ("{% for theme in themes %}{{ theme }}{% endfor %}", {"themes": ["Nachbarschaft"]}),
        ("{% load i18n %}{% blocktranslate with theme=title %}{{ theme }}{% endblocktranslate %}", {"title": "x"}),
        ("{% url 'dashboard' as theme %}{{ theme }}", {}),
    ],
)
def test_a_shadowed_name_is_noticed(source, given):
    template = engines["django"].from_string(source)
    with pytest.raises(ShadowedName):
        template.render(given, a_request())
    assert "theme" in set_names(template.template) or "theme" in given


@pytest.mark.parametrize("name", PAGES)
def test_no_tag_of_a_template_sets_a_name_of_a_context_processor(name):
    assert set_names(get_template(name).template) & names_of_processors() == set()


@pytest.mark.django_db
def test_the_workspace_stays_dark_and_names_the_calls_theme(client):
    world = make_world()
    theme = world.application.terms.themes[0]
    Application.objects.update(theme_key=theme.key)
    log_in(client, world.amina).cookies["theme"] = "dark"

    page = client.get(reverse("applications:workspace", args=[world.application.pk])).text

    assert '<html lang="de" data-kern-theme="dark">' in page
    assert f"<dd>{theme.title}</dd>" in page
