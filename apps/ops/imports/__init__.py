"""Imports of whole data sets by the operator."""
