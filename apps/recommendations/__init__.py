"""Recommendations: the engine, its training, and the endpoint that serves them."""
