"""What a report can be asked with. Text in, a typed value out, or a Refused sentence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from reports.readers import Reader

Choices = list[tuple[str, Any]]
T = TypeVar("T")
LONGEST_TEXT = 60


@dataclass(frozen=True)
class Parameter:
    key: str
    title: Any
    kind: str = "text"
    default: str = ""

    def parsed(self, text: str, reader: Reader) -> Any:
        raise NotImplementedError

    def text(self, asked: Mapping[str, str]) -> str:
        """What was asked, or what stands for nothing asked; empty where that is nothing."""
        return asked.get(self.key, "").strip() or self.default

    def choices(self, reader: Reader) -> Choices | None:
        """What a form offers; None for free text."""
        return None


class PipelineParameter(Parameter):
    def parsed(self, text: str, reader: Reader) -> Any:
        return _one_of(reader.pipelines, text, [each.name for each in reader.pipelines], _("pipeline"))

    def choices(self, reader: Reader) -> Choices:
        return [("", _("All")), *((str(each.pk), each.name) for each in reader.pipelines)]


class DepartmentParameter(Parameter):
    def parsed(self, text: str, reader: Reader) -> Any:
        return _one_of(reader.departments, text, [each.name for each in reader.departments], _("department"))

    def choices(self, reader: Reader) -> Choices:
        top = min((each.depth for each in reader.departments), default=0)
        indented = ((str(each.pk), "\u2003" * (each.depth - top) + each.name) for each in reader.departments)
        return [("", _("All")), *indented]


class OwnerParameter(Parameter):
    def parsed(self, text: str, reader: Reader) -> Any:
        people = list(reader.people.values())
        if "@" in text:
            return _one_of(people, text, [person.email or "" for person in people], _("person"))
        return _one_of(people, text, [person.name for person in people], _("person"))

    def choices(self, reader: Reader) -> Choices:
        return [("", _("Everybody")), *((str(each.pk), each.name) for each in reader.people.values())]


@dataclass(frozen=True)
class DateParameter(Parameter):
    """`usual(asked)` is the day meant where none is said, as text."""

    usual: Callable[[Mapping[str, str]], str] | None = None

    def text(self, asked: Mapping[str, str]) -> str:
        return super().text(asked) or (self.usual(asked) if self.usual else "")

    def parsed(self, text: str, reader: Reader) -> date:
        try:
            found = parse_date(text)
        except ValueError:
            found = None
        if found is None or not 1900 <= found.year <= 2200:
            raise Refused(
                _("“%(text)s” is not a day. Write it as 2026-12-31.") % {"text": text[:LONGEST_TEXT]}
            )
        return found


@dataclass(frozen=True)
class ChoiceParameter(Parameter):
    options: tuple[tuple[str, Any], ...] = ()

    def parsed(self, text: str, reader: Reader) -> str:
        if text in dict(self.options):
            return text
        offered = ", ".join(key for key, _title in self.options)
        raise Refused(
            _("“%(text)s” is not a choice for “%(name)s”. Choose one of: %(offered)s.")
            % {"text": text[:LONGEST_TEXT], "name": self.title, "offered": offered}
        )

    def choices(self, reader: Reader) -> Choices:
        return list(self.options)


PIPELINE = PipelineParameter("pipeline", gettext_lazy("Pipeline"), "pipeline")
DEPARTMENT = DepartmentParameter("department", gettext_lazy("Department"), "department")
OWNER = OwnerParameter("owner", gettext_lazy("Person"), "person")
FROM = DateParameter("from", gettext_lazy("From"), "date")
TO = DateParameter("to", gettext_lazy("To"), "date")
WHOSE = [PIPELINE, DEPARTMENT, OWNER]
WHEN = [FROM, TO]


def parsed(parameters: Iterable[Parameter], asked: Mapping[str, str], reader: Reader) -> dict[str, Any]:
    """Typed values of what was asked; empty text is not asked. Refused for what cannot be meant."""
    texts = {each: each.text(asked) for each in parameters}
    params = {each.key: each.parsed(text, reader) for each, text in texts.items() if text}
    first, last = params.get("from"), params.get("to")
    if first and last and first > last:
        raise Refused(_("The first day is after the last one: exchange them."))
    return params


def choice(key: str, title: Any, options: Sequence[tuple[str, Any]]) -> ChoiceParameter:
    """The first option is the default."""
    return ChoiceParameter(key, title, "choice", options[0][0], tuple(options))


def _one_of(candidates: Sequence[T], text: str, names: Sequence[str], noun: str) -> T:
    """By key or by name. What is out of reach is answered like what does not exist."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = [each for each in candidates if getattr(each, "pk", None) == int(text)]
    else:
        wanted = text.strip().casefold()
        found = [each for each, name in zip(candidates, names, strict=True) if name.casefold() == wanted]
    told = {"noun": noun, "text": text[:LONGEST_TEXT]}
    if not found:
        raise Refused(_("There is no %(noun)s “%(text)s” among those you may see.") % told)
    if len(found) > 1:
        raise Refused(_("Several records are called “%(text)s”. Name the %(noun)s by its number.") % told)
    return found[0]
