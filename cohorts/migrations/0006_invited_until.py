"""Until when the invitation of somebody who has not joined is valid; taken from the invitations there are."""

from typing import Any

from django.db import migrations, models

PLACES = (("TeamMember", "user"), ("CoachAssignment", "coach"))


def take_from_invitations(apps: Any, schema_editor: Any) -> None:
    kinds, invitations = apps.get_model("contenttypes", "ContentType"), apps.get_model("accounts", "Invitation")
    for name, account in PLACES:
        kind = kinds.objects.filter(app_label="cohorts", model=name.lower()).first()
        sent = invitations.objects.filter(target_type=kind).order_by("expires_at") if kind else []
        last = {invitation.target_id: invitation.expires_at for invitation in sent}
        for place in apps.get_model("cohorts", name).objects.filter(**{account: None}):
            place.invited_until = last.get(str(place.pk))
            place.save(update_fields=["invited_until"])


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0005_declined_invitations"),
        ("accounts", "0004_declined_invitations"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="invited_until",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="eingeladen bis"),
        )
        for name in ("coachassignment", "teammember")
    ] + [migrations.RunPython(take_from_invitations, migrations.RunPython.noop)]
