"""How a file is to be read: which column fills which field, and what is said beside the columns.

A mapping is a JSON object. Every key is optional except that "columns" must fill what the entity requires:

    {"entity": "deals",
     "columns": {"opportunity_id": "external_id", "sales_agent": "owner"},
     "ignored": ["notes"],
     "constants": {"currency": "USD"},
     "values": {"product": {"GTXPro": "GTX Pro"}},
     "scale": {"revenue": 1000000},
     "date_format": "iso", "date_formats": {"opened_at": "d/m/y"}, "decimal_mark": ".",
     "match": ["external_id"], "mode": "update",
     "overwrite": {"phone": "never", "about": "blank"},
     "create_missing": ["industry"],
     "system": "sales_pipeline",
     "pipeline": {"name": "Sales", "stages": [{"name": "New", "kind": "open"}, ...]}}
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from integrations.fields import Field, matched_headers
from integrations.values import DATE_FORMATS

STAGE_KINDS = {"open", "won", "lost"}
ENTERED = "entered:"
BOTH, CREATE_ONLY, UPDATE_ONLY = "", "create", "update"
MODES = {BOTH, CREATE_ONLY, UPDATE_ONLY}
ALWAYS, IF_BLANK, NEVER = "always", "blank", "never"
MAX_BYTES = 2**20


class MappingError(Refused):
    """The mapping cannot be used with this entity or file."""


@dataclass(frozen=True, kw_only=True)
class Mapping:
    entity: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    scale: dict[str, str] = field(default_factory=dict)
    date_format: str = ""
    date_formats: dict[str, str] = field(default_factory=dict)
    decimal_mark: str = ""
    match: list[str] = field(default_factory=list)
    mode: str = BOTH
    overwrite: dict[str, str] = field(default_factory=dict)
    create_missing: list[str] = field(default_factory=list)
    system: str = ""
    pipeline: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    def with_date_formats(self, found: dict[str, str]) -> "Mapping":
        """The same mapping that also knows of some columns which number is the day."""
        return replace(self, date_formats={**self.date_formats, **found})

    def with_value(self, field_name: str, found: str, meant: str) -> "Mapping":
        """The same mapping that also reads one text of a field as another."""
        values = {**self.values, field_name: {**self.values.get(field_name, {}), found: meant}}
        return replace(self, values=values)

    def filled_fields(self) -> set[str]:
        return set(self.columns.values()) | set(self.constants)


def read_mapping(path: Path) -> Mapping:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MappingError(_("The mapping file is too large."))
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(_("The mapping file %(name)s cannot be opened.") % {"name": path.name}) from error
    except (ValueError, RecursionError) as error:
        raise MappingError(_("The mapping file %(name)s is not JSON.") % {"name": path.name}) from error
    return mapping_from(found)


def mapping_from(found: Any) -> Mapping:
    """A mapping of the right shape, not yet compared with an entity or a file."""
    if not isinstance(found, dict):
        raise MappingError(_("A mapping is a JSON object with “columns” and other keys."))
    unknown = sorted(str(key) for key in set(found) - set(Mapping.__dataclass_fields__))
    if unknown:
        raise MappingError(
            _("The mapping has keys that mean nothing here: %(keys)s.") % {"keys": ", ".join(unknown)}
        )
    shaped: dict[str, Any] = {key: _SHAPES[key](key, value) for key, value in found.items()}
    mapping = Mapping(**shaped)
    if not {mapping.date_format, *mapping.date_formats.values()} <= {"", *DATE_FORMATS}:
        raise MappingError(
            _("“date_format” is one of %(formats)s.") % {"formats": ", ".join(sorted(DATE_FORMATS))}
        )
    if mapping.mode not in MODES:
        raise MappingError(_("“mode” is create or update; without it, both is done."))
    if not set(mapping.overwrite.values()) <= {ALWAYS, IF_BLANK, NEVER}:
        raise MappingError(_("“overwrite” says always, blank or never for a field."))
    if mapping.decimal_mark not in {"", ".", ","}:
        raise MappingError(_("“decimal_mark” is a point or a comma."))
    return mapping


def automatic(entity: str, headers: Sequence[str], fields: Sequence[Field]) -> Mapping:
    return Mapping(entity=entity, columns=matched_headers(headers, fields))


def checked(mapping: Mapping, *, entity: str, headers: Sequence[str], fields: Sequence[Field]) -> Mapping:
    """The mapping made to fit: columns it does not name are matched by their heading. Refuses what cannot work."""
    if mapping.entity and mapping.entity != entity:
        raise MappingError(
            _("The mapping is for “%(other)s”, not for “%(entity)s”.")
            % {"other": mapping.entity, "entity": entity}
        )
    absent = [header for header in mapping.columns if header not in headers]
    if absent:
        raise MappingError(
            _("The file has no column %(names)s, which the mapping names.") % {"names": _quoted(absent)}
        )
    left = [each for each in headers if each not in mapping.columns and each not in mapping.ignored]
    free = [each for each in fields if each.name not in mapping.filled_fields()]
    columns = {**mapping.columns, **matched_headers(left, free)}
    mapping = replace(mapping, entity=entity, columns=columns)
    _check_fields(mapping, fields)
    return mapping


def _check_fields(mapping: Mapping, fields: Sequence[Field]) -> None:
    known = {each.name for each in fields}
    for name in [
        *mapping.columns.values(),
        *mapping.constants,
        *mapping.values,
        *mapping.scale,
        *mapping.match,
        *mapping.overwrite,
        *mapping.date_formats,
    ]:
        if name not in known and not (name.startswith(ENTERED) and mapping.entity == "deals"):
            raise MappingError(
                _("There is no field “%(name)s”. The fields are %(known)s.")
                % {"name": name, "known": ", ".join(sorted(known))}
            )
    twice = [name for name, times in Counter(mapping.columns.values()).items() if times > 1]
    if twice:
        raise MappingError(_("Two columns fill the same field: %(names)s.") % {"names": _quoted(twice)})
    filled = mapping.filled_fields()
    missing = [str(each.label) for each in fields if each.is_required and each.name not in filled]
    if missing:
        raise MappingError(_("Choose the column for %(names)s.") % {"names": _quoted(missing)})
    unmatched = [name for name in mapping.match if name not in filled]
    if unmatched:
        raise MappingError(
            _("Rows are to be matched by %(names)s, but no column fills it.") % {"names": _quoted(unmatched)}
        )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names[:10])


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise MappingError(_("“%(key)s” in the mapping must be a text.") % {"key": key})
    return value


def _texts(key: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MappingError(_("“%(key)s” in the mapping must be a list of texts.") % {"key": key})
    return value


def _pairs(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise MappingError(_("“%(key)s” in the mapping must be an object of texts.") % {"key": key})
    return value


def _nested_pairs(key: str, value: Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        raise MappingError(_("“%(key)s” in the mapping must be an object of objects.") % {"key": key})
    return {name: _pairs(f"{key}.{name}", each) for name, each in value.items()}


def _factors(key: str, value: Any) -> dict[str, str]:
    try:
        factors = {name: Decimal(str(each)) for name, each in value.items()}
    except (AttributeError, InvalidOperation) as error:
        raise MappingError(
            _("“%(key)s” in the mapping must be an object of numbers.") % {"key": key}
        ) from error
    if not all(each.is_finite() and 0 < each <= 10**12 for each in factors.values()):
        raise MappingError(_("A factor in “%(key)s” is out of bounds.") % {"key": key})
    return {name: str(each) for name, each in factors.items()}


def _pipeline(key: str, value: Any) -> dict[str, Any]:
    try:
        stages = [{"name": _text(key, each["name"]), "kind": each["kind"]} for each in value["stages"]]
        name = _text(key, value["name"])
    except (TypeError, KeyError, AttributeError) as error:
        raise MappingError(
            _("“pipeline” in the mapping needs a name and stages, each with a name and a kind.")
        ) from error
    if not {each["kind"] for each in stages} <= STAGE_KINDS or not any(
        each["kind"] == "open" for each in stages
    ):
        raise MappingError(_("The kind of a stage is open, won or lost, and at least one stage is open."))
    if len({each["name"].casefold() for each in stages}) < len(stages):
        raise MappingError(_("Two stages of the pipeline have the same name."))
    return {"name": name, "stages": stages}


_SHAPES = {
    "entity": _text,
    "columns": _pairs,
    "ignored": _texts,
    "constants": _pairs,
    "values": _nested_pairs,
    "scale": _factors,
    "date_format": _text,
    "date_formats": _pairs,
    "decimal_mark": _text,
    "match": _texts,
    "mode": _text,
    "overwrite": _pairs,
    "create_missing": _texts,
    "system": _text,
    "pipeline": _pipeline,
}
