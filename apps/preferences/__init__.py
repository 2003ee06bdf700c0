"""The taste profile: the questionnaire as data, and each person's answers."""
