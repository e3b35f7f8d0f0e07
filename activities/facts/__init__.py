"""What happens to activities; a file a noun."""
