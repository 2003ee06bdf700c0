"""The admin's pages of the models and what they recommend."""
