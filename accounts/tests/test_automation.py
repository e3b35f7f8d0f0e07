"""What processes may do with a client, and what they may ask of clients and contacts."""

import pytest
from django.utils import timezone

from accounts.models import Account, Contact, Industry, Tag
from accounts.testing import make_account, make_contact, make_custom_field
from foundation.automation import all_actions, all_fields, all_subjects, options_of

pytestmark = pytest.mark.django_db


def test_a_process_gives_a_client_to_somebody_and_makes_a_lead_a_client(cast):
    account = make_account(owner=cast.salesperson, roles=["lead"])
    actions, told = all_actions(), {"by": cast.robot, "at": timezone.now()}
    actions["account.assign"].run(account.pk, {"owner": cast.head.pk}, **told)
    actions["account.become"].run(account.pk, {"role": "client"}, **told)
    account = Account.objects.get(pk=account.pk)
    assert (account.owner, account.roles) == (cast.head, ["client"])
    assert ("client", "client") in options_of("client_role")


def test_words_no_longer_offered_are_not_chosen_from():
    kept = Tag.objects.create(name="Fairs")
    Tag.objects.create(name="Old", is_retired=True)
    assert list(all_fields()["account.tags"].options()) == [(kept.pk, "Fairs")]


def test_clients_and_contacts_have_pages_and_owners(cast):
    account = make_account(owner=cast.salesperson)
    contact = make_contact(account)
    of_client, of_contact = all_subjects()["account"], all_subjects()["contact"]
    assert of_client.page(account.pk) == account.get_absolute_url()
    assert of_contact.page(contact.pk) == contact.get_absolute_url()
    assert Contact.objects.values_list(of_contact.of_owner, flat=True).get() == cast.salesperson.pk
    assert of_contact.title(contact) == "Ivan Petrov"


def test_a_process_changes_a_client_and_leaves_alone_what_it_does_not_say(cast):
    industry = Industry.objects.create(name="Flowers for halls")
    account = make_account("Vega", owner=cast.salesperson)
    actions, told = all_actions(), {"by": cast.robot, "at": timezone.now()}
    actions["account.change"].run(account.pk, {"industry": industry.pk, "channel": "email"}, **told)
    account = Account.objects.get(pk=account.pk)
    assert (account.name, account.industry, account.preferred_channel) == ("Vega", industry, "email")


def test_a_process_gives_a_tag_and_takes_it_beside_others(cast):
    account = make_account(owner=cast.salesperson)
    kept, given = Tag.objects.create(name="Fairs"), Tag.objects.create(name="Silent")
    account.tags.add(kept)
    actions, told = all_actions(), {"by": cast.robot, "at": timezone.now()}
    actions["account.tag"].run(account.pk, {"tag": given.pk}, **told)
    assert set(account.tags.all()) == {kept, given}
    actions["account.untag"].run(account.pk, {"tag": given.pk}, **told)
    assert set(account.tags.all()) == {kept}


def test_a_process_fills_in_a_field_of_a_client_and_of_a_contact(cast):
    account = make_account(owner=cast.salesperson)
    contact = make_contact(account)
    of_client = make_custom_field("debt")
    of_contact = make_custom_field("hobby", record="contact")
    actions, told = all_actions(), {"by": cast.robot, "at": timezone.now()}
    actions["account.fill_in"].run(account.pk, {"field": of_client.key, "value": "none"}, **told)
    actions["contact.fill_in"].run(contact.pk, {"field": of_contact.key, "value": "chess"}, **told)
    assert Account.objects.get(pk=account.pk).custom == {of_client.key: "none"}
    assert Contact.objects.get(pk=contact.pk).custom == {of_contact.key: "chess"}
