"""What the pages of processes show, a file a page."""
