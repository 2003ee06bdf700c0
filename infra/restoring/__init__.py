"""Brings back what a table held at an earlier moment, without losing what it has held since."""
