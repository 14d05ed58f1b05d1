"""The fields that every record type shares."""

from __future__ import annotations

from domain.form import Field

SOURCE = Field("source", "string", zh=("数据来源",), column="source")
CHANGED_AT = Field("changed_at", "datetime", zh=("变更时间",), column="changed_at")
