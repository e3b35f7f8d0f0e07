from activities.models.absence import Absence
from activities.models.attachment import Attachment
from activities.models.breach import Breach
from activities.models.calendar_feed import CalendarFeed
from activities.models.call import Call, CallResult, Direction
from activities.models.meeting import Meeting, MeetingRoom, MeetingState
from activities.models.message import Message, MessageChannel
from activities.models.note import Note
from activities.models.occurrence import Occurrence, Participant
from activities.models.project import Project, ProjectState
from activities.models.reminder import Reminder
from activities.models.task import OPEN_STATES, Priority, Task, TaskState
from activities.models.task_parts import ChecklistItem, TaskPassage
from activities.models.task_template import TaskKind, TaskTemplate

__all__ = [
    "OPEN_STATES",
    "Absence",
    "Attachment",
    "Breach",
    "CalendarFeed",
    "Call",
    "CallResult",
    "ChecklistItem",
    "Direction",
    "Meeting",
    "MeetingRoom",
    "MeetingState",
    "Message",
    "MessageChannel",
    "Note",
    "Occurrence",
    "Participant",
    "Priority",
    "Project",
    "ProjectState",
    "Reminder",
    "Task",
    "TaskKind",
    "TaskPassage",
    "TaskState",
    "TaskTemplate",
]
