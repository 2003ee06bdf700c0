"""The catalogue over HTTP, a module a kind of endpoint."""
