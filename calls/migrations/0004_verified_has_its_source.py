"""Ask of everything verified for its source, its day and its reader; call assumed what was verified without them."""

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

VERIFIED, ASSUMED = "verified", "assumed"
WITHOUT = {
    ("Limit", "certainty"): Q(source_issuer="") | Q(source_title="") | Q(checked_on=None) | Q(checked_by=""),
    ("Rule", "certainty"): Q(source="") | Q(checked_on=None) | Q(checked_by=""),
    ("FundingCall", "addressee_certainty"): Q(addressee_source="") | Q(addressee_checked_on=None),
    ("FundingCall", "signing_certainty"): Q(signing_source=""),
    ("UmbrellaRoute", "addressee_certainty"): Q(source="") | Q(addressee_checked_on=None),
}


def lower(apps: Any, schema_editor: Any) -> None:
    """Call those values assumed that were verified without saying how; what is frozen in an edition stays."""
    for (model, certainty), without in WITHOUT.items():
        rows = apps.get_model("calls", model).objects.filter(without, **{certainty: VERIFIED})
        rows.update(**{certainty: ASSUMED})


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0003_other_ways"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fundingcall",
            name="addressee_checked_by",
            field=models.CharField(blank=True, max_length=200, verbose_name="Anschrift geprüft von"),
        ),
        migrations.AddField(
            model_name="fundingcall",
            name="signing_checked_by",
            field=models.CharField(blank=True, max_length=200, verbose_name="Unterschrift geprüft von"),
        ),
        migrations.AddField(
            model_name="fundingcall",
            name="signing_checked_on",
            field=models.DateField(blank=True, null=True, verbose_name="Unterschrift geprüft am"),
        ),
        migrations.AddField(
            model_name="umbrellaroute",
            name="addressee_checked_by",
            field=models.CharField(blank=True, max_length=200, verbose_name="Anschrift geprüft von"),
        ),
        migrations.RunPython(lower, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="fundingcall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("open_from", None), ("deadline", None), ("open_from__lte", models.F("deadline")), _connector="OR"
                ),
                name="call_opens_before_its_deadline",
                violation_error_message="Der Einsendeschluss liegt vor dem Tag, an dem der Aufruf beginnt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingcall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("addressee_certainty", "verified"), _negated=True),
                    models.Q(
                        ("addressee_checked_on__isnull", False), models.Q(("addressee_source", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="call_address_verified_has_source",
                violation_error_message="Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingcall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signing_certainty", "verified"), _negated=True),
                    models.Q(("signing_source", ""), _negated=True),
                    _connector="OR",
                ),
                name="call_signing_verified_has_source",
                violation_error_message="Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("certainty", "verified"), _negated=True),
                    models.Q(
                        ("checked_on__isnull", False),
                        models.Q(("source_issuer", ""), _negated=True),
                        models.Q(("source_title", ""), _negated=True),
                        models.Q(("checked_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="limit_verified_has_source",
                violation_error_message="Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("certainty", "verified"), _negated=True),
                    models.Q(
                        ("checked_on__isnull", False),
                        models.Q(("source", ""), _negated=True),
                        models.Q(("checked_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="rule_verified_has_source",
                violation_error_message="Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="umbrellaroute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("addressee_certainty", "verified"), _negated=True),
                    models.Q(("addressee_checked_on__isnull", False), models.Q(("source", ""), _negated=True)),
                    _connector="OR",
                ),
                name="umbrella_route_verified_has_source",
                violation_error_message="Geprüft ist nur, wozu Quelle, Tag und Name der Person dastehen, die es gelesen hat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="umbrellaroute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("register_until", None),
                    ("submit_until", None),
                    ("register_until__lte", models.F("submit_until")),
                    _connector="OR",
                ),
                name="umbrella_route_register_until_first",
                violation_error_message="Die Anmeldung endet nach dem Einreichen. Bitte prüfen Sie beide Tage.",
            ),
        ),
        migrations.AddConstraint(
            model_name="umbrellaroute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("draft_until", None),
                    ("submit_until", None),
                    ("draft_until__lte", models.F("submit_until")),
                    _connector="OR",
                ),
                name="umbrella_route_draft_until_first",
                violation_error_message="Der Entwurf käme nach dem Einreichen. Bitte prüfen Sie beide Tage.",
            ),
        ),
    ]
