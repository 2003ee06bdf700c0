"""What is left out of a template for the embedded AWS, and what may not be."""

from __future__ import annotations

from typing import Any

import pytest

from infra.deployment.pruning import prune, referred
from infra.deployment.telling import Trouble

ROTATION = {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": {"SecretId": {"Ref": "Secret"}}}
SECRET: dict[str, Any] = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "one"}}


def parameter(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Value": value}}


def test_a_template_of_taken_types_stays_as_it_is() -> None:
    template = {"Resources": {"Secret": {**SECRET, "DependsOn": ["Other"]}, "Other": SECRET}, "Outputs": {}}

    assert prune(template) == (template, ())


def test_a_refused_type_goes_with_what_waits_for_it_and_tells_of_it() -> None:
    template = {
        "Resources": {
            "Secret": SECRET,
            "Rotation": ROTATION,
            "After": {**SECRET, "DependsOn": "Rotation"},
            "AfterBoth": {**SECRET, "DependsOn": ["Rotation", "Secret"]},
            "RotationParameter": parameter({"Fn::Sub": "${Rotation.Arn}/x"}),
        },
        "Outputs": {"Rotation": {"Value": {"Ref": "Rotation"}}, "Secret": {"Value": {"Fn::GetAtt": ["Secret", "Id"]}}},
    }
    before = repr(template)

    kept, left = prune(template)

    assert kept == {
        "Resources": {"Secret": SECRET, "After": SECRET, "AfterBoth": {**SECRET, "DependsOn": ["Secret"]}},
        "Outputs": {"Secret": {"Value": {"Fn::GetAtt": ["Secret", "Id"]}}},
    }
    assert [str(one) for one in left] == [
        "Rotation (SecretsManager RotationSchedule) is left out: the embedded AWS has no such resource.",
        "RotationParameter (published value) is left out: what it tells of is left out.",
        "Rotation (output) is left out: what it tells of is left out.",
    ]
    assert repr(template) == before


def test_an_alarm_with_metric_math_goes_and_one_without_stays() -> None:
    plain = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}
    math = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Id": "one"}]}}

    kept, left = prune({"Resources": {"Plain": plain, "Math": math}})

    assert kept["Resources"] == {"Plain": plain}
    assert [(one.name, one.reason) for one in left] == [("Math", "the embedded AWS knows no metric math")]


def test_a_kept_resource_that_needs_a_refused_one_is_an_error() -> None:
    user = {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Fn::GetAtt": "Rotation.Arn"}}}

    with pytest.raises(Trouble, match=r"User \(Lambda Function\) needs Rotation, which the embedded AWS does not take"):
        prune({"Resources": {"Secret": SECRET, "Rotation": ROTATION, "User": user}})


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"Ref": "A"}, ["A"]),
        ({"Fn::GetAtt": ["A", "Arn"]}, ["A"]),
        ({"Fn::GetAtt": "A.Arn"}, ["A"]),
        ({"Fn::Sub": "x ${A} ${!Literal} ${B.Arn} ${AWS::Region}"}, ["A", "B", "AWS::Region"]),
        ({"Fn::Sub": ["${A} ${x}", {"x": {"Ref": "C"}}]}, ["A", "x", "C"]),
        ([{"deep": [{"Ref": "A"}]}, "text"], ["A"]),
        ("A", []),
    ],
)
def test_what_a_part_of_a_template_refers_to(value: Any, names: list[str]) -> None:
    assert list(referred(value)) == names
