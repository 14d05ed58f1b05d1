"""What --help says of a command is what the command says of itself, read without importing it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mingzhang.cli import MODULES, command
from mingzhang.summaries import summary


@pytest.mark.parametrize("name", MODULES)
def test_a_command_is_listed_with_its_own_help(name: str) -> None:
    found = command(name)
    assert found is not None
    assert found.help
    assert summary(MODULES[name], name) == found.help


def test_the_list_of_commands_imports_none_of_them() -> None:
    program = (
        "import sys, mingzhang.cli as c\n"
        "sys.argv = ['mingzhang', '--help']\n"
        "try:\n    c.main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('mingzhang.commands.')], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert all(name in done.stdout for name in MODULES)
