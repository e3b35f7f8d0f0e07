"""An event log from outside, examined: nothing of it is kept."""

from http import HTTPStatus

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.gate import Request, gate
from foundation.refusals import refused_into
from processes.mining.figures import figures_of
from processes.mining.reading import read_log
from processes.mining.showing import page_of

LARGEST = 5 * 1024 * 1024  # bytes; what is larger is for `manage.py process_log`


class LogForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("An event log as XES or as a table of case, activity and moment, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xes,.gz,.csv"}),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than 5 MB: read it by “manage.py process_log”.")
            )
        return file


@gate("processes.design")
def log(request: Request) -> HttpResponse:
    is_sent, page = request.method == "POST", None
    form = LogForm(request.POST, request.FILES) if is_sent else LogForm()
    if is_sent and form.is_valid():
        with refused_into(form):
            read = read_log(form.cleaned_data["file"].file, zone=str(timezone.get_current_timezone()))
            page = page_of(figures_of(read))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "processes/log_page.html", {"form": form, "page": page}, status=status)
