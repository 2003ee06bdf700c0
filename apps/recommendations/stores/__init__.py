"""Where models are published: a folder or a bucket, with the versions and the pointer to the one that serves."""
