from django.urls import path

from accounts.views.assign import assign
from accounts.views.card import card, timeline
from accounts.views.completeness import fix, fix_one, team_completeness
from accounts.views.consents import consent_create, consent_history
from accounts.views.contact import contact_create, contact_edit
from accounts.views.contacts import contact_cell, contacts
from accounts.views.create import create, create_full
from accounts.views.criteria import criteria, criterion_answer
from accounts.views.dossier import dossier, dossiers
from accounts.views.duplicates import (
    client_duplicates,
    client_use,
    contact_duplicates,
    contact_use,
    duplicates,
    new_contact_duplicates,
)
from accounts.views.edit import edit
from accounts.views.fold import fold
from accounts.views.hand_over import (
    hand_over,
    hand_over_back,
    hand_over_pick,
    hand_over_plan,
    hand_over_start,
    hand_overs,
)
from accounts.views.list import account_list, cell, filters
from accounts.views.merging import merge_clients, merge_contacts, merge_selected, merged, unmerge
from accounts.views.names import names
from accounts.views.pairs import pair_dismiss, pair_reconsider, pairs
from accounts.views.point import point_edit
from accounts.views.relations import relation_create, relation_edit, relations
from accounts.views.trash import client_trash, contact_trash

app_name = "accounts"
urlpatterns = [
    path("clients/", account_list, name="list"),
    path("clients/filters/", filters, name="filters"),
    path("clients/names/", names, name="names"),
    path("clients/new/", create, name="create"),
    path("clients/new/full/", create_full, name="create_full"),
    path("clients/new/duplicates/", duplicates, name="duplicates"),
    path("clients/merge/", merge_clients, name="merge"),
    path("clients/merge/selected/", merge_selected, name="merge_selected"),
    path("contacts/", contacts, name="contacts"),
    path("contacts/<int:pk>/cell/<str:column>/", contact_cell, name="contact_cell"),
    path("contacts/merge/", merge_contacts, name="contact_merge"),
    path("merges/<int:pk>/", merged, name="merged"),
    path("merges/<int:pk>/undo/", unmerge, name="unmerge"),
    path("clients/fix/", fix, name="fix"),
    path("clients/fix/<int:pk>/", fix_one, name="fix_one"),
    path("clients/completeness/", team_completeness, name="completeness"),
    path("clients/duplicates/", pairs, name="pairs"),
    path("clients/duplicates/<int:pk>/dismiss/", pair_dismiss, name="pair_dismiss"),
    path("clients/duplicates/<int:pk>/reconsider/", pair_reconsider, name="pair_reconsider"),
    path("clients/<int:pk>/", card, name="card"),
    path("clients/<int:pk>/duplicates/", client_duplicates, name="client_duplicates"),
    path("clients/<int:pk>/use/", client_use, name="client_use"),
    path("clients/<int:pk>/contacts/duplicates/", new_contact_duplicates, name="new_contact_duplicates"),
    path("contacts/<int:pk>/duplicates/", contact_duplicates, name="contact_duplicates"),
    path("contacts/<int:pk>/use/", contact_use, name="contact_use"),
    path("clients/<int:pk>/timeline/", timeline, name="timeline"),
    path("clients/<int:pk>/edit/", edit, name="edit"),
    path("clients/<int:pk>/cell/<str:column>/", cell, name="cell"),
    path("clients/<int:pk>/assign/", assign, name="assign"),
    path("clients/<int:pk>/trash/", client_trash, name="trash"),
    path("clients/<int:pk>/contacts/new/", contact_create, name="contact_create"),
    path("clients/panels/<slug:key>/fold/", fold, name="fold"),
    path("clients/<int:pk>/criteria/", criteria, name="criteria"),
    path("clients/<int:pk>/criteria/<int:criterion_pk>/", criterion_answer, name="criterion_answer"),
    path("clients/<int:pk>/consents/", consent_history, name="consents"),
    path("clients/<int:pk>/consents/new/", consent_create, name="consent_create"),
    path("clients/<int:pk>/relations/", relations, name="relations"),
    path("clients/<int:pk>/relations/new/", relation_create, name="relation_create"),
    path("relations/<int:pk>/edit/", relation_edit, name="relation_edit"),
    path("contacts/<int:pk>/edit/", contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/trash/", contact_trash, name="contact_trash"),
    path("clients/<int:pk>/dossier/", dossier, name="dossier"),
    path("hand-overs/", hand_overs, name="hand_overs"),
    path("users/<int:pk>/hand-over/", hand_over, name="hand_over"),
    path("hand-overs/<int:pk>/", hand_over_plan, name="hand_over_plan"),
    path("hand-overs/<int:pk>/pick/", hand_over_pick, name="hand_over_pick"),
    path("hand-overs/<int:pk>/start/", hand_over_start, name="hand_over_start"),
    path("hand-overs/<int:pk>/give-back/", hand_over_back, name="hand_over_back"),
    path("hand-overs/<int:pk>/dossiers/", dossiers, name="dossiers"),
    path("points/<int:pk>/edit/", point_edit, name="point_edit"),
]
