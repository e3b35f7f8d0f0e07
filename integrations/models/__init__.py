from integrations.models.external_id import ExternalId
from integrations.models.import_job import Entity, ImportJob, ImportState

__all__ = ["Entity", "ExternalId", "ImportJob", "ImportState"]
