"""What the catalogue's endpoints take and answer, a module a kind of endpoint."""
