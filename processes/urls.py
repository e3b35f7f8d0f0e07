from django.urls import include, path

from processes.views import moving
from processes.views.about import about, record
from processes.views.batch import batch
from processes.views.conformance import conformance, conformance_runs, conformance_table
from processes.views.drawing import process_heat, run_drawing, use_deadline
from processes.views.intake import call, public_form
from processes.views.process_list import process, process_list
from processes.views.repairs import cancel, restart, retry, skip, solve
from processes.views.run import run, run_history
from processes.views.run_list import run_bulk, runs
from processes.views.start import start
from processes.views.switch import switch
from processes.views.why import ask, because, record_because, why
from processes.views.work import my_work, work
from processes.views.work_moves import delegate, nudge, take
from processes.views.zombies import keep, zombie_bulk, zombie_list

app_name = "processes"
urlpatterns = [
    path("", process_list, name="list"),
    path("<int:pk>/", process, name="process"),
    path("<int:pk>/heat/", process_heat, name="heat"),
    path("<int:pk>/heat/deadline/", use_deadline, name="use_deadline"),
    path("<int:pk>/conformance/", conformance, name="conformance"),
    path("<int:pk>/conformance/runs/", conformance_runs, name="conformance_runs"),
    path("<int:pk>/conformance/table/", conformance_table, name="conformance_table"),
    path("<int:pk>/switch/", switch, name="switch"),
    path("work/", my_work, name="my_work"),
    path("work/<int:pk>/", work, name="work"),
    path("work/<int:pk>/take/", take, name="take"),
    path("work/<int:pk>/delegate/", delegate, name="delegate"),
    path("work/<int:pk>/nudge/", nudge, name="nudge"),
    path("batches/<int:pk>/", batch, name="batch"),
    path("runs/", runs, name="runs"),
    path("runs/bulk/", run_bulk, name="run_bulk"),
    path("runs/<int:pk>/", run, name="run"),
    path("runs/<int:pk>/history/", run_history, name="run_history"),
    path("runs/<int:pk>/drawing/", run_drawing, name="run_drawing"),
    path("runs/<int:pk>/cancel/", cancel, name="cancel"),
    path("runs/<int:pk>/restart/", restart, name="restart"),
    path("runs/<int:pk>/skip/", skip, name="skip"),
    path("runs/<int:pk>/move/", moving.run_move, name="run_move"),
    path("moves/<int:pk>/", moving.move, name="move"),
    path("moves/<int:pk>/undo/", moving.move_undo, name="move_undo"),
    path("incidents/<int:pk>/retry/", retry, name="incident_retry"),
    path("incidents/<int:pk>/seen/", solve, name="incident_seen"),
    path("zombies/", zombie_list, name="zombies"),
    path("zombies/do/", zombie_bulk, name="zombie_bulk"),
    path("<int:pk>/keep/", keep, name="keep"),
    path("start/", start, name="start"),
    path("record/<str:kind>/<int:pk>/", record, name="record"),
    path("about/<str:kind>/<int:pk>/", about, name="about"),
    path("about/<str:kind>/<int:pk>/why/", why, name="why"),
    path("about/<str:kind>/<int:pk>/because/", record_because, name="record_because"),
    path("because/<int:pk>/", because, name="because"),
    path("<int:pk>/ask/", ask, name="ask"),
    path("calls/<slug:key>/", call, name="call"),
    path("forms/<slug:key>/", public_form, name="public_form"),
    path("design/", include("processes.urls_editing")),
]
