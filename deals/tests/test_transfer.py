"""A deal changes its pipeline: where the map leads or where the person says, by the rules, once, and back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from deals.models import Deal, StageMap
from deals.testing import STAGES, make_deal, make_pipeline, make_rule
from foundation.automation import all_actions
from foundation.errors import Refused, Stale
from foundation.models import Event


@pytest.fixture
def partners(room):
    """Another pipeline, whose stages are called otherwise but for one."""
    stages = [(f"Partner {name}" if name != "Qualified" else name, *rest) for name, *rest in STAGES]
    return make_pipeline("Partners", stages=stages, position=1)


def url(name, deal):
    return reverse(f"deals:{name}", args=[deal.pk])


def test_the_dialog_offers_other_pipelines_with_the_usual_stage_chosen(cast, room, partners, client_of):
    browser = client_of(cast.salesperson)
    text = browser.get(url("transfer", room.deal)).content.decode()
    assert "Partner First contact (usual)" in text
    assert "Partner Won" not in text
    room.deal.move(room.stage("Qualified"), by=cast.salesperson, at=room.deal.opened_at)
    assert "Qualified (usual)" in browser.get(url("transfer", room.deal)).content.decode()
    StageMap.objects.create(
        from_stage=room.stage("Qualified"), to_stage=partners.stages.get(name="Partner Proposal")
    )
    assert "Partner Proposal (usual)" in browser.get(url("transfer", room.deal)).content.decode()


def test_it_moves_tells_one_fact_and_comes_back_by_the_toast(cast, room, partners, client_of):
    deal, browser = room.deal, client_of(cast.salesperson)
    target = partners.stages.get(name="Partner Proposal")
    before = Event.objects.count()
    answer = browser.post(url("transfer", deal), {"stage": target.pk, "version": deal.version}, follow=True)
    text = answer.content.decode()
    deal.refresh_from_db()
    assert (deal.pipeline, deal.stage) == (partners, target)
    assert Event.objects.count() == before + 1
    assert Event.objects.latest("pk").name == "deal.transferred"
    last = deal.stage_events.latest("at", "pk")
    assert (last.pipeline_id, last.from_stage.name) == (partners.pk, "First contact")
    assert "Now in “Partners”, “Partner Proposal”" in text
    undo = f"{url('undo', deal)}?version={deal.version}&rank=0.5"
    browser.post(undo)
    deal.refresh_from_db()
    assert (deal.pipeline, deal.stage.name, deal.rank) == (room.pipeline, "First contact", 0.5)


def test_the_outsider_gets_404_the_accountant_403_and_nothing_changes(cast, room, partners, client_of):
    target = partners.first_stage().pk
    assert client_of(cast.outsider).get(url("transfer", room.deal)).status_code == 404
    assert client_of(cast.outsider).post(url("transfer", room.deal), {"stage": target}).status_code == 404
    assert client_of(cast.accountant).post(url("transfer", room.deal), {"stage": target}).status_code == 403
    room.deal.refresh_from_db()
    assert room.deal.pipeline == room.pipeline


def test_a_stage_that_is_not_offered_or_a_stale_version_is_said(cast, room, partners, client_of):
    browser = client_of(cast.salesperson)
    for stage in (partners.won_stage().pk, room.stage("Proposal").pk, 10**6, "x", ""):
        assert browser.post(url("transfer", room.deal), {"stage": stage}).status_code == 422
    room.deal.change({"title": "Other"}, by=cast.head, at=room.deal.opened_at)
    said = {"stage": partners.first_stage().pk, "version": 1}
    late = browser.post(url("transfer", room.deal), said)
    assert late.status_code == 409
    room.deal.refresh_from_db()
    assert room.deal.pipeline == room.pipeline


def test_the_verb_refuses_closed_deals_closed_stages_its_own_and_retired_pipelines(cast, room, partners, now):
    deal, by = room.deal, cast.salesperson
    with pytest.raises(Refused, match="open stage"):
        deal.transfer(partners.won_stage(), by=by, at=now)
    with pytest.raises(Refused, match="already"):
        deal.transfer(room.stage("Proposal"), by=by, at=now)
    with pytest.raises(Stale):
        deal.transfer(partners.first_stage(), by=by, at=now, version=77)
    partners.is_retired = True
    partners.save()
    with pytest.raises(Refused, match="takes no new deals"):
        deal.transfer(partners.first_stage(), by=by, at=now)
    deal.win(by=by, at=now)
    with pytest.raises(Refused, match="already closed"):
        deal.transfer(partners.first_stage(), by=by, at=now)


def test_what_the_stage_asks_for_is_asked_and_one_submit_fills_it_in_and_moves(
    cast, room, partners, client_of
):
    deal, target = make_deal("No amount", owner=cast.salesperson, amount=None), partners.first_stage()
    make_rule(target, needs=["amount"])
    browser = client_of(cast.salesperson)
    asked = browser.post(url("transfer", deal), {"stage": target.pk, "version": deal.version})
    assert asked.status_code == 422
    assert url("enter", deal) in asked.content.decode()
    said = {"stage": target.pk, "version": deal.version, "amount": "500", "currency": "USD"}
    browser.post(url("enter", deal), said)
    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == (target, 500)


def test_the_rule_of_the_stage_it_leaves_holds_unless_the_map_leads_there(cast, room, partners, now):
    make_rule(room.stage("First contact"), allowed_next=["Qualified"])
    target = partners.first_stage()
    with pytest.raises(Refused, match="goes only to"):
        room.deal.transfer(target, by=cast.salesperson, at=now)
    StageMap.objects.create(from_stage=room.stage("First contact"), to_stage=target)
    room.deal.transfer(target, by=cast.salesperson, at=now)
    assert room.deal.pipeline == partners


def test_stages_may_not_be_skipped_unless_the_deal_was_in_what_is_mapped_to_them(cast, room, partners, now):
    target = partners.stages.get(name="Qualified")
    make_rule(target, no_skip=True)
    with pytest.raises(Refused, match="would be skipped"):
        room.deal.transfer(target, by=cast.salesperson, at=now)
    StageMap.objects.create(from_stage=room.stage("First contact"), to_stage=partners.first_stage())
    room.deal.transfer(target, by=cast.salesperson, at=now + timedelta(minutes=1))
    assert Deal.objects.get(pk=room.deal.pk).stage == target


def test_after_it_every_other_verb_goes_on_in_the_new_pipeline(cast, room, partners, now):
    deal, by = room.deal, cast.salesperson
    deal.transfer(partners.first_stage(), by=by, at=now)
    deal.move(partners.stages.get(name="Qualified"), by=by, at=now + timedelta(minutes=1))
    deal.assign(cast.colleague, by=cast.head, at=now + timedelta(minutes=2))
    deal.win(by=by, at=now + timedelta(minutes=3))
    assert deal.stage == partners.won_stage()


def test_the_administrator_maps_a_stage_once_for_each_pipeline(cast, room, partners, client_of):
    browser, stage = client_of(cast.admin), room.stage("Proposal")
    page = reverse("admin:deals_stage_change", args=[stage.pk])
    text = browser.get(page).content.decode()
    assert "When a deal goes to another pipeline" in text
    assert "Partners: Qualified" in text
    assert "Sales: Qualified" not in text
    said = {"rule-TOTAL_FORMS": 0, "rule-INITIAL_FORMS": 0, "maps-TOTAL_FORMS": 2, "maps-INITIAL_FORMS": 0}
    targets = list(partners.stages.filter(kind="open"))
    twice = browser.post(page, said | {"maps-0-to_stage": targets[0].pk, "maps-1-to_stage": targets[1].pk})
    assert "has its stage already" in twice.content.decode()
    browser.post(page, said | {"maps-0-to_stage": targets[1].pk})
    mapped = StageMap.objects.get()
    assert (mapped.from_stage, mapped.to_stage, mapped.to_pipeline) == (stage, targets[1], partners)


def test_processes_may_take_a_deal_to_another_pipeline_by_the_same_verb(cast, room, partners, now):
    action = all_actions()["deal.transfer"]
    action.run(room.deal.pk, {"stage": partners.first_stage().pk}, by=cast.robot, at=now)
    room.deal.refresh_from_db()
    assert room.deal.pipeline == partners
