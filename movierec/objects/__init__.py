"""Named contents in a folder or a bucket: what a job publishes and every process reads."""

from movierec.objects.errors import StoreError, StoreUnreachable
from movierec.objects.interface import Changed, Objects, Stored
from movierec.objects.opened import objects_at

__all__ = ["Changed", "Objects", "StoreError", "StoreUnreachable", "Stored", "objects_at"]
