"""Ways for mail to go that Django does not have."""
