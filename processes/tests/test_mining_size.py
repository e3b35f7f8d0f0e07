"""A log of 200,000 events is read within 40 MB and a time a person waits for."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from time import process_time

from processes.mining.conformance import conformance_of
from processes.mining.discovery import model_of
from processes.mining.figures import figures_of
from processes.mining.xes import read_xes

CASES, STEPS = 20_000, 10
MEGABYTE = 2**20


def pieces() -> Iterator[bytes]:
    yield b"<log>"
    for case in range(CASES):
        about = f'<string key="concept:name" value="case {case}"/><string key="product" value="{case % 7}"/>'
        yield f"<trace>{about}".encode()
        yield from (event(case, step) for step in range(STEPS))
        yield b"</trace>"
    yield b"</log>"


def event(case: int, step: int) -> bytes:
    name = (case * 7 + step * (case % 3 + 1)) % 12
    minute = case * 13 + step * (5 + case % 11)
    day, rest = divmod(minute, 1_440)
    when = f"2024-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}T{rest // 60:02}:{rest % 60:02}:00.000+00:00"
    return (
        f'<event><string key="concept:name" value="activity {name}"/>'
        f'<string key="org:resource" value="person {case % 50}"/><date key="time:timestamp" value="{when}"/>'
        f'<string key="lifecycle:transition" value="complete"/><int key="amount" value="{minute}"/></event>'
    ).encode()


def test_two_hundred_thousand_events_are_read_within_forty_megabytes() -> None:
    """The file itself has 54; a quarter of the cases is counted here, because tracing is slow."""
    file = BytesIO(b"".join(pieces()))
    tracemalloc.start()
    try:
        log = read_xes(file)
        _now, most_reading = tracemalloc.get_traced_memory()
        quarter = log.kept(lambda trace: trace.place % 4 == 0)
        tracemalloc.reset_peak()
        before, _most = tracemalloc.get_traced_memory()
        figures = figures_of(quarter)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (log.events, len(log), figures.cases.count) == (CASES * STEPS, CASES, CASES // 4)
    assert most_reading < 40 * MEGABYTE
    assert most - before < 20 * MEGABYTE


def test_two_hundred_thousand_events_are_read_and_counted_while_a_person_waits() -> None:
    file = BytesIO(b"".join(pieces()))
    began = process_time()
    log = read_xes(file)
    figures = figures_of(log)
    found = conformance_of(log, model_of(log).to_graph())
    assert process_time() - began < 30  # about five on the machine this was written on
    assert figures.steps == CASES * STEPS
    assert found.cases == CASES
