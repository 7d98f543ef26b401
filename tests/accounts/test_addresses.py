"""One person has one address, however it is typed, pasted or sent by a browser."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import EmailField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from accounts import outbox
from accounts.account_steps import deactivate
from accounts.addresses import AddressFormField, mailable, one_address, searched
from accounts.erasing import erase
from accounts.invitations import invite, invite_with_link
from accounts.models import Invitation, Message, User
from cohorts.models import CoachAssignment
from cohorts.models.both_sides import OnBothSides
from tests.builders import log_in, make_bamf, make_cohort, make_organiser, make_team, make_user

READ, IN_NET = "info@müller-verein.example.org", "info@xn--mller-verein-dlb.example.org"
SAME = [
    READ,
    IN_NET,
    "Info@MÜLLER-Verein.example.org",
    "info@XN--Mller-Verein-dlb.example.org",
    "info@mu\N{COMBINING DIAERESIS}ller-verein.example.org",
    "  info@müller-verein.example.org\r\n",
    "\N{NO-BREAK SPACE}info@müller-verein.example.org\N{NO-BREAK SPACE}",
    "\N{ZERO WIDTH NO-BREAK SPACE}info@müller-verein.example.org",
    "info\N{ZERO WIDTH SPACE}@müller-verein.example.org",
    "info@müller-\N{SOFT HYPHEN}verein.example.org",
    "\N{LEFT-TO-RIGHT MARK}info@müller-verein.example.org\N{POP DIRECTIONAL FORMATTING}",
    "info\N{WORD JOINER}@\N{NO-BREAK SPACE}müller-verein.example.org",
    "info\N{FULLWIDTH COMMERCIAL AT}müller-verein.example.org",
    "ｉｎｆｏ@müller-verein\N{FULLWIDTH FULL STOP}example\N{IDEOGRAPHIC FULL STOP}org",
]
PASSWORD = "ein ganz langes Passwort"


@pytest.mark.parametrize("typed", SAME)
def test_an_address_has_one_form(typed):
    assert AddressFormField().clean(typed) == READ


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("o'neill+verein@example.org", "o'neill+verein@example.org"),
        ("anna_maria.mueller-1@sub.example.org", "anna_maria.mueller-1@sub.example.org"),
        ("kontakt@straße.example.org", "kontakt@straße.example.org"),
        ("kontakt@strasse.example.org", "kontakt@strasse.example.org"),
        ("kontakt@xn--strae-oqa.example.org", "kontakt@straße.example.org"),
        ("почта@пример.example.org", None),
        ("info@пример.example.org", "info@пример.example.org"),
        ("info@xn--zzzzzzzzz.example.org", "info@xn--zzzzzzzzz.example.org"),
        ("vorstand@axn--mller-kva.example.org", "vorstand@axn--mller-kva.example.org"),
        ("vorstand@a-xn--mller-kva.example.org", "vorstand@a-xn--mller-kva.example.org"),
        ("info @example.org", None),
        ("info@@example.org", None),
        ("info@example", None),
        ("müller@example.org", None),
        ("Anna <anna@example.org>", None),
    ],
)
def test_addresses_that_people_have_are_taken_and_others_refused(typed, stored):
    field = AddressFormField()
    if stored is None:
        with pytest.raises(ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == stored
        assert one_address(mailable(stored)) == stored


@pytest.mark.parametrize(
    ("letters", "in_net"),
    [
        ("аpple", "xn--pple-43d"),  # the first letter is Cyrillic
        ("müllеr", None),  # so is the „е“
        ("müller\U0001f600", None),
        ("müller\ue000", None),  # a sign for private use
        ("müller\u0378", None),  # no sign yet
        ("müller₿", None),
        ("müller_verein", "xn--mller_verein-dlb"),
    ],
)
def test_letters_that_pass_for_others_stay_as_the_net_writes_them(letters, in_net):
    in_net = in_net or f"xn--{letters.encode('punycode').decode()}"
    address = f"chef@{in_net}.example.org"

    assert one_address(address) == address
    assert one_address(f"chef@{letters}.example.org") == address
    assert searched(f"chef@{letters}.example.org") == address


@pytest.mark.parametrize(
    "label", ["müller-1", "москва", "παράδειγμα", "東京タワーです", "한국漢字", "قهوة", "भारत", "中文ㄅ", "ελλάδα-2"]
)
def test_letters_of_one_writing_are_read(label):
    assert one_address(mailable(f"info@{label}.example.org")) == f"info@{label}.example.org"
    assert mailable(f"info@{label}.example.org").isascii()


@pytest.mark.parametrize(
    "typed",
    ["info@" + "a\u0316\u0301" * 110 + ".example.org", f"info@xn--{'a' * 400}.example.org", f"{'a' * 310}@example.org"],
)
def test_what_is_longer_than_any_address_is_refused_before_it_is_composed(typed, monkeypatch):
    monkeypatch.setattr("accounts.addresses._visible", lambda _text: pytest.fail("it is composed"))

    assert one_address(typed) == typed
    with pytest.raises(ValidationError):
        AddressFormField().clean(typed)


def test_a_label_that_is_longer_than_any_is_not_decoded():
    longest, longer = ("a" * length + "ü" for length in (55, 56))
    labels = [f"xn--{label.encode('punycode').decode()}" for label in (longest, longer)]

    assert [len(label) for label in labels] == [63, 64]
    assert [one_address(f"info@{label}.example.org") for label in labels] == [
        f"info@{longest}.example.org",
        f"info@{labels[1]}.example.org",
    ]
    assert mailable(f"info@{longer}.example.org") == f"info@{longer}.example.org"


def test_a_mail_goes_to_the_domain_of_the_net():
    assert [mailable(address) for address in (READ, "info@straße.example.org", "info@example.org")] == [
        IN_NET,
        "info@xn--strae-oqa.example.org",
        "info@example.org",
    ]


def test_what_is_searched_for_is_in_the_stored_form():
    assert [
        searched(words) for words in (IN_NET.upper(), "xn--mller-verein-dlb Haddad", "Haddad\N{ZERO WIDTH SPACE}")
    ] == [
        READ,
        "müller-verein Haddad",
        "Haddad",
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Amina\N{NO-BREAK SPACE}Haddad", "Amina Haddad"),
        ("Amina\tHaddad\r\n", "Amina Haddad"),
        ("\N{IDEOGRAPHIC SPACE}Amina \N{NARROW NO-BREAK SPACE} Haddad", "Amina Haddad"),
        ("\N{LEFT-TO-RIGHT MARK}Amina\N{POP DIRECTIONAL FORMATTING}", "Amina"),
        ("می\N{ZERO WIDTH NON-JOINER}خواهم", "می\N{ZERO WIDTH NON-JOINER}خواهم"),
        ("X² ﬁn", "X² ﬁn"),
        ("Mu\N{COMBINING DIAERESIS}ller", "Müller"),
        (f'"Amina Haddad" Ⅷ {IN_NET}', f'"Amina Haddad" Ⅷ {READ}'),
        ("info\N{FULLWIDTH COMMERCIAL AT}XN--Mller-Verein-dlb.example.org", READ),
        ("", ""),
    ],
)
def test_words_that_are_no_address_are_searched_as_names_are_stored(typed, words):
    assert searched(typed) == words


@pytest.fixture
def amina():
    return User.objects.create_user(IN_NET, PASSWORD, first_name="Amina", last_name="Haddad")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SAME)
def test_every_form_logs_in(client, amina, typed):
    response = client.post(reverse("account_login"), {"login": typed, "password": PASSWORD})

    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(amina.pk))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("way", "kind"),
    [("account_reset_password", "password_reset_key"), ("account_request_login_code", "login_code")],
)
@pytest.mark.parametrize("typed", [READ, IN_NET, SAME[8]])
def test_every_form_gets_the_mail(client, amina, way, kind, typed):
    client.post(reverse(way), {"email": typed})

    outbox.sending.submit(int).result()
    assert list(Message.objects.values_list("email", "kind")) == [(READ, kind)]
    assert [sent.to for sent in mail.outbox] == [[IN_NET]]
    assert f"To: {IN_NET}" in mail.outbox[0].message().as_string()


@pytest.mark.django_db
def test_two_forms_are_one_account(amina):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(READ)

    assert [User.objects.with_address(typed).get() for typed in SAME] == [amina] * len(SAME)


@pytest.mark.django_db
def test_a_further_address_is_the_same_in_every_form(client, amina):
    client.force_login(amina)
    for typed in ("neu@müller-verein.example.org", "neu@xn--mller-verein-dlb.example.org"):
        client.post(reverse("account_email"), {"action_add": "", "email": typed})

    assert sorted(amina.emailaddress_set.values_list("email", flat=True)) == [READ, "neu@müller-verein.example.org"]


@pytest.mark.django_db
def test_an_invitation_reaches_the_account_in_every_form(amina):
    organiser = make_organiser(make_user("Doris", "Lang"))
    first = invite(READ, organiser, by=None)
    second = invite(IN_NET, organiser, by=None)

    assert (second.email, second.account, second.fits(make_user("Jonas"))) == (READ, amina, False)
    assert list(Invitation.objects.open()) == [second]
    assert Invitation.objects.get(pk=first.pk).revoked_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [READ, IN_NET])
def test_an_invited_address_signs_up_in_its_one_form(client, typed):
    _invitation, link = invite_with_link(typed, make_organiser(make_user("Doris", "Lang")), by=None)
    client.get(link)
    form = client.get(reverse("account_signup")).context["form"]

    names = {"first_name": "Amina", "last_name": "Haddad", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), names)

    user = User.objects.with_address(IN_NET).get()
    assert (form["email"].value(), user.email, str(user)) == (READ, READ, "Amina Haddad")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [READ, IN_NET, SAME[6]])
def test_the_first_person_is_invited_in_every_form(typed, capsys):
    call_command("invite_bamf", typed)

    assert Invitation.objects.get().email == READ
    assert READ in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(("as_coach", "as_member"), [(READ, IN_NET), (IN_NET, READ), (SAME[8], SAME[3])])
def test_both_sides_are_one_person_in_every_form(as_coach, as_member):
    doris = make_user("Doris", "Lang")
    cohort = make_cohort(make_organiser(doris))
    CoachAssignment.objects.create(cohort=cohort, email=as_coach, first_name="Carla", last_name="Weber")
    team = make_team(cohort, make_user("Amina"))

    with pytest.raises(OnBothSides):
        team.add_member(by=doris, email=as_member, role="writer", first_name="Carla", last_name="Weber")


@pytest.mark.django_db
def test_erasing_finds_every_form(amina):
    doris = make_user("Doris", "Lang")
    organiser = make_organiser(doris, contact_email=IN_NET, contact_name="Kontakt")
    organiser.signatories = f"Vorstand, {IN_NET}\nJonas Petersen"
    organiser.save()

    erase(amina, by=make_bamf())

    organiser.refresh_from_db()
    assert (organiser.contact_email, organiser.signatories) == ("", "Jonas Petersen")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [READ, IN_NET, f"{IN_NET}\N{ZERO WIDTH SPACE}", "xn--mller-verein-dlb"])
def test_the_staff_s_search_finds_every_form(client, amina, typed):
    log_in(client, make_bamf())

    page = client.get(reverse("admin:accounts_user_changelist"), {"q": typed})

    assert list(page.context["cl"].queryset) == [amina]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "typed"),
    [
        ("Amina", "Haddad", "Amina\N{NO-BREAK SPACE}Haddad"),
        ("Amina", "Haddad", "Amina\tHaddad"),
        ("Nasim", "نی\N{ZERO WIDTH NON-JOINER}ک", "نی\N{ZERO WIDTH NON-JOINER}ک"),
        ("Amina", "X²", "X²"),
    ],
)
def test_the_staff_s_search_finds_names_as_they_are_pasted(client, first, last, typed):
    log_in(client, make_bamf())
    person = make_user(first, last)

    page = client.get(reverse("admin:accounts_user_changelist"), {"q": typed})

    assert list(page.context["cl"].queryset) == [person]


@pytest.fixture
def second(amina):
    """The account of the same person that was there before addresses had one form."""
    second = make_user("Amina", "Haddad", email="zwei@example.org")
    in_net = Cast(Value(IN_NET), EmailField())  # as an expression, so that it is not put into its one form
    User.objects.filter(pk=second.pk).update(email=in_net)
    EmailAddress.objects.filter(user=second).update(email=IN_NET)
    second.refresh_from_db()
    return second


@pytest.mark.django_db
def test_an_account_in_the_other_form_is_found_written_and_closed(client, amina, second):
    assert (amina.email, second.email) == (READ, IN_NET)
    client.force_login(second)

    names = {"first_name": "Amina", "last_name": "Haddad-Lang"}
    answers = [client.post(reverse("accounts:profile"), names) for _changed_and_unchanged in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    bamf = make_bamf()
    log_in(client, bamf)
    page = client.get(reverse("admin:accounts_user_changelist"), {"q": "Haddad"})
    assert set(page.context["cl"].queryset) == {amina, second}
    deactivate(second, by=bamf)
    second.refresh_from_db()
    assert (second.last_name, second.email, second.is_active) == ("Haddad-Lang", IN_NET, False)
