"""Recovery codes: ten, each good once in place of the second factor.

They look like `abcd-efgh-ijkl-mnop`; letter case, hyphens and spaces do not matter when one is used.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode

from pynamodb.transactions import TransactWrite

from apps.accounts.errors import CodeMismatch
from apps.accounts.models import RecoveryCode
from movierec.api.errors import Unavailable
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.transactions import delete_if, write_together

COUNT = 10
CODE_BYTES = 10
GROUP = 4
PREFIX = "RECOVERY#"


def replace(user_id: str) -> list[str]:
    """Ten new codes of a person; older ones are no longer good. Only their hashes are kept.

    Raises Unavailable when another request changes the codes at the same time.
    """
    codes = [_new_code() for _ in range(COUNT)]
    pk, old = user_pk(user_id), _sks(user_id)

    # Together, so that a person has the old codes or the new ones, never both and never none.
    def fill(transaction: TransactWrite) -> None:
        for sk in old:
            transaction.delete(RecoveryCode(pk, sk), condition=RecoveryCode.pk.exists())
        for code in codes:
            transaction.save(RecoveryCode(pk, _sk(code)))

    if not write_together(fill):
        raise Unavailable
    return codes


def use(user_id: str, code: str) -> None:
    """Spends a code. Raises CodeMismatch for one that is not good."""
    if not delete_if(RecoveryCode(user_pk(user_id), _sk(code)), RecoveryCode.pk.exists()):
        raise CodeMismatch


def remove(user_id: str) -> None:
    """Removes every code of a person."""
    RecoveryCode.delete_rows({"pk": user_pk(user_id), "sk": sk} for sk in _sks(user_id))


def left(user_id: str) -> int:
    """How many codes of a person are still good."""
    return len(_sks(user_id))


def _sks(user_id: str) -> list[str]:
    rows = RecoveryCode.query_all(
        user_pk(user_id), range_condition=RecoveryCode.sk.startswith(PREFIX), attributes=["sk"], consistent=True
    )
    return [row["sk"] for row in rows]


def _new_code() -> str:
    letters = b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def _sk(code: str) -> str:
    letters = "".join(code.split()).replace("-", "").lower()
    # Nobody tries through 80 random bits, so a plain hash is enough.
    return PREFIX + hashlib.sha256(letters.encode()).hexdigest()
