"""Fields a company adds to its clients, contacts and deals: what they are, what may stand in them, how they look."""
