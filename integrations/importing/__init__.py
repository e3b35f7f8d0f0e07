"""Imports: one importer a kind of record, all going the same way (base.py)."""

from integrations.importing.run import IMPORTERS, Checked, check, import_table, importer_of

__all__ = ["IMPORTERS", "Checked", "check", "import_table", "importer_of"]
