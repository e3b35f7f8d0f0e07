"""The reports every installation has; importing a module enters its reports into the catalogue."""

from reports.built_in import closing, funnel, open_deals, won

__all__ = ["closing", "funnel", "open_deals", "won"]
