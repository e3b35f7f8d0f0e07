"""Tables people upload: CSV, TSV and XLSX read as rows of text, one sentence for whatever cannot be read."""

from integrations.tables.reading import read_table
from integrations.tables.table import Row, Table, TableError

__all__ = ["Row", "Table", "TableError", "read_table"]
