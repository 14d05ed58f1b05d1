"""Topics, users and rights on the broker as they should be; run by whoever sets it up, any number of times.

python -m consumers.rights FOLDER, with the settings MINGZHANG_KAFKA… of a super user. In the folder: `<user>.password`
for every user, and `<user>.rights` with lines such as `write collection.payments` or `read suspicion-events`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError

from consumers.client import described
from consumers.connection import Connection, connection_from
from consumers.sending import AT_ONCE_BYTES, KEPT_MS
from consumers.topics import CHECKPOINTS, DEAD_LETTER, EVENTS, GROUP, LISTS, PREFIX
from domain.contract import RECORD_TYPES
from domain.errors import Malformed, MingzhangError, Unreachable
from ledger.failures import unwritable

CONSUME, PUBLISH = "consume", "publish"
PARTITIONS = 3
ITERATIONS = 8192
WAIT_MS = 60_000
"""How long the brokers may take to answer and to have made the topics."""
_WORDS = 2


class Right(NamedTuple):
    """What a user may do with the topics of a name, or of a beginning of names."""

    verb: str
    """read | write."""
    topic: str
    prefix: bool = False


class User(NamedTuple):
    """A user of the broker; the password does not belong into any message."""

    name: str
    password: str
    rights: tuple[Right, ...]


OURS: dict[str, tuple[Right, ...]] = {
    CONSUME: (Right("read", PREFIX, prefix=True), Right("write", DEAD_LETTER), Right("write", CHECKPOINTS)),
    PUBLISH: (Right("write", LISTS), Right("write", EVENTS), Right("write", CHECKPOINTS)),
}
"""What this service's own processes may do."""


def users_in(folder: Path) -> list[User]:
    """Read the users; Malformed where a right is written wrong, Unreachable where a file cannot be read."""
    found = []
    try:
        for file in sorted(folder.glob("*.password")):
            password = file.read_text(encoding="utf-8").strip("\r\n")
            if not password:
                raise Malformed(
                    f"口令文件 {file.name} 是空的：请删除它，再运行 deploy/first-start.sh 或 deploy/department.sh",
                    f"the password file {file.name} is empty: delete it, and run deploy/first-start.sh or "
                    "deploy/department.sh again",
                )
            rights = OURS.get(file.stem)
            written = file.with_suffix(".rights")
            if rights is None:
                rights = tuple(map(_right, written.read_text(encoding="utf-8").splitlines()))
            found.append(User(file.stem, password, rights))
    except OSError as error:
        raise unwritable(error, folder) from error
    return found


def prepare(connection: Connection, users: Sequence[User]) -> None:
    """Make topics, users and rights; what stands already is left or made the same again. Unreachable."""
    brokers = ",".join(connection.brokers)
    try:
        admin = KafkaAdminClient(**connection.options(), client_id=GROUP, bootstrap_timeout_ms=WAIT_MS)
        try:
            standing = set(admin.list_topics())
            missing = {name: form for name, form in topics().items() if name not in standing}
            if missing:
                admin.create_topics(missing, timeout_ms=WAIT_MS)
            answers = admin.alter_user_scram_credentials(list(map(_credential, users)))
            refused = [said for said in answers.values() if said]
            refused += map(str, admin.create_acls([acl for user in users for acl in acls_of(user)])["failed"])
        finally:
            admin.close()
    except KafkaError as error:
        raise described(error, brokers) from error
    if refused:
        said = "; ".join(refused)
        raise Unreachable(
            f"Kafka（{brokers}）没有设好用户或权限：{said}", f"Kafka at {brokers} refused users or rights: {said}"
        )


def topics() -> dict[str, dict[str, object]]:
    """Return every topic with its partitions and settings; personal data stay seven days."""
    configs = {"retention.ms": str(KEPT_MS), "max.message.bytes": str(AT_ONCE_BYTES)}
    partitions = dict.fromkeys((f"{PREFIX}{name}" for name in RECORD_TYPES), PARTITIONS)
    partitions |= dict.fromkeys((DEAD_LETTER, LISTS, EVENTS, CHECKPOINTS), 1)
    return {name: {"num_partitions": number, "configs": configs} for name, number in partitions.items()}


def acls_of(user: User) -> Iterator[ACL]:
    """Yield a user's rights as the broker has them; who reads may use groups that begin with the user's name."""
    kinds = ACLResourcePatternType.PREFIXED, ACLResourcePatternType.LITERAL
    for right in user.rights:
        pattern = ResourcePattern(ResourceType.TOPIC, right.topic, kinds[not right.prefix])
        operation = ACLOperation.READ if right.verb == "read" else ACLOperation.WRITE
        yield _allowed(user, operation, pattern)
        yield _allowed(user, ACLOperation.DESCRIBE, pattern)
    if any(right.verb == "read" for right in user.rights):
        group = GROUP if user.name == CONSUME else user.name
        pattern = ResourcePattern(ResourceType.GROUP, group, ACLResourcePatternType.PREFIXED)
        yield _allowed(user, ACLOperation.READ, pattern)


def main(arguments: Sequence[str]) -> int:
    """Run the module; exit codes as the command's."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        prepare(connection_from(os.environ), users_in(Path(arguments[0])))
    except MingzhangError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _right(line: str) -> Right:
    words = line.split()
    if len(words) != _WORDS or words[0] not in ("read", "write") or words[1] not in topics():
        raise Malformed(
            f"权限应写作 write collection.payments 或 read suspicion-events，得到 {line!r}",
            f"a right reads `write collection.payments` or `read suspicion-events`; got {line!r}",
        )
    return Right(words[0], words[1])


def _credential(user: User) -> UserScramCredentialUpsertion:
    return UserScramCredentialUpsertion(user.name, ScramMechanism.SCRAM_SHA_512, user.password, iterations=ITERATIONS)


def _allowed(user: User, operation: ACLOperation, pattern: ResourcePattern) -> ACL:
    return ACL(f"User:{user.name}", "*", operation, ACLPermissionType.ALLOW, pattern)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
