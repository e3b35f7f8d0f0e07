"""The whole form of a client: its fields and the rows of points, addresses and tax numbers below them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseFormSet, formset_factory, model_to_dict
from django.utils.translation import gettext as _

from accounts import operations
from accounts.forms import AccountForm, AddressForm, PointForm, TaxNumberForm
from accounts.models import Account, AccountRole, Address, TaxNumber
from accounts.phones import shown
from foundation.errors import Refused, Stale
from foundation.refusals import refused_into
from lists.three_way import BOTH, Merging

MOST_ROWS = 30
ROW_FORMS = {"points": PointForm, "addresses": AddressForm, "tax_numbers": TaxNumberForm}


class RowSet(BaseFormSet):  # type: ignore[type-arg]
    """Rows of small forms; the filled ones are `filled()`."""

    def filled(self, name: str = "value") -> list[dict[str, Any]]:
        return [row.cleaned_data for row in self.forms if row.cleaned_data.get(name)]

    def mistakes(self) -> list[str]:
        rows = [message for row in self.forms for messages in row.errors.values() for message in messages]
        return [*rows, *self.non_form_errors()]

    def clean(self) -> None:
        preferred = [row for row in self.forms if getattr(row, "cleaned_data", {}).get("is_preferred")]
        for row in preferred[1:]:
            row.add_error("is_preferred", _("Only one can be preferred."))


def rows(kind: str, sent: Any, kept: list[dict[str, Any]]) -> RowSet:
    """The rows of one kind: what is kept and one empty row more."""
    made: Any = formset_factory(ROW_FORMS[kind], RowSet, extra=1, max_num=MOST_ROWS, validate_max=True)
    row_set: RowSet = made(sent, prefix=kind, initial=kept)
    return row_set


def point_rows(points: Any) -> list[dict[str, Any]]:
    """Points as rows of the form, phones as people write them."""
    return [
        {
            "kind": point.kind,
            "value": shown(point.value) if point.kind == "phone" else point.value,
            "note": point.note,
            "is_preferred": point.is_preferred,
        }
        for point in points
    ]


class ClientForm:
    """A client's form as the page sees it: `main` and three row sets, valid and saved together."""

    def __init__(
        self,
        person: Any,
        sent: Any = None,
        account: Account | None = None,
        begun: dict[str, Any] | None = None,
    ) -> None:
        self.person, self.account, self.sent = person, account, sent
        kept = _kept(account) if account else _begun(begun or {})
        initial = {"tags": kept["tags"]} if account else {"roles": [AccountRole.LEAD]} | (begun or {})
        self.merging = Merging(
            sent,
            lambda: AccountForm(instance=account, initial=initial, person=person),
            account.version if account else 0,
            rows={kind: kept[kind] for kind in ROW_FORMS},
        )
        self.sent = sent = self.merging.data
        self.main = AccountForm(sent, instance=account, initial=initial, person=person)
        self.points = rows("points", sent, kept["points"])
        self.addresses = rows("addresses", sent, kept["addresses"])
        self.tax_numbers = rows("tax_numbers", sent, kept["tax_numbers"])

    def is_valid(self) -> bool:
        """Mistakes in rows are said above the form too, where the focus goes."""
        parts = [
            self.main.is_valid(),
            self.points.is_valid(),
            self.addresses.is_valid(),
            self.tax_numbers.is_valid(),
        ]
        for row_set in (self.points, self.addresses, self.tax_numbers):
            for mistake in row_set.mistakes():
                self.main.add_error(None, mistake)
        if self.merging.conflicts:
            self.main.add_error(None, ValidationError(BOTH, code="stale"))
        return all(parts) and not self.merging.conflicts

    def create(self, *, by: Any, at: datetime, accepted: Any = None) -> Account | None:
        """None when refused. `accepted` is what the person said to the warning about likenesses, if there was one."""
        with refused_into(self.main):
            return operations.add_client(self.main.plain(), **self._parts(), accepted=accepted, by=by, at=at)
        return None

    def change(self, *, by: Any, at: datetime, accepted: Any = None) -> bool:
        """False when refused. What somebody else changed meanwhile stays; what both changed was asked before."""
        assert self.account is not None
        version = self.main.cleaned_data["version"]
        try:
            operations.change_client(
                self.account,
                self.main.plain(),
                version=version,
                **self._parts(),
                accepted=accepted,
                by=by,
                at=at,
            )
        except Stale as stale:
            self.main.add_error(None, ValidationError(stale.message, code="stale"))
        except Refused as refusal:
            self.main.add_error(None, refusal.message)
        return not self.main.errors

    @property
    def original(self) -> str:
        """What the form began with: hidden in it, so that a change by somebody else can be told from one's own."""
        return self.merging.original(
            AccountForm(instance=self.account, initial=self.main.initial, person=self.person)
        )

    @property
    def is_stale(self) -> bool:
        return self.main.has_error(NON_FIELD_ERRORS, "stale")

    def _parts(self) -> dict[str, Any]:
        return {
            "points": self.points.filled(),
            "addresses": [
                Address(**row) for row in (each.cleaned_data for each in self.addresses.forms) if row
            ],
            "tax_numbers": [(row["kind"], row["value"]) for row in self.tax_numbers.filled()],
            "tags": self.main.cleaned_data["tags"],
        }


def _kept(account: Account) -> dict[str, Any]:
    """What the rows of the form begin with."""
    addresses = Address.objects.filter(account=account)
    return {
        "points": point_rows(account.points.filter(contact=None)),
        "addresses": [model_to_dict(address, AddressForm.Meta.fields) for address in addresses],
        "tax_numbers": list(TaxNumber.objects.filter(account=account).values("kind", "value")),
        "tags": list(account.tags.order_by("name").values_list("name", flat=True)),
    }


def _begun(begun: dict[str, Any]) -> dict[str, Any]:
    """What was typed into the quick form goes on in the whole one."""
    typed = [{"kind": kind, "value": begun.get(kind, "")} for kind in ("phone", "email")]
    return {"points": [row for row in typed if row["value"]], "addresses": [], "tax_numbers": [], "tags": []}
