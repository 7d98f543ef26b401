from django.apps import AppConfig

from core.thread_locals import use_thread_locals


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        use_thread_locals()
