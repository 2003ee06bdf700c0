"""The infrastructure as CloudFormation, and its deployer: `python -m infra --help`."""
