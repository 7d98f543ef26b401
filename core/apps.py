from functools import lru_cache
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import trans_real

from core.thread_locals import use_thread_locals

MOST_TEXTS = 20_000  # more than there are; nobody's words are among them


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        use_thread_locals()
        remember_texts()


def remember_texts() -> None:
    """Look up each text in the catalogs once: ours are German already, so every page looked in vain for hundreds."""
    german: Any = trans_real.translation(settings.LANGUAGE_CODE)
    german.gettext = lru_cache(MOST_TEXTS)(german.gettext)
