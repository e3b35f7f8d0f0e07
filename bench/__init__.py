"""`make bench` and `make storm`: what the house costs at its full size, and what it survives."""
