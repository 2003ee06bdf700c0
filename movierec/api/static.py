"""The addresses of static files that are served elsewhere."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedNames(ManifestStaticFilesStorage):
    """Links files by names with a hash of their content, as collectstatic's manifest has them; the files may be absent.

    A file that the manifest does not have is linked by its own name: a page without a style is better than none.
    """

    support_js_module_import_aggregation = False

    def url(self, name: str, force: bool = True) -> str:  # type: ignore[override]  # as Django's has it
        """The address; hashed with DEBUG on as well, which a development environment on AWS may have."""
        return super().url(name, force)

    def stored_name(self, name: str) -> str:
        """The hashed name, else the name itself."""
        clean = self.clean_name(name)
        return self.hashed_files.get(self.hash_key(clean), clean)
