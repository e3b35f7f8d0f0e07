"""The product's settings, with a probe among the reactions."""

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.storm.apps.StormConfig"]
