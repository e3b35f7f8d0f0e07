from django import forms
from django.utils.translation import gettext_lazy

from integrations.exporting.desk import FORMS


class ExportForm(forms.Form):
    form = forms.ChoiceField(label=gettext_lazy("The file is"), choices=FORMS)
    reason = forms.CharField(
        label=gettext_lazy("What for"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Needed above 1,000 rows; kept with the record of this export."),
    )
