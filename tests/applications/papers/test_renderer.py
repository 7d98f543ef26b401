"""The renderer's own process: what it knows, its limits, and what people are told when it fails."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM
from time import monotonic, sleep

import pytest
from django.conf import settings

from applications.papers import PapersUnavailable, renderer_process
from applications.papers.fonts import font_faces, font_files, needed
from applications.papers.renderer import MEMORY, Renderer, Sheet
from applications.papers.renderer_process import WeasyPrint

AGAIN = (
    "Was Sie geschrieben haben, ist gespeichert. Bitte versuchen Sie es in einigen Minuten noch einmal. "
    "Wenn es dann wieder nicht gelingt, geben Sie bitte Ihrem Träger Bescheid."
)
LEAVE_A_RENDERER = """
import os, django
django.setup()
from applications.papers.renderer import renderer
from tests.applications.papers.test_renderer import pages
renderer.make(pages(1))
print(renderer.process.pid, flush=True)
os._exit(1)
"""


def pages(count: int) -> Sheet:
    html = f"<html lang=de><title>T</title>{'<p>Tischgespräche</p>' * count}"
    fonts = needed(html)
    return Sheet(html, font_faces(fonts) + "p { break-after: page }", font_files(fonts))


@pytest.fixture
def renderer():
    renderer = Renderer()
    yield renderer
    renderer.stop()


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Put another program in place of the renderer's."""

    def put(source: str) -> None:
        path = tmp_path / "renderer_process.py"
        path.write_text(source)
        monkeypatch.setattr(renderer_process, "__file__", str(path))

    return put


def has_ended(pid: int) -> bool:
    """Whether the process is gone within seconds; one that nobody has asked about yet is a zombie."""
    until = monotonic() + 20
    while monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        sleep(0.05)
    return False


def test_one_process_makes_paper_after_paper(renderer):
    made = [renderer.make(pages(count)) for count in (1, 3)]

    first = renderer.process.pid
    assert [(content[:5], count) for content, count in made] == [(b"%PDF-", 1), (b"%PDF-", 3)]
    renderer.make(pages(1))
    assert renderer.process.pid == first


def test_it_knows_no_database_and_no_secret(renderer, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://portal:secret@db.example.org/portal")
    monkeypatch.setenv("SECRET_KEY", "not-for-the-renderer")
    read, write = os.pipe()
    os.set_inheritable(write, True)
    renderer.make(pages(1))

    told = Path(f"/proc/{renderer.process.pid}/environ").read_bytes().split(b"\0")
    names = {entry.partition(b"=")[0].decode() for entry in told if entry}
    open_files = {link.readlink().name for link in Path(f"/proc/{renderer.process.pid}/fd").iterdir()}
    os.close(read)
    os.close(write)
    assert names <= {"PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"}
    assert {name.partition(":")[0] for name in open_files} == {"pipe", "null"}
    assert len([name for name in open_files if name.startswith("pipe")]) == 2
    assert resource.prlimit(renderer.process.pid, resource.RLIMIT_AS) == (MEMORY, MEMORY)


def test_it_imports_nothing_of_the_portal():
    source = (
        f"import sys; sys.path.insert(0, {str(settings.BASE_DIR)!r}); import runpy\n"
        f"runpy.run_path({renderer_process.__file__!r})\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'applications', 'core', 'accounts')])"
    )
    run = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_address_but_those_of_the_fonts_is_read(tmp_path):
    font = tmp_path / "font.woff2"
    font.write_bytes(b"wOF2")
    fetcher = WeasyPrint().fetcher
    fetcher.fonts = {"portal:fira-sans/latin/400": str(font)}

    assert fetcher.fetch("portal:fira-sans/latin/400").read() == b"wOF2"
    for address in ("portal:fira-sans/latin/900", "file:///etc/passwd", "https://example.org/a.woff2", str(font)):
        with pytest.raises(ValueError, match="Only our own fonts"):
            fetcher.fetch(address)


def test_paper_that_takes_too_long_is_given_up_and_the_next_is_made(renderer, monkeypatch, program, caplog):
    renderer.seconds = 1
    program("import time; time.sleep(60)")
    begun = monotonic()
    with pytest.raises(PapersUnavailable) as told:
        renderer.make(pages(1))
    took = monotonic() - begun
    monkeypatch.undo()

    assert str(told.value) == f"Es hat zu lange gedauert, die Unterlagen zu machen. {AGAIN}"
    assert took < 10
    assert [record.getMessage() for record in caplog.records] == ["a paper was not made: too late -9"]
    renderer.seconds = 60
    assert renderer.make(pages(2))[1] == 2


def test_paper_that_takes_too_much_memory_is_given_up_and_the_next_is_made(renderer, caplog):
    renderer.make(pages(1))
    first = renderer.process.pid
    size = int(Path(f"/proc/{first}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(first, resource.RLIMIT_AS, (size + 5_000_000, MEMORY))

    with pytest.raises(PapersUnavailable) as told:
        renderer.make(pages(5_000))

    assert str(told.value).endswith(AGAIN)
    assert "Tischgespräche" not in caplog.text
    assert (renderer.make(pages(2))[1], renderer.process.pid != first) == (2, True)


def test_renderer_that_says_its_memory_is_used_up_is_believed(renderer, program):
    program(
        "import json, struct, sys\n"
        "for message in (json.dumps({'error': 'no memory'}).encode(), b''):\n"
        "    sys.stdout.buffer.write(struct.pack('>Q', len(message)) + message)\n"
    )
    with pytest.raises(PapersUnavailable, match=r"^Für die Unterlagen hat der Speicher nicht gereicht\. Was Sie"):
        renderer.make(pages(1))


def test_machine_without_pango_is_told_what_to_install(renderer, program):
    source = Path(renderer_process.__file__).read_text(encoding="utf-8")
    program(source.replace("from weasyprint import CSS, HTML", "raise OSError('no library called libpango')"))
    with pytest.raises(PapersUnavailable, match=r"^Auf diesem Rechner fehlt Pango\."):
        renderer.make(pages(1))


@pytest.mark.parametrize("source", ["import sys; sys.stdin.buffer.read(8); sys.exit(3)", "raise SystemExit(3)"])
def test_renderer_that_ends_is_said_and_started_anew(renderer, program, monkeypatch, caplog, source):
    program(source)
    with pytest.raises(PapersUnavailable) as told:
        renderer.make(pages(1))
    monkeypatch.undo()

    assert str(told.value) == f"Die Unterlagen konnten gerade nicht gemacht werden. {AGAIN}"
    assert [record.getMessage() for record in caplog.records] == ["a paper was not made: ended 3"]
    assert renderer.make(pages(1))[1] == 1


def test_renderer_that_cannot_be_started_is_said(renderer, monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(PapersUnavailable, match="konnten gerade nicht gemacht werden"):
        renderer.make(pages(1))
    assert [record.getMessage() for record in caplog.records] == ["a paper was not made: not started FileNotFoundError"]


def test_paper_that_breaks_the_renderer_is_said_without_its_words(renderer, caplog):
    with pytest.raises(PapersUnavailable, match="konnten gerade nicht gemacht werden"):
        renderer.make(replace(pages(1), css=None))
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("a paper was not made: broken ")
    assert "Tischgespräche" not in line
    assert renderer.make(pages(1))[1] == 1


def test_process_that_was_killed_while_nothing_was_made_is_started_anew(renderer):
    renderer.make(pages(1))
    first = renderer.process.pid
    os.kill(first, SIGKILL)
    assert has_ended(first)
    assert (renderer.make(pages(1))[1], renderer.process.pid != first) == (1, True)


def test_papers_asked_for_at_once_are_not_mixed_up(renderer):
    counts = [1, 5, 2, 4, 3, 6]
    with ThreadPoolExecutor(max_workers=3) as threads:
        made = list(threads.map(lambda count: renderer.make(pages(count)), counts))
    assert [count for _content, count in made] == counts


def test_process_that_was_forked_off_gets_a_renderer_of_its_own(renderer, monkeypatch):
    renderer.make(pages(1))
    first = renderer.process
    monkeypatch.setattr("applications.papers.renderer.os.getpid", lambda: -1)
    renderer.make(pages(1))
    assert renderer.process.pid != first.pid
    renderer.stop()
    monkeypatch.undo()
    assert first.wait(timeout=20) == 0  # nobody else had its pipes here, so it ended by itself


def test_nobody_waits_for_ever_behind_others(renderer, caplog):
    renderer.seconds = 0.05
    renderer._lock.acquire()
    with pytest.raises(PapersUnavailable, match=r"^Gerade werden sehr viele Unterlagen gemacht"):
        renderer.make(pages(1))
    renderer._lock.release()
    assert len(caplog.records) == 1


def test_process_is_renewed_after_many_papers(renderer):
    renderer.most_papers = 2
    pids = []
    for _paper in range(3):
        renderer.make(pages(1))
        pids.append(renderer.process.pid if renderer.process else None)
    assert (pids[0] is not None, pids[1], pids[2] not in {None, pids[0]}) == (True, None, True)


def test_process_ends_when_no_paper_comes_for_long(renderer):
    renderer.idle_for = 0.2
    renderer.make(pages(1))
    first = renderer.process
    assert has_ended(first.pid)
    assert (renderer.make(pages(1))[1], first.returncode) == (1, 0)


def test_signal_to_stop_does_not_take_the_paper_that_is_being_made(renderer):
    """As systemd sends it to worker and renderer alike; the worker ends after its task, and the renderer with it."""
    renderer.make(pages(1))
    for signal in (SIGTERM, SIGINT):
        os.kill(renderer.process.pid, signal)
    assert (renderer.make(pages(2))[1], renderer.process.poll()) == (2, None)
    first = renderer.process.pid
    renderer.stop()
    assert has_ended(first)


def test_it_ends_with_the_process_that_started_it():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "schmiede.settings", "DEBUG": "1"}
    run = subprocess.run(
        [sys.executable, "-c", LEAVE_A_RENDERER],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert has_ended(int(run.stdout))
