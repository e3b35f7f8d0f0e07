"""A process that begins another, for the same record, and may wait for its end."""

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.engine import advance as engine
from processes.graph.model import Node
from processes.models import Process
from processes.running.doing import Doing


def call(doing: Doing, token: int, node: Node) -> None:
    """Begin it; go on at once, or when it has ended with its result as the outcome."""
    from processes.running import starting

    doing.settle()
    process = Process.objects.filter(key=node.data["process"], status="on").first()
    if process is None:
        raise Refused(_("The process “%(key)s” is not running.") % {"key": node.data["process"]})
    if process.subject_kind != doing.run.subject_kind:
        raise Refused(_("The process “%(name)s” is about other records.") % {"name": process.name})
    is_waited_for = node.data.get("is_waited_for", True)
    run = starting.begin(
        process,
        doing.run.subject_id,
        by=doing.by,
        at=doing.at,
        cause=doing.because(),
        caller=(doing.run.pk, token) if is_waited_for else None,
        batch=doing.run.batch_id,
    )
    if run is None:
        raise Refused(
            _("The process “%(name)s” is under way for this record already.") % {"name": process.name}
        )
    doing.forget()
    if not is_waited_for:
        doing.ahead.append(engine.Finish(token))
