"""The house's reactions, and one that leaves a row for every time it ran."""

import deals.facts as facts
from bench.storm.probe import leave_row
from crm.wiring import LISTENERS
from crm.wiring import REACTIONS as HOUSE
from foundation.wiring import on

__all__ = ["LISTENERS", "REACTIONS"]
MOVES = (facts.DealMoved, facts.DealWon, facts.DealLost, facts.DealReopened)
REACTIONS = [*HOUSE, *(on(fact, later=[leave_row]) for fact in MOVES)]
