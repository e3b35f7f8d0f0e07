"""`make storm`: deals move while workers, movers and Redis are killed; then everything is counted."""
