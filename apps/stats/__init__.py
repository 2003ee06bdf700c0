"""The dashboard's figures: experience points, levels, counters, challenges and achievements."""
