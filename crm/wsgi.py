import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
application = get_wsgi_application()

# Every room's doors come in now; each worker would otherwise import them for itself at its first page.
reverse("home")

# The house is built: it is never garbage, and workers made from this process share it. What pages leave goes soon.
gc.freeze()
gc.set_threshold(5_000, 10, 10)
