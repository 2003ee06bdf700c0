"""What every endpoint shares: errors, authentication, permissions, throttling, pagination, schema."""
