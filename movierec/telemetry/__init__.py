"""What the service tells of itself: lines of the log, and the metrics that CloudWatch reads out of them."""
