"""Code that runs in SSM Automation when an operator starts a runbook; it stands in templates as text."""
