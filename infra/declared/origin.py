"""The headers that CloudFront sends the site's application; it believes them only beside the right key."""

from __future__ import annotations

from typing import Final

# The value of the secret `origin`.
KEY_HEADER: Final = "X-Origin-Key"
# The host that the visitor asked for.
HOST_HEADER: Final = "X-Forwarded-Host"
# The visitor's address, without a port. CloudFront-Viewer-Address cannot be had: a policy that adds it either drops
# most other headers or sends the visitor's Host, with which API Gateway finds no API.
ADDRESS_HEADER: Final = "X-Viewer-Address"
