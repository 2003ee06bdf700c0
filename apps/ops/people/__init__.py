"""The admin's pages of people's accounts."""
