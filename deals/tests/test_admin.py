"""Pipelines in the administration: each works, and none loses what deals went through."""

import pytest
from django.urls import reverse

from deals.models import LossReason, Pipeline, Stage


def sent(pipeline, stages, **changes):
    fields = {"name": pipeline.name, "position": 0}
    fields |= {"weighting": "stage", "stages-TOTAL_FORMS": len(stages), "stages-INITIAL_FORMS": len(stages)}
    for place, stage in enumerate(stages):
        values = {
            "id": stage.pk,
            "pipeline": pipeline.pk,
            "name": stage.name,
            "kind": stage.kind,
            "position": place,
        }
        values |= {
            "probability": stage.probability,
            "norm_days": stage.norm_days or "",
            "guidance": stage.guidance,
        }
        fields |= {f"stages-{place}-{name}": value for name, value in values.items()}
    return fields | changes


@pytest.fixture
def admin_page(cast, room, client_of):
    url = reverse("admin:deals_pipeline_change", args=[room.pipeline.pk])
    stages = room.pipeline.stages_in_order()
    return lambda **changes: client_of(cast.admin).post(url, sent(room.pipeline, stages, **changes))


def test_an_administrator_sees_and_saves_a_pipeline(cast, room, client_of, admin_page):
    assert client_of(cast.admin).get(reverse("admin:deals_pipeline_changelist")).status_code == 200
    answer = admin_page(**{"stages-1-name": "Needs known", "stages-1-norm_days": "4"})
    assert answer.status_code == 302
    assert Stage.objects.get(name="Needs known").norm_days == 4


def test_a_salesperson_does_not_configure(cast, room, client_of):
    assert client_of(cast.salesperson).get(reverse("admin:deals_pipeline_changelist")).status_code != 200


@pytest.mark.parametrize(("place", "kind"), [(4, "open"), (5, "won")])
def test_a_pipeline_needs_a_stage_of_each_type(room, admin_page, place, kind):
    answer = admin_page(**{f"stages-{place}-kind": kind})
    assert answer.status_code == 200
    assert "at least one stage of each type" in answer.content.decode()


def test_the_type_of_a_stage_in_use_does_not_change(room, admin_page):
    answer = admin_page(**{"stages-0-kind": "won"})
    assert answer.status_code == 200
    assert "another type would rewrite" in answer.content.decode()


def test_a_stage_in_use_is_not_deleted_and_an_unused_one_is(room, admin_page):
    answer = admin_page(**{"stages-0-DELETE": "on"})
    assert answer.status_code == 200
    assert "1 deal stands in it" in answer.content.decode()
    assert admin_page(**{"stages-3-DELETE": "on"}).status_code == 302
    assert not Stage.objects.filter(name="Negotiation").exists()


def test_a_pipeline_with_deals_and_a_reason_in_use_are_not_deleted(cast, room, client_of, now):
    room.deal.lose(LossReason.objects.get(), by=cast.salesperson, at=now)
    admin = client_of(cast.admin)
    for name, record in (("pipeline", room.pipeline), ("lossreason", LossReason.objects.get())):
        assert (
            admin.post(reverse(f"admin:deals_{name}_delete", args=[record.pk]), {"post": "yes"}).status_code
            == 403
        )
    assert Pipeline.objects.count() == LossReason.objects.count() == 1


def test_an_empty_pipeline_is_deleted_with_its_stages(cast, room, client_of):
    from deals.testing import make_pipeline

    empty = make_pipeline("Renewals")
    answer = client_of(cast.admin).post(
        reverse("admin:deals_pipeline_delete", args=[empty.pk]), {"post": "yes"}
    )
    assert answer.status_code == 302
    assert not Pipeline.objects.filter(pk=empty.pk).exists()
