"""The applications: each has the same rooms, and arrows between them run one way."""
