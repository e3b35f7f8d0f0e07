"""Who reacts to what: the one page that says so. `manage.py explain` prints it."""

import accounts.facts as account_facts
import accounts.handlers as accounts
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
    on(deal_facts.DealReopened, later=[accounts.note_activity]),
]
