"""Through the pipeline: who may, who comes second, and what is written."""

import json
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals import operations
from deals.models import Deal, LossReason, StageEvent
from deals.testing import make_deal, make_pipeline
from foundation.errors import Refused
from foundation.models import Event
from users.testing import make_cast

BOARD = {"HX-Request": "true", "HX-Current-URL": "http://testserver/deals/board/"}


def test_a_drop_moves_the_deal_and_answers_with_the_card_and_both_heads(cast, room, client_of):
    proposal = room.stage("Proposal")
    answer = client_of(cast.salesperson).post(
        reverse("deals:move", args=[room.deal.pk]),
        {"stage": proposal.pk, "version": room.deal.version},
        headers=BOARD,
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="deal-{room.deal.pk}"' in text
    assert f'data-version="{room.deal.version + 1}"' in text
    for stage in (room.deal.stage, proposal):
        assert f'id="stage-{stage.pk}-head" hx-swap-oob="true"' in text
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["undo_url"].startswith(reverse("deals:undo", args=[room.deal.pk]))
    room.deal.refresh_from_db()
    assert room.deal.stage == proposal


def test_a_card_moved_without_a_plan_asks_what_happens_next(cast, room, client_of):
    answer = client_of(cast.salesperson).post(
        reverse("deals:move", args=[room.deal.pk]), {"stage": room.stage("Proposal").pk}, headers=BOARD
    )
    assert "What happens next?" in answer.content.decode()


def test_without_a_script_the_same_move_leads_back_to_the_deal(cast, room, client_of):
    answer = client_of(cast.salesperson).post(
        reverse("deals:move", args=[room.deal.pk]), {"stage": room.stage("Qualified").pk}
    )
    assert answer.status_code == 302
    assert answer["Location"] == room.deal.get_absolute_url()


def test_a_way_back_to_another_house_is_not_taken(cast, room, client_of):
    answer = client_of(cast.salesperson).post(
        reverse("deals:move", args=[room.deal.pk]),
        {"stage": room.stage("Qualified").pk, "next": "https://evil.example/"},
    )
    assert answer["Location"] == room.deal.get_absolute_url()


def test_a_drop_on_won_wins_and_one_on_lost_asks_why(cast, room, client_of):
    person = client_of(cast.salesperson)
    url = reverse("deals:move", args=[room.deal.pk])
    asked = person.post(url, {"stage": room.stage("Lost").pk, "version": room.deal.version}, headers=BOARD)
    assert asked.status_code == 422
    assert reverse("deals:lose", args=[room.deal.pk]) in asked.content.decode()
    room.deal.refresh_from_db()
    assert room.deal.is_open
    assert person.post(url, {"stage": room.stage("Won").pk}, headers=BOARD).status_code == 200
    room.deal.refresh_from_db()
    assert room.deal.is_won


def test_losing_needs_a_reason(cast, room, client_of):
    person, url = client_of(cast.salesperson), reverse("deals:lose", args=[room.deal.pk])
    refused = person.post(url, {"note": "They went silent"})
    assert refused.status_code == 422
    assert "They went silent" in refused.content.decode()
    reason = LossReason.objects.get()
    assert person.post(url, {"reason": reason.pk, "note": "They went silent"}).status_code == 302
    room.deal.refresh_from_db()
    assert (room.deal.loss_reason, room.deal.loss_note) == (reason, "They went silent")


def test_a_lost_deal_is_reopened_where_it_was(cast, room, client_of, now):
    room.deal.move(room.stage("Proposal"), by=cast.salesperson, at=now)
    room.deal.lose(LossReason.objects.get(), by=cast.salesperson, at=now)
    person, url = client_of(cast.salesperson), reverse("deals:reopen", args=[room.deal.pk])
    assert person.get(url).context["form"].initial["stage"] == room.stage("Proposal").pk
    assert person.post(url, {"stage": room.stage("Proposal").pk}).status_code == 302
    room.deal.refresh_from_db()
    assert room.deal.stage == room.stage("Proposal")
    assert room.deal.loss_reason is None


@pytest.mark.parametrize("closing", ["move", "win", "lose"])
def test_undo_puts_the_deal_back(cast, room, client_of, closing):
    person, deal = client_of(cast.salesperson), room.deal
    said = {"stage": room.stage("Proposal").pk, "reason": LossReason.objects.get().pk}
    person.post(reverse(f"deals:{closing}", args=[deal.pk]), said)
    deal.refresh_from_db()
    url = f"{reverse('deals:undo', args=[deal.pk])}?version={deal.version}&rank=-5.5"
    assert person.post(url).status_code == 302
    deal.refresh_from_db()
    assert deal.is_open
    assert deal.stage == room.stage("First contact")


def test_undo_is_refused_once_somebody_went_on(cast, room, client_of, now):
    room.deal.move(room.stage("Qualified"), by=cast.salesperson, at=now)
    version = room.deal.version
    room.deal.move(room.stage("Proposal"), by=cast.head, at=now)
    answer = client_of(cast.salesperson).post(
        f"{reverse('deals:undo', args=[room.deal.pk])}?version={version}"
    )
    assert answer.status_code == 409
    assert "Helena Marsh" in answer.content.decode()


@pytest.mark.parametrize("said", ["", "x", "\x00", "99999999999999999999999", "-1"])
def test_a_forged_stage_place_or_version_is_refused_in_words(cast, room, client_of, said):
    person, url = client_of(cast.salesperson), reverse("deals:move", args=[room.deal.pk])
    assert person.post(url, {"stage": said}).status_code == 422
    fine = person.post(url, {"stage": room.stage("Qualified").pk, "after_id": said or "77777"})
    assert fine.status_code in {302, 422}


def test_a_stage_of_another_pipeline_is_refused(cast, room, client_of):
    other = make_pipeline("Renewals").first_stage()
    answer = client_of(cast.salesperson).post(reverse("deals:move", args=[room.deal.pk]), {"stage": other.pk})
    assert answer.status_code == 422


def test_the_second_of_two_people_hears_who_was_first_and_where_the_deal_is(cast, room, client_of, now):
    seen = room.deal.version
    room.deal.move(room.stage("Negotiation"), by=cast.head, at=now)
    answer = client_of(cast.salesperson).post(
        reverse("deals:move", args=[room.deal.pk]),
        {"stage": room.stage("Qualified").pk, "version": seen},
        headers=BOARD,
    )
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert answer.status_code == 409
    assert "Helena Marsh" in toast["text"]
    assert "Negotiation" in toast["text"]
    assert f'data-stage="{room.stage("Negotiation").pk}"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_moving_one_deal_at_the_same_moment():
    cast, pipeline = make_cast(), make_pipeline()
    deal = make_deal(owner=cast.salesperson, pipeline=pipeline)
    events, barrier, answers = StageEvent.objects.count(), Barrier(2), []

    def move(person, stage):
        browser = Client()
        browser.force_login(person, backend="users.backends.PersonBackend")
        barrier.wait()
        answer = browser.post(
            reverse("deals:move", args=[deal.pk]), {"stage": stage.pk, "version": deal.version}, headers=BOARD
        )
        answers.append(
            (answer.status_code, person.name, stage.pk, json.loads(answer["HX-Trigger"])["toast"]["text"])
        )
        connection.close()

    stages = [pipeline.stages.get(name=name) for name in ("Qualified", "Proposal")]
    people = (cast.salesperson, cast.head)
    threads = [Thread(target=move, args=pair) for pair in zip(people, stages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won, first, stage, _text), (lost, _second, _stage, sentence) = sorted(answers)
    assert (won, lost) == (200, 409)
    assert first in sentence
    assert StageEvent.objects.count() == events + 1
    assert Event.objects.filter(name="deal.moved").count() == 1
    assert Deal.objects.get(pk=deal.pk).stage_id == stage


def test_cards_are_put_between_others_however_often(cast, room, now):
    stage = room.stage("First contact")
    top = make_deal("Top", owner=cast.salesperson, pipeline=room.pipeline)
    for turn in range(80):
        moved = make_deal(f"Card {turn}", owner=cast.salesperson, pipeline=room.pipeline)
        operations.drop(
            moved, stage, rank=operations.rank_below(top, moved), version=None, by=cast.head, at=now
        )
        top.refresh_from_db()
        names = list(
            Deal.objects.open().filter(stage=stage).order_by("rank", "pk").values_list("title", flat=True)
        )
        assert names[names.index("Top") + 1] == f"Card {turn}"


def test_cards_of_one_moment_have_room_between_them(cast, room, now):
    stage = room.stage("First contact")
    same = [make_deal(f"Card {n}", owner=cast.salesperson, pipeline=room.pipeline, at=now) for n in range(60)]
    moved = same.pop()
    operations.drop(
        moved, stage, rank=operations.rank_below(same[3], moved), version=None, by=cast.head, at=now
    )
    titles = list(
        Deal.objects.filter(title__startswith="Card").order_by("rank", "pk").values_list("title", flat=True)
    )
    assert titles == [f"Card {n}" for n in (0, 1, 2, 3, 59, *range(4, 59))]


def test_there_is_nothing_to_take_back_of_a_new_deal(cast, room):
    with pytest.raises(Refused):
        operations.take_back(room.deal, version=1, rank=None, by=cast.head, at=timezone.now())
