"""What people see in a browser: the front page, the documentation, the page for unknown addresses, and /health."""
