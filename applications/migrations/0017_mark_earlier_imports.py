from typing import Any

from django.db import migrations


def mark(apps: Any, schema_editor: Any) -> None:
    """What was kept as imported before the column came. A conflict that came in a file cannot be told from others."""
    apps.get_model("applications", "Revision").objects.filter(why="imported").update(is_imported=True)


class Migration(migrations.Migration):
    dependencies = [("applications", "0016_numbers_of_letters")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop, elidable=True)]
