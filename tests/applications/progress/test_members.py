"""The people of a team: the owner and the organiser change them, everybody else in it sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Invitation, Message
from cohorts.models import TeamMember
from core.words import spoken_day
from tests.applications.papers.test_finishing import World
from tests.builders import log_in, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def address(world: World, name: str = "members", *members: TeamMember) -> str:
    return reverse(f"applications:{name}", args=[world.application.pk, *(member.pk for member in members)])


def roles(world: World) -> dict[str, str]:
    return {member.first_name: member.role for member in world.team.members.current()}


def test_owner_invites_somebody_to_read_along(world, client):
    log_in(client, world.amina)
    sent = {"first_name": "Lea", "last_name": "Kern", "email": "lea@example.org", "phone": "", "role": "reader"}
    assert client.post(address(world), sent).status_code == 302
    assert roles(world) == {"Amina": "owner", "Jonas": "writer", "Lea": "reader"}
    assert Message.objects.filter(email="lea@example.org").count() == 1
    again = client.post(address(world), sent)
    assert again.status_code == 422
    assert "gehört schon zu Ihrem Team" in again.content.decode()
    assert 'value="lea@example.org"' in again.content.decode()


@pytest.mark.parametrize(("first", "last", "status"), [("Suharto", "", 302), ("", "Suharto", 302), ("", " ", 422)])
def test_one_name_is_enough(world, client, first, last, status):
    log_in(client, world.amina)
    sent = {"first_name": first, "last_name": last, "email": "suharto@example.org", "phone": "", "role": "reader"}

    response = client.post(address(world), sent)

    assert response.status_code == status
    assert ("mindestens einen Namen" in response.text) == (status == 422)
    names = [str(member) for member in world.team.members.filter(email="suharto@example.org")]
    assert names == (["Suharto"] if status == 302 else [])
    assert ("Suharto" in client.get(address(world)).text) == (status == 302)


def test_owner_changes_roles_hands_over_and_takes_out(world, client):
    jonas = world.team.members.get(user=world.jonas)
    lea = make_member(world.team, make_user("Lea", "Kern"), "reader")
    log_in(client, world.amina)
    client.post(address(world, "change_role", jonas), {"role": "reader"})
    client.post(address(world, "change_role", lea), {"role": "owner"})
    assert roles(world) == {"Amina": "owner", "Jonas": "reader", "Lea": "reader"}
    client.post(address(world, "take_out", lea))
    client.post(address(world, "hand_over", jonas))
    assert roles(world) == {"Amina": "owner", "Jonas": "reader"}
    assert "eine Antwort steht noch aus" in " ".join(client.get(address(world)).text.split())
    log_in(client, world.jonas)
    assert "Möchten Sie die Verantwortung übernehmen?" in client.get(address(world)).text
    client.post(address(world, "answer_offer", jonas), {"answer": "yes"})
    assert roles(world) == {"Amina": "writer", "Jonas": "owner"}
    assert client.post(address(world, "answer_offer", jonas), {"answer": "yes"}, follow=True).status_code == 200
    log_in(client, world.amina)
    assert client.post(address(world, "hand_over", jonas)).status_code == 403


def test_a_page_shows_what_offering_means_before_anybody_is_asked(world, client):
    jonas = world.team.members.get(user=world.jonas)
    url = address(world, "hand_over", jonas)
    people = log_in(client, world.amina).get(address(world)).text
    assert f'href="{url}"' in people

    text = " ".join(client.get(url).text.split())

    for said in (
        f"{jonas.full_name} wird zuerst gefragt. Bis zur Zusage ändert sich nichts.",
        "Danach sind Sie nicht mehr verantwortlich. Sie schreiben weiter mit, geben Abschnitte zur Rückmeldung ab und laden Anlagen hoch.",
        "Solange die Zusage aussteht, können Sie das Angebot zurücknehmen.",
        "Eine Person bekommt diese E-Mail",
        "Möchten Sie für das Team",
        "Ja, anbieten",
    ):
        assert said in text, said
    jonas.refresh_from_db()
    assert jonas.offered_at is None
    assert not Message.objects.filter(kind="ownership_offered").exists()


def test_a_page_shows_the_organiser_what_handing_over_means(world, client):
    jonas = world.team.members.get(user=world.jonas)
    amina = world.team.members.get(user=world.amina)

    text = " ".join(log_in(client, world.doris).get(address(world, "hand_over", jonas)).text.split())

    assert f"{jonas.full_name} ist dann sofort verantwortlich" in text
    assert f"{amina.full_name} ist dann nicht mehr verantwortlich." in text
    assert "Sie sind damit nicht mehr verantwortlich." in text  # the mail
    assert "Zurück geht es auf demselben Weg" in text
    assert roles(world)["Amina"] == "owner"


def test_the_page_of_handing_over_is_for_nobody_else_and_says_when_it_is_too_late(world, client):
    jonas = world.team.members.get(user=world.jonas)
    url = address(world, "hand_over", jonas)
    assert log_in(client, world.jonas).get(url).status_code == 403
    log_in(client, world.doris).post(url)

    page = log_in(client, world.doris).get(url, follow=True)

    assert page.redirect_chain[-1][0] == address(world)
    assert "Jemand hat das Team inzwischen geändert" in page.text


def test_the_organiser_hands_over_at_once(world, client):
    jonas = world.team.members.get(user=world.jonas)
    log_in(client, world.doris).post(address(world, "hand_over", jonas))
    assert roles(world) == {"Amina": "writer", "Jonas": "owner"}


def test_an_offer_is_declined_on_the_page_or_taken_back(world, client):
    jonas = world.team.members.get(user=world.jonas)
    for person in (world.jonas, world.amina):
        jonas.offer_ownership(by=world.amina)
        log_in(client, person).post(address(world, "answer_offer", jonas), {"answer": "no"})
        jonas.refresh_from_db()
        assert (jonas.offered_at, roles(world)["Amina"]) == (None, "owner")


@pytest.mark.parametrize(("person", "status"), [("jonas", 403), ("carla", 403), ("emil", 404), ("doris", 302)])
def test_only_owner_and_organiser_change_people(world, client, person, status):
    jonas = world.team.members.get(user=world.jonas)
    log_in(client, getattr(world, person))
    assert client.post(address(world, "change_role", jonas), {"role": "reader"}).status_code == status
    assert roles(world)["Jonas"] == ("reader" if status == 302 else "writer")


def test_owner_invites_again_who_has_not_accepted(world, client):
    lea = world.team.members.create(role="reader", first_name="Lea", email="lea@example.org")
    jonas = world.team.members.get(user=world.jonas)
    log_in(client, world.amina)
    assert client.get(address(world)).text.count("Noch einmal einladen") == 1

    def press(member):
        page = client.post(address(world, "invite_again", member), follow=True)
        return [str(message) for message in page.context["messages"]]

    assert press(lea) == ["Die Einladung ist noch einmal unterwegs. Der frühere Link gilt nicht mehr."]
    assert "gerade erst verschickt" in press(lea)[0]
    assert Message.objects.filter(email="lea@example.org").count() == 1
    Message.objects.update(sent_at=timezone.now())
    Invitation.objects.update(invited_at=timezone.now() - timedelta(minutes=11))
    press(lea)
    assert Message.objects.filter(email="lea@example.org").count() == 2
    assert Invitation.objects.open().to(lea).count() == 1
    assert "geht gerade nicht" in press(jonas)[0]
    log_in(client, world.jonas)
    assert client.post(address(world, "invite_again", lea)).status_code == 403


def invited(world: World, **fields) -> TeamMember:
    return world.team.add_member(
        by=world.amina, email="lea@example.org", role="reader", first_name="Lea", last_name="Kern", **fields
    )


def test_who_has_not_accepted_is_no_member_and_is_not_taken_out(world, client):
    lea = invited(world)
    Message.objects.update(sent_at=timezone.now())
    page = " ".join(log_in(client, world.amina).get(address(world)).text.split())
    assert "lea@example.org · eingeladen, noch nicht angenommen" in page
    assert page.count("Einladung zurückziehen") == 1
    assert page.count("Aus dem Team nehmen") == 1, "for Jonas"
    assert "geht gerade nicht" in client.post(address(world, "take_out", lea), follow=True).text

    done = client.post(address(world, "revoke_invitation", lea), follow=True)

    assert [str(message) for message in done.context["messages"]] == ["Die Einladung ist zurückgezogen."]
    assert "lea@example.org" not in done.text
    kinds = Message.objects.filter(email="lea@example.org").order_by("created_at").values_list("kind", "subject")
    title = world.team.title
    assert list(kinds)[1:] == [("member_invitation_revoked", f"Die Einladung ins Team „{title}“ ist zurückgezogen")]
    assert list(Event.objects.filter(record_id=lea.pk).values_list("what", flat=True)) == [
        "member.invitation_revoked",
        "member.added",
    ]
    assert not Invitation.objects.open().to(lea).exists()


def test_who_has_accepted_meanwhile_is_not_uninvited(world, client):
    lea = invited(world)
    Invitation.objects.get(email="lea@example.org").accept(make_user("Lea", "Kern"))
    page = log_in(client, world.amina).post(address(world, "revoke_invitation", lea), follow=True)
    assert "geht gerade nicht" in page.text
    assert roles(world)["Lea"] == "reader"


def test_who_declined_stands_there_with_the_day_and_can_be_invited_again(world, client):
    lea = invited(world)
    Invitation.objects.get(email="lea@example.org").decline(None)
    day = spoken_day(timezone.localdate())
    page = " ".join(log_in(client, world.amina).get(address(world)).text.split())
    assert f"lea@example.org · hat am {day} abgelehnt" in page
    assert page.count("Noch einmal einladen") == 1

    client.post(address(world, "invite_again", lea))

    again = " ".join(client.get(address(world)).text.split())
    assert "lea@example.org · eingeladen, noch nicht angenommen" in again
    assert Invitation.objects.open().to(lea).count() == 1


def test_who_declined_is_asked_again_by_the_form_too_or_leaves_the_list(world, client):
    lea = invited(world)
    Invitation.objects.get(email="lea@example.org").decline(None)
    log_in(client, world.amina)
    sent = {"first_name": "Lea", "last_name": "Kern", "email": "lea@example.org", "phone": "", "role": "writer"}
    assert client.post(address(world), sent).status_code == 302
    lea.refresh_from_db()
    assert (lea.declined_at, lea.role) == (None, "writer")

    Invitation.objects.open().get(email="lea@example.org").decline(None)
    done = client.post(address(world, "revoke_invitation", lea), follow=True)

    assert [str(message) for message in done.context["messages"]][-1] == "Die Person steht nicht mehr in der Liste."
    assert "lea@example.org" not in done.text
    assert not Message.objects.filter(kind="member_invitation_revoked").exists(), "she knows"


def test_nobody_comes_or_goes_once_the_team_has_left(world, client):
    lea = invited(world)
    jonas = world.team.members.get(user=world.jonas)
    jonas.offer_ownership(by=world.amina)
    world.team.withdraw(by=world.doris)
    log_in(client, world.amina)
    gone = "Das Team ist nicht mehr in der Projektschmiede. Wer dazugehört, lässt sich nicht mehr ändern."
    page = " ".join(client.get(address(world)).text.split())
    assert gone in page
    for offer in ("Noch jemanden einladen", "Noch einmal einladen", "Aus dem Team nehmen", "Angebot zurücknehmen"):
        assert offer not in page
    sent = {"first_name": "Mira", "last_name": "Neu", "email": "mira@example.org", "phone": "", "role": "reader"}
    assert gone in client.post(address(world), sent).text
    done = client.post(address(world, "revoke_invitation", lea), follow=True)
    assert [str(message) for message in done.context["messages"]] == [gone]
    assert "Mira" not in roles(world)
    log_in(client, world.jonas)
    assert "Möchten Sie die Verantwortung übernehmen?" not in client.get(address(world)).text
    log_in(client, world.doris)
    administration = client.get(reverse("admin:cohorts_teammember_change", args=[lea.pk])).text
    assert "Noch einmal einladen" not in administration


def test_the_page_says_what_happens_next_if_the_owner_has_not_joined(world, client):
    owner = world.team.owner()
    TeamMember.objects.filter(pk=owner.pk).update(user=None)
    in_administration = reverse("admin:cohorts_teammember_change", args=[owner.pk])
    log_in(client, world.doris)
    assert in_administration in client.get(address(world)).text
    owner.refresh_from_db()
    owner.note_declined(timezone.now())
    assert in_administration in client.get(address(world)).text
    log_in(client, world.jonas)
    page = client.get(address(world)).text
    assert "Wer verantwortlich wird, legt der Träger Ihrer Projektschmiede fest." in page
    assert in_administration not in page


def test_nobody_is_said_to_be_next_who_has_not_joined(world, client):
    world.finish()
    log_in(client, world.jonas)
    urls = (world.application.get_absolute_url(), reverse("dashboard"))
    assert all("Amina Haddad ist dran" in " ".join(client.get(url).text.split()) for url in urls)
    world.team.members.filter(user=world.amina).update(user=None)
    assert all("Amina Haddad ist dran" not in " ".join(client.get(url).text.split()) for url in urls)
    assert all("Das Team ist dran" in client.get(url).text for url in urls)
