from distribution.models.allotment import Allotment, WaitingRecord
from distribution.models.candidate import DistributionCandidate, Turn
from distribution.models.rule import DistributionRule, Method, Otherwise, Presence, Record

__all__ = [
    "Allotment",
    "DistributionCandidate",
    "DistributionRule",
    "Method",
    "Otherwise",
    "Presence",
    "Record",
    "Turn",
    "WaitingRecord",
]
