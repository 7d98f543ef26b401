from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.late_imports import postpone

# allauth loads a library for security keys with its pages of the second factor, whether the portal offers them or not. It does
# not (MFA_SUPPORTED_TYPES), and that library was a fourteenth of a start.
SECURITY_KEYS = "allauth.mfa.webauthn.internal.auth"


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Konten")

    def ready(self) -> None:
        postpone(SECURITY_KEYS)
