"""Checkpoints sent to the topic of checkpoints."""

from __future__ import annotations

import os

from consumers.connection import connection_from
from consumers.sending import Outgoing, Sender
from consumers.topics import CHECKPOINTS
from ledger.leaving import Leaving, Sink


def sink(_: str) -> Sink:
    """Return the topic of checkpoints on the brokers that the environment names."""
    return TopicSink()


class TopicSink:
    """The topic of checkpoints; who reads it tells a repeat by its key."""

    def take(self, leaving: Leaving) -> bool:
        """Send the checkpoint, acknowledged by all replicas before this returns; Unreachable, Malformed."""
        sender = Sender(connection_from(os.environ))
        headers = (("why", leaving.why), ("key", leaving.key.decode().strip()))
        try:
            sender.send([Outgoing(CHECKPOINTS, leaving.name, leaving.signed.content.encode(), headers)])
        finally:
            sender.close()
        return True
