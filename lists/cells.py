"""A cell changed where it stands: how a column is asked for, the verb behind it, and which rows keep theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from foundation.errors import Refused

if TYPE_CHECKING:
    from lists.registry import Column, RecordList, Row

WHOLE_ROW = "*"
TICKED = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect)


class Asks(Refused):
    """The verb wants more than a cell holds: `url` is the page, shown in the dialog, that asks for it."""

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


@dataclass(frozen=True, kw_only=True)
class Editor:
    """How a column's cell is changed.

    `right` is asked of the person and of the record. `fields(record, person)` and `initial(record)` make the form.
    `verb(record, said, by=, at=, version=)` calls one verb; it returns the address that takes the change back, ""
    where nothing does, or None where the same cell with its former value does. `fixed(read)` says why a record's
    value stays as it is, from its fields `needs`: they are read with the row.
    """

    right: str
    fields: Callable[[Any, Any], Mapping[str, forms.Field]]
    initial: Callable[[Any], Mapping[str, Any]]
    verb: Callable[..., str | None]
    fixed: Callable[[Callable[[str], Any]], Any] | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cells:
    """What a list with cells to change offers besides.

    `records()` are its records with what their verbs read; `row(key, person, columns)` is a row afresh, None where
    the person no longer sees it; `card(record, request)` is the piece of the record's own page that shows its fields,
    replacing the element `#card_id`. `people` names the field with the keys a right on a record is asked by.
    """

    url_name: str
    records: Callable[[], Any]
    row: "Callable[[int, Any, Sequence[Column]], Row | None]"
    card: Callable[[Any, Any], str]
    card_id: str
    people: str = "team_ids"
    is_labelled: bool = False


class CellForm(forms.Form):
    """The inputs of one cell; labels are said, not shown, because the column's heading is."""

    def __init__(self, data: Any, editor: Editor, record: Any, person: Any, *, auto_id: str) -> None:
        super().__init__(data, initial=dict(editor.initial(record)), auto_id=auto_id)
        self.fields |= dict(editor.fields(record, person))
        for field in self.fields.values():
            attributes = field.widget.attrs
            if not isinstance(field.widget, TICKED):
                is_choice = isinstance(field.widget, forms.Select)
                attributes["class"] = "form-select" if is_choice else "form-control"
                attributes.setdefault("autocomplete", "off")
                attributes["enterkeyhint"] = "done"
            attributes["aria-label"] = field.label
            field.help_text = ""

    def mark_wrong(self, message_id: str) -> None:
        """Ties the inputs that are wrong, or all where the record is, to the sentence that says what."""
        for name, field in self.fields.items():
            if name in self.errors or None in self.errors or "__all__" in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": message_id}
                css = field.widget.attrs.get("class", "")
                field.widget.attrs["class"] = f"{css} is-invalid".strip()

    @property
    def sentences(self) -> list[str]:
        return [str(each) for errors in self.errors.values() for each in errors]


class Fixed:
    """Which cells of a row of values() this person may not change. `needs` are the fields that say so: those of the
    editors, and whose record it is only where some right reaches fewer people than seeing does."""

    def __init__(self, record_list: "RecordList", columns: Sequence["Column"], person: Any) -> None:
        editors = [(each.name, each.editor) for each in columns if each.editor]
        self.editable = [(name, editor) for name, editor in editors if person.may(editor.right)]
        self.kept = [(name, editor.fixed) for name, editor in self.editable if editor.fixed]
        self.people = record_list.cells.people if record_list.cells else ""
        sight = person.reach(record_list.gate)
        reaches = {editor.right: person.reach(editor.right) for _name, editor in self.editable}
        self.bounded = {
            right: reach for right, reach in reaches.items() if not _covers(reach, sight) and self.people
        }
        needs = [need for _name, editor in self.editable for need in editor.needs]
        self.needs = tuple(dict.fromkeys([*needs, *([self.people] if self.bounded else [])]))

    def __call__(self, row: Mapping[str, Any]) -> str:
        """Names of the columns, "*" where that is all there are."""
        shut = {right for right, reach in self.bounded.items() if not reach.covers(row[self.people])}
        names = {name for name, editor in self.editable if editor.right in shut} if shut else set()
        names.update(name for name, fixed in self.kept if fixed(row.__getitem__))
        if names and len(names) == len(self.editable):
            return WHOLE_ROW
        return " ".join(name for name, _editor in self.editable if name in names)


def _covers(wide: Any, narrow: Any) -> bool:
    return bool(wide.everybody or (not narrow.everybody and narrow.people <= wide.people))
