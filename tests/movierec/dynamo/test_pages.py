from __future__ import annotations

from typing import Any

import pytest

from movierec.dynamo import pages
from movierec.dynamo.data_table import DataRow, delete_partition
from movierec.dynamo.pages import pages_of

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 40)


def fill(pk: str, count: int) -> None:
    list(DataRow.put_rows({"pk": pk, "sk": f"{number:03}", "text": "x"} for number in range(count)))


def keys(**options: Any) -> list[list[str]]:
    return [[row["sk"] for row in page] for page in pages_of(DataRow, "A", **options)]


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (1, [1]), (39, [39]), (95, [40, 40, 15])])
def test_a_partition_comes_page_by_page(count: int, sizes: list[int]) -> None:
    fill("A", count)
    fill("B", 3)
    found = keys()
    assert [len(page) for page in found] == sizes
    assert [sk for page in found for sk in page] == [f"{number:03}" for number in range(count)]


def test_the_options_of_a_query_count() -> None:
    fill("A", 50)
    assert keys(range_condition=DataRow.sk >= "047", newest_first=True, consistent=True) == [["049", "048", "047"]]
    assert [page[0] for page in pages_of(DataRow, "A", attributes=["sk"])] == [{"sk": "000"}, {"sk": "040"}]


def test_a_deleted_partition_leaves_others_alone() -> None:
    fill("A", 95)
    fill("B", 3)
    delete_partition("A")
    delete_partition("A")
    assert sorted((row["pk"], row["sk"]) for row in DataRow.scan_rows()) == [("B", "000"), ("B", "001"), ("B", "002")]
