"""The door of AWS Lambda: it serves the requests of every gateway, and runs the commands of schedules and operators."""
