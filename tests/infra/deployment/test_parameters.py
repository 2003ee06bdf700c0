"""Which parameters a change set is told."""

from __future__ import annotations

import pytest

from infra.config import WrongConfig
from infra.deployment import parameters
from infra.deployment.stacks import Standing

TEMPLATE = {
    "Parameters": {
        "Zone": {"Type": "AWS::Route53::HostedZone::Id", "Description": "the zone of the site"},
        "Days": {"Type": "Number", "Default": 7},
        "PoolId": {"Type": parameters.PUBLISHED_TYPE, "Default": "/movierec/dev/auth/user-pool-id"},
    },
    "Resources": {"One": {"Properties": {"Value": "{{resolve:ssm:/movierec/dev/security/key-arn}} and more"}}},
}


def standing(**values: str) -> Standing:
    return Standing("name", "id", "CREATE_COMPLETE", "", {}, values, protected=False)


def test_what_is_given_counts_and_defaults_and_published_values_are_left_to_the_template() -> None:
    found = parameters.values(TEMPLATE, {"Zone": "Z1"}, None, {})

    assert found == [{"ParameterKey": "Zone", "ParameterValue": "Z1"}]


def test_what_was_given_once_stays() -> None:
    found = parameters.values(TEMPLATE, {}, standing(Zone="Z1", Days="30"), TEMPLATE)

    assert found == [
        {"ParameterKey": "Zone", "UsePreviousValue": True},
        {"ParameterKey": "Days", "UsePreviousValue": True},
    ]


def test_what_was_only_the_default_follows_the_new_default() -> None:
    newer = {**TEMPLATE, "Parameters": {"Days": {"Type": "Number", "Default": 14}}}

    assert parameters.values(newer, {}, standing(Days="7"), TEMPLATE) == []


def test_what_nobody_gave_is_wrong_input_and_says_what_it_is() -> None:
    with pytest.raises(WrongConfig) as caught:
        parameters.values(TEMPLATE, {}, None, {})

    assert str(caught.value) == (
        "The parameter Zone has no value yet (the zone of the site). Add --parameter Zone=value; later deploys "
        "remember it."
    )


def test_published_values_are_found_in_parameters_and_in_texts() -> None:
    assert parameters.read_names(TEMPLATE) == ["/movierec/dev/auth/user-pool-id", "/movierec/dev/security/key-arn"]


def test_given_parameters_are_pairs() -> None:
    assert parameters.given(["Zone=Z1", "Text=a=b"]) == {"Zone": "Z1", "Text": "a=b"}
    with pytest.raises(WrongConfig, match="--parameter Zone: write Name=value"):
        parameters.given(["Zone"])
    with pytest.raises(WrongConfig, match="Zones: no such parameter in these stacks; they have Days, Zone"):
        parameters.must_be_known({"Zones": "Z1"}, [TEMPLATE])
    with pytest.raises(WrongConfig, match="PoolId: no such parameter"):
        parameters.must_be_known({"PoolId": "x"}, [TEMPLATE])
