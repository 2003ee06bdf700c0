"""The tables that templates declare are those that the application reads and writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from infra.declared.tables import OWN, TABLES, Table
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.registry import table_definition
from movierec.dynamo.registry import tables as models
from tests.infra.conftest import Template
from tests.infra.reading import of_type

DECLARED = [table for table in TABLES if table.key in OWN]


def _here(table: Table) -> str:
    """The name in the environment that the tests' settings are of, for which there are no templates."""
    return table.name.format(prefix=f"{settings.DOMAIN}-{settings.MOVIEREC_ENV}")


def _made(template: Template, table: Table) -> dict[str, Any]:
    """What a template says of a table, by its name in prod."""
    prod = table.name.format(prefix="movierec-prod")
    tables = of_type(template("data"), "AWS::DynamoDB::Table").values()
    (found,) = (body["Properties"] for body in tables if body["Properties"]["TableName"] == prod)
    return dict(found)


def _model(table: Table) -> Any:
    (found,) = (model for model in models() if model.Meta.table_name == _here(table))
    return found


def _by_name(attributes: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(attributes, key=lambda attribute: attribute["AttributeName"])


def test_every_model_has_its_table_declared() -> None:
    assert sorted(map(_here, DECLARED)) == sorted(model.Meta.table_name for model in models())
    assert len(DECLARED) == len(OWN)


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.key)
def test_keys_and_indexes_are_the_models(template: Template, table: Table) -> None:
    made, wanted = _made(template, table), table_definition(_model(table))

    assert made["KeySchema"] == wanted["KeySchema"]
    assert _by_name(made["AttributeDefinitions"]) == _by_name(wanted["AttributeDefinitions"])
    assert made.get("GlobalSecondaryIndexes", []) == wanted.get("GlobalSecondaryIndexes", [])
    assert made["BillingMode"] == wanted["BillingMode"]


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.key)
def test_rows_expire_where_the_application_has_them_expire(tables: None, template: Template, table: Table) -> None:
    described = shared_connection().client.describe_time_to_live(TableName=_here(table))["TimeToLiveDescription"]
    made = _made(template, table).get("TimeToLiveSpecification", {"Enabled": False})

    assert made["Enabled"] == (described["TimeToLiveStatus"] == "ENABLED")
    assert made.get("AttributeName") == described.get("AttributeName")
