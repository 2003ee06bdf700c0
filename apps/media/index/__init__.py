"""The index of the catalogue: search, filters and people, from flat tables in memory."""
