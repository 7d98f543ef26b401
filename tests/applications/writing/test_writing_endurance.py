"""Sixteen people at once for seconds, and a server that is killed while it saves: what was answered as saved is there.

`make test-long` does it for 20 s and a hundred times.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from json import loads
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from applications.writing.models import Draft
from tests.builders import make_application, make_cohort, make_member, make_organiser, make_team, make_user, write

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WRITERS = 16
ROOT = Path(settings.BASE_DIR)
LONG = pytest.mark.long
BUSY = 503
ACKNOWLEDGED = {"saved", "merged", "unchanged", "conflict"}


@pytest.fixture
def writers():
    return [make_user(f"Person{number}", "Wiese") for number in range(WRITERS)]


@pytest.fixture
def application(writers):
    team = make_team(make_cohort(make_organiser(make_user("Doris"))), writers[0])
    for writer in writers[1:]:
        make_member(team, writer)
    application = make_application(team)
    write(application, "s1", "\n".join(f"Absatz {number} steht hier." for number in range(WRITERS)))
    return application


def changed(text, number, count):
    """The same text with one's own paragraph changed; every fourth writes into the first one, where all others do."""
    place = 0 if number % 4 == 0 else number
    lines = text.split("\n")
    lines[place] = f"Absatz {place} von {number}, zum {count}. Mal."
    return "\n".join(lines)


def kept(application):
    draft = Draft.objects.get(application=application, key="s1")
    return {draft.value.text, *(row.content["text"] for row in draft.revisions.all())}


@pytest.mark.parametrize("seconds", [5, pytest.param(20, marks=LONG)])
def test_sixteen_people_save_one_section_and_lose_no_word(application, writers, at_once, seconds):
    address = reverse("applications:section", args=[application.pk, "s1"])
    # One that raised would raise in all threads: the client hears of every request that fails.
    clients = [Client(raise_request_exception=False) for _number in range(WRITERS)]
    for client, writer in zip(clients, writers, strict=True):
        client.force_login(writer)
    promised, states, end = [], [], monotonic() + seconds

    def keep_writing(number):
        client, count = clients[number], 0
        while monotonic() < end:
            count += 1
            draft = Draft.objects.get(application=application, key="s1")
            text = changed(draft.value.text, number, count)
            with zeal_ignore():  # whoever is overtaken while texts are merged looks again
                answer = client.post(
                    address, {"version": draft.version, "text": text}, headers={"accept": "application/json"}
                )
            states.append(answer.status_code)
            if answer.status_code == BUSY:
                continue
            if answer.json()["state"] in ACKNOWLEDGED:
                promised.append(text)

    results = at_once(*(lambda number=number: keep_writing(number) for number in range(WRITERS)))

    assert results == [None] * WRITERS
    # Whoever asks SQLite for its lock again and again may be passed over; the page is told so, and tries again.
    busy = states.count(BUSY) if connection.vendor == "sqlite" else 0
    assert busy * 20 < len(states)
    assert states.count(200) == len(states) - busy
    assert len(promised) == states.count(200) > WRITERS
    assert set(promised) - kept(application) == set()


class Server:
    """The portal as it is served, with gunicorn, on the database of the tests; it can be killed like a plug is pulled."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        name = connection.settings_dict["NAME"]
        url = f"sqlite:///{name}"
        if connection.vendor == "postgresql":
            host = connection.settings_dict["HOST"].replace("/", "%2F")
            url = f"postgres://{connection.settings_dict['USER']}@{host}/{name}"
        self.environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "1"}
        self.process = None

    def start(self):
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "schmiede.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--workers",
            "2",
        ]
        self.process = subprocess.Popen(
            [*command, "--threads", "2"], cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None, "the server ended"
                sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.kill()


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=LONG)])
def test_a_server_that_is_killed_keeps_what_it_answered(application, writers, server, rounds):
    address = reverse("applications:section", args=[application.pk, "s1"])
    cookies = []
    for writer in writers[:4]:
        client = Client()
        client.force_login(writer)
        token = client.get(address).cookies["csrftoken"].value
        cookies.append((f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}", token))
    promised = []

    def keep_writing(number, round_, until):
        cookie, token = cookies[number]
        headers = {"Cookie": cookie, "X-CSRFToken": token, "Accept": "application/json",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        count = 0
        while not until.is_set():
            count += 1
            text = changed("\n".join(f"Absatz {place}." for place in range(WRITERS)), number, f"{round_}.{count}")
            with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as http:
                try:
                    http.request("POST", address, urlencode({"version": 1, "text": text}), headers)
                    answer = http.getresponse()
                    body = answer.read()
                except (OSError, HTTPException):
                    continue  # nobody was told that it is saved
            assert answer.status == 200, body
            assert loads(body)["state"] in ACKNOWLEDGED
            promised.append(text)

    for round_ in range(rounds):
        server.start()
        before, killed = len(promised), Event()
        threads = [Thread(target=keep_writing, args=(number, round_, killed)) for number in range(len(cookies))]
        for thread in threads:
            thread.start()
        while len(promised) < before + 20:
            sleep(0.01)
        server.kill()
        killed.set()
        for thread in threads:
            thread.join(timeout=30)
        assert set(promised) - kept(application) == set()
    assert len(promised) >= 20 * rounds
