"""Synthetic clients and deals at any size, by COPY: for trying the house at the scale it is built for."""

from crm.seeding.billing import BillingFigures, seed_billing
from crm.seeding.load import Figures, seed

__all__ = ["BillingFigures", "Figures", "seed", "seed_billing"]
