"""One module a stack; each has `build(config)`, a pure function from a configuration to a template."""
