"""Rules of distribution in the administration: conditions checked and read back, candidates in their order."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from distribution import conditions
from distribution.models import Allotment, DistributionCandidate, DistributionRule, Method
from foundation.errors import Refused
from lists.registry import registered

NAMING = {Method.TERRITORY, Method.KNOWN}


class RuleForm(forms.ModelForm):
    class Meta:
        model = DistributionRule
        fields = [
            "name", "record", "position", "is_active", "query", "territories", "method", "presence", "otherwise",
            "hours_to_wait", "fallback", "first_step", "first_step_days",
        ]  # fmt: skip
        widgets = {"territories": forms.CheckboxSelectMultiple}
        help_texts = {
            "query": _(
                "Filter the list of clients or of deals until it shows what the rule is for, and paste the address"
                " of that page here. Empty: everything."
            ),
            "position": _("Rules are asked from the least place on; the first that fits decides."),
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "record" in said and "query" in said:
            try:
                said["query"] = conditions.read(said["query"])
                conditions.check(said["record"], said["query"])
            except Refused as refusal:
                self.add_error("query", refusal.message)
        return said


class CandidateForm(forms.ModelForm):
    class Meta:
        model = DistributionCandidate
        fields = ["position", "person", "department", "role", "per_day", "per_month", "most_open", "capacity"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        chosen = [name for name in ("person", "department", "role") if said.get(name)]
        if not self.errors and not said.get("DELETE") and len(chosen) != 1:
            raise ValidationError(_("Choose a person, a department or a role: one of them on a line."))
        return said


class CandidateFormSet(forms.BaseInlineFormSet):
    """Turn and load need somebody to choose from; nobody is named twice by themselves."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        method = self.data.get("method", self.instance.method)
        if not kept and method not in NAMING:
            raise ValidationError(_("Name at least one candidate: a person, a department or a role."))
        people = [said["person"] for said in kept if said.get("person")]
        for person in people:
            if people.count(person) > 1:
                raise ValidationError(_("%(name)s is named twice."), params={"name": person.name})


class CandidateInline(TabularInline):
    model = DistributionCandidate
    form = CandidateForm
    formset = CandidateFormSet
    extra = 1
    ordering = ["position", "pk"]
    ordering_field = "position"
    hide_ordering_field = False


@admin.register(DistributionRule)
class DistributionRuleAdmin(ModelAdmin):
    form = RuleForm
    list_display = ["name", "record", "position", "asks", "method", "is_active"]
    list_editable = ["position", "is_active"]
    list_filter = ["record", "is_active"]
    search_fields = ["name"]
    ordering = ["record", "position", "pk"]
    readonly_fields = ["asks", "tried"]
    inlines = [CandidateInline]
    fieldsets = [
        (None, {"fields": ["name", "record", "position", "is_active", "tried"]}),
        (_("Which records"), {"fields": ["query", "asks", "territories"]}),
        (_("To whom"), {"fields": ["method", "presence"]}),
        (_("When nobody can take it"), {"fields": ["otherwise", "hours_to_wait", "fallback"]}),
        (_("First step"), {"fields": ["first_step", "first_step_days"]}),
    ]

    @admin.display(description=_("reads as"))
    def asks(self, rule: DistributionRule) -> str | SafeString:
        if rule.pk is None:
            return "—"
        lines = conditions.sentences(rule.record, rule.query)
        if rule.query and not lines:
            return gettext("These conditions cannot be read any more: the rule fits nothing.")
        if not lines:
            return gettext("every one")
        url = f"{registered(rule.list_key).url}?{rule.query}"
        sentences = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
        return format_html('<ul>{}</ul><a href="{}">{}</a>', sentences, url, gettext("Open the list"))

    @admin.display(description=_("try it"))
    def tried(self, rule: DistributionRule) -> str | SafeString:
        if rule.pk is None:
            return gettext("once it is saved")
        url = f"{reverse('distribution:trial')}?{urlencode({'record': rule.record, 'rule': rule.pk})}"
        return format_html('<a href="{}">{}</a>', url, gettext("Who would get the last 50?"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What gave something is put out of use, never deleted: the reasons kept name it."""
        used = obj is not None and Allotment.objects.filter(rule=obj).exists()
        return not used and obj is not None and super().has_delete_permission(request, obj)
