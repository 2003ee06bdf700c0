"""Template tags that pages of the site and of the admin share."""
