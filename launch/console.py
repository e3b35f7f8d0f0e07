"""What the person at the terminal reads: one short line a step, one sentence when something is wrong."""

import errno
import os


class CannotGoOn(Exception):
    """Ends the command with exit code 1; its text is one sentence with the cure."""


def say(line: str) -> None:
    print(line, flush=True)


def sentence_for(error: OSError, where: os.PathLike[str] | str) -> str:
    """A failed system call in words: the few that a person can mend have a cure of their own."""
    path = error.filename or where
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk that holds {path} is full: free some space (1 GB is plenty) and start again."
    if error.errno == errno.EROFS:
        return (
            f"{path} is on a read-only disk: copy the project to a folder you can write to and start there."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return (
            f"{path} does not belong to you: start as its owner, "
            f"or take it over with `sudo chown -R $(id -un) {where}`."
        )
    return f"{error.strerror or error} ({path}): mend that and start again."
