"""Objects of a folder and of a bucket: one behaviour."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from movierec.aws import client
from movierec.objects import StoreUnreachable
from movierec.objects.folder import FolderObjects
from movierec.objects.interface import Changed, Objects
from movierec.objects.s3 import S3Objects


class _Refusal(BaseHTTPRequestHandler):
    """Answers as S3 does to somebody without the right."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b"<Error><Code>AccessDenied</Code><Message>No.</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_PUT(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def refusing() -> Iterator[str]:
    """The address of a service that refuses everything."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusal) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def absent() -> Iterator[str]:
    """An address that nobody listens at."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture(params=["folder", "bucket", "bucket without a prefix"])
def objects(request: pytest.FixtureRequest, bucket: str, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return FolderObjects(tmp_path / "objects")
    return S3Objects(bucket, "some/prefix/" if request.param == "bucket" else "")


def names(objects: Objects, folder: str = "") -> list[str]:
    return [entry.name for entry in objects.listed(folder)]


def test_nothing_is_there_at_first(objects: Objects) -> None:
    assert objects.read("a/file") is None
    assert objects.listed() == []
    assert objects.listed("a") == []
    objects.remove("a/file")


def test_what_is_written_is_read_and_listed(objects: Objects) -> None:
    objects.write("b/second", b"22")
    objects.write("a/file", b"1")
    objects.write("top", b"")
    assert objects.read("b/second") == b"22"
    assert names(objects) == ["a/file", "b/second", "top"]
    assert names(objects, "b") == ["b/second"]
    assert [entry.size for entry in objects.listed()] == [1, 2, 0]


def test_a_mark_changes_with_the_content(objects: Objects) -> None:
    objects.write("a/file", b"one")
    first = objects.listed()
    assert objects.listed() == first
    objects.write("a/file", b"two")
    assert objects.listed()[0].mark != first[0].mark


def test_it_knows_which_content_it_holds(objects: Objects) -> None:
    objects.write("a/file", b"one")
    entry = objects.listed()[0]
    assert objects.holds(entry, b"one")
    assert not objects.holds(entry, b"two")
    assert not objects.holds(entry, b"")


def test_removing_leaves_the_others(objects: Objects) -> None:
    for name in ("a/x", "a/y", "ab/z"):
        objects.write(name, b"1")
    objects.remove("a/x")
    assert names(objects) == ["a/y", "ab/z"]
    assert names(objects, "a") == ["a/y"]


class TestReplace:
    @pytest.mark.parametrize("seen", [None, b"before"])
    def test_what_was_seen_is_replaced(self, objects: Objects, seen: bytes | None) -> None:
        if seen is not None:
            objects.write("pointer", seen)
        objects.replace("pointer", b"after", seen)
        assert objects.read("pointer") == b"after"

    @pytest.mark.parametrize(("there", "seen"), [(b"other", b"before"), (b"other", None), (None, b"before")])
    def test_anything_else_stays(self, objects: Objects, there: bytes | None, seen: bytes | None) -> None:
        if there is not None:
            objects.write("pointer", there)
        with pytest.raises(Changed):
            objects.replace("pointer", b"after", seen)
        assert objects.read("pointer") == there

    def test_of_many_at_once_one_succeeds(self, objects: Objects) -> None:
        def replaced(number: int) -> bool:
            try:
                objects.replace("pointer", b"%d" % number, None)
            except Changed:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(replaced, range(16))) == 1


class TestBucketAlone:
    @pytest.mark.parametrize("there", [None, b"before"])
    def test_a_write_between_reading_and_writing_is_noticed(self, bucket: str, there: bytes | None) -> None:
        objects = S3Objects(bucket, "")
        if there is not None:
            objects.write("pointer", there)

        def other_operator(**_: Any) -> None:
            events.unregister("before-send.s3.PutObject", other_operator)
            S3Objects(bucket, "").write("pointer", b"other")

        events = client("s3").meta.events
        events.register_first("before-send.s3.PutObject", other_operator)
        with pytest.raises(Changed):
            objects.replace("pointer", b"after", there)
        assert objects.read("pointer") == b"other"

    def test_more_than_one_page_is_listed(self, bucket: str) -> None:
        def two_a_page(params: dict[str, Any], **_: Any) -> None:
            params["MaxKeys"] = 2

        objects = S3Objects(bucket, "p/")
        for number in range(5):
            objects.write(f"v/{number}", b"")
        events = client("s3").meta.events
        events.register("provide-client-params.s3.ListObjectsV2", two_a_page)
        try:
            assert names(objects, "v") == [f"v/{number}" for number in range(5)]
        finally:
            events.unregister("provide-client-params.s3.ListObjectsV2", two_a_page)

    def test_another_bucket_is_told_with_the_right(self, bucket: str) -> None:
        with pytest.raises(StoreUnreachable) as caught:
            S3Objects("movierec-other", "models/").read("current.json")
        assert str(caught.value) == (
            "s3://movierec-other/models cannot be used (NoSuchBucket). "
            "Check its address in the settings, the bucket, and the right s3:GetObject on it."
        )

    @pytest.mark.parametrize(
        ("call", "right"),
        [
            (lambda objects: objects.read("x"), "GetObject"),
            (lambda objects: objects.write("x", b""), "PutObject"),
            (lambda objects: objects.replace("x", b"", None), "GetObject"),
            (lambda objects: objects.listed(), "ListBucket"),
            (lambda objects: objects.remove("x"), "DeleteObject"),
        ],
    )
    @pytest.mark.parametrize(("outside", "fault"), [("refusing", "(AccessDenied)"), ("absent", "Could not connect")])
    def test_every_fault_outside_is_one_error(
        self,
        request: pytest.FixtureRequest,
        settings: Any,
        call: Callable[[Objects], Any],
        right: str,
        outside: str,
        fault: str,
    ) -> None:
        settings.AWS_ENDPOINT_URL = request.getfixturevalue(outside)
        with pytest.raises(StoreUnreachable, match=f"the right s3:{right} on it") as caught:
            call(S3Objects("movierec-models", ""))
        assert fault in str(caught.value)


class TestFolderAlone:
    def test_replacing_keeps_other_processes_out_from_reading_to_writing(self, tmp_path: Path) -> None:
        class Watched(FolderObjects):
            def read(self, name: str) -> bytes | None:
                with (tmp_path / ".lock").open("wb") as file, pytest.raises(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return super().read(name)

        objects = Watched(tmp_path)
        objects.replace("pointer", b"after", None)
        assert FolderObjects(tmp_path).read("pointer") == b"after"

    def test_drafts_do_not_stay(self, tmp_path: Path) -> None:
        FolderObjects(tmp_path).write("v/file", b"1")
        assert [path.name for path in (tmp_path / "v").iterdir()] == ["file"]
        assert (tmp_path / "v" / "file").stat().st_mode & 0o777 == 0o644

    def test_a_folder_without_files_goes(self, tmp_path: Path) -> None:
        objects = FolderObjects(tmp_path)
        objects.write("v/file", b"1")
        objects.remove("v/file")
        assert not (tmp_path / "v").exists()

    def test_a_file_where_the_folder_should_be_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(StoreUnreachable) as caught:
            FolderObjects(tmp_path / "file").write("v/x", b"")
        assert str(caught.value) == (
            f"{tmp_path / 'file' / 'v' / 'x'} cannot be read or written (Not a directory). "
            "Mend its permissions, or name another folder in the settings."
        )
