"""Who reacts to what: the one page that says so. `manage.py explain` prints it."""

import accounts.facts as account_facts
import accounts.handlers as accounts
import activities.facts.tasks as task_facts
import activities.handlers as activities
import deals.facts as deal_facts
import deals.handlers as deals
from foundation.wiring import on

REACTIONS = [
    on(account_facts.AccountChanged, later=[deals.refresh_search_text]),
    on(account_facts.ContactAdded, later=[accounts.note_activity]),
    on(account_facts.ContactChanged, later=[accounts.note_activity]),
    on(account_facts.ContactPointAdded, later=[accounts.note_activity]),
    on(account_facts.ContactPositionChanged, later=[accounts.note_activity]),
    on(deal_facts.DealCreated, later=[accounts.note_activity]),
    on(deal_facts.DealMoved, later=[accounts.note_activity]),
    on(deal_facts.DealWon, now=[deals.make_client], later=[accounts.note_activity]),
    on(deal_facts.DealLost, later=[accounts.note_activity]),
    on(deal_facts.DealReopened, now=[activities.keep_next_step], later=[accounts.note_activity]),
    on(task_facts.TaskPlanned, now=[activities.keep_next_step], later=[accounts.note_activity]),
    on(task_facts.TaskChanged, now=[activities.keep_next_step]),
    on(task_facts.TaskReassigned, now=[activities.keep_next_step]),
    on(task_facts.TaskSubmitted, later=[accounts.note_activity]),
    on(task_facts.TaskFinished, now=[activities.keep_next_step], later=[accounts.note_activity]),
    on(task_facts.TaskCancelled, now=[activities.keep_next_step]),
    on(task_facts.TaskReopened, now=[activities.keep_next_step]),
]
