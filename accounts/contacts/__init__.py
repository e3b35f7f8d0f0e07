"""The list of contacts: people at all clients, with columns, filters, conditions, views and cells to change."""
