"""What keeps the service running: the demo data, statistics and other jobs."""
