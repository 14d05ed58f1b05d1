"""The program's version, which is known without the package being installed: the image runs it from its folder."""

from __future__ import annotations

VERSION = "0.1.0"
"""As in pyproject.toml and in the name of the image."""
