"""Reads of one title, one person or one search, for which the source of titles is asked where that is needed.

What is stored and fresh costs one read. What is old, or of which only a list told, is asked for anew within a short
budget and served as it is where that fails. What is not stored is asked for by one process at a time; the others wait
for what it finds.
"""
