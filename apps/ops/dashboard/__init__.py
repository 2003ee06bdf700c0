"""The admin's pages of the dashboard."""
