"""Conditions as BPMN writes them: text."""

import re
from typing import Any

from foundation.errors import Refused
from processes.conditions.reading import read, written
from processes.conditions.text import as_text, from_text

OUTCOME = re.compile(r'outcome = "(\w+)"', re.ASCII)


def condition_of(text: str) -> tuple[Any, str]:
    """The condition tree and no reason; or the text itself, which nothing carries out, and the reason."""
    if not text.strip():
        return None, "no_condition"
    try:
        return written(from_text(text)), ""
    except Refused:
        return {"text": text.strip()}, "strange_condition"


def text_of(when: Any) -> str:
    """A text for other programs; what condition_of kept as text comes out as it came in."""
    if isinstance(when, dict) and set(when) == {"text"} and isinstance(when["text"], str):
        return str(when["text"])
    try:
        return as_text(read(when))
    except Refused:
        return ""


def outcome_of(text: str) -> str:
    """The answer after which a flow out of an approval is taken."""
    said = OUTCOME.fullmatch(text)
    return said[1] if said else ""


def as_outcome(outcome: str) -> str:
    text = f'outcome = "{outcome}"'
    return text if OUTCOME.fullmatch(text) else ""
