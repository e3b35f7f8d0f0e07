"""A believable company to look at on first start: people, clients, and fifteen months of selling."""

from crm.demo.load import is_empty, load

__all__ = ["is_empty", "load"]
