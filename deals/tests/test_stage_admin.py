"""Rules of stages in the administration; those that nobody could ever satisfy are refused in a sentence."""

import pytest
from django.urls import reverse

from deals.models import StageRule
from deals.stage_objections import Draft, objection
from deals.testing import make_rule
from users.models import Role


def rule_page(stage):
    return reverse("admin:deals_stage_change", args=[stage.pk])


@pytest.fixture
def save(cast, room, client_of):
    def saved(name, **said):
        stage = room.stage(name)
        rule = StageRule.objects.filter(stage=stage).first()
        fields = {"rule-TOTAL_FORMS": 1, "rule-INITIAL_FORMS": int(rule is not None)}
        fields |= {"maps-TOTAL_FORMS": 0, "maps-INITIAL_FORMS": 0}
        fields |= {
            "rule-0-id": rule.pk if rule else "",
            "rule-0-stage": stage.pk,
            "rule-0-least_activities": 0,
        }
        fields |= {f"rule-0-{field}": value for field, value in said.items()}
        return client_of(cast.admin).post(rule_page(stage), fields)

    return saved


def test_an_administrator_gives_a_stage_a_rule_and_takes_it_away(cast, room, client_of, save):
    page = client_of(cast.admin).get(rule_page(room.stage("Proposal")))
    assert page.status_code == 200
    assert "What is missing is asked for" in page.content.decode()
    qualified = room.stage("Qualified")
    assert (
        save("Proposal", needs=["amount", "product"], no_skip="on", allowed_next=[qualified.pk]).status_code
        == 302
    )
    rule = StageRule.objects.get()
    assert (rule.needs, rule.no_skip, list(rule.allowed_next.all())) == (
        ["amount", "product"],
        True,
        [qualified],
    )
    assert save("Proposal", DELETE="on").status_code == 302
    assert not StageRule.objects.exists()


def test_a_salesperson_configures_no_rules(cast, room, client_of):
    assert client_of(cast.salesperson).get(rule_page(room.stage("Proposal"))).status_code != 200


def test_the_line_of_a_stage_leads_to_its_rules(cast, room, client_of):
    page = client_of(cast.admin).get(reverse("admin:deals_pipeline_change", args=[room.pipeline.pk]))
    assert rule_page(room.stage("Proposal")) in page.content.decode()


def test_a_stage_offers_neither_itself_nor_lost_nor_another_pipelines_as_next(cast, room, client_of, save):
    page = client_of(cast.admin).get(rule_page(room.stage("Proposal")))
    offered = page.context["inline_admin_formsets"][0].formset.empty_form.fields["allowed_next"].queryset
    assert [stage.name for stage in offered] == ["First contact", "Qualified", "Negotiation", "Won"]
    assert save("Proposal", allowed_next=[room.stage("Lost").pk]).status_code == 200


def test_a_rule_nobody_could_satisfy_is_refused_on_the_page(save):
    answer = save("Lost", needs=["amount"])
    assert answer.status_code == 200
    assert "a rule of “Lost” would never be used" in answer.content.decode()
    assert not StageRule.objects.exists()


def test_what_could_never_be_satisfied_is_said_in_words(cast, room):
    names = ["First contact", "Qualified", "Proposal", "Negotiation", "Won"]
    first, qualified, proposal, negotiation, won = map(room.stage, names)
    only = frozenset
    accountants = [Role.objects.get(key="accountant")]
    assert "may move deals: Accountant" in objection(Draft(stage=proposal, roles=accountants)).sentence
    assert objection(Draft(stage=won, allowed_next=only({first.pk})))
    assert objection(Draft(stage=first, allowed_next=only({qualified.pk}))) is None
    make_rule(first, allowed_next=["Qualified"])
    make_rule(qualified, allowed_next=["Proposal"])
    make_rule(negotiation, allowed_next=["Won"])
    assert objection(Draft(stage=proposal, allowed_next=only({won.pk}))) == (
        "allowed_next",
        "No stage would lead to “Negotiation” any more.",
    )
    assert objection(Draft(stage=proposal, allowed_next=only({negotiation.pk}))) is None


def test_a_stage_is_not_reached_over_stages_that_may_not_be_skipped(cast, room):
    """Negotiation is entered from the first stage only, and nothing leads back to that."""
    first, negotiation = room.stage("First contact"), room.stage("Negotiation")
    make_rule(room.stage("Qualified"), allowed_next=["Proposal"])
    make_rule(room.stage("Proposal"), allowed_next=["Won"])
    assert objection(Draft(stage=negotiation)) is None
    assert "would have to skip stages" in objection(Draft(stage=negotiation, no_skip=True)).sentence
    StageRule.objects.get(stage__name="Proposal").allowed_next.add(first)
    assert objection(Draft(stage=negotiation, no_skip=True)) is None


def test_without_anybody_who_counts_no_activities_are_asked_for(room, monkeypatch):
    from deals import requirements

    monkeypatch.setattr(requirements, "counters", [])
    assert "counts activities" in objection(Draft(stage=room.stage("Proposal"), least_activities=1)).sentence
