"""The admin's pages of flags, limits, the banner and read-only mode."""
