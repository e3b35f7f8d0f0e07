"""The catalogue of reports. A report is a function of a reader and parsed parameters that answers a Table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Forbidden, Refused
from reports import groups
from reports.parameters import LONGEST_TEXT, Parameter, parsed
from reports.readers import Reader
from reports.tables import Table

Function = Callable[[Reader, dict[str, Any]], Table]


@dataclass(frozen=True)
class Report:
    key: str
    title: Any
    group: Any
    description: Any
    parameters: tuple[Parameter, ...]
    function: Function
    url_name: str = ""
    right: str = ""

    def parsed(self, asked: Mapping[str, str], reader: Reader) -> dict[str, Any]:
        """Typed values of what was asked. Refused for what this report does not take."""
        known = [parameter.key for parameter in self.parameters]
        for key in asked:
            if key not in known:
                raise Refused(
                    _("The report “%(report)s” has no parameter “%(name)s”. It takes: %(known)s.")
                    % {"report": self.key, "name": key[:LONGEST_TEXT], "known": ", ".join(known)}
                )
        return parsed(self.parameters, asked, reader)

    def answer(self, reader: Reader, asked: Mapping[str, str]) -> Table:
        if not self.is_for(reader.user):
            raise Forbidden(self.right)
        return self.function(reader, self.parsed(asked, reader))

    def is_for(self, person: Any) -> bool:
        """Some reports ask for a right of their own."""
        return not self.right or person.may(self.right)


_reports: dict[str, Report] = {}


def report(
    key: str,
    *,
    title: Any,
    group: Any,
    description: Any,
    parameters: Iterable[Parameter] = (),
    url_name: str = "",
    right: str = "",
) -> Callable[[Function], Function]:
    """Enter a function into the catalogue. `url_name`: its own page, where it has one; `right`: what it asks for."""

    def enter(function: Function) -> Function:
        _reports[key] = Report(key, title, group, description, tuple(parameters), function, url_name, right)
        return function

    return enter


def all_reports() -> list[Report]:
    return sorted(_reports.values(), key=lambda each: groups.ORDER.index(each.group))


def find_report(key: str) -> Report:
    if key not in _reports:
        raise Refused(
            _("There is no report “%(key)s”. Choose one of: %(known)s.")
            % {"key": key[:LONGEST_TEXT], "known": ", ".join(_reports)}
        )
    return _reports[key]
