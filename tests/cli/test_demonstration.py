"""What the demo adds to a county that it has screened: lists issued, some answered, a sign-in for every role."""

from __future__ import annotations

import json
from pathlib import Path

from casework.users.reading import accounts
from domain.cases.permission import LIAISON, ROLES
from mingzhang.demonstration import FILE, furnish
from tests.casework.cases.made import NOW, TOWNSHIP, cases_of, home_at, screened
from tests.risk.scoring.rows import finding


def test_what_lies_in_no_township_is_issued_to_the_tax_office_which_has_a_sign_in(tmp_path: Path) -> None:
    home = home_at(tmp_path)
    screened(home, finding(), finding(subject_id="V02", township=None, village=None))
    signs = furnish(home, NOW)
    states = {state.to: state.state for state in cases_of(home).lists().values()}
    departments = {account.department for account in accounts(home).values() if account.role == LIAISON}
    home.close()
    assert states == {TOWNSHIP: "received", "tax": "issued"}
    assert departments == {"medical-insurance", "tax"}
    assert {sign.township for sign in signs} == {None, TOWNSHIP}
    assert {sign.role for sign in signs} == set(ROLES)


def test_the_sign_ins_stand_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    home = home_at(tmp_path)
    screened(home, finding())
    signs = furnish(home, NOW)
    home.close()
    file = home.folder / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each["user"] for each in json.loads(file.read_bytes())] == [sign.user for sign in signs]
