"""The demo catalogue: real films and series that come with the project, described in our own words."""

from apps.media.providers.demo.catalogue import DemoCatalogue

__all__ = ["DemoCatalogue"]
