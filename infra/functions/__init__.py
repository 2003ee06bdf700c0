"""What runs in AWS Lambda beside the application; templates carry the source of these modules."""
