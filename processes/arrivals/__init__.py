"""What runs under way will bring to people, before it comes: looked ahead from where each stands, kept in rows."""
