"""The MovieRec project: settings, the pieces every app shares, and the embedded AWS."""
