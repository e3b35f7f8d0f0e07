from deals.models.calibration import StageCalibration, WinRate
from deals.models.deal import Deal
from deals.models.deal_contact import DealContact
from deals.models.deal_line import DealLine
from deals.models.funnel import FunnelSum, Grain, StageTotal
from deals.models.loss_reason import LossReason
from deals.models.pipeline import Pipeline, Stage, StageKind
from deals.models.stage_event import StageEvent
from deals.models.stage_map import StageMap
from deals.models.stage_passage import StagePassage
from deals.models.stage_rule import StageRule

__all__ = [
    "Deal",
    "DealContact",
    "DealLine",
    "FunnelSum",
    "Grain",
    "LossReason",
    "Pipeline",
    "Stage",
    "StageCalibration",
    "StageEvent",
    "StageKind",
    "StageMap",
    "StagePassage",
    "StageRule",
    "StageTotal",
    "WinRate",
]
