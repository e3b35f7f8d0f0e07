"""One typed line becomes a task: `parsing` reads it without the database, `resolving` finds whom and what it names."""
