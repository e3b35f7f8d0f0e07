"""Our engine, measured through what workers and pages call."""

import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench.databases import ROOT
from bench.engine.scene import process, put_at, wait

WORKERS = 2


def steps_a_second(keys: Sequence[int], *, together: bool = True) -> float:
    """One worker, one node a step, each run going from a wait to the next one; `together` as the drain does it, else a
    transaction each."""
    from processes.models import Job
    from processes.running import jobs

    two = process([wait(), wait(60 * 24)], "Two waits")
    put_at(two, keys, "wait", due=True)
    began = time.perf_counter()
    if together:
        done = jobs.drain()
    else:
        done, owner = 0, "bench"
        while claimed := jobs.claim(owner):
            done += sum(jobs.carry_out(job) for job in claimed)
    took = time.perf_counter() - began
    if done != len(keys):
        raise RuntimeError(f"{done} of {len(keys)} steps were taken.")
    Job.objects.all().delete()
    return done / took


def chain_nodes_a_second(keys: Sequence[int], nodes: int = 10) -> float:
    """One worker, so many automatic nodes a step: choices that ask a field of the record."""
    from processes.models import Job
    from processes.running import jobs
    from processes.testing import block

    choices = [
        block(
            "choice",
            branches=[{"id": f"b{n}", "when": ["deal.amount", "gt", "1.00"], "blocks": []}],
            **{"else": []},
        )
        for n in range(nodes)
    ]
    chain = process([wait(), *choices, wait(60 * 24)], f"{nodes} choices")
    put_at(chain, keys, "wait", due=True)
    began = time.perf_counter()
    done = jobs.drain()
    took = time.perf_counter() - began
    if done != len(keys):
        raise RuntimeError(f"{done} of {len(keys)} steps were taken.")
    Job.objects.all().delete()
    return nodes * done / took


def clicks_a_second(keys: Sequence[int]) -> float:
    """A person finishes one task after the other, as the page does it, with all that is told of it."""
    return _finish_all(keys, 2, 1)


def _finish_all(keys: Sequence[int], tasks: int, clicks: int) -> float:
    from django.utils import timezone

    from processes import operations, working
    from processes.models import WorkItem
    from processes.testing import block
    from users.models import User

    person = User.objects.get(email="sales@romashka.example")
    row = process([block("task", f"Task {n}", who={"kind": "owner"}) for n in range(tasks)], f"{tasks} tasks")
    runs = [operations.start(row, key, by=person, at=timezone.now()) for key in keys]
    began = time.perf_counter()
    for run in runs:
        for _click in range(clicks):
            item = WorkItem.objects.filter(run=run, state="open").get()
            working.finish(item, by=person, at=timezone.now())
    return len(runs) * clicks / (time.perf_counter() - began)


def timers_seconds(keys: Sequence[int]) -> float:
    """So many timers due at once, drained by two workers."""
    from processes.models import Job

    two = process([wait(), wait(60 * 24)], "Timers")
    put_at(two, keys, "wait", due=True)
    began = time.perf_counter()
    workers = [_worker() for _each in range(WORKERS)]
    codes = [worker.wait() for worker in workers]
    took = time.perf_counter() - began
    left = Job.objects.filter(kind="timer", run__process=two, attempt__gt=0).count()
    if any(codes) or left:
        raise RuntimeError(f"The workers ended with {codes} and left {left} timers.")
    return took


def _worker() -> Any:
    code = "import django; django.setup(); from processes.running import jobs; jobs.drain(batches=10**6)"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
