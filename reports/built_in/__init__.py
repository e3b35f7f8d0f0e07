"""The reports every installation has; importing a module enters its reports into the catalogue."""

from reports.built_in import (
    as_of,
    billing,
    closing,
    feature_usage,
    funnel,
    neglected,
    open_deals,
    time_in_states,
    usage,
    waterfall,
    won,
)

__all__ = [
    "as_of",
    "billing",
    "closing",
    "feature_usage",
    "funnel",
    "neglected",
    "open_deals",
    "time_in_states",
    "usage",
    "waterfall",
    "won",
]
