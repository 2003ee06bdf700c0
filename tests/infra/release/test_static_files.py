from __future__ import annotations

import json
from pathlib import Path

import moto
import pytest

from infra.config import Config
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble
from infra.release import contents, static_files

WANTED = {"web/a.0123456789ab.css", "web/b.ba9876543210.js"}


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    for name in ("web/a.css", "web/a.0123456789ab.css", "web/b.ba9876543210.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    paths = {"web/a.css": "web/a.0123456789ab.css", "web/b.js": "web/b.ba9876543210.js"}
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": paths, "version": "1.1", "hash": ""}))
    return tmp_path


def test_only_hashed_names_go_up_once_and_old_ones_stay(config: Config, nobody: None, collected: Path) -> None:
    with moto.mock_aws():
        aws = Aws(config)
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": config.region})
        s3.put_object(Bucket="site", Key="static/web/a.old.css", Body=b"old")
        assert static_files.upload(aws, "site", collected, WANTED) == 2
        assert static_files.upload(aws, "site", collected, WANTED) == 0
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket="site")["Contents"]]
        assert keys == ["static/web/a.0123456789ab.css", "static/web/a.old.css", "static/web/b.ba9876543210.js"]
        found = s3.get_object(Bucket="site", Key="static/web/a.0123456789ab.css")
        assert found["Body"].read() == b"web/a.0123456789ab.css"
        assert found["ContentType"] == "text/css; charset=utf-8"
        assert found["CacheControl"] == "public, max-age=31536000, immutable"


def test_files_of_another_package_than_the_folder_has_are_refused(
    config: Config, nobody: None, collected: Path
) -> None:
    with moto.mock_aws():
        aws = Aws(config)
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": config.region})
        lost = WANTED | {"web/c.000000000000.css"}
        with pytest.raises(Trouble, match=r"^Pages of the package link web/c\.000000000000\.css, and that is neither"):
            static_files.upload(aws, "site", collected, lost)
        assert "Contents" not in s3.list_objects_v2(Bucket="site")
        # What an earlier release has brought need not be here.
        s3.put_object(Bucket="site", Key="static/web/c.000000000000.css", Body=b"c")
        assert static_files.upload(aws, "site", collected, lost) == 2


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"paths": 1}'])
def test_a_package_without_a_manifest_is_refused(tmp_path: Path, text: str | None) -> None:
    manifest = tmp_path / contents.MANIFEST
    manifest.parent.mkdir(parents=True)
    if text is not None:
        manifest.write_text(text)
    with pytest.raises(Trouble, match=r"^The package has no build/static/staticfiles\.json by which pages link"):
        static_files.linked(tmp_path)
    manifest.write_text('{"paths": {"a.css": "a.1.css"}}')
    assert static_files.linked(tmp_path) == {"a.1.css"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.map", "application/json; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.woff2", "font/woff2"),
        ("a.unheard", "application/octet-stream"),
    ],
)
def test_every_file_says_what_it_is(name: str, kind: str) -> None:
    assert static_files.content_type(name) == kind
