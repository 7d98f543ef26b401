from typing import Any

from django.db import migrations


def copy_from_covers(apps: Any, schema_editor: Any) -> None:
    """Write what each cover names into the application's new column, as saving the cover does from now on."""
    Application = apps.get_model("applications", "Application")
    Draft = apps.get_model("applications", "Draft")
    covers = Draft.objects.filter(key="s0").values_list("application_id", "content")
    for application, content in covers.iterator():
        body = content.get("umbrella_body") or ""
        if body:
            Application.objects.filter(pk=application).update(umbrella_body=body[:200])


class Migration(migrations.Migration):
    dependencies = [("applications", "0008_umbrella_body_of_the_cover")]

    operations = [migrations.RunPython(copy_from_covers, migrations.RunPython.noop, elidable=True)]
