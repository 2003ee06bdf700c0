"""Identity in a Cognito user pool."""
