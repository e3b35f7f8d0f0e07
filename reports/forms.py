from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext as _

from reports.parameters import DateParameter
from reports.readers import Reader
from reports.registry import Report


class ParametersForm(forms.Form):
    """The parameters of a report as fields. What they mean is read by the parameters themselves, in one place."""

    def __init__(self, asked: Mapping[str, str], report: Report, reader: Reader) -> None:
        super().__init__({each.key: each.text(asked) for each in report.parameters})
        for parameter in report.parameters:
            self.fields[parameter.key] = forms.CharField(
                label=parameter.title, required=False, widget=_widget(parameter, reader)
            )
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div(*self.fields, Submit("", _("Show"), css_class="btn btn-primary"), css_class="field-row")
        )


def _widget(parameter: Any, reader: Reader) -> forms.Widget:
    if isinstance(parameter, DateParameter):
        return forms.DateInput(attrs={"type": "date"})
    options = parameter.choices(reader)
    return forms.TextInput() if options is None else forms.Select(choices=options)
