from datetime import time

from django.conf import settings
from django.db import migrations


def make_company_calendar(apps, schema_editor):
    """Monday to Friday, 9 to 18 with an hour's lunch: what most companies change least."""
    calendar = apps.get_model("foundation", "WorkingCalendar").objects.create(
        name="Company", is_default=True, time_zone=settings.COMPANY_TIME_ZONE
    )
    WorkingHours = apps.get_model("foundation", "WorkingHours")
    for weekday in range(5):
        for starts, ends in ((time(9), time(13)), (time(14), time(18))):
            WorkingHours.objects.create(calendar=calendar, weekday=weekday, starts=starts, ends=ends)


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [migrations.RunPython(make_company_calendar, migrations.RunPython.noop)]
