"""The subcommands of `python -m infra`: each module has HELP, add_arguments and run."""
