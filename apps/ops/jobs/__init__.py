"""The admin's pages of jobs."""
