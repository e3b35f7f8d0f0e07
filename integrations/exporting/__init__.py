"""Lists as files: what the page shows, by the rights of whoever asks, row by row, and told as a fact."""
