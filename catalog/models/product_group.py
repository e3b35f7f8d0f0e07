from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog import facts
from foundation.errors import Refused
from foundation.facts import tell

DEEPEST = 8


class ProductGroupQuerySet(models.QuerySet["ProductGroup"]):
    def keys_below(self, key: int) -> set[int]:
        """The group's own key and those of all below it. One statement: groups are few."""
        above = dict(self.order_by("pk").values_list("pk", "parent_id"))
        return {each for each in above if key in _way_up(each, above)} | {key}


class ProductGroup(models.Model):
    """Where a product stands in the catalogue: a tree, at most DEEPEST deep."""

    name = models.CharField(pgettext_lazy("of a product group", "name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=gettext_lazy("part of the group"),
    )

    objects = ProductGroupQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("product group")
        verbose_name_plural = gettext_lazy("product groups")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], nulls_distinct=False, name="product_group_name_once_below_a_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("pk")),
                name="product_group_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(cls, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> "ProductGroup":
        group = cls(**fields)
        with transaction.atomic():
            group._refuse_what_cannot_be(_locked_tree())
            group.save()
            told = facts.ProductGroupCreated(product_group_id=group.pk, name=group.name)
            tell(told, by=by, at=at, cause=cause)
        return group

    def change(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            above = _locked_tree()
            group = ProductGroup.objects.get(pk=self.pk)
            changed = [name for name, value in changes.items() if getattr(group, name) != value]
            if not changed:
                return
            for name in changed:
                setattr(group, name, changes[name])
            group._refuse_what_cannot_be(above)
            group.save()
            told = facts.ProductGroupChanged(product_group_id=group.pk, name=group.name, fields=changed)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _refuse_what_cannot_be(self, above: dict[int, int | None]) -> None:
        namesakes = ProductGroup.objects.filter(name=self.name, parent=self.parent_id).exclude(pk=self.pk)
        if self.parent_id is None:
            namesakes = ProductGroup.objects.filter(name=self.name, parent=None).exclude(pk=self.pk)
        if namesakes.exists():
            raise Refused(_("There is a group called %(name)s here already.") % {"name": self.name})
        if self.parent_id is None:
            return
        way = _way_up(self.parent_id, above)
        if self.pk in way:
            raise Refused(
                _("%(name)s cannot be part of itself or of a group below it.") % {"name": self.name}
            )
        if len(way) + _height(self.pk, above) > DEEPEST:
            raise Refused(_("Groups are at most %(count)d deep.") % {"count": DEEPEST})


def _locked_tree() -> dict[int, int | None]:
    """Each group's parent. All are locked, so that two moves at once cannot close a circle."""
    locked = ProductGroup.objects.select_for_update().order_by("pk")
    return dict(locked.values_list("pk", "parent_id"))


def _way_up(key: int, above: dict[int, int | None]) -> list[int]:
    """The group and those above it, the nearest first. Ends at a circle too, should there ever be one."""
    way: list[int] = []
    at: int | None = key
    while at is not None and at not in way:
        way.append(at)
        at = above.get(at)
    return way


def _height(key: int | None, above: dict[int, int | None]) -> int:
    """How many levels hang from the group, itself among them."""
    if key is None:
        return 1
    ways = [_way_up(each, above) for each in above]
    return max((way.index(key) + 1 for way in ways if key in way), default=1)
