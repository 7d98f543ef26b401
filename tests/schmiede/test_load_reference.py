from __future__ import annotations

from django.core.management import call_command

CALL = "Gesellschaftlicher Zusammenhalt – Vor Ort. Vernetzt. Verbunden. Förderjahr 2026"


def test_command_says_what_it_loaded_and_then_that_nothing_changed(db, capsys):
    call_command("load_reference")
    first = capsys.readouterr().out.splitlines()
    call_command("load_reference")
    second = capsys.readouterr().out.splitlines()

    assert first[:2] == [
        f"{CALL}: Fassung 1 veröffentlicht",
        "Lehrplan: Sechs Bausteine von der Idee zur Interessenbekundung",
    ]
    assert second[:2] == [f"{CALL}: unverändert", "Lehrplan: unverändert"]
    assert [line for line in second if not line.endswith(": unverändert")] == []
