"""Own companies in the administration: who issues, to which account clients pay, how numbers are written."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminFileFieldWidget

from billing.logos import logo_from
from billing.models import BankAccount, LegalEntity, MarginRule, NumberFormat
from billing.numbering import check_pattern
from foundation.admin import VerbAdmin
from foundation.errors import Refused


class TakingTheDefault(forms.ModelForm):
    """One that becomes the default takes the place of the one before: no need to look for that one first."""

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]


class LegalEntityForm(TakingTheDefault):
    upload = forms.FileField(
        label=gettext_lazy("logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or GIF, at most 500 kB; printed at the top of documents"),
        widget=UnfoldAdminFileFieldWidget,
    )
    without_logo = forms.BooleanField(label=gettext_lazy("print no logo"), required=False)

    class Meta:
        model = LegalEntity
        exclude: tuple[str, ...] = ()

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).strip().upper()
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise ValidationError(_("A country is two capital letters, such as US."))
        return country

    def clean_upload(self) -> Any:
        upload = self.cleaned_data.get("upload")
        if upload:
            try:
                self.instance.logo, self.instance.logo_type = logo_from(upload)
            except Refused as refusal:
                raise ValidationError(refusal.message) from refusal
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("without_logo") and not cleaned.get("upload"):
            self.instance.logo, self.instance.logo_type = None, ""
        if cleaned.get("is_default") and not cleaned.get("is_active"):
            self.add_error("is_default", _("The company used unless another is chosen must issue documents."))
        return cleaned


class NumberFormatForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        code = self.data.get("code", "")
        if cleaned.get("pattern") and cleaned.get("reset"):
            try:
                check_pattern(cleaned["pattern"], reset=cleaned["reset"], code=code)
            except Refused as refusal:
                self.add_error("pattern", refusal.message)
        return cleaned


class BankAccountFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        chosen = [
            each.get("currency")
            for each in (getattr(form, "cleaned_data", {}) for form in self.forms)
            if each.get("is_default")
        ]
        if len(chosen) != len(set(chosen)):
            raise ValidationError(_("One account is printed on documents in a currency. Choose which."))


class BankAccountInline(TabularInline):
    model = BankAccount
    form = TakingTheDefault
    formset = BankAccountFormSet
    hide_title = True
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # documents and statements name it: it goes out of use instead


class NumberFormatInline(TabularInline):
    model = NumberFormat
    form = NumberFormatForm
    hide_title = True
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its counter knows the last number given


@admin.register(LegalEntity)
class LegalEntityAdmin(ModelAdmin):
    form = LegalEntityForm
    list_display = ["name", "full_name", "tax_number", "country", "is_default", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "full_name", "tax_number"]
    ordering = ["name", "pk"]
    inlines = [BankAccountInline, NumberFormatInline]
    fieldsets = [
        (None, {"fields": ["name", "full_name", "code", "country", "language", "is_default", "is_active"]}),
        (
            gettext_lazy("On documents"),
            {
                "fields": [
                    "address", "tax_number", "registration_number", "reason_code", "phone", "email", "website",
                    "director", "director_position", "accountant", "upload", "without_logo", "footer",
                ]
            },
        ),
        (gettext_lazy("Approval"), {"fields": ["approval_over", "may_approve_own"]}),
    ]  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: LegalEntity | None = None) -> bool:
        return False

    def _may(self, request: HttpRequest) -> bool:
        return bool(request.user.may("billing.configure"))  # type: ignore[union-attr]

    def has_change_permission(self, request: HttpRequest, obj: LegalEntity | None = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def save_model(self, request: HttpRequest, obj: LegalEntity, form: Any, change: bool) -> None:
        with transaction.atomic():
            if obj.is_default:
                LegalEntity.objects.filter(is_default=True).exclude(pk=obj.pk).update(is_default=False)
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The account printed in a currency takes the place of the one before."""
        if formset.model is BankAccount:
            for each in formset.cleaned_data:
                if each and each.get("is_default"):
                    mine = BankAccount.objects.filter(legal_entity=form.instance, currency=each["currency"])
                    kept = each["id"].pk if each.get("id") else 0
                    mine.filter(is_default=True).exclude(pk=kept).update(is_default=False)
        super().save_formset(request, form, formset, change)


@admin.register(MarginRule)
class MarginRuleAdmin(VerbAdmin):
    fields = [
        "name", "discount_from", "margin_below", "approver", "rank", "needs_reason", "legal_entity", "is_active",
    ]  # fmt: skip
    list_display = ["name", "discount_from", "margin_below", "approver", "rank", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["approver"]
    search_fields = ["name"]
    ordering = ["rank", "pk"]
