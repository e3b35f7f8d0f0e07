"""Walking through every door of the house: what the URLconf holds today, and so what is added tomorrow.

The records of the scene have numbers far apart by kind, so that a number opens a door only where its kind is meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Account, Address, Contact, ContactPoint, HandOver
from accounts.testing import make_account, make_contact, relate
from activities.models import Absence, Attachment, Call, Message, Note
from activities.testing import make_meeting, make_task
from billing.models import BankAccount, BankStatement, Invoice, InvoiceLink, LegalEntity, RecurringInvoice
from billing.recurring import make_due
from billing.testing import line, make_draft, make_invoice, make_payment, make_quote, make_sent_quote
from catalog.models import Calculator, PointsEntry, PriceTerms, Product
from catalog.testing import make_list, put_price
from changes.trash import verbs as trash
from deals.models import Deal
from deals.models.deal_contact import DealContactRole
from deals.testing import make_deal, make_loss_reason, make_pipeline
from foundation.clock import company_day
from integrations import desk
from lists.models import SavedView
from processes import operations
from processes.intake.opening import open_intake
from processes.models import Batch, Intake, Process, Run
from processes.moving import batches
from processes.moving.plan import Plan
from processes.testing import block, make_process
from reports.registry import all_reports
from tests.house.floors import FLOORS
from users.models import User
from users.testing import Cast

APART = 1_000_000
INTAKE = "f" * 32  # where calls and forms from outside come in
# Words only the scene uses: wherever the outsider reads one, something leaks.
COLLEAGUES = ["Sam Porter", "Clara Benson", "Helena Marsh"]
# Doors that are there only behind a setting; their own tests try them with it and without.
SWITCHED_OFF = ("activities:project",)
# Doors that take a word other than a report's name.
WORDS = {
    "integrations:export": ("deals", "clients", "contacts", "invoices"),
    "integrations:import_blank": ("accounts", "deals"),
    "accounts:cell": ("name",),
    "accounts:contact_cell": ("name",),
    "deals:cell": ("title",),
    "changes:bulk": ("deal", "client"),
    "changes:bulk_begin": ("deal", "client"),
    "changes:bulk_trash": ("deal", "client"),
    "changes:selection": ("deal", "client"),
    "processes:about": ("deal",),
    "processes:why": ("deal",),
    "processes:record_because": ("deal",),
    "processes:record": ("deal",),
    "processes:call": (INTAKE,),
    "processes:public_form": (INTAKE,),
}
SECRETS = ["Zanzibar", "Quagmire", "Xylophone", "Wolfgang", "wolfgang@", "7302", *COLLEAGUES]


@dataclass(frozen=True)
class Door:
    """An address of ours. `numbers` and `slugs` are what it takes; `gate` is who may knock."""

    name: str
    gate: str
    numbers: tuple[str, ...]
    slugs: tuple[str, ...]

    def url(self, *numbers: int, slug: str = "funnel") -> str:
        taken = dict(zip(self.numbers, numbers, strict=True)) | dict.fromkeys(self.slugs, slug)
        return reverse(self.name, kwargs=taken)


def doors() -> list[Door]:
    """Every door of the house, but for those of packages, which have walls of their own."""
    return [
        each
        for each in _doors(get_resolver(), "", ())
        if not each.name.startswith(("account_", "mfa_", "admin:", *SWITCHED_OFF))
    ]


def plain_doors() -> list[Door]:
    return [door for door in doors() if not door.numbers]


def record_doors() -> list[Door]:
    return [door for door in doors() if door.numbers]


def plain_urls(*, of_each_report: bool = True) -> Iterator[str]:
    """Addresses of all pages that need no record; a page for each report, or for one of them."""
    reports = [each.key for each in all_reports()]
    for door in plain_doors():
        slugs = WORDS.get(door.name) or (reports if of_each_report else reports[:1])
        for slug in slugs if door.slugs else [""]:
            yield door.url(slug=slug)


def _doors(resolver: URLResolver, namespace: str, above: tuple[str, ...]) -> Iterator[Door]:
    for each in resolver.url_patterns:
        numbers = tuple(name for name in each.pattern.converters)
        if isinstance(each, URLResolver):
            inside = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _doors(each, inside, above + numbers)
        elif isinstance(each, URLPattern) and each.name:
            yield _door(each, namespace + each.name)


def _door(pattern: URLPattern, name: str) -> Door:
    kinds = {key: type(converter).__name__ for key, converter in pattern.pattern.converters.items()}
    return Door(
        name,
        getattr(pattern.callback, "gate", "none"),
        tuple(key for key, kind in kinds.items() if kind == "IntConverter"),
        tuple(key for key, kind in kinds.items() if kind != "IntConverter"),
    )


@dataclass(frozen=True)
class Opening:
    """A door's address with the number of a record of a kind."""

    url: str
    kind: type[models.Model]


@dataclass(frozen=True)
class Scene:
    """Records of the sales department, which the outsider must never meet."""

    cast: Cast
    account: Account
    contact: Contact
    deal: Deal

    @cached_property
    def numbers(self) -> dict[type[models.Model], int]:
        """The first record's number of each kind that has any: the first stage is an open one."""
        found = {}
        for model in models_of_ours():
            pk = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
            if isinstance(pk, int) and (pk >= APART or not is_private(model)):
                found[model] = pk
        return found | {User: self.cast.salesperson.pk}


def models_of_ours() -> list[type[models.Model]]:
    """Tables with a number of their own, in which people keep records."""
    return [
        model
        for room in FLOORS
        for model in apps.get_app_config(room).get_models()
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
        and not model.__name__.endswith("History")
    ]


def is_private(model: type[models.Model], above: tuple[type[models.Model], ...] = ()) -> bool:
    """Has people of its own (`team_ids`), or belongs to a record that has."""
    if any(field.name == "team_ids" for field in model._meta.get_fields()):
        return True
    return any(is_private(parent, (*above, model)) for parent in _parents(model) - {model, *above})


def _parents(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)}


def make_scene(cast: Cast) -> Scene:
    _number_apart()
    now, seller = timezone.now(), cast.salesperson
    make_pipeline()
    make_loss_reason()
    bundle = Product.create(name="Spring bundle", kind="bundle", price=9, by=cast.admin, at=now)
    bulbs = Product.create(name="Tulip bulbs", price=5, by=cast.admin, at=now)
    bundle.put_parts([(bulbs.pk, Decimal(2))], by=cast.admin, at=now)
    account = _handed_over(make_account("Zanzibar Gardens", owner=cast.colleague), cast)
    contact = make_contact(account, "Wolfgang Tester")
    deal = make_deal("Quagmire drainage", owner=seller, account=account, amount=7302)
    deal.plan_next_step("Ring the Xylophone man", on=now.date(), by=seller, at=now)
    deal.move(deal.pipeline.stages.all()[1], by=seller, at=now)
    make_deal("Quagmire won", owner=cast.colleague, account=account, amount=7302, won=True)
    make_deal("Quagmire lost", owner=cast.head, account=account, amount=7302, lost=True)
    _add_parts(deal, contact, bulbs, by=seller)
    _add_activities(account, deal, by=seller)
    _add_changes(account, cast)
    _add_processes(deal, cast)
    _add_prices(account, bundle, bulbs, cast)
    _add_money(account, deal, by=seller)
    file = SimpleUploadedFile("Zanzibar.csv", b"Client\nZanzibar Bay\n")
    desk.receive(file, "accounts", by=cast.admin, at=now)
    return Scene(cast, account, contact, deal)


def _add_parts(deal: Deal, contact: Contact, bulbs: Product, *, by: User) -> None:
    now = timezone.now()
    deal.add_contact(contact, DealContactRole.values[0], by=by, at=now)
    deal.add_line(bulbs, Decimal(1), by=by, at=now)
    Address.objects.create(account=deal.account, city="Zanzibar")
    ContactPoint.objects.create(
        account=deal.account, contact=contact, kind="email", value="wolfgang@zanzibar.example"
    )


def _add_prices(account: Account, bundle: Product, bulbs: Product, cast: Cast) -> None:
    """A list everybody may see, and what was agreed with the client, which only its people may."""
    now = timezone.now()
    put_price(make_list("Spring list", is_by_agreement=True), bulbs, 4)
    told: dict[str, Any] = {"by": cast.head, "at": now}
    Calculator.create(product=bundle, formula="price * 2", **told)
    PriceTerms.agree(account, percent=Decimal(7), valid_from=now.date(), reason="Xylophone", **told)
    PointsEntry.move(account, Decimal(7302), reason="Quagmire", **told)


def _add_money(account: Account, deal: Deal, *, by: User) -> None:
    """A draft of the deal, an invoice and a payment that waits to settle it, an accepted quote and a draft of one.
    The first invoice is the one issued."""
    lines = [line(7302, title="Quagmire pump")]
    issued = make_invoice(account=account, lines=lines, note="Mind the Xylophone", by=by)
    now = timezone.now()
    InvoiceLink.make(issued, expires_on=now.date() + timedelta(30), by=by, at=now)
    draft = make_draft(account=account, deal=deal, lines=lines, by=by)
    _repeat(draft, by=by)
    sent = make_sent_quote(account=account, lines=lines, note="Mind the Xylophone", by=by)
    sent.accept(name="Wolfgang", at=now)
    make_quote(account=account, deal=deal, lines=lines, by=by)
    make_payment(7302, account, payer_name="Zanzibar Ltd", purpose="Quagmire pump")
    ours = BankAccount.objects.create(
        legal_entity=issued.legal_entity, number="40702840", bank_name="Meadow Bank"
    )
    said = b"Date,Amount,Payer,Description\n2026-11-17,7302.00,Zanzibar Ltd,Quagmire pump\n"
    BankStatement.bring(said, file_name="Quagmire.csv", bank_account=ours, by=User.objects.robot(), at=now)


def _repeat(draft: Invoice, *, by: User) -> None:
    """Refused today, so that it can be tried again."""
    now = timezone.now()
    RecurringInvoice.repeat(draft, "FREQ=WEEKLY", company_day(now), title="Quagmire upkeep", by=by, at=now)
    LegalEntity.objects.update(is_active=False)
    make_due(at=now)
    LegalEntity.objects.update(is_active=True)


def _add_activities(account: Account, deal: Deal, *, by: User) -> None:
    """One of each kind, so that every door has a record that opens it."""
    now = timezone.now()
    about: dict[str, Any] = {"account": account, "deal": deal, "by": by, "at": now}
    make_task(by, "Ring the Xylophone man", checklist=["Quagmire plan"], due_on=now.date(), **about)
    make_meeting(by, "Quagmire drainage talk", place="Zanzibar", **about)
    Call.log(note="The Xylophone plays", **about)
    Note.add("Quagmire is deep", **about)
    Message.log(subject="Zanzibar", text="Dear Wolfgang", **about)
    Attachment.add(SimpleUploadedFile("Quagmire.txt", b"Xylophone"), **about)
    today = now.date()
    Absence.plan(person=by, kind="leave", starts_on=today, ends_on=today, by=by, at=now)


def _add_processes(deal: Deal, cast: Cast) -> None:
    """A run that waits for its owner and cannot go on elsewhere, so that every door has a record that opens it."""
    fields = [{"name": "depth", "label": "Depth", "kind": "number", "is_required": True}]
    task = block("task", "Measure {deal.title}", who={"kind": "owner"}, fields=fields, checklist=["Ask"])
    broken = block("action", "Win it", action="deal.lose", arguments={"reason": "{deal.title}"})
    branches = [{"id": "a", "name": "", "blocks": [task]}, {"id": "b", "name": "", "blocks": [broken]}]
    process = make_process(
        [block("together", "Both", branches=branches, need="all")], name="Survey", by=cast.admin
    )
    run = operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
    Run.objects.filter(pk=run.pk).update(batch=Batch.objects.create(process=process, began_at=timezone.now()))
    _change_process(process, [*branches, {"id": "c", "name": "", "blocks": []}], cast)


def _change_process(process: Process, branches: list[Any], cast: Cast) -> None:
    """A second version, to which the run cannot be moved: it has not begun the third of what is done at once."""
    both, now = block("together", "Both", branches=branches, need="all"), timezone.now()
    both["id"] = process.outline["blocks"][0]["id"]
    operations.edit(process, revision=None, outline={"blocks": [both]}, by=cast.admin, at=now)
    older = frozenset({process.current_id})
    operations.publish(process, by=cast.admin, at=now)
    admin = User.objects.with_policy().get(pk=cast.admin.pk)
    batches.begin(process, Plan(process.current_id, older), by=admin, at=now)
    _open_to_the_world(cast)


def _open_to_the_world(cast: Cast) -> None:
    """A process that strangers may begin: its form says nothing of anybody's records."""
    asked = [{"name": "what", "label": "What do you need", "kind": "long_text"}]
    begun = [{"call": True, "form": True, "makes_new": True, "fields": asked}]
    task = block("task", "Ring back", who={"kind": "owner"})
    website = make_process([task], name="Website", subject_kind="account", starts=begun, owner=cast.admin)
    open_intake(website, by=cast.admin, at=timezone.now())
    Intake.objects.filter(process=website).update(key=INTAKE)


def _handed_over(account: Account, cast: Cast) -> Account:
    """To the salesperson, with its dossier."""
    head, now = User.objects.with_policy().get(pk=cast.head.pk), timezone.now()
    HandOver.plan(cast.colleague, [cast.salesperson], way="one", by=head, at=now).start(by=head, at=now)
    account.refresh_from_db()
    return account


def _add_changes(account: Account, cast: Cast) -> None:
    """Merged, tied to another, looked at by a view, and one in the trash."""
    seller, now = cast.salesperson, timezone.now()
    account.merge([make_account("Zanzibar Twin", owner=seller)], {}, by=seller, at=now)
    account.refresh_from_db()
    relate("holding", make_account("Zanzibar Holding", owner=seller), account)
    SavedView.create(name="Quagmire view", query="amount_from=7302", list="deals", by=seller, at=now)
    trash.put_in_trash(
        make_account("Zanzibar Closed", owner=seller), by=cast.admin, at=now, reason="Quagmire"
    )


def _number_apart() -> None:
    """Never backwards: what another test left behind may already stand at a number of these."""
    with connection.cursor() as cursor:
        for place, model in enumerate(models_of_ours(), 1):
            table, column = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                """
                SELECT setval(key, greatest(%s, nextval(key)))
                FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS key) AS sequence
                """,
                [place * APART, table, column],
            )


def openings(door: Door, scene: Scene) -> Iterator[Opening]:
    """The door with a number of every kind of record, the likeliest first.

    Where it takes two, the second is of a kind below the first.
    """
    numbers, (slug, *_more) = scene.numbers, WORDS.get(door.name, ("funnel",))
    for kind in sorted(numbers, key=lambda each: _likeness(each, door), reverse=True):
        if len(door.numbers) == 1:
            yield Opening(door.url(numbers[kind], slug=slug), kind)
        else:
            for below in (each for each in numbers if kind in _parents(each)):
                yield Opening(door.url(numbers[kind], numbers[below], slug=slug), kind)


def _likeness(kind: type[models.Model], door: Door) -> tuple[bool, int]:
    """Of the door's own room, and how much of its name the door's name holds."""
    room, _colon, name = door.name.partition(":")
    word = kind._meta.model_name or ""
    return kind._meta.app_label == room, len(word) if word in f"{name} {room}" else 0


def opening(door: Door, scene: Scene, client: Client) -> Opening | None:
    """With which record a door opens for this person, if with any."""
    return next((each for each in openings(door, scene) if client.get(each.url).status_code != 404), None)


def opened(door: Door, scene: Scene, client: Client) -> str | None:
    """The address at which it does."""
    found = opening(door, scene, client)
    return found.url if found else None


def asked_for(page: str) -> set[str]:
    """Names a page would send: its form fields and the parameters of its links."""
    return set(re.findall(r'\bname="([\w.-]+)"', page)) | set(re.findall(r"[?&;]([a-z_]\w*)=", page))


def read(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))
