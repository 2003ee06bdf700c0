"""The environment's variables: their list, their example file, and what wrong values are told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import environ
import pytest

from movierec import env

EXAMPLE = env.BASE_DIR / ".env.example"
OPERATIONS = env.BASE_DIR / "docs" / "operations.md"


@pytest.fixture
def rejected(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is found wrong in this test, by variable."""
    sentences: dict[str, str] = {}
    monkeypatch.setattr(env, "rejected", sentences)
    return sentences


def example_blocks() -> list[tuple[str, list[str]]]:
    """(assignment, comment lines directly above it) of the example file."""
    blocks = []
    comments: list[str] = []
    for line in EXAMPLE.read_text().splitlines():
        if line.startswith("#"):
            comments.append(line.removeprefix("#").strip())
            continue
        if line:
            blocks.append((line, comments))
        comments = []
    return blocks


class TestExampleFile:
    def test_it_names_exactly_the_declared_variables_in_their_order(self) -> None:
        names = [line.partition("=")[0] for line, _ in example_blocks()]
        assert names == list(env.VARIABLES)

    def test_each_variable_has_its_explanation_above_it(self) -> None:
        explanations = {line.partition("=")[0]: " ".join(comments) for line, comments in example_blocks()}
        assert explanations == {variable.name: variable.help for variable in env.VARIABLES.values()}

    def test_read_as_an_env_file_it_gives_the_defaults(self) -> None:
        class Reader(environ.Env):
            ENVIRON: ClassVar[dict[str, str]] = {}

        Reader.read_env(EXAMPLE)
        expected = {variable.name: variable.default for variable in env.VARIABLES.values()}
        assert expected == Reader.ENVIRON

    def test_it_holds_no_value_of_a_secret(self) -> None:
        assert "SECRET_KEY=" in EXAMPLE.read_text().splitlines()


def test_the_operators_table_is_that_of_the_declared_variables() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^|]*)`)? ?\| (.*) \|$", OPERATIONS.read_text(), re.MULTILINE)
    assert rows == [(variable.name, variable.default, variable.help) for variable in env.VARIABLES.values()]


def test_explanations_are_whole_sentences() -> None:
    assert [v.name for v in env.VARIABLES.values() if not re.fullmatch(r"\S.*\.", v.help)] == []


def test_no_other_module_of_the_service_reads_the_environment() -> None:
    # The embedded AWS runs without Django, so it cannot ask this module.
    allowed = {env.BASE_DIR / "movierec/env.py", *(env.BASE_DIR / "movierec/localaws").glob("*.py")}
    sources = {*(env.BASE_DIR / "movierec").rglob("*.py"), *(env.BASE_DIR / "apps").rglob("*.py")} - allowed
    reading = re.compile(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|getenv\(")
    assert [str(source) for source in sorted(sources) if reading.search(source.read_text())] == []


class TestText:
    def test_the_default_counts_when_the_variable_is_not_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_REGION", raising=False)
        assert env.text("AWS_REGION") == "eu-north-1"

    @pytest.mark.parametrize("value", ["$HOME", "$", r"\$x", "a#b", "sp ace", "naïve"])
    def test_a_value_is_taken_as_it_stands(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("SECRET_KEY", value)
        assert env.text("SECRET_KEY") == value

    def test_white_space_around_it_is_dropped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_REGION", "  eu-west-1\n")
        assert env.text("AWS_REGION") == "eu-west-1"

    def test_a_variable_that_is_not_declared_is_a_mistake_of_the_code(self) -> None:
        with pytest.raises(KeyError, match="HOME"):
            env.text("HOME")


def test_words_are_trimmed_and_empty_ones_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example , ,b.example,")
    assert env.words("ALLOWED_HOSTS") == ["a.example", "b.example"]


class TestChoice:
    def test_one_of_the_allowed_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MOVIEREC_ENV", "staging")
        assert env.choice("MOVIEREC_ENV", env.ENVIRONMENTS) == "staging"

    @pytest.mark.parametrize("value", ["production", "LOCAL", ""])
    def test_another_is_told_the_variable_and_the_allowed(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str
    ) -> None:
        monkeypatch.setenv("MOVIEREC_ENV", value)
        env.choice("MOVIEREC_ENV", env.ENVIRONMENTS)
        sentence = f"MOVIEREC_ENV is {value!r}; set it to one of local, dev, staging, prod."
        assert rejected == {"MOVIEREC_ENV": sentence}


class TestFlag:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("on", True),
            ("True", True),
            ("YES", True),
            ("1", True),
            ("off", False),
            ("false", False),
            ("No", False),
            ("0", False),
        ],
    )
    def test_words_for_on_and_off(self, monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
        monkeypatch.setenv("DEBUG", value)
        assert env.flag("DEBUG", default=not expected) is expected

    @pytest.mark.parametrize("default", [True, False])
    def test_empty_means_the_default(self, monkeypatch: pytest.MonkeyPatch, default: bool) -> None:
        monkeypatch.setenv("DEBUG", "")
        assert env.flag("DEBUG", default=default) is default

    def test_anything_else_is_told_the_remedy(self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]) -> None:
        monkeypatch.setenv("DEBUG", "maybe")
        assert env.flag("DEBUG", default=True) is True
        assert rejected == {"DEBUG": "DEBUG is 'maybe'; set it to on or off."}


class TestNumbers:
    DEFAULTS: ClassVar[dict[str, int]] = {"auth": 10, "user": 100, "recommendations": 20, "media": 200}

    def test_the_defaults(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("RATE_LIMITS")
        assert env.numbers("RATE_LIMITS") == self.DEFAULTS

    def test_names_left_out_keep_their_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RATE_LIMITS", " auth = 3 , media=7")
        assert env.numbers("RATE_LIMITS") == {**self.DEFAULTS, "auth": 3, "media": 7}

    def test_empty_means_the_defaults(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RATE_LIMITS", "")
        assert env.numbers("RATE_LIMITS") == self.DEFAULTS

    @pytest.mark.parametrize("word", ["auth", "auth=", "auth=0", "auth=-1", "auth=1.5", "=3", "auth=٣", "auth=1e3"])
    def test_a_word_of_another_form_is_quoted(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], word: str
    ) -> None:
        monkeypatch.setenv("RATE_LIMITS", f"user=5,{word}")
        env.numbers("RATE_LIMITS")
        assert rejected == {"RATE_LIMITS": f"RATE_LIMITS has {word!r}; write name=number, comma separated."}

    def test_an_unknown_name_is_told_the_known_ones(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]
    ) -> None:
        monkeypatch.setenv("RATE_LIMITS", "users=5")
        env.numbers("RATE_LIMITS")
        sentence = "RATE_LIMITS has the unknown name 'users'; use auth, user, recommendations, media."
        assert rejected == {"RATE_LIMITS": sentence}


class TestMail:
    def test_a_server_with_a_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EMAIL_URL", "smtp+tls://robot:p%40ss@mail.example:587")
        found = env.mail("EMAIL_URL")
        assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
        assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example", 587, True)
        assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("robot", "p@ss")

    def test_amazon_ses(self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]) -> None:
        monkeypatch.setenv("EMAIL_URL", "ses://")
        found = env.mail("EMAIL_URL")
        assert (found["EMAIL_BACKEND"], found["EMAIL_HOST_PASSWORD"]) == ("movierec.mail.ses.SesBackend", None)
        assert rejected == {}

    def test_empty_means_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EMAIL_URL", "")
        assert env.mail("EMAIL_URL")["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"

    @pytest.mark.parametrize("value", ["mail.example", "pigeon://robot:hidden@x", "smtp://robot:hidden@x:port"])
    def test_another_address_is_told_the_remedy_without_its_password(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str
    ) -> None:
        monkeypatch.setenv("EMAIL_URL", value)
        env.mail("EMAIL_URL")
        sentence = "EMAIL_URL is not a mail address; write consolemail://, ses:// or smtp+tls://user:password@host:587."
        assert rejected == {"EMAIL_URL": sentence}


class TestPath:
    def test_a_relative_one_starts_at_the_projects_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STATE_DIR", "some/folder")
        assert env.path("STATE_DIR") == env.BASE_DIR / "some/folder"

    def test_an_absolute_one_stays(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("STATE_DIR", str(tmp_path))
        assert env.path("STATE_DIR") == tmp_path

    def test_a_tilde_is_the_home_folder(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("STATE_DIR", "~/movierec")
        assert env.path("STATE_DIR") == tmp_path / "movierec"

    def test_a_home_folder_that_is_not_there_is_told_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]
    ) -> None:
        monkeypatch.setenv("STATE_DIR", "~nobody-of-this-name/movierec")
        env.path("STATE_DIR")
        assert rejected == {
            "STATE_DIR": "STATE_DIR is '~nobody-of-this-name/movierec', and there is no such home folder; "
            "write the whole path."
        }

    def test_empty_means_the_fallback(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("MODEL_CACHE", "")
        assert env.path("MODEL_CACHE", tmp_path) == tmp_path

    def test_empty_never_means_the_projects_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STATE_DIR", "")
        assert env.path("STATE_DIR") == env.BASE_DIR / ".local"


class TestFolderOrBucket:
    @pytest.mark.parametrize("value", ["s3://movierec-dev-models", "s3://bucket/some/prefix", "s3://a.b-c/x/"])
    def test_a_bucket_is_taken_as_it_stands(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("MODEL_STORE", value)
        assert env.folder_or_bucket("MODEL_STORE", tmp_path) == value
        assert rejected == {}

    @pytest.mark.parametrize(
        "value", ["s3:", "s3://", "s3://Bucket", "s3://b", "s3:/bucket/x", "s3://bucket//x", "s3://bucket/a b"]
    )
    def test_what_no_bucket_can_be_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("MODEL_STORE", value)
        env.folder_or_bucket("MODEL_STORE", tmp_path)
        sentence = f"MODEL_STORE is {value!r}; write a folder, or a bucket like s3://bucket/prefix."
        assert rejected == {"MODEL_STORE": sentence}

    @pytest.mark.parametrize(("value", "folder"), [("", "/given"), ("/models", "/models")])
    def test_anything_else_is_a_folder(self, monkeypatch: pytest.MonkeyPatch, value: str, folder: str) -> None:
        monkeypatch.setenv("MODEL_STORE", value)
        assert env.folder_or_bucket("MODEL_STORE", Path("/given")) == folder


class TestSeconds:
    @pytest.mark.parametrize(("value", "expected"), [("1", 1), ("20", 20), ("9999", 9999)])
    def test_a_whole_number_is_taken(self, monkeypatch: pytest.MonkeyPatch, value: str, expected: int) -> None:
        monkeypatch.setenv("MODEL_CHECK_SECONDS", value)
        assert env.seconds("MODEL_CHECK_SECONDS") == expected

    @pytest.mark.parametrize("value", ["0", "-1", "1.5", "10000", "soon", "", "٣"])
    def test_anything_else_is_told_what_to_write(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str
    ) -> None:
        monkeypatch.setenv("MODEL_CHECK_SECONDS", value)
        assert env.seconds("MODEL_CHECK_SECONDS") == 20
        assert rejected == {
            "MODEL_CHECK_SECONDS": f"MODEL_CHECK_SECONDS is {value!r}; write a whole number of seconds from 1 to 9999."
        }


def test_a_packages_variables_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMAIN", "before")
    env.take_over({"DOMAIN": "after"})
    assert env.text("DOMAIN") == "after"


class TestHandDown:
    def test_it_sets_a_declared_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "")
        env.hand_down("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
        assert env.text("AWS_ENDPOINT_URL") == "http://127.0.0.1:4566"

    def test_it_refuses_others(self) -> None:
        with pytest.raises(KeyError, match="PATH"):
            env.hand_down("PATH", "/tmp")  # noqa: S108  (a text; nothing is written there)


class TestMatching:
    def test_a_text_of_the_form_is_taken(self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]) -> None:
        monkeypatch.setenv("AWS_REGION", "us-gov-west-1")
        assert env.matching("AWS_REGION", r"[a-z]{2}(-[a-z]+)+-\d", "eu-north-1") == "us-gov-west-1"
        assert rejected == {}

    @pytest.mark.parametrize("value", ["moon", "", "eu-north-1 eu-west-1", "eu-north-٣"])
    def test_another_is_told_an_example(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str
    ) -> None:
        monkeypatch.setenv("AWS_REGION", value)
        env.matching("AWS_REGION", r"[a-z]{2}(-[a-z]+)+-\d", "eu-north-1")
        assert rejected == {"AWS_REGION": f"AWS_REGION is {value!r}; write it like eu-north-1."}

    def test_empty_is_taken_where_it_is_the_default(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "")
        assert env.matching("AWS_ENDPOINT_URL", "https?://.+", "http://127.0.0.1:4566") == ""
        assert rejected == {}


def test_the_first_sentence_about_a_variable_counts(rejected: dict[str, str]) -> None:
    env.reject("DEBUG", "first")
    env.reject("DEBUG", "second")
    assert rejected == {"DEBUG": "first"}


def test_set_with_prefix_names_what_is_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVIEREC_TEST_B", "set")
    monkeypatch.setenv("MOVIEREC_TEST_A", "set")
    monkeypatch.setenv("MOVIEREC_TEST_C", " ")
    assert env.set_with_prefix("MOVIEREC_TEST_") == ["MOVIEREC_TEST_A", "MOVIEREC_TEST_B"]

    def test_a_secret_is_not_repeated(self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]) -> None:
        monkeypatch.setenv("TMDB_API_KEY", "not a key")
        env.matching("TMDB_API_KEY", "[0-9a-f]{32}", "the key of the settings page", secret=True)
        assert rejected == {"TMDB_API_KEY": "TMDB_API_KEY is not right; write it like the key of the settings page."}


class TestCodes:
    def test_each_counts_once_in_its_order(self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str]) -> None:
        monkeypatch.setenv("CATALOGUE_LANGUAGES", "de, en,,de")
        assert env.codes("CATALOGUE_LANGUAGES", "[a-z]{2}", "en,es") == ("de", "en")
        assert rejected == {}

    @pytest.mark.parametrize("value", ["", ",", "en,english", "EN", "en;de"])
    def test_another_text_is_told_an_example(
        self, monkeypatch: pytest.MonkeyPatch, rejected: dict[str, str], value: str
    ) -> None:
        monkeypatch.setenv("CATALOGUE_LANGUAGES", value)
        assert env.codes("CATALOGUE_LANGUAGES", "[a-z]{2}", "en,es")[0] == "en"
        assert rejected == {"CATALOGUE_LANGUAGES": f"CATALOGUE_LANGUAGES is {value!r}; write it like en,es."}


def test_a_function_reads_no_file_of_the_machine_that_deploys_it(tmp_path: Path) -> None:
    source = (env.BASE_DIR / "movierec" / "env.py").read_text(encoding="utf-8")
    package = tmp_path / "movierec"
    package.mkdir()
    (package / "env.py").write_text(source, encoding="utf-8")
    (tmp_path / ".env").write_text("DOMAIN=of-this-machine\n", encoding="utf-8")
    told = [
        subprocess.run(
            [sys.executable, "-c", "import env; print(env.text('DOMAIN'))"],
            cwd=package,
            env={"PATH": os.environ["PATH"], **more},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for more in ({}, {"AWS_LAMBDA_FUNCTION_NAME": "release"})
    ]
    assert told == ["of-this-machine\n", "movierec\n"]
