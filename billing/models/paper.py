from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from billing.models.legal_entity import BankAccount, LegalEntity
from catalog.models import PriceList
from deals.models import Deal
from users.models import User


class TaxMode(models.TextChoices):
    ON_TOP = "on_top", _("tax comes on top")
    INCLUDED = "included", _("prices include tax")


class TaxRounding(models.TextChoices):
    LINE = "line", _("rounded on every line")
    DOCUMENT = "document", _("rounded once a document")


class Paper(models.Model):
    """What quotes and invoices have in common: from whom, to whom, in what currency, and the sums of their lines.

    `net + tax = total`, the sums of the lines. `rate` and `base_total` (settings.BASE_CURRENCY) are frozen at issue.
    """

    number = models.CharField(_("number"), max_length=60, blank=True, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="%(class)ss", verbose_name=_("own company")
    )
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bank account")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="%(class)ss", db_index=False, verbose_name=_("client")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    deal = models.ForeignKey(
        Deal, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("deal")
    )
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("owner")
    )
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    language = models.CharField(_("language"), max_length=8, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=settings.BASE_CURRENCY)
    dated_on = models.DateField(_("date"))
    tax_mode = models.CharField(_("taxes"), max_length=8, choices=TaxMode, default=TaxMode.ON_TOP)
    tax_rounding = models.CharField(
        _("rounding of taxes"), max_length=8, choices=TaxRounding, default=TaxRounding.LINE
    )
    price_list = models.ForeignKey(
        PriceList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("price list"),
    )
    promo_code = models.CharField(_("promo code"), max_length=40, blank=True)
    discount_percent = models.DecimalField(
        _("discount, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    discount_amount = models.DecimalField(
        _("discount"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    discount = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0), editable=False)
    net = models.DecimalField(_("net"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False)
    tax = models.DecimalField(_("tax"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False)
    total = models.DecimalField(
        _("total"), max_digits=18, decimal_places=4, default=Decimal(0), editable=False
    )
    cost_total = models.DecimalField(_("cost"), max_digits=18, decimal_places=4, null=True, editable=False)
    rate = models.DecimalField(max_digits=24, decimal_places=12, null=True, editable=False)
    base_total = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    note = models.TextField(_("note to the client"), blank=True)
    # Seller and buyer as they were called when it was issued.
    parties = models.JSONField(default=dict, editable=False)
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
