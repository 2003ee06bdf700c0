"""Facts that templates share with the application, each in one place; tests hold the two together."""
