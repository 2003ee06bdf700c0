"""Deploys templates: change sets, progress, outputs, the doctor."""
