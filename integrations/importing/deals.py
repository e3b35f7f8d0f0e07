import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, ContactPoint, Source
from catalog.models import Product
from deals import bulk
from deals.models import Deal, LossReason, Stage
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.search_text import sort_key
from integrations.importing import external_ids
from integrations.importing.base import CONFIGURES, Importer, Step
from integrations.importing.deal_fields import DEAL_FIELDS
from integrations.importing.names import Names, name_key, unknown_name
from integrations.importing.owners import Owners
from integrations.importing.paths import path_of
from integrations.importing.pipelines import Pipelines
from integrations.importing.products import currency_code
from integrations.importing.record import Record
from integrations.mapping import ENTERED, MappingError

OURS = re.compile(r"ID\s*(\d{1,18})", re.IGNORECASE)


class DealImport(Importer):
    """Deals with their history: days of the file become stage events at those moments."""

    entity = "deals"
    kind = "deal"
    natural_match = ("external_id",)  # rows without a key of their own get one by their content
    creatable = ("source", "loss_reason")
    create_right = "deals.create"
    change_right = "deals.change"
    fields = DEAL_FIELDS
    plain_fields = frozenset({"title", "account", "amount", "currency", "source", "expected_close_on"})

    def prepare(self) -> None:
        may_configure = self.by.may(CONFIGURES)
        self.pipelines = Pipelines(self.mapping, may_make=may_configure, is_dry_run=self.work.is_dry_run)
        self.owners = Owners(self.by, view="deals.view", assign="deals.assign", system=self.mapping.system)
        products = Product.objects.all() if self.by.may("catalog.view") else Product.objects.none()
        self.products = Names(_("product"), ((each.name, each) for each in products))
        self.words = {
            "source": self._words(_("source"), "source", Source),
            "loss_reason": self._words(
                _("loss reason"), "loss_reason", LossReason, position=self._last_reason()
            ),
        }
        self.accounts: dict[str, list[Account]] = {}
        self.entered_fields = [name for name in self.mapping.columns.values() if name.startswith(ENTERED)]
        self._check_stages()
        self.rates = bulk.Rates()

    def _take(self, rows: Any) -> None:
        self._load_accounts(rows)
        super()._take(rows)

    def read(self, record: Record) -> dict[str, Any]:
        values: dict[str, Any] = {
            "external_id": self.read_external_id(record) or self.key_of_row(record),
            "title": record.shortened("title", 200),
            "next_step": record.shortened("next_step", 200),
            "loss_note": record.text("loss_note"),
        }
        for name, reading in self._readings().items():
            if record.has(name):
                values[name] = record.read(name, reading)
        for name, words in self.words.items():
            if record.has(name) and (name != "loss_reason" or self._is_loss(record)):
                values[name] = words.find(record, name)
        if record.has("product"):
            values["product"] = self.products.find(record, "product")
        if record.has("account"):
            values["account"] = self._account(record)
        self.owners.read(record, values)
        stage = self.pipelines.stage(record)
        if stage is not None and not record.problems:
            self._read_path(record, values, stage)
        return values

    def visible(self) -> Any:
        return Deal.objects.visible_to(self.by).select_related(
            "stage", "pipeline", "account", "owner", "source", "loss_reason"
        )

    def complete(self, step: Step) -> None:
        values, record = step.values, step.record
        self.owners.complete(step)
        if not values["title"]:
            values["title"] = self._made_title(values)
        if values["stage"].kind == "lost" and values.get("loss_reason") is None:
            record.reject("loss_reason", _("A lost deal needs a loss reason."))
        if values["next_step"] and values.get("next_step_on") is None:
            record.reject("next_step_on", _("Say on which day the next step is due."))
        try:
            self.rates.rate(
                values.get("currency") or settings.BASE_CURRENCY, company_day(values["path"][0][1])
            )
        except Refused as refusal:
            record.reject("currency", refusal.message)

    def differences(self, step: Step) -> dict[str, Any]:
        """Also a later stage. An earlier one is left: the deal went on here after the file was written."""
        if not step.values["title"]:
            del step.values["title"]
        changes = super().differences(step)
        self.owners.differ(step, changes)
        deal, stage, path = step.target, step.values["stage"], step.values["path"]
        if stage.pk != deal.stage_id and path[-1][1] > deal.entered_stage_at:
            changes["stage"] = stage
            if stage.kind == "lost" and step.values.get("loss_reason") is None:
                step.record.reject("loss_reason", _("A lost deal needs a loss reason."))
        planned = (step.values["next_step"], step.values.get("next_step_on"))
        if all(planned) and planned != (deal.next_step, deal.next_step_on) and deal.is_open:
            changes["next_step"] = planned
        return changes

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        made = bulk.open_many([self._draft(step.values) for step in steps], by=self.by)
        self.owners.leave_to_rules("deal", steps, made, at=timezone.now())
        return made

    def change(self, step: Step) -> None:
        deal, changes = step.target, step.changes
        plain = {name: changes[name] for name in changes if name in self.plain_fields}
        if "source" in plain:
            plain["source"] = self.kept(plain["source"])
        if plain:
            deal.change(plain, by=self.by, at=self.at)
        if "owner" in changes:
            deal.assign(changes["owner"], by=self.by, at=self.at)
        if "next_step" in changes:
            deal.plan_next_step(*changes["next_step"], by=self.by, at=self.at)
        if "stage" in changes:
            self._bring_to(deal, step)

    def _bring_to(self, deal: Deal, step: Step) -> None:
        stage, moment = step.values["path"][-1]
        if not deal.is_open:
            deal.reopen(by=self.by, at=moment, stage=stage if stage.is_open else None)
            if stage.is_open:
                return
        if stage.kind == "won":
            deal.win(by=self.by, at=moment)
        elif stage.kind == "lost":
            reason = self.kept(step.values["loss_reason"])
            deal.lose(reason, by=self.by, at=moment, note=step.values["loss_note"])
        else:
            deal.move(stage, by=self.by, at=moment)

    def _readings(self) -> dict[str, Callable[[str], Any]]:
        return {
            "amount": self._amount,
            "currency": currency_code,
            "quantity": self._quantity,
            "opened_at": self.reader.moment,
            "closed_at": self.reader.moment,
            "expected_close_on": self.reader.day,
            "next_step_on": self.reader.day,
        }

    def _amount(self, text: str) -> Decimal:
        amount = self.reader.amount(text) * Decimal(self.mapping.scale.get("amount", "1"))
        if amount < 0:
            raise ValueError(_("An amount is not negative."))
        return amount.quantize(Decimal("0.01"))

    def _quantity(self, text: str) -> Decimal:
        number = self.reader.whole_number(text)
        if number < 1:
            raise ValueError(_("“%(text)s” is not a number of things.") % {"text": text[:60]})
        return Decimal(number)

    def _read_path(self, record: Record, values: dict[str, Any], stage: Stage) -> None:
        entered = {}
        for name in self.entered_fields:
            into = self.pipelines.named(stage.pipeline, name.removeprefix(ENTERED))
            moment = record.read(name, self.reader.moment)
            if into is not None and moment is not None:
                entered[name] = (into, moment)
        first = self.pipelines.first_open(stage.pipeline)
        values["stage"] = stage
        if not record.problems:
            values["path"] = path_of(record, values, stage, entered, first, self.at)

    def _check_stages(self) -> None:
        for name in self.entered_fields:
            stage = name.removeprefix(ENTERED)
            if self.pipelines.named(self.pipelines.default, stage) is None:
                raise MappingError(_("The pipeline has no stage “%(name)s”.") % {"name": stage})

    def _is_loss(self, record: Record) -> bool:
        """A constant loss reason is for lost deals only."""
        stage = self.pipelines.stage(Record(record.row, record.texts, record.column_of))
        return stage is not None and stage.kind == "lost"

    def _load_accounts(self, rows: Any) -> None:
        """The clients a batch names, in one statement; by sort key, which is indexed."""
        names = {self.layout.record(row).text("account") for row in rows} - {""}
        new = {name for name in names if name_key(name) not in self.accounts}
        if not new:
            return
        if len(self.accounts) > 100_000:
            self.accounts.clear()
            new = names
        self.accounts |= {name_key(name): [] for name in new}
        visible = Account.objects.visible_to(self.by).filter(sort_key__in={sort_key(name) for name in new})
        for account in visible.order_by("pk"):
            if (
                name_key(account.name) in self.accounts
                and account not in self.accounts[name_key(account.name)]
            ):
                self.accounts[name_key(account.name)].append(account)

        self._add_by_keys(new)

    def _add_by_keys(self, texts: set[str]) -> None:
        """Clients called by an e-mail of theirs, by our key (`ID12`) or by the other system's; a name comes first."""
        nameless = {text for text in texts if not self.accounts[name_key(text)]}
        meant: dict[str, set[int]] = {
            text: {int(ours[1])} for text in nameless if (ours := OURS.fullmatch(text))
        }
        if self.mapping.system and nameless:
            for key, found in external_ids.objects_by_key(self.system, "account", nameless).items():
                meant.setdefault(key, set()).update(found)
        if mails := {text.lower(): text for text in nameless if "@" in text}:
            points = ContactPoint.objects.filter(kind="email", value__in=mails)
            for value, account_id in points.order_by("pk").values_list("value", "account_id"):
                meant.setdefault(mails[value], set()).add(account_id)
        keys = {pk for each in meant.values() for pk in each}
        known = Account.objects.visible_to(self.by).in_bulk(keys) if keys else {}
        for text, each in meant.items():
            called = self.accounts[name_key(text)]
            called += [known[pk] for pk in sorted(each) if pk in known and known[pk] not in called]

    def _account(self, record: Record) -> Account | None:
        name = record.text("account")
        found = self.accounts.get(name_key(name), [])
        if not found:
            record.reject_unknown("account", name, unknown_name(_("client"), name))
        elif len(found) > 1:
            record.reject(
                "account", _("%(count)s clients are called “%(name)s”.") % {"count": len(found), "name": name}
            )
        return found[0] if len(found) == 1 else None

    def _last_reason(self) -> int:
        """A file's reasons stand below those the company chose itself."""
        last = LossReason.objects.order_by("-position").values_list("position", flat=True).first()
        return (last or 0) + 1

    def _words(self, label: str, field: str, model: Any, **fields: Any) -> Names:
        made: Callable[[str], Any] | None = (
            (lambda name: model(name=name, **fields)) if self.may_create(field) else None
        )
        return Names(label, ((each.name, each) for each in model.objects.all()), made=made)

    def _made_title(self, values: dict[str, Any]) -> str:
        parts = [str(values[name]) for name in ("product", "account") if values.get(name)]
        return " · ".join(parts)[:200] or _("Deal %(key)s") % {"key": values["external_id"][:60]}

    def _draft(self, values: dict[str, Any]) -> bulk.DealDraft:
        product = values.get("product")
        return bulk.DealDraft(
            title=values["title"],
            path=values["path"],
            owner=values.get("owner"),
            account=values.get("account"),
            amount=values.get("amount"),
            currency=values.get("currency") or settings.BASE_CURRENCY,
            source=self.kept(values.get("source")),
            expected_close_on=values.get("expected_close_on"),
            next_step=values["next_step"],
            next_step_on=values.get("next_step_on"),
            loss_reason=self.kept(values.get("loss_reason")),
            loss_note=values["loss_note"],
            lines=[(product, values.get("quantity") or Decimal(1))] if product else [],
        )
