"""What activities show on the pages of lower rooms, a file a noun."""

from activities.panels import files, meetings, records, tasks


def register() -> None:
    tasks.register()
    records.register()
    meetings.register()
    files.register()
