"""The catalogue: titles as they are cached, the lists made of them, and the posters drawn for them."""
