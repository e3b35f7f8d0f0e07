"""What a deal must have to enter a stage: said by the verbs, so that everybody obeys."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Source
from accounts.testing import make_contact
from catalog.models import Product
from deals import operations, requirements
from deals.automation import move as process_moves
from deals.bulk import DealDraft, open_many
from deals.models import Deal, LossReason, StageEvent
from deals.requirements import Need, StageNotReady
from deals.testing import make_deal, make_pipeline, make_rule
from foundation.models import Event
from users.models import Role, User


def make_product(at):
    return Product.create(name="Rose box", price=100, by=User.objects.robot(), at=at)


def missing_fields(deal, stage, *, by, at, **said):
    with pytest.raises(StageNotReady) as refusal:
        operations.drop(deal, stage, rank=None, version=None, by=by, at=at, **said)
    return [each.field for each in refusal.value.missing]


def test_a_deal_enters_a_stage_only_with_all_it_needs(cast, room, now):
    deal = make_deal(owner=cast.salesperson, pipeline=room.pipeline, amount=None)
    proposal = room.stage("Proposal")
    make_rule(proposal, needs=Need.values)
    assert missing_fields(deal, proposal, by=cast.salesperson, at=now) == Need.values
    source = Source.objects.create(name="Fair")
    changes = {"amount": 5, "expected_close_on": now.date(), "account": room.account, "source": source}
    deal.change(changes, by=cast.salesperson, at=now)
    assert missing_fields(deal, proposal, by=cast.salesperson, at=now) == ["contact", "next_step", "product"]
    deal.add_contact(make_contact(room.account), "decides", by=cast.salesperson, at=now)
    deal.add_line(make_product(now), 1, by=cast.salesperson, at=now)
    deal.plan_next_step("Call", now.date(), by=cast.salesperson, at=now)
    deal.move(proposal, by=cast.salesperson, at=now)
    assert deal.stage == proposal


def test_the_refusal_is_one_sentence_that_names_all_that_is_missing(cast, room, now):
    deal = make_deal(owner=cast.salesperson, pipeline=room.pipeline, amount=None)
    make_rule(room.stage("Proposal"), needs=["amount", "account"], least_activities=2)
    with pytest.raises(StageNotReady) as refusal:
        deal.move(room.stage("Proposal"), by=cast.salesperson, at=now)
    assert refusal.value.message == (
        "“Proposal” cannot be entered yet: the amount is missing; no client is chosen; "
        "2 more calls, meetings, messages or done tasks are needed."
    )
    assert refusal.value.missing[0].sentence == "The amount is missing."


def test_winning_obeys_the_rule_of_the_won_stage_and_losing_obeys_none(cast, room, now):
    make_rule(room.stage("Won"), needs=["product"])
    make_rule(room.stage("First contact"), allowed_next=["Qualified"])
    assert missing_fields(room.deal, room.stage("Won"), by=cast.salesperson, at=now) == ["next", "product"]
    room.deal.lose(LossReason.objects.get(), by=cast.salesperson, at=now)
    room.deal.reopen(by=cast.salesperson, at=now)
    assert room.deal.stage == room.stage("First contact"), "and reopening asks nothing either"


def test_from_a_stage_a_deal_goes_only_where_its_rule_says(cast, room, now):
    make_rule(room.stage("First contact"), allowed_next=["Qualified"])
    assert missing_fields(room.deal, room.stage("Proposal"), by=cast.head, at=now) == ["next"]
    room.deal.move(room.stage("Qualified"), by=cast.salesperson, at=now)
    room.deal.move(room.stage("Proposal"), by=cast.salesperson, at=now)
    assert room.deal.stage.name == "Proposal"


def test_a_stage_the_deal_has_been_in_is_not_skipped_again(cast, room, now):
    make_rule(room.stage("Negotiation"), no_skip=True)
    negotiation = room.stage("Negotiation")
    with pytest.raises(StageNotReady, match="“Qualified”, “Proposal” would be skipped"):
        room.deal.move(negotiation, by=cast.salesperson, at=now)
    for name in ("Proposal", "Qualified", "First contact", "Negotiation"):
        room.deal.move(room.stage(name), by=cast.salesperson, at=now)
    assert room.deal.stage == negotiation


def test_only_the_roles_of_the_rule_move_deals_there(cast, room, now):
    make_rule(room.stage("Proposal"), roles=["head"])
    assert missing_fields(room.deal, room.stage("Proposal"), by=cast.salesperson, at=now) == ["roles"]
    room.deal.move(room.stage("Proposal"), by=cast.head, at=now)
    assert room.deal.stage.name == "Proposal"


def test_what_was_done_in_the_stage_it_leaves_counts(cast, room, now, monkeypatch):
    make_rule(room.stage("Qualified"), least_activities=3)
    done, asked = [], []

    def counted(deal_ids, since):
        asked.append((list(deal_ids), since))
        return len(done)

    monkeypatch.setattr(requirements, "counters", [counted])
    done.append("call")
    assert missing_fields(room.deal, room.stage("Qualified"), by=cast.head, at=now) == ["activities"]
    assert asked == [([room.deal.pk], room.deal.entered_stage_at)]
    done += ["meeting", "task"]
    room.deal.move(room.stage("Qualified"), by=cast.salesperson, at=now)
    assert room.deal.stage.name == "Qualified"


def test_a_head_goes_against_the_rules_with_a_reason_that_is_kept(cast, room, now):
    make_rule(room.stage("Proposal"), needs=["product"])
    proposal = room.stage("Proposal")
    assert missing_fields(room.deal, proposal, by=cast.head, at=now, override="  ") == ["product"]
    assert missing_fields(room.deal, proposal, by=cast.salesperson, at=now, override="Because") == ["product"]
    room.deal.move(proposal, by=cast.head, at=now, override="They know our  catalogue\x00")
    event = StageEvent.objects.filter(deal=room.deal).latest("pk")
    assert event.override_reason == "They know our catalogue"
    told = Event.objects.filter(name="deal.moved").latest("pk")
    assert told.payload["override_reason"] == "They know our catalogue"


def test_a_reason_nobody_needed_is_not_kept(cast, room, now):
    room.deal.move(room.stage("Proposal"), by=cast.head, at=now, override="Just because")
    assert StageEvent.objects.filter(deal=room.deal).latest("pk").override_reason is None


def test_undo_goes_back_whatever_the_rules(cast, room, now):
    room.deal.move(room.stage("Qualified"), by=cast.salesperson, at=now)
    make_rule(room.stage("First contact"), needs=["product"])
    operations.take_back(room.deal, version=room.deal.version, rank=None, by=cast.salesperson, at=now)
    assert room.deal.stage.name == "First contact"


def test_processes_obey_and_the_robot_has_every_role(cast, room, now):
    rule = make_rule(room.stage("Proposal"), needs=["product"], roles=["head"])
    said = {"stage": rule.stage_id}
    robot = User.objects.robot()
    with pytest.raises(StageNotReady, match=r"no product is named\.$"):
        process_moves(room.deal.pk, said, by=robot, at=now)
    room.deal.add_line(make_product(now), 1, by=robot, at=now)
    process_moves(room.deal.pk, said, by=robot, at=now)
    assert Deal.objects.get(pk=room.deal.pk).stage == rule.stage


def test_imported_history_is_kept_as_it_was(cast, room, now):
    make_rule(room.stage("Proposal"), needs=Need.values, no_skip=True)
    path = [(room.stage("First contact"), now - timedelta(days=2)), (room.stage("Proposal"), now)]
    (deal,) = open_many([DealDraft(title="Old", path=path, owner=cast.salesperson)], by=cast.admin)
    assert Deal.objects.get(pk=deal.pk).stage.name == "Proposal"


def statements(django_assert_max_num_queries, deal, stage, by, at):
    with django_assert_max_num_queries(100) as sent:
        deal.move(stage, by=by, at=at)
    return len(sent)


def test_a_stage_without_a_rule_costs_no_statement_and_one_with_needs_none_either(
    cast, room, now, django_assert_max_num_queries
):
    open_stage = statements(django_assert_max_num_queries, room.deal, room.stage("Qualified"), cast.head, now)
    make_rule(room.stage("Proposal"), needs=["amount", "account"])
    other = make_deal(owner=cast.salesperson, account=room.account, pipeline=room.pipeline)
    gated = statements(django_assert_max_num_queries, other, room.stage("Proposal"), cast.head, now)
    assert gated <= open_stage + 1, "the roles of the rule"


OPEN = ["First contact", "Qualified", "Proposal", "Negotiation"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    walk=st.lists(st.sampled_from(range(4)), max_size=6),
    strict=st.sets(st.sampled_from(range(4))),
    ways=st.dictionaries(
        st.sampled_from(range(4)), st.sets(st.sampled_from(range(4)), min_size=1), max_size=3
    ),
)
def test_no_skip_and_allowed_stages_say_what_a_plain_walk_says(cast, db, now, walk, strict, ways):
    """The oracle knows numbers only: a step is fine where the way is open and nothing new is jumped over."""
    Deal.objects.none()
    pipeline = make_pipeline(f"Walk {Role.objects.count()}-{StageEvent.objects.count()}-{id(walk)}")
    stages = [pipeline.stages.get(name=name) for name in OPEN]
    for number in strict | set(ways):
        make_rule(
            stages[number],
            no_skip=number in strict,
            allowed_next=[OPEN[other] for other in ways.get(number, ())],
        )
    deal = make_deal(owner=cast.salesperson, pipeline=pipeline)
    here, been = 0, {0}
    for to in walk:
        jumped = set(range(here + 1, to)) - been
        fine = to == here or ((here not in ways or to in ways[here]) and not (to in strict and jumped))
        try:
            deal.move(stages[to], by=cast.salesperson, at=now)
        except StageNotReady:
            assert not fine
        else:
            assert fine
            here = to
            been.add(to)
        deal.refresh_from_db()
        assert deal.stage == stages[here]
