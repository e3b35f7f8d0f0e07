"""The reports every installation has; importing a module enters its reports into the catalogue."""

from reports.built_in import closing, feature_usage, funnel, open_deals, time_in_states, usage, won

__all__ = ["closing", "feature_usage", "funnel", "open_deals", "time_in_states", "usage", "won"]
