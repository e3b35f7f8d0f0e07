"""Forms of the import pages: a file, and how to read it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations import choices
from integrations.importing import importer_of
from integrations.importing.record import ADDED
from integrations.importing.watching import DAY_FIRST, MONTH_FIRST, example_day
from integrations.mapping import (
    ALWAYS,
    BOTH,
    CREATE_ONLY,
    ENTERED,
    IF_BLANK,
    NEVER,
    UPDATE_ONLY,
    Mapping,
    mapping_from,
)
from integrations.models import Entity, ImportJob
from integrations.tables.reading import too_big
from integrations.uploads import TOO_LARGE

MAX_MEANINGS = 30
# What may be said once for all rows where no column says it.
FOR_ALL_ROWS = {
    Entity.USERS: ("role",),
    Entity.PRODUCTS: ("currency",),
    Entity.ACCOUNTS: ("owner", "source", "tags", "industry", "country"),
    Entity.CONTACTS: ("account", "owner", "source"),
    Entity.DEALS: ("pipeline", "loss_reason", "owner", "source", "currency"),
    Entity.TASKS: ("owner",),
    Entity.MEETINGS: ("owner",),
    Entity.CALLS: ("owner",),
    Entity.PRICES: ("currency",),
    Entity.INVOICES: ("account", "legal_entity", "currency", "kind", "state"),
    Entity.INVOICE_LINES: ("account", "legal_entity", "currency", "dated_on", "tax_mode", "credits"),
    Entity.PAYMENTS: ("legal_entity", "currency", "method"),
}
CREATE = "+create"
DATE_FORMATS = [
    ("", gettext_lazy("2017-12-31 or 31.12.2017")),
    ("d/m/y", gettext_lazy("31/12/2017, day first")),
    ("m/d/y", gettext_lazy("12/31/2017, month first")),
    ("excel", gettext_lazy("Numbers of days, as Excel counts")),
]
MODES = [
    (BOTH, gettext_lazy("Make what is new, change what is here")),
    (CREATE_ONLY, gettext_lazy("Only make what is new")),
    (UPDATE_ONLY, gettext_lazy("Only change what is here")),
]
POLICIES = [
    (ALWAYS, gettext_lazy("write over it")),
    (IF_BLANK, gettext_lazy("fill it only where it is blank")),
    (NEVER, gettext_lazy("leave it as it is")),
]
DECIMAL_MARKS = [
    ("", gettext_lazy("As the values show")),
    (".", gettext_lazy("Point: 1234.50")),
    (",", gettext_lazy("Comma: 1234,50")),
]


class ImportStartForm(forms.Form):
    entity = forms.ChoiceField(label=gettext_lazy("What is in the file"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,.vcf"}),
        help_text=gettext_lazy("CSV, TSV, XLSX or a vCard file (.vcf), at most 50 MB and 1,000,000 rows."),
    )

    def __init__(self, *args: Any, person: Any, request: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = getattr(request, TOO_LARGE, False)
        entities = [entity for entity in Entity.values if person.may(importer_of(entity).create_right)]
        labels = dict(Entity.choices)
        offered: Any = self.fields["entity"]
        offered.choices = [(each, str(labels[each]).capitalize()) for each in entities]
        self.templates = [(each, str(labels[each])) for each in entities]
        self.kinds = get_text_list([str(labels[each]) for each in entities], _("or"))
        if self.is_too_large:
            self.fields["file"].error_messages["required"] = too_big().message


class MappingForm(forms.Form):
    """A select for each column, the formats of days and numbers, and a meaning for each unknown name."""

    date_format = forms.ChoiceField(
        label=gettext_lazy("Days are written"), choices=DATE_FORMATS, required=False
    )
    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Decimal mark"), choices=DECIMAL_MARKS, required=False
    )
    mode = forms.ChoiceField(label=gettext_lazy("What to do"), choices=MODES, required=False)
    match = forms.ChoiceField(label=gettext_lazy("Rows are matched by"), required=False)
    system = forms.CharField(
        label=gettext_lazy("The file comes from"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("A name for the other system: its keys never mix with those of another."),
    )

    def __init__(self, *args: Any, job: ImportJob, person: Any, **kwargs: Any) -> None:
        self.job, self.before = job, mapping_from(job.mapping)
        self.importer = importer_of(job.entity)
        self.unknown = job.outcome.get("unknown", [])[:MAX_MEANINGS]
        is_said = self.before.date_format in (DAY_FIRST, MONTH_FIRST)
        self.days_found = [] if is_said else job.outcome.get("days", [])
        initial = {
            "date_format": {"iso": "", "d.m.y": ""}.get(self.before.date_format, self.before.date_format),
            "decimal_mark": self.before.decimal_mark,
            "system": self.before.system,
            "mode": self.before.mode,
            "match": next(iter(self.before.match), ""),
        }
        super().__init__(*args, **kwargs | {"initial": initial})
        self._offer_match_keys()
        self._add_columns()
        self._add_days()
        self._add_meanings(person)
        self._add_for_all_rows(person)
        for field in self.fields.values():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = look

    def columns(self) -> Iterator[tuple[str, str, BoundField, BoundField]]:
        """Heading, a sample value, what the column becomes, and what is done where that is filled already."""
        for place, header in enumerate(self.job.headers):
            samples = (row[place] for row in self.job.sample if place < len(row) and row[place])
            yield header, next(samples, "")[:60], self[f"column_{place}"], self[f"policy_{place}"]

    def days(self) -> Iterator[tuple[dict[str, Any], BoundField]]:
        """Columns of days whose numbers can be read two ways, and how they are to be read."""
        for place, column in enumerate(self.days_found):
            yield column, self[f"days_{place}"]

    def meanings(self) -> Iterator[tuple[dict[str, Any], BoundField]]:
        for place, unknown in enumerate(self.unknown):
            yield unknown, self[f"meaning_{place}"]

    def for_all_rows(self) -> Iterator[BoundField]:
        for name in self.fields:
            if name.startswith("all_"):
                yield self[name]

    def mapping(self) -> Mapping:
        """The mapping before, with what the form says instead."""
        said, sent = self.before.as_json(), self.cleaned_data
        chosen = {header: sent[f"column_{place}"] for place, header in enumerate(self.job.headers)}
        said["columns"] = {header: name for header, name in chosen.items() if name}
        said["ignored"] = [header for header, name in chosen.items() if not name]
        said["match"] = [sent["match"]] if sent["match"] in said["columns"].values() else []
        said["overwrite"] = {
            name: sent[f"policy_{place}"]
            for place, header in enumerate(self.job.headers)
            if (name := chosen[header]) and sent[f"policy_{place}"] not in ("", ALWAYS)
        }
        said["date_formats"] = {
            column["field"]: sent[f"days_{place}"]
            for place, column in enumerate(self.days_found)
            if sent[f"days_{place}"] and column["field"] in said["columns"].values()
        }
        said |= {name: sent[name] for name in ("date_format", "decimal_mark", "system", "mode")}
        constants = {name.removeprefix("all_"): sent[name] for name in self.fields if name.startswith("all_")}
        said["constants"] = {
            name: text
            for name, text in (said.get("constants", {}) | constants).items()
            if text and (name == ADDED or name not in said["columns"].values())
        }
        mapping = mapping_from(said)
        create = set(mapping.create_missing)
        for place, unknown in enumerate(self.unknown):
            meant = sent[f"meaning_{place}"]
            if meant == CREATE:
                create.add(unknown["field"])
            elif meant:
                mapping = mapping.with_value(unknown["field"], unknown["name"], meant)
        return mapping_from(mapping.as_json() | {"create_missing": sorted(create)})

    def _offer_match_keys(self) -> None:
        labels = {each.name: str(each.label) for each in self.importer.fields}
        known = [(name, labels[name]) for name in self.importer.match_keys() if name in labels]
        offered: Any = self.fields["match"]
        offered.choices = [("", _("As the columns allow")), *known]

    def _add_columns(self) -> None:
        options = [("", _("— leave out —"))]
        options += [(each.name, str(each.label)) for each in self.importer.fields]
        options += [
            (f"{ENTERED}{name}", _("Entered the stage “%(name)s”") % {"name": name})
            for name in choices.stage_names(self.job.entity, self.before)
        ]
        for place, header in enumerate(self.job.headers):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header, choices=options, required=False, initial=self.before.columns.get(header, "")
            )
            self.fields[f"policy_{place}"] = forms.ChoiceField(
                label=_("“%(header)s”, where it is filled already") % {"header": header},
                choices=POLICIES,
                required=False,
                initial=self.before.overwrite.get(self.before.columns.get(header, ""), ALWAYS),
            )

    def _add_days(self) -> None:
        orders = ((DAY_FIRST, _("the day comes first")), (MONTH_FIRST, _("the month comes first")))
        for place, column in enumerate(self.days_found):
            example = column["examples"][0] if column["examples"] else ""
            options = [("", _("— reject these rows —"))]
            for order, words in orders:
                day = example_day(example, order)
                shown = f"{date_format(day, 'DATE_FORMAT')} — {words}" if day else words
                options.append((order, shown))
            self.fields[f"days_{place}"] = forms.ChoiceField(
                label=_("“%(text)s” of “%(column)s” is") % {"text": example, "column": column["column"]},
                choices=options,
                required=False,
                initial=self.before.date_formats.get(column["field"], ""),
            )

    def _add_for_all_rows(self, person: Any) -> None:
        for each in self.importer.fields:
            if each.name not in FOR_ALL_ROWS.get(Entity(self.job.entity), ()) or (
                each.name in self.before.columns.values() and each.name != ADDED
            ):
                continue
            kept = self.before.constants.get(each.name, "")
            label = _("%(field)s, for all rows") % {"field": each.label}
            names = None if each.name == ADDED else choices.names(each.name, person)
            if names is None:
                hint = _("Several apart by commas; beside those of each row.") if each.name == ADDED else ""
                self.fields[f"all_{each.name}"] = forms.CharField(
                    label=label, required=False, max_length=200, initial=kept, help_text=hint
                )
                continue
            options = [("", "—"), *((name, name) for name in sorted({*names, kept} - {""}))]
            self.fields[f"all_{each.name}"] = forms.ChoiceField(
                label=label, choices=options, required=False, initial=kept
            )

    def _add_meanings(self, person: Any) -> None:
        for place, unknown in enumerate(self.unknown):
            names = unknown.get("known") or choices.names(unknown["field"], person)
            label = _("“%(name)s” means") % {"name": unknown["name"]}
            if names is None:
                self.fields[f"meaning_{place}"] = forms.CharField(label=label, required=False, max_length=200)
                continue
            options = [("", _("— reject these rows —")), *((name, name) for name in names)]
            if unknown["field"] in self.importer.creatable and person.may("admin.configure"):
                options.append((CREATE, _("Create what is missing")))
            self.fields[f"meaning_{place}"] = forms.ChoiceField(label=label, choices=options, required=False)
