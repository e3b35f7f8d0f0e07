"""Verbs of intakes: open one for a process, give it another secret, shut it and open it again."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.models import Intake, Process
from processes.running import reading


def call_start(process: Process) -> dict[str, Any] | None:
    """The beginning by a call or a form of the version that is carried out; None where it has none."""
    if process.current_id is None:
        return None
    return next((each for each in reading.starts_of(process.current_id) if "call" in each), None)


def open_intake(process: Process, *, by: Any, at: datetime) -> tuple[Intake, str]:
    """An address for the process and its secret, which nobody can read again. Refused where there is one."""
    secret = _new_secret()
    with transaction.atomic():
        Process.objects.select_for_update().get(pk=process.pk)
        if Intake.objects.filter(process=process).exists():
            raise Refused(_("The process has an address already."))
        intake = Intake.objects.create(
            process=process, key=secrets.token_hex(16), secret_hash=_hash(secret), made_at=at, made_by=by
        )
    return intake, secret


def renew(intake: Intake, *, by: Any, at: datetime) -> str:
    """Another secret; the one before is worth nothing from now on."""
    secret = _new_secret()
    Intake.objects.filter(pk=intake.pk).update(secret_hash=_hash(secret), made_by=by, made_at=at)
    return secret


def switch(intake: Intake, *, is_open: bool) -> None:
    Intake.objects.filter(pk=intake.pk).update(is_open=is_open)


def is_right(intake: Intake, secret: str) -> bool:
    return bool(secret) and hmac.compare_digest(_hash(secret), intake.secret_hash)


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    """Nothing slower is needed: nobody guesses 256 random bits."""
    return sha256(secret.encode()).hexdigest()
