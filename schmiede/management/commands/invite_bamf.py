"""The command `invite_bamf`: invites the first person of the BAMF, who then invites the others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.addresses import one_address
from accounts.invitations import invite_with_link
from accounts.models import BamfOffice


class Command(BaseCommand):
    help = "Invites a person of the BAMF: sends the mail and prints the link, which is shown nowhere else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            email = one_address(email)
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"„{email}“ ist keine E-Mail-Adresse.") from error
        invitation, link = invite_with_link(email, BamfOffice.get_or_make(), by=None)
        self.stdout.write(f"Einladung für {invitation.email}, gültig bis {invitation.expires_at:%d.%m.%Y}:")
        self.stdout.write(settings.PORTAL_URL + link)
