"""Score, filter, diversify and explain: standard library only, so that it starts fast and runs anywhere."""
