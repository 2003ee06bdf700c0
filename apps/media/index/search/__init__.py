"""Search by name: titles and people, as they are typed and as they are mistyped.

In: documents with their names. Out: flat tables that any process can read, and the best matches of a query in them.

- `text.py`, `scripts.py` bring names and queries into one spelling;
- `grams.py` counts in how many pairs of letters a query and each name agree: a bitmap for each pair, added up as a
  column of binary digits, so that a count over all names is a few operations on whole bitmaps;
- `names.py` finds what begins with the query, at the beginning of any word;
- `distance.py` and `ranking.py` compare the few names that are left letter by letter and word by word;
- `search.py` runs these in order, over each kind of document that is asked for.
"""

from .documents import Document, Hit, Kind
from .search import Search, search_parts

__all__ = ["Document", "Hit", "Kind", "Search", "search_parts"]
