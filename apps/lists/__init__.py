"""Favourites, the watchlist and ratings: what a person keeps, and what the recommender learns from."""
