"""What an environment costs in a month: resources counted in the templates, a model of their use, and a price list."""
