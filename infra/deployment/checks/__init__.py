"""What `doctor` looks at: each check answers findings, and asks nothing of a person."""
