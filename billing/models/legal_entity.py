from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.languages import LANGUAGES


class LegalEntity(models.Model):
    """One of our own companies: who issues, whose numbers count, to whose account the client pays."""

    name = models.CharField(_("name"), max_length=200, unique=True, help_text=_("as people here call it"))
    full_name = models.CharField(_("full name on documents"), max_length=300, blank=True)
    code = models.SlugField(_("code"), max_length=12, blank=True, help_text=_("for numbers: {code}"))
    country = models.CharField(_("country"), max_length=2, default="US", help_text=_("ISO code, such as US"))
    language = models.CharField(_("language of documents"), max_length=8, choices=LANGUAGES, default="en")
    address = models.TextField(_("address"), blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True)
    reason_code = models.CharField(_("tax registration reason code"), max_length=9, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    director = models.CharField(_("head"), max_length=120, blank=True)
    director_position = models.CharField(_("position of the head"), max_length=120, blank=True)
    accountant = models.CharField(_("chief accountant"), max_length=120, blank=True)
    logo = models.BinaryField(editable=False, null=True)
    logo_type = models.CharField(max_length=40, blank=True, editable=False)
    footer = models.TextField(_("footer of documents"), blank=True)
    approval_over = models.DecimalField(
        _("approval over"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("invoices over this, in the company's currency, need approval; nothing: none does"),
    )
    may_approve_own = models.BooleanField(
        _("people may approve invoices of their own"),
        default=False,
        help_text=_("for companies of one or two"),
    )
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    is_active = models.BooleanField(_("issues documents"), default=True)

    class Meta:
        verbose_name = _("own company")
        verbose_name_plural = _("own companies")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="legal_entity_one_default"
            ),
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$"), name="legal_entity_has_iso_country"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """An account of ours at a bank: printed on what we issue, and whose statements we read."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="bank_accounts", verbose_name=_("own company")
    )
    number = models.CharField(_("account number or IBAN"), max_length=40)
    bank_name = models.CharField(_("bank"), max_length=200)
    bank_code = models.CharField(_("BIC"), max_length=20, blank=True)
    correspondent_account = models.CharField(_("correspondent account"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=settings.BASE_CURRENCY)
    is_default = models.BooleanField(_("printed on documents in its currency"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["legal_entity", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["number", "currency"], name="bank_account_once"),
            models.UniqueConstraint(
                fields=["legal_entity", "currency"],
                condition=Q(is_default=True),
                name="bank_account_one_default",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}, {self.bank_name}"
