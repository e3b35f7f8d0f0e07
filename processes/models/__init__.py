from processes.models.arrival import Arrival, Outlook
from processes.models.batch import Batch
from processes.models.intake import Intake, IntakeCall
from processes.models.job import Incident, Job, StepLog, Subscription
from processes.models.move import MovedRun, MoveState, VersionMove
from processes.models.out_message import OutMessage
from processes.models.process import Process, Status, Trigger, Version
from processes.models.run import Run, RunStatus, WorkItem

__all__ = [
    "Arrival",
    "Batch",
    "Incident",
    "Intake",
    "IntakeCall",
    "Job",
    "MoveState",
    "MovedRun",
    "OutMessage",
    "Outlook",
    "Process",
    "Run",
    "RunStatus",
    "Status",
    "StepLog",
    "Subscription",
    "Trigger",
    "Version",
    "VersionMove",
    "WorkItem",
]
