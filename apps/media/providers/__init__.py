"""Where titles come from: each provider behind the one interface."""
