"""Posters drawn for titles: no picture is fetched or stored."""

from apps.media.posters.draw import poster_svg

__all__ = ["poster_svg"]
