"""Brings the application to the deployed stacks: package, versions, the alias, files, probes."""
