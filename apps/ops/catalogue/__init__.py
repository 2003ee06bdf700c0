"""The admin's pages of titles and lists."""
