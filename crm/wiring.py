"""Who reacts to what: the one page that says so. `manage.py explain` prints it."""

import accounts.facts as account_facts
import accounts.handlers as accounts
import activities.facts.absences as absence_facts
import activities.facts.meetings as meeting_facts
import activities.facts.records as record_facts
import activities.facts.tasks as task_facts
import activities.handlers as activities
import activities.invitations.handlers as invitations
import activities.notices.handlers as notices
import activities.reminding.handlers as reminding
import billing.facts as billing_facts
import billing.facts.quotes as quote_facts
import billing.handlers as billing
import billing.notices.handlers as money
import catalog.facts as catalog_facts
import changes.bulk.handlers as bulk
import changes.facts as change_facts
import deals.facts as deal_facts
import deals.handlers as deals
import distribution.handlers as distribution
import processes.handlers as processes
import users.facts as user_facts
from foundation.wiring import on

REACTIONS = [
    on(account_facts.AccountChanged, later=[deals.refresh_search_text, billing.refresh_search_text]),
    on(billing_facts.InvoiceSent, later=[billing.send_by_mail]),
    on(billing_facts.InvoiceIssued, later=[billing.move_level]),
    on(billing_facts.InvoicePaid, later=[billing.earn_points, money.tell_of_owner]),
    on(billing_facts.InvoiceSubmitted, later=[money.tell_of_waiting]),
    on(billing_facts.InvoiceApproved, later=[money.tell_of_judgement]),
    on(billing_facts.InvoiceReturned, later=[money.tell_of_judgement]),
    *(on(fact, later=[money.tell_of_owner]) for fact in (
        billing_facts.InvoiceAssigned, billing_facts.InvoiceOverdue, billing_facts.InvoiceOpened,
    )),
    *(on(fact, later=[money.tell_of_answer]) for fact in (
        quote_facts.QuoteAccepted, quote_facts.QuoteDeclined, quote_facts.QuoteExpired,
    )),
    on(billing_facts.RecurringRefused, later=[money.tell_of_refusal]),
    on(catalog_facts.PriceTermsChanged, later=[money.tell_of_terms]),
    on(billing_facts.InvoiceCredited, later=[billing.move_level, billing.take_points_back]),
    on(billing_facts.InvoiceReminded, later=[billing.send_by_mail]),
    *(on(fact, now=[billing.close_statement_line]) for fact in (
        billing_facts.PaymentAllocated, billing_facts.PaymentIdentified, billing_facts.PaymentVoided)),
    *(on(fact, later=[accounts.keep_match_keys]) for fact in (
        account_facts.AccountChanged, account_facts.AccountAddressesChanged,
        account_facts.AccountTaxNumbersChanged, account_facts.ContactPointChanged,
        account_facts.ContactPointRemoved, account_facts.ContactTrashed, account_facts.ContactRestored)),
    on(account_facts.AccountCreated, later=[accounts.make_match_keys]),
    # What comes without an owner gets one by the rules.
    on(account_facts.AccountCreated, later=[distribution.give_new_lead]),
    on(deal_facts.DealCreated, later=[distribution.give_new_deal]),
    *(on(fact, later=[accounts.keep_completeness]) for fact in (
        account_facts.AccountCreated, account_facts.AccountChanged, account_facts.AccountAssigned,
        account_facts.AccountRoleTaken, account_facts.AccountAddressesChanged,
        account_facts.AccountTaxNumbersChanged, account_facts.ContactAdded, account_facts.ContactChanged,
        account_facts.ContactPositionChanged, account_facts.ContactPointAdded,
        account_facts.ContactPointRemoved, account_facts.AccountMerged, account_facts.AccountSeparated,
        account_facts.ContactMerged, account_facts.ContactSeparated, account_facts.ContactTrashed,
        account_facts.ContactRestored)),
    on(account_facts.ContactPointAdded, later=[accounts.add_match_keys]),
    on(account_facts.ContactAdded, later=[accounts.note_activity]),
    on(account_facts.ContactChanged, later=[accounts.note_activity]),
    on(account_facts.ContactPointAdded, later=[accounts.note_activity]),
    on(account_facts.ContactPointChanged, later=[accounts.note_activity]),
    on(account_facts.ContactPositionChanged, later=[accounts.note_activity]),
    on(deal_facts.DealCreated, later=[accounts.note_activity]),
    on(deal_facts.DealMoved, later=[accounts.note_activity]),
    on(deal_facts.DealTransferred, later=[accounts.note_activity]),
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
    on(task_facts.TaskTrashed, now=[activities.keep_next_step]),
    on(task_facts.TaskRestored, now=[activities.keep_next_step]),
    on(record_facts.CallLogged, later=[accounts.note_activity]),
    on(record_facts.NoteAdded, later=[accounts.note_activity]),
    on(record_facts.MessageLogged, later=[accounts.note_activity]),
    on(record_facts.FileAdded, later=[accounts.note_activity]),
    # A deal knows when its client was last touched and is met next.
    *(on(fact, now=[activities.keep_touches]) for fact in (
        record_facts.CallLogged, record_facts.CallCorrected, record_facts.CallRemoved, record_facts.MessageLogged,
        meeting_facts.MeetingPlanned, meeting_facts.MeetingChanged, meeting_facts.MeetingMoved,
        meeting_facts.MeetingCancelled, meeting_facts.MeetingHeld)),
    # Reminders follow what they are about.
    *(on(fact, now=[reminding.follow_task]) for fact in (
        task_facts.TaskChanged, task_facts.TaskReassigned, task_facts.TaskSubmitted, task_facts.TaskReturned,
        task_facts.TaskFinished, task_facts.TaskCancelled, task_facts.TaskReopened,
        task_facts.TaskResurfaced)),
    on(task_facts.TaskSnoozed, now=[reminding.put_off]),
    *(on(fact, later=[reminding.follow_meeting]) for fact in (
        meeting_facts.MeetingPlanned, meeting_facts.MeetingChanged, meeting_facts.MeetingMoved,
        meeting_facts.MeetingCancelled, meeting_facts.MeetingAnswered)),
    on(user_facts.UserTimeZoneChanged, later=[reminding.follow_clock]),
    on(user_facts.UserChanged, later=[reminding.follow_clock]),
    *(on(fact, now=[reminding.follow_absence]) for fact in (
        absence_facts.AbsencePlanned, absence_facts.AbsenceChanged, absence_facts.AbsenceRemoved)),
    # Who is told.
    on(task_facts.TaskPlanned, later=[notices.tell_of_task]),
    on(task_facts.TaskReassigned, later=[notices.tell_of_task]),
    on(task_facts.TaskChanged, later=[notices.tell_of_change]),
    on(task_facts.TaskReopened, later=[notices.tell_of_change]),
    on(task_facts.TaskSubmitted, later=[notices.tell_of_submission]),
    on(task_facts.TaskReturned, later=[notices.tell_of_return]),
    on(task_facts.TaskFinished, later=[notices.tell_of_end]),
    on(task_facts.TaskCancelled, later=[notices.tell_of_end]),
    on(task_facts.TaskNudged, later=[notices.tell_of_nudge]),
    on(task_facts.TaskBreached, later=[notices.tell_of_breach]),
    on(record_facts.NoteAdded, later=[notices.tell_of_mention]),
    on(record_facts.NoteEdited, later=[notices.tell_of_mention]),
    *(on(fact, later=[notices.tell_of_meeting]) for fact in (
        meeting_facts.MeetingPlanned, meeting_facts.MeetingChanged, meeting_facts.MeetingMoved,
        meeting_facts.MeetingCancelled, meeting_facts.MeetingAnswered)),
    on(deal_facts.DealCreated, later=[notices.tell_of_deal]),
    on(deal_facts.DealAssigned, later=[notices.tell_of_deal]),
    on(account_facts.AccountAssigned, later=[notices.tell_of_client]),
    on(deal_facts.DealColleagueJoined, later=[notices.tell_colleague]),
    on(change_facts.ChangeSetFinished, now=[accounts.entrust_clients],
       later=[bulk.tell_new_owner, accounts.tell_of_hand_over]),
    on(meeting_facts.MeetingPlanned, now=[invitations.announce], later=[accounts.note_activity]),
    on(meeting_facts.MeetingChanged, now=[invitations.announce]),
    on(meeting_facts.MeetingMoved, now=[invitations.announce]),
    on(meeting_facts.MeetingCancelled, now=[invitations.announce], later=[accounts.note_activity]),
    on(meeting_facts.MeetingHeld, later=[accounts.note_activity]),
    on(meeting_facts.MeetingAnnounced, later=[invitations.mail]),
]  # fmt: skip

# Who hears of facts that nobody wired: processes, by a trigger of the database, which alone knows what they wait for.
LISTENERS = [processes.heard]
