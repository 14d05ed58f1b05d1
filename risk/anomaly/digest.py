"""A hash of what a fitted estimator holds, which does not depend on how it is packed into bytes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping

import numpy as np


class NotHashable(TypeError):
    """A part of an estimator has no content that could be hashed."""


def digest_of(value: object) -> str:
    """Return the SHA-256 (64 hex digits) over types, names and numbers; NotHashable where a part is opaque."""
    hasher = hashlib.sha256()
    for part in _parts(value):
        hasher.update(struct.pack("<q", len(part)))
        hasher.update(part)
    return hasher.hexdigest()


def _parts(value: object) -> list[bytes]:
    if value is None or isinstance(value, (bool, int, str)):
        return [f"{type(value).__name__} {value}".encode()]
    if isinstance(value, float):
        return [b"float", struct.pack("<d", value)]
    if isinstance(value, bytes):
        return [b"bytes", value]
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return _parts(value.item())
    if isinstance(value, Mapping):
        keys = sorted(value, key=str)
        return [f"map {len(keys)}".encode(), *(part for key in keys for part in (*_parts(key), *_parts(value[key])))]
    if isinstance(value, (list, tuple)):
        return [f"list {len(value)}".encode(), *(part for item in value for part in _parts(item))]
    return _object(value)


def _array(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> list[bytes]:
    """Return an array's content; the fields of a record one by one, since the bytes between them are arbitrary."""
    head = f"array {array.shape}".encode()
    if array.dtype.fields is not None:
        fields = [(name, array.getfield(kind, at)) for name, (kind, at, *_) in sorted(array.dtype.fields.items())]
        return [head, *(part for name, column in fields for part in (name.encode(), *_array(column)))]
    if array.dtype.hasobject:
        return [head, *(part for item in array.ravel().tolist() for part in _parts(item))]
    return [head, array.dtype.str.encode(), np.ascontiguousarray(array).tobytes()]


def _object(value: object) -> list[bytes]:
    kind = type(value)
    state = value.__getstate__() if not callable(value) else None
    if state is None:
        raise NotHashable(f"{kind.__module__}.{kind.__qualname__} has no state to hash")
    return [f"object {kind.__module__}.{kind.__qualname__}".encode(), *_parts(state)]
