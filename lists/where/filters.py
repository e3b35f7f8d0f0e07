"""The parameter `where` of a list's filters."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from lists.registry import registered
from lists.where.checking import Checked, checked
from lists.where.conditions import condition
from lists.where.fields import fields_of
from lists.where.grammar import parsed, without, written
from lists.where.sentences import names_of, sentences

WHERE = "where"


class WhereField(forms.CharField):
    """What conditions ask for, checked. An unreadable one is an error in words."""

    def __init__(self, *, key: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key = key

    def clean(self, value: Any) -> Checked | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return checked(parsed(text), fields_of(registered(self.key)))
        except Refused as refusal:
            raise ValidationError(refusal.message) from None


class WhereFilter(django_filters.Filter):
    field_class = WhereField

    def filter(self, queryset: Any, value: Checked | None) -> Any:
        if value is None or not value.tree.items:
            return queryset
        person, now = self.parent.request.user, timezone.localtime()
        return queryset.filter(condition(value, person, now))


class WhereFilters(django_filters.FilterSet):
    """Mixed into the filters of a list that is registered as `list_key`. Where conditions cannot be read nothing is
    found: everything would be a lie."""

    list_key: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = WhereFilter(label=gettext_lazy("Conditions"), key=self.list_key)
        where.parent, where.model = self, self._meta.model
        self.filters[WHERE] = where

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found.none() if self.is_unreadable else found

    @property
    def is_unreadable(self) -> bool:
        return WHERE in self.form.errors

    @property
    def conditions(self) -> Checked | None:
        self.form.is_valid()
        return self.form.cleaned_data.get(WHERE)

    @property
    def where_notes(self) -> list[str]:
        """What was left out, in words."""
        dropped = self.conditions.dropped if self.conditions else ()
        return [
            _("There is no “%(field)s” to ask about any more: it is left out.") % {"field": name}
            for name in dropped
        ]

    def where_chips(self, query: Any) -> list[tuple[str, str]]:
        """(sentence, the query string that takes the condition away). One statement where records are named."""
        asked = self.conditions
        if asked is None or not asked.tree.items:
            return []
        names = names_of(asked.asked.values(), self.request.user)
        between = _("or") if asked.tree.is_any else ""
        found = []
        for number, each in enumerate(sentences(asked, names)):
            said: QueryDict = query.copy()
            left = written(without(asked.tree, each.place))
            for name in ("cursor", "after", WHERE):
                said.pop(name, None)
            if left:
                said[WHERE] = left
            title = f"{between} {each.text}" if between and number else each.text
            found.append((title, f"?{said.urlencode(safe=',:;()')}"))
        return found
