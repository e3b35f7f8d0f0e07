"""The product's own settings as in production, plus the floor and a header that counts statements."""

from crm.settings import *  # noqa: F403
from crm.settings import BASE_DIR, MIDDLEWARE, TEMPLATES

DEBUG = False
WHITENOISE_USE_FINDERS = False
ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.counting.CountStatements", *MIDDLEWARE]
TEMPLATES = [TEMPLATES[0] | {"DIRS": [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]}]
# The bench signs in and asks from one address, far more often than a person.
ACCOUNT_RATE_LIMITS = {}
