"""What the pages of deals show, and in how many statements."""
