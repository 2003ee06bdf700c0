"""Reads and writes of plain rows."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.operand import Path

from apps.lists.models import Favourite
from movierec.dynamo import backoff
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.dynamo.registry import tables as all_tables
from movierec.dynamo.table import BaseTable, Page

Calls = list[tuple[str, dict[str, Any]]]
AnswerForDynamodb = Callable[[Callable[[str, dict[str, Any]], dict[str, Any] | None]], None]
NAME = DataRow.Meta.table_name


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"pk": "p", "sk": f"{number:03}", **more}


def stored() -> list[dict[str, Any]]:
    return sorted(DataRow.scan_rows(), key=lambda found: (found["pk"], found["sk"]))


@pytest.fixture
def ten(tables: None) -> list[dict[str, Any]]:
    rows = [row(number, n=number) for number in range(10)]
    list(DataRow.put_rows(rows))
    return rows


class Counted(DataRow):
    """A kind of row of the single table."""

    n = NumberAttribute(default=0)


class TestPutRow:
    def test_it_takes_the_place_of_the_one_with_its_key(self, tables: None, dynamodb_calls: Calls) -> None:
        DataRow.put_row(row(1, old=True))
        DataRow.put_row(row(1, new=True))
        assert [operation for operation, _ in dynamodb_calls] == ["PutItem", "PutItem"]
        assert stored() == [row(1, new=True)]

    def test_keys_are_told_apart_by_their_kind_and_not_by_their_names(self, tables: None) -> None:
        ours = {"userId": "ann", "movieId": "603", "title": "A film"}
        Favourite.put_row(ours)
        assert Favourite.put_row_if({**ours, "title": "Another"}, Path("title") == "A film")
        assert list(Favourite.scan_rows()) == [{**ours, "title": "Another"}]


class TestPutRows:
    @pytest.mark.parametrize(
        ("count", "batches"), [(0, []), (1, [1]), (25, [25]), (26, [25, 1]), (75, [25, 25, 25]), (80, [25, 25, 25, 5])]
    )
    def test_twenty_five_a_request(self, tables: None, dynamodb_calls: Calls, count: int, batches: list[int]) -> None:
        rows = [row(number) for number in range(count)]
        assert list(DataRow.put_rows(iter(rows))) == batches
        assert [len(request["RequestItems"][NAME]) for _, request in dynamodb_calls] == batches
        assert stored() == rows

    def test_nothing_is_read_ahead_of_the_batch_that_is_asked_for(self, tables: None) -> None:
        rows = iter([row(number) for number in range(60)])
        assert next(DataRow.put_rows(rows)) == 25
        assert len(stored()) == 25
        assert next(rows)["sk"] == "025"

    def test_of_rows_with_one_key_in_a_batch_the_last_counts(self, tables: None) -> None:
        rows = [row(1, n=1), row(2, n=1), row(1, n=2), row(1, n=3)]
        assert list(DataRow.put_rows(rows)) == [2]
        assert stored() == [row(1, n=3), row(2, n=1)]

    def test_duplicates_do_not_fill_a_batch(self, tables: None) -> None:
        rows = [row(number % 30, n=number) for number in range(90)]
        list(DataRow.put_rows(rows))
        assert stored() == [row(number, n=number + 60) for number in range(30)]

    def test_a_row_that_is_there_is_replaced_whole(self, tables: None) -> None:
        list(DataRow.put_rows([row(1, old=True)]))
        list(DataRow.put_rows([row(1, new=True)]))
        assert stored() == [row(1, new=True)]

    def test_what_is_left_over_is_sent_again_until_it_is_written(
        self, tables: None, short_pauses: None, answer_for_dynamodb: AnswerForDynamodb
    ) -> None:
        sizes: list[int] = []

        def take_ten(operation: str, request: dict[str, Any]) -> dict[str, Any] | None:
            if operation != "BatchWriteItem":
                return None
            waiting = request["RequestItems"][NAME]
            sizes.append(len(waiting))
            for write in waiting[:10]:
                put = {"TableName": NAME, "Item": write["PutRequest"]["Item"]}
                shared_connection().client._make_api_call("PutItem", put)
            left = waiting[10:]
            return {"UnprocessedItems": {NAME: left} if left else {}}

        answer_for_dynamodb(take_ten)
        rows = [row(number, n=number) for number in range(30)]
        assert list(DataRow.put_rows(rows)) == [25, 5]
        assert sizes == [25, 15, 5, 5]
        assert stored() == rows

    def test_a_batch_that_is_never_taken_ends_in_an_error(
        self, tables: None, short_pauses: None, answer_for_dynamodb: AnswerForDynamodb
    ) -> None:
        sent = []

        def take_nothing(operation: str, request: dict[str, Any]) -> dict[str, Any]:
            sent.append(operation)
            return {"UnprocessedItems": request["RequestItems"]}

        answer_for_dynamodb(take_nothing)
        with pytest.raises(TimeoutError) as caught:
            list(DataRow.put_rows([row(1)]))
        assert str(caught.value) == "DynamoDB left a part of BatchWriteItem unprocessed 12 times; try again later."
        assert sent == ["BatchWriteItem"] * 13

    def test_a_row_without_its_key_is_refused_before_anything_is_written(self, tables: None) -> None:
        with pytest.raises(KeyError, match="sk"):
            list(DataRow.put_rows([row(1), {"pk": "p"}]))
        assert stored() == []


class TestDeleteRows:
    @pytest.mark.parametrize(("count", "batches"), [(0, []), (1, [1]), (25, [25]), (26, [25, 1]), (60, [25, 25, 10])])
    def test_twenty_five_a_request(self, tables: None, dynamodb_calls: Calls, count: int, batches: list[int]) -> None:
        list(DataRow.put_rows(row(number) for number in range(70)))
        dynamodb_calls.clear()
        DataRow.delete_rows(row(number) for number in range(count))
        assert [len(request["RequestItems"][NAME]) for _, request in dynamodb_calls] == batches
        assert stored() == [row(number) for number in range(count, 70)]

    def test_only_keys_are_sent_and_each_once(self, ten: list[dict[str, Any]], dynamodb_calls: Calls) -> None:
        DataRow.delete_rows([ten[3], {**ten[3], "n": 4}, row(5)])
        ((_, request),) = dynamodb_calls
        keys = [write["DeleteRequest"]["Key"] for write in request["RequestItems"][NAME]]
        assert keys == [{"pk": {"S": "p"}, "sk": {"S": "003"}}, {"pk": {"S": "p"}, "sk": {"S": "005"}}]
        assert stored() == [found for found in ten if found["n"] not in (3, 5)]

    def test_what_is_not_there_is_no_error(self, ten: list[dict[str, Any]]) -> None:
        DataRow.delete_rows([row(100)])
        assert stored() == ten

    def test_what_is_left_over_is_sent_again(
        self, ten: list[dict[str, Any]], short_pauses: None, answer_for_dynamodb: AnswerForDynamodb
    ) -> None:
        sizes: list[int] = []

        def take_four(operation: str, request: dict[str, Any]) -> dict[str, Any] | None:
            if operation != "BatchWriteItem":
                return None
            waiting = request["RequestItems"][NAME]
            sizes.append(len(waiting))
            for write in waiting[:4]:
                gone = {"TableName": NAME, "Key": write["DeleteRequest"]["Key"]}
                shared_connection().client._make_api_call("DeleteItem", gone)
            left = waiting[4:]
            return {"UnprocessedItems": {NAME: left} if left else {}}

        answer_for_dynamodb(take_four)
        DataRow.delete_rows(ten)
        assert sizes == [10, 6, 2]
        assert stored() == []

    def test_a_batch_that_is_never_taken_ends_in_an_error(
        self, tables: None, short_pauses: None, answer_for_dynamodb: AnswerForDynamodb
    ) -> None:
        answer_for_dynamodb(lambda _, request: {"UnprocessedItems": request["RequestItems"]})
        with pytest.raises(TimeoutError, match="BatchWriteItem unprocessed 12 times"):
            DataRow.delete_rows([row(1)])


class TestUpdateRowIf:
    def test_it_answers_the_whole_row_where_the_condition_holds(self, ten: list[dict[str, Any]]) -> None:
        assert Counted.update_row_if("p", "004", [Counted.n.add(1)], Counted.n == 4) == row(4, n=5)

    def test_nothing_is_written_where_it_does_not(self, ten: list[dict[str, Any]]) -> None:
        assert Counted.update_row_if("p", "004", [Counted.n.add(1)], Counted.n == 5) is None
        assert Counted.update_row_if("p", "100", [Counted.n.set(1)], Counted.pk.exists()) is None
        assert stored() == ten

    def test_another_fault_is_raised(self, tables: None) -> None:
        shared_connection().dispatch("DeleteTable", {"TableName": NAME})
        with pytest.raises(UpdateError, match="ResourceNotFoundException"):
            Counted.update_row_if("p", "001", [Counted.n.set(1)], Counted.pk.does_not_exist())


class TestGetRows:
    @pytest.mark.parametrize("consistent", [False, True])
    def test_the_read_is_consistent_when_asked(
        self, ten: list[dict[str, Any]], dynamodb_calls: Calls, consistent: bool
    ) -> None:
        DataRow.get_rows([{"pk": "p", "sk": "003"}], consistent=consistent)
        ((_, request),) = dynamodb_calls
        assert request["RequestItems"][NAME]["ConsistentRead"] is consistent

    def test_those_that_are_there_in_one_request(self, ten: list[dict[str, Any]], dynamodb_calls: Calls) -> None:
        keys = [{"pk": "p", "sk": sk} for sk in ("003", "007", "100")]
        found = DataRow.get_rows(keys)
        assert sorted(found, key=lambda each: each["n"]) == [ten[3], ten[7]]
        assert [operation for operation, _ in dynamodb_calls] == ["BatchGetItem"]

    def test_no_keys_no_request(self, tables: None, dynamodb_calls: Calls) -> None:
        assert DataRow.get_rows([]) == []
        assert dynamodb_calls == []

    def test_keys_left_over_are_asked_for_again(
        self, ten: list[dict[str, Any]], short_pauses: None, answer_for_dynamodb: AnswerForDynamodb
    ) -> None:
        asked: list[int] = []

        def answer_four(operation: str, request: dict[str, Any]) -> dict[str, Any] | None:
            if operation != "BatchGetItem":
                return None
            keys = request["RequestItems"][NAME]["Keys"]
            asked.append(len(keys))
            get = shared_connection().client._make_api_call
            items = [get("GetItem", {"TableName": NAME, "Key": key})["Item"] for key in keys[:4]]
            left = {NAME: {"Keys": keys[4:]}} if keys[4:] else {}
            return {"Responses": {NAME: items}, "UnprocessedKeys": left}

        answer_for_dynamodb(answer_four)
        found = DataRow.get_rows([{"pk": "p", "sk": f"{number:03}"} for number in range(10)])
        assert asked == [10, 6, 2]
        assert sorted(found, key=lambda each: each["n"]) == ten

    def test_keys_never_answered_end_in_an_error(
        self, tables: None, short_pauses: None, answer_for_dynamodb: AnswerForDynamodb
    ) -> None:
        answer_for_dynamodb(lambda _, request: {"Responses": {}, "UnprocessedKeys": request["RequestItems"]})
        with pytest.raises(TimeoutError, match="BatchGetItem unprocessed 12 times"):
            DataRow.get_rows([{"pk": "p", "sk": "001"}])


class TestGetRow:
    def test_one_that_is_there(self, ten: list[dict[str, Any]]) -> None:
        assert DataRow.get_row("p", "004") == ten[4]

    @pytest.mark.parametrize("key", [("p", "100"), ("q", "004")])
    def test_none_otherwise(self, ten: list[dict[str, Any]], key: tuple[str, str]) -> None:
        assert DataRow.get_row(*key) is None

    @pytest.mark.parametrize("consistent", [False, True])
    def test_one_read_that_is_consistent_when_asked(
        self, ten: list[dict[str, Any]], dynamodb_calls: Calls, consistent: bool
    ) -> None:
        DataRow.get_row("p", "004", consistent=consistent)
        ((operation, request),) = dynamodb_calls
        assert (operation, request["ConsistentRead"]) == ("GetItem", consistent)


class TestQuery:
    def test_pages_in_key_order(self, ten: list[dict[str, Any]]) -> None:
        first = DataRow.query_page("p", limit=4)
        assert first == Page(ten[:4], {"pk": "p", "sk": "003"})
        second = DataRow.query_page("p", limit=4, after=first.last_key)
        assert second == Page(ten[4:8], {"pk": "p", "sk": "007"})
        assert DataRow.query_page("p", limit=4, after=second.last_key) == Page(ten[8:], None)

    def test_newest_first_is_the_reverse(self, ten: list[dict[str, Any]]) -> None:
        page = DataRow.query_page("p", newest_first=True, limit=3)
        assert page == Page([ten[9], ten[8], ten[7]], {"pk": "p", "sk": "007"})

    def test_a_condition_on_the_key_and_a_filter(self, ten: list[dict[str, Any]]) -> None:
        page = DataRow.query_page("p", range_condition=DataRow.sk.between("002", "006"), filter_condition=Counted.n > 4)
        assert page == Page(ten[5:7], None)

    def test_an_empty_partition(self, tables: None) -> None:
        assert DataRow.query_page("nobody") == Page([], None)
        assert DataRow.query_all("nobody") == []

    @pytest.mark.parametrize("limit", [1, 3, 10, 11, None])
    def test_all_pages_make_the_whole(self, ten: list[dict[str, Any]], limit: int | None) -> None:
        assert DataRow.query_all("p", limit=limit) == ten

    def test_all_keeps_its_options_from_page_to_page(self, ten: list[dict[str, Any]]) -> None:
        found = DataRow.query_all("p", limit=2, newest_first=True, range_condition=DataRow.sk > "004")
        assert found == ten[:4:-1]

    def test_other_partitions_stay_out(self, ten: list[dict[str, Any]]) -> None:
        list(DataRow.put_rows([{"pk": "p2", "sk": "001"}]))
        assert DataRow.query_all("p") == ten


class TestScan:
    def test_every_row_over_pages(self, tables: None) -> None:
        # DynamoDB ends a page at 1 MB.
        rows = [row(number, text="x" * 300_000) for number in range(8)]
        list(DataRow.put_rows(rows))
        assert stored() == rows

    def test_only_the_attributes_asked_for(self, ten: list[dict[str, Any]]) -> None:
        assert sorted(found["n"] for found in DataRow.scan_rows(["n"])) == list(range(10))
        assert all(found.keys() == {"n"} for found in DataRow.scan_rows(["n"]))


class TestOneClient:
    def test_all_models_share_the_process_connection(self, tables: None) -> None:
        models: list[type[BaseTable]] = [*all_tables(), Counted]
        assert len(models) >= 6
        assert {id(model._get_connection().connection) for model in models} == {id(shared_connection())}

    def test_kinds_of_rows_of_one_table_write_into_it(self, tables: None) -> None:
        Counted("p", "001", n=5).save()
        assert DataRow.get_row("p", "001") == {"pk": "p", "sk": "001", "n": 5}

    def test_adding_is_atomic_and_answers_the_sum(self, tables: None) -> None:
        for _ in range(3):
            counted = Counted("p", "001")
            counted.update([Counted.n.add(2)])
        assert counted.n == 6


def test_a_users_partition() -> None:
    assert user_pk("abc") == "USER#abc"


class TestBackoff:
    def test_pauses_grow_and_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bounds: list[float] = []
        monkeypatch.setattr(backoff.random, "uniform", lambda low, high: bounds.append(high) or low)
        pauses = backoff.Backoff()
        started = monotonic()
        for _ in range(backoff.TRIES):
            pauses.wait("Work")
        with pytest.raises(TimeoutError, match="a part of Work unprocessed 12 times"):
            pauses.wait("Work")
        assert monotonic() - started < 1
        assert bounds == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5, 5, 5, 5]


class TestSaveIf:
    def test_a_row_is_stored_where_the_condition_holds(self, tables: None) -> None:
        free = Counted.pk.does_not_exist()
        assert Counted("p", "001", n=1).save_if(free) == (row(1, n=1), True)
        assert stored() == [row(1, n=1)]

    def test_else_the_row_in_its_place_is_answered_and_stays(self, tables: None, dynamodb_calls: Calls) -> None:
        list(Counted.put_rows([row(1, n=1)]))
        dynamodb_calls.clear()
        smaller = Counted.pk.does_not_exist() | (Counted.n < 1)
        assert Counted("p", "001", n=2).save_if(smaller) == (row(1, n=1), False)
        assert [name for name, _ in dynamodb_calls] == ["PutItem"]
        assert stored() == [row(1, n=1)]
        assert Counted("p", "001", n=2).save_if(Counted.n <= 1) == (row(1, n=2), True)

    def test_other_faults_come_out(self, tables: None) -> None:
        with pytest.raises(ClientError, match="ValidationException"):
            Counted("", "001").save_if(Counted.pk.does_not_exist())


class TestPutRowIf:
    ABSENT = Path("n").does_not_exist()

    def test_a_row_is_written_where_the_condition_holds(self, tables: None, dynamodb_calls: Calls) -> None:
        assert DataRow.put_row_if(row(1, n=1), self.ABSENT)
        assert not DataRow.put_row_if(row(1, n=2), self.ABSENT)
        assert DataRow.put_row_if(row(1, n=3), Path("n") <= 1)
        assert [operation for operation, _ in dynamodb_calls] == ["PutItem"] * 3
        assert stored() == [row(1, n=3)]

    @pytest.mark.parametrize(
        ("patient", "code", "tries"),
        [
            (False, "ThrottlingException", 1),
            (True, "ThrottlingException", 3),
            (True, "ProvisionedThroughputExceededException", 3),
            (True, "ValidationException", 1),
        ],
    )
    def test_only_the_patient_ask_a_busy_dynamodb_again(
        self, tables: None, monkeypatch: pytest.MonkeyPatch, patient: bool, code: str, tries: int
    ) -> None:
        monkeypatch.setattr(backoff, "LONGEST_PAUSE_SECONDS", 0.001)
        asked: list[str] = []

        def refuse(**_: Any) -> None:
            asked.append(code)
            if len(asked) < 3:
                raise ClientError({"Error": {"Code": code}}, "PutItem")

        events = shared_connection().client.meta.events
        events.register("before-call.dynamodb.PutItem", refuse)
        try:
            if tries == 3:
                assert DataRow.put_row_if(row(1), self.ABSENT, patient=patient)
            else:
                with pytest.raises(PutError):
                    DataRow.put_row_if(row(1), self.ABSENT, patient=patient)
        finally:
            events.unregister("before-call.dynamodb.PutItem", refuse)
        assert len(asked) == tries
        assert stored() == ([row(1)] if tries == 3 else [])
