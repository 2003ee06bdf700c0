from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.providers.cognito.users import similar_id

# The form of a newer pool's ids; which digits are the same in all of them, similar_id says.
NEWER = "d0acf9ec-6061-70b2-5c5e-3a1d9f0b7c44"


def test_an_id_of_a_newer_pool_keeps_the_digits_that_all_have() -> None:
    made = [similar_id(NEWER) for _ in range(200)]
    assert len({*made, NEWER}) == 201
    for at, digit in enumerate(NEWER):
        found = {identity[at] for identity in made}
        if at in (1, 3, 5, 7, 10, 12, 14, 15) or digit == "-":
            assert found == {digit}
        else:
            assert len(found) > 8


@given(st.uuids(version=4))
def test_an_id_that_is_wholly_random_gives_another(known: uuid.UUID) -> None:
    made = uuid.UUID(similar_id(str(known)))
    assert made.version == 4
    assert made != known


@given(st.text(max_size=60))
def test_any_text_gives_an_id(known: str) -> None:
    assert len(similar_id(known)) == 36
