from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.accounts.emails import MAX_LENGTH, address_of, check_email
from apps.accounts.errors import InvalidEmail

LOCAL_CHARACTERS = "abcXYZ019!#$%&'*+-/=?^_`{|}~."
# Letters of many scripts, forms that IDNA folds or drops, what it splits at, and what it turns into punctuation.
DOMAIN_CHARACTERS = (
    "aZ0-.äßİK\u017fΣςあ日אع。\uff0eⓔ\uff41\uff20\uff0c\uff1c\uff1e㏕\u00ad\u200b\u200d\ufe0f\u0345\u0301ẞ💩"
)


def is_taken(email: str) -> bool:
    try:
        check_email(email)
    except InvalidEmail:
        return False
    return True


@pytest.mark.parametrize(
    "email",
    [
        "a@example.com",
        "Ann+tag@Example.COM",
        "a@bücher.example",
        "a@xn--exmple-cua.com",
        "a.b-c_d'e!#$%&*/?=^`{|}~@example.com",
        "a@localhost",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.de",
    ],
)
def test_good_addresses_pass(email: str) -> None:
    check_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "plain",
        "@example.com",
        "a@",
        "a@b",
        "a b@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a@example.com\nBcc: x@example.com",
        "a\x00@example.com",
        "a@example.com,b@example.com",
        "a@example.com.",
        "a@example.com。",
        "a@[127.0.0.1]",
        "a@[::1]",
        f"a@{'ü' * 63}.example",
        f"{'a' * 65}@example.com",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.com",
        f"a@{'.'.join(['äöü' * 6] * 13)}.com",
        "a" * 100_000,
    ],
)
def test_bad_addresses_are_refused_by_name(email: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        check_email(email)
    assert caught.value.status == 400
    assert caught.value.details == [{"path": "email", "message": "Enter an e-mail address of at most 254 characters."}]


@pytest.mark.parametrize(
    "email",
    [
        '"ann"@example.com',
        '"\\ann"@example.com',
        '"a\x01"@example.com',
        '"ann@example.com,"@example.com',
        "=?utf-8?q?ann?=@example.com",
        "=?utf-8?b?YW5u?=@example.com",
        "=?utf-8?q?=61nn?=@example.com",
        "=?utf-8?q?=00?=@example.com",
        "=?utf-8?q?a=0Ab?=@example.com",
        "=?x?q?a?=@example.com",
        "a=?b@example.com",
        "\u212aate@example.com",
        "İ@example.com",
        "\uff53@example.com",
        "straße@example.com",
        "a\u200b@example.com",
        "ann@evil.com\uff20example.com",
        "ann@evil.com\uff1eexample.com",
        "ann@evil.com\uff0cexample.com",
        "ann@exam\u00b4ple.com",
        "ann@exam\u00adple.com",
        "ann@exam\u200bple.com",
    ],
)
def test_what_the_mail_layer_would_rewrite_is_refused(email: str) -> None:
    assert not is_taken(email)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("ann@ⓔxample.com", "ann@example.com"),
        ("ann@exämple.com", "ann@xn--exmple-cua.com"),
        ("Ann@EXÄMPLE.com", "ann@xn--exmple-cua.com"),
        ("ann@exa\u0308mple.com", "ann@xn--exmple-cua.com"),
        ("ANN@XN--EXMPLE-CUA.com", "ann@xn--exmple-cua.com"),
        ("ann@example。com", "ann@example.com"),
        ("ann@straße.de", "ann@strasse.de"),
        ("Ann", "ann"),
        ("", ""),
    ],
)
def test_addresses_of_one_mailbox_are_the_same(typed: str, address: str) -> None:
    assert address_of(typed) == address


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("Örn@example.com", "\\xd6rn@example.com"),
        ("a@" + "ü" * 64, ("a@" + "\\xfc" * 64)[: MAX_LENGTH + 1]),
        ("a@.\udc80", "a@.\\udc80"),
        ("İ" * 1000, ("\\u0130" * 1000)[: MAX_LENGTH + 1]),
    ],
)
def test_what_is_no_address_has_a_form_of_its_own(typed: str, form: str) -> None:
    assert address_of(typed) == form


@given(st.emails())
def test_an_address_stands_for_itself(email: str) -> None:
    assert address_of(address_of(email)) == address_of(email)
    assert address_of(email.upper()) == address_of(email.lower())


@given(st.text(st.characters() | st.sampled_from("@.aä"), max_size=300))
def test_any_text_has_one_short_form(text: str) -> None:
    form = address_of(text)
    assert form.isascii()
    assert len(form) <= MAX_LENGTH + 1
    assert address_of(form) == form


@given(st.text(max_size=300))
def test_any_text_is_refused_or_taken_without_another_error(text: str) -> None:
    assert not is_taken(text) or "@" in text


@given(
    st.text(LOCAL_CHARACTERS, min_size=1, max_size=12),
    st.text(st.sampled_from(DOMAIN_CHARACTERS) | st.characters(min_codepoint=0xA1), min_size=1, max_size=12),
    st.sampled_from(["com", "de", "bücher", "xn--p1ai"]),
)
def test_mail_goes_to_the_address_that_is_compared(local: str, name: str, top: str) -> None:
    email = f"{local}@{name}.{top}"
    assume(is_taken(email))
    sent_to = sanitize_address(email, "utf-8")
    assert sent_to == f"{local}@{email.rpartition('@')[2].encode('idna').decode()}"
    assert sent_to.lower() == address_of(email)
    assert is_taken(sent_to)
    message = EmailMessage("A subject", "A text", "from@example.com", [email]).message()
    assert message["To"] in (email, sent_to)
    assert message["To"].isascii()
    message.as_bytes(linesep="\r\n")
