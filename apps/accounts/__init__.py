"""Identity: who people are, how they sign in, and the tokens they carry."""
