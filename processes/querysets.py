"""Which processes, runs and work whom concern."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from foundation.automation import all_subjects


def role_keys(person: Any) -> list[str]:
    """The keys of a person's roles: as the policy was read with them, else read once for a person."""
    if not hasattr(person, "_role_keys"):
        known = getattr(person, "policy_roles", None)
        person._role_keys = list(person.roles.values_list("key", flat=True) if known is None else known)
    return person._role_keys


class ProcessQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, person: Any) -> Self:
        """How the company works is no secret among its people, but who may not see processes sees none."""
        return self if person.policy.may("processes.work") else self.none()

    def startable_by(self, person: Any, kind: str) -> Self:
        """Those with a button on records of a kind, for a role of this person's or for all."""
        from processes.models import Trigger

        mine = Q(roles=[]) | Q(roles__overlap=role_keys(person))
        buttons = Trigger.objects.filter(mine, process=OuterRef("pk"), kind="button", is_on=True)
        return self.filter(Exists(buttons), subject_kind=kind, status="on")


class RunQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, person: Any) -> Self:
        """Runs about records one may see, those one began, and those in which one has work."""
        if not person.policy.may("processes.work"):
            return self.none()
        if person.policy.reach("processes.repair").everybody:
            return self
        return self.filter(_seen_records(person) | Q(started_by=person.pk) | Q(Exists(_own_work(person))))

    def repairable_by(self, person: Any) -> Self:
        """Those whose record's owner is within the person's reach: see processes.repairing."""
        reach = person.policy.reach("processes.repair")
        return self if reach.everybody else self.filter(_owned_by(reach.people))

    def active(self) -> Self:
        return self.filter(status="active")

    def about(self, kind: str, key: int) -> Self:
        return self.filter(subject_kind=kind, subject_id=key)


class BatchQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, person: Any) -> Self:
        """Whoever answers for the process, and those who may put right every run."""
        if person.policy.reach("processes.repair").everybody:
            return self
        return self.filter(process__owner=person.pk) if person.policy.may("processes.work") else self.none()


class WorkItemQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, person: Any) -> Self:
        """One's own work, and that about records one may see."""
        if not person.policy.may("processes.work"):
            return self.none()
        if person.policy.reach("processes.repair").everybody:
            return self
        return self.filter(_seen_records(person) | _mine(person))

    def touched(self) -> Self:
        """Done by somebody, or taken from a role."""
        return self.filter(Q(done_by__isnull=False) | (~Q(role="") & Q(assignee__isnull=False)))

    def open(self) -> Self:
        return self.filter(state="open")

    def for_person(self, person: Any) -> Self:
        """What waits for this person: given to them, or open to a role of theirs."""
        return self.filter(_mine(person), state="open")


def _mine(person: Any) -> Q:
    return Q(assignee=person.pk) | Q(assignee__isnull=True, role__in=role_keys(person))


def _own_work(person: Any) -> Any:
    from processes.models import WorkItem

    return WorkItem.objects.filter(_mine(person) | Q(done_by=person.pk), run=OuterRef("pk"))


def _owned_by(people: Any) -> Q:
    owned = Q(pk__in=[])
    for subject in all_subjects().values():
        if subject.of_owner and people:
            whose = {f"{subject.of_owner}__in": list(people)}
            rows = subject.model._default_manager.filter(**whose).order_by().values("pk")
            owned |= Q(subject_kind=subject.kind, subject_id__in=rows)
    return owned


def is_seen(person: Any) -> Any:
    """Of a row with a subject, whether the person may see that record: looked up for each row of a page, by its key."""
    ways = [
        When(
            subject_kind=subject.kind,
            then=Exists(
                subject.model._default_manager.visible_to(person).order_by().filter(pk=OuterRef("subject_id"))
            ),
        )
        for subject in all_subjects().values()
    ]
    return Case(*ways, default=Value(False))


def _seen_records(person: Any) -> Q:
    seen = Q(pk__in=[])
    for subject in all_subjects().values():
        rows = subject.model._default_manager.visible_to(person).order_by().values("pk")
        seen |= Q(subject_kind=subject.kind, subject_id__in=rows)
    return seen


class VersionMoveQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, person: Any) -> Self:
        """One's own, and for whoever may put every run right, everybody's."""
        reach = person.policy.reach("processes.repair")
        return self if reach.everybody else self.filter(by=person.pk)
