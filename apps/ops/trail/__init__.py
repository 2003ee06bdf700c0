"""The admin's pages of the audit."""
