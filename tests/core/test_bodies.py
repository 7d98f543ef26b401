"""What is too large is refused by its length: before it is read, and only after it is known who sends it."""

from __future__ import annotations

from contextlib import suppress
from errno import ECONNRESET
from socket import socketpair
from threading import Event, Thread
from time import monotonic
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.http import RequestParser

from core import bodies
from tests.applications.coaching import make_world
from tests.builders import PASSWORD, log_in, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db

MB = 1024 * 1024
MULTIPART = "multipart/form-data; boundary=x"
FORM = "application/x-www-form-urlencoded"
SCRIPT = {"Accept": "application/json"}


class Stream:
    """What would come over the wire; notes whether anybody read from it."""

    def __init__(self):
        self.was_read = False

    def read(self, *_size):
        self.was_read = True
        return b""

    readline = read


def send(client, address, length, *, kind=MULTIPART, method="POST", **more):
    """The answer to a request that says it has so many bytes, and whether any was read."""
    stream = Stream()
    environ = {"wsgi.input": stream, "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length), **more}
    response = client.generic(method, address, **environ)
    return response, stream.was_read


@pytest.mark.parametrize("kind", [MULTIPART, FORM, "application/json", "application/octet-stream", "text/plain", ""])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
def test_from_a_visitor_no_more_than_two_megabytes_are_read(client, kind, method):
    response, was_read = send(client, reverse("account_login"), 300 * MB, kind=kind, method=method)

    assert (response.status_code, was_read) == (413, False)
    assert '<h1 class="kern-heading-large">Das ist zu groß</h1>' in response.text
    assert "größer als 2 MB" in response.text


PUBLIC = ["home", "account_login", "account_reset_password", "theme", "impressum", "cohorts:list", "healthz"]


@pytest.mark.parametrize("name", PUBLIC)
def test_no_public_page_reads_more(client, name):
    assert [send(client, reverse(name), length)[0].status_code == 413 for length in (2 * MB, 2 * MB + 1)] == [
        False,
        True,
    ]


def test_an_address_that_leads_nowhere_reads_nothing(client):
    response, was_read = send(client, "/gibt-es-nicht/", 300 * MB)

    assert (response.status_code, was_read) == (404, False)


def test_a_visitor_who_must_log_in_first_is_told_so(client):
    world = make_world()
    page = reverse("applications:attachments", args=[world.application.pk])

    response, was_read = send(client, page, 5 * MB, HTTP_REFERER=f"http://testserver{page}")

    assert (response.status_code, was_read) == (413, False)
    assert '<h1 class="kern-heading-large">Sie sind nicht eingeloggt</h1>' in response.text
    assert f'href="/konto/login/?next={page.replace("/", "%2F")}"' in response.text


def test_somebody_logged_in_sends_forms_of_sixteen_megabytes(client):
    client.force_login(make_user())
    page = reverse("accounts:profile")

    answers = [send(client, page, length, kind=FORM) for length in (16 * MB, 16 * MB + 1)]

    assert [(answer.status_code, was_read) for answer, was_read in answers] == [(200, True), (413, False)]
    assert "größer als 16 MB" in answers[1][0].text


def test_a_cookie_that_logs_nobody_in_does_not_help(client):
    client.cookies["sessionid"] = "x" * 32

    response, was_read = send(client, reverse("home"), 3 * MB)

    assert (response.status_code, was_read) == (413, False)


@pytest.mark.parametrize("declared", ["", "0", "abc", "9 MB"])
def test_a_length_that_is_no_number_means_that_nothing_is_read(client, declared):
    response, was_read = send(client, reverse("account_login"), declared, kind=FORM)

    assert (response.status_code, was_read) == (200, False)


@pytest.mark.parametrize("declared", ["+9999999", "9_999_999", " 9999999 ", "٩٩٩٩٩٩٩"])
def test_a_length_is_read_as_django_reads_it(client, declared):
    response, was_read = send(client, reverse("account_login"), declared, kind=FORM)

    assert (response.status_code, was_read) == (413, False)


@pytest.mark.parametrize("length", ["", "10"])
def test_chunks_without_a_length_are_refused(client, length):
    response, was_read = send(client, reverse("account_login"), length, HTTP_TRANSFER_ENCODING="chunked")

    assert (response.status_code, was_read) == (411, False)


def test_the_pages_script_is_told_in_its_own_words(client):
    world = make_world()
    section = reverse("applications:section", args=[world.application.pk, "s1"])

    away, _read = send(client, section, 17 * MB, kind=FORM, headers=SCRIPT)
    assert (away.status_code, away.json()["state"]) == (401, "login")
    log_in(client, world.amina)
    large, was_read = send(client, section, 17 * MB, kind=FORM, headers=SCRIPT)

    assert (large.status_code, large.json()["state"], was_read) == (413, "413", False)
    assert large.json()["sentence"] == "Das ist zu groß, um es zu speichern."


def test_the_second_factor_that_is_missing_makes_nothing_smaller(client):
    """Somebody of staff who is logged in and still owes the second factor is led there, with what she sent."""
    doris = make_user("Doris", "Lang")
    make_organiser(doris)
    client.force_login(doris)

    response, _was_read = send(client, reverse("dashboard"), 3 * MB)

    assert response.status_code == 302


# Uploads


def uploaded(client, world, size):
    file = SimpleUploadedFile("auszug.pdf", b"%PDF-1.7\n1 0 obj\n" + b"x" * (size - 17))
    address = reverse("applications:attachments", args=[world.application.pk])
    return client.post(address, {"kind": world.application.terms.attachments[0].key, "file": file})


def test_a_file_that_is_a_little_too_large_is_refused_beside_its_field(client):
    world = make_world()
    log_in(client, world.amina)

    answers = [uploaded(client, world, size) for size in (10 * MB, 10 * MB + 1, 16 * MB)]

    assert [answer.status_code for answer in answers] == [302, 422, 413]
    assert "Die Datei ist zu groß. Möglich sind bis zu 10 MB." in answers[1].text


def test_several_files_of_a_workshop_fit_into_one_form(client):
    doris = make_user("Doris", "Lang")
    cohort = make_cohort(make_organiser(doris))
    workshop = cohort.workshops.create(position=1, title="Auftakt", goal="Kennenlernen")
    log_in(client, doris)
    pages = [
        reverse("admin:workshops_workshop_change", args=[workshop.pk]),
        reverse("admin:workshops_workshop_add"),
        reverse("admin:workshops_workshop_changelist"),
    ]

    answers = [
        [send(client, page, length)[0].status_code == 413 for length in (52 * MB, 52 * MB + 1)] for page in pages
    ]

    assert answers == [[False, True], [False, True], [True, True]]


def test_more_fields_than_a_form_may_have_are_refused_by_the_same_page(client):
    """Files may be larger than a form, but what stands beside them may not."""
    doris = make_user("Doris", "Lang")
    make_organiser(doris)
    log_in(client, doris)
    body = urlencode({"title": "x" * (17 * MB)})

    response = client.post(reverse("admin:workshops_workshop_add"), body, content_type=FORM)

    assert response.status_code == 413
    assert "größer als 16 MB" in response.text


def test_limits_of_django_of_ours_and_of_the_documents_are_one_rule(settings):
    room_for_fields = settings.FORM_LIMIT_BYTES - settings.UPLOAD_LIMIT_BYTES
    deploying = (settings.BASE_DIR / "docs" / "deploying.md").read_text()

    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == settings.FORM_LIMIT_BYTES
    assert room_for_fields > MB
    assert 5 * settings.UPLOAD_LIMIT_BYTES + MB < settings.LARGEST_LIMIT_BYTES
    assert f"client_max_body_size {settings.LARGEST_LIMIT_BYTES // MB}m" in deploying


def test_who_sends_is_asked_only_when_it_matters(rf):
    """A request of any other size costs no query for that."""
    request = rf.generic("POST", "/", CONTENT_LENGTH=str(2 * MB))
    assert not hasattr(request, "user")

    assert bodies.is_too_large(request, lambda: None) is False


def test_logging_in_still_works_with_the_largest_form(client):
    make_user()
    form = {"login": "amina@example.org", "password": PASSWORD, "next": "x" * (MB + MB // 2)}

    Client().post(reverse("account_login"), form)
    client.post(reverse("account_login"), urlencode(form), content_type=FORM)

    assert "_auth_user_id" in client.session


# What nobody has read


class Input:
    """What a server hands over: so many bytes that were not read yet, or an error instead of them."""

    def __init__(self, left, error=None):
        self.left = left
        self.error = error

    def read(self, size):
        if self.error:
            raise self.error
        part = b"x" * min(size, self.left)
        self.left -= len(part)
        return part


def served(length, stream, **environ):
    """What is left of a request of which the application reads nothing: once its answer is out, and in the end."""
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": stream, "wsgi.input_terminated": True, **environ}
    answer = bodies.Discarding(lambda _environ, _start: [b"zu ", b"viel"])(environ, None)
    assert b"".join(answer) == b"zu viel"
    after_answer = stream.left
    getattr(answer, "close", lambda: None)()
    return after_answer, stream.left


@pytest.mark.parametrize("length", [100, 3 * MB, 52 * MB])
def test_what_nobody_read_is_thrown_away_once_the_answer_is_out(length):
    assert served(length, Input(length)) == (length, 0)


def test_of_what_no_proxy_lets_through_nothing_is_read_even_then():
    assert served(300 * MB, Input(300 * MB)) == (300 * MB, 300 * MB)


def test_nothing_is_read_where_a_server_does_not_say_where_it_ends():
    assert served(3 * MB, Input(3 * MB), **{"wsgi.input_terminated": False}) == (3 * MB, 3 * MB)


def test_a_server_that_shows_no_connection_is_read_for_a_moment_only(monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS", 0.1)
    stream = Input(52 * MB)
    monkeypatch.setattr(bodies, "BLOCK", 1)  # it takes longer than that

    assert 0 < served(3 * MB, stream)[1] < 52 * MB


def test_a_connection_that_breaks_is_left_alone():
    assert served(3 * MB, Input(3 * MB, ConnectionResetError())) == (3 * MB, 3 * MB)


@pytest.fixture
def sender():
    """Both ends of a connection, and what gunicorn makes of the first request that was sent on it."""
    ours, theirs = socketpair()

    def send_request(length, body=b""):
        theirs.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode() + body)
        parser = RequestParser(Config(), ours, ("127.0.0.1", 1))
        request = next(parser)
        environ = {"CONTENT_LENGTH": str(length), "wsgi.input": request.body, "wsgi.input_terminated": True}
        return parser, {**environ, "gunicorn.socket": ours}

    yield theirs, send_request
    ours.close()
    theirs.close()


def answered(environ):
    """Answer without reading anything, and close the answer as a server does."""
    bodies.Discarding(lambda _environ, _start: [b"zu viel"])(environ, None).close()


def dribble(connection, stop):
    with suppress(OSError):
        while not stop.wait(0.02):
            connection.send(b"x")


def test_a_byte_now_and_then_holds_no_thread_for_longer(sender, monkeypatch):
    """A timeout of the socket begins anew with every byte."""
    monkeypatch.setattr(bodies, "SECONDS", 0.3)
    theirs, send_request = sender
    _parser, environ = send_request(MB)
    stop = Event()
    slow = Thread(target=dribble, args=(theirs, stop))
    slow.start()
    began = monotonic()
    try:
        with pytest.raises(ConnectionResetError) as caught:  # has gunicorn close the connection
            answered(environ)
        took = monotonic() - began
    finally:
        stop.set()
        slow.join()

    assert caught.value.errno == ECONNRESET
    assert 0.3 <= took < 1


def test_who_sends_nothing_more_is_cut_off(sender, monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS", 0.1)
    theirs, send_request = sender
    _parser, environ = send_request(MB, b"only this")

    with pytest.raises(ConnectionResetError):
        answered(environ)

    assert theirs.recv(10) == b""


def test_on_a_connection_that_goes_on_the_next_request_begins_where_it_should(sender):
    theirs, send_request = sender
    parser, environ = send_request(9, b"nine left")

    answered(environ)
    theirs.sendall(b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")

    assert next(parser).path == "/next"


def test_an_answer_is_closed_as_always():
    closed = []
    answer = SimpleNamespace(close=lambda: closed.append(True))
    environ = {"CONTENT_LENGTH": "10", "wsgi.input": Input(10), "wsgi.input_terminated": True}

    bodies.Discarding(lambda _environ, _start: answer)(environ, None).close()

    assert closed == [True]


def test_an_answer_to_a_request_without_a_body_is_handed_on_untouched():
    answer = object()

    assert bodies.Discarding(lambda _environ, _start: answer)({"wsgi.input_terminated": True}, None) is answer
