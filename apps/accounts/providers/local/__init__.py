"""Identity in our own table, with tokens signed by our own key."""
