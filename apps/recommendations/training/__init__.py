"""Makes the model folder the engine serves from: NumPy and SciPy, never imported by a request."""
