"""The page of findings as records come: who sees it, what it says of the process, what is new, where it leads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casework.live.form import Account, LiveFiles
from casework.live.rounds import since_first_seen
from casework.rule_life.shadow import marked
from casework.users import bearer
from casework.users.writing import By
from risk.screening import FINDINGS
from tests.casework.cases.made import screened
from tests.risk.scoring.rows import finding, findings
from tests.web.county import LATER, OTHER_TOWNSHIP, PAYLOAD, County, browser, county_in

TOKEN = "c" * 64
EARLY, SINCE = LATER - timedelta(hours=2), LATER - timedelta(hours=9)
ACCOUNT = Account(
    position=12, as_of=date(2026, 1, 20), finished_at=LATER, seconds=3.2, outcomes={"A01": "found 1", "B01": "none"},
    since=SINCE, looked_at=LATER, findings="",
)  # fmt: skip
OLD = finding(subject_id="V06")
NEW = finding(rule="B07", subject_type="payer", subject_id=TOKEN, township=OTHER_TOWNSHIP, reason_zh=f"两次 {PAYLOAD}")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Iterator[County]:
    made = county_in(tmp_path_factory.mktemp("followed"), original)
    yield made
    made.home.close()


@pytest.fixture
def own(followed: County) -> County:
    """Give a county in which no process ever ran."""
    shutil.rmtree(LiveFiles(followed.home.folder).folder, ignore_errors=True)
    return followed


def found(*rows: Mapping[str, object]) -> pa.Table:
    return findings(*rows).select(FINDINGS.names).cast(FINDINGS)


def left(county: County, account: Account = ACCOUNT, *rows: Mapping[str, object]) -> LiveFiles:
    """Leave findings as the process does: the first of them seen early, the others now."""
    files, rows = LiveFiles(county.home.folder), rows or (OLD, NEW)
    files.make()
    files.put(account, since_first_seen(found(*rows), since_first_seen(found(rows[0]), None, EARLY), LATER))
    return files


def shown(county: County, path: str = "/live", user: str = "analyst") -> str:
    answered = browser(county, user).get(path)
    assert answered.status_code == 200, answered.text
    return str(answered.text)


def rules_in(page: str) -> list[str]:
    return re.findall(r'<a href="/rules/(\w+)"', page)


def test_the_newest_comes_first_masked_and_escaped(own: County) -> None:
    left(own)
    page = shown(own)
    assert rules_in(page) == ["B07", "A01"]
    assert (TOKEN in page, PAYLOAD in page) == (False, False)
    for said in ("V06", "芒辛镇", "看到账本第 12 号，截止日 2026-01-20", "一轮 3.2 秒", local(EARLY)):
        assert said in page
    assert re.search(r"账本还有 [1-9]\d* 号未看", page)


def test_what_the_last_recorded_screening_had_is_not_new(own: County) -> None:
    left(own)
    screened(own.home, OLD)
    assert "不能指出哪些是新的" in shown(own)
    buffer = BytesIO()
    trial = marked(found(NEW), "B07@2")
    pq.write_table(pa.concat_tables([marked(found(OLD), None), trial]), buffer)
    screened(own.home, OLD, changes={"found": own.home.objects.put(buffer.getvalue())})
    page = shown(own)
    assert "其中 1 条是" in page
    assert page.count('<span class="chip">新</span>') == 1
    assert rules_in(shown(own, "/live?show=new")) == ["B07"]


def test_rule_township_and_page_choose_what_is_shown(own: County) -> None:
    left(own, ACCOUNT, OLD, NEW, *(finding(subject_id=f"V{place:03d}", rule="A02") for place in range(60)))
    assert rules_in(shown(own, "/live?rule=A01")) == ["A01"]
    assert rules_in(shown(own, f"/live?township={OTHER_TOWNSHIP}&watch=on")) == ["B07"]
    assert rules_in(shown(own, "/live?rule=none")) == []
    first = shown(own)
    following = re.findall(r'href="(/live\?after=\w+)"', first)[-1]
    both = rules_in(first) + rules_in(shown(own, following))
    assert sorted(both) == ["A01", *["A02"] * 60, "B07"]


def test_the_page_shows_itself_anew_where_that_was_asked_and_stops_again(own: County) -> None:
    left(own)
    still, moving = shown(own, "/live?rule=A01"), shown(own, "/live?rule=A01&watch=on")
    refresh = '<meta http-equiv="refresh" content="5">'
    assert (refresh in still, refresh in moving) == (False, True)
    assert 'href="/live?rule=A01&amp;watch=on"' in still
    assert 'href="/live?rule=A01"' in moving


def test_what_the_process_left_before_it_stopped_or_fell_silent_says_so(own: County) -> None:
    assert "mingzhang --home HOME follow" in shown(own)
    files = left(own)
    assert "mingzhang --home HOME follow" not in shown(own)
    silent = LATER - timedelta(minutes=3)
    files.put(left_account(files, looked_at=silent))
    assert f"从 {local(silent)} 起没有" in shown(own)
    files.put(left_account(files, looked_at=silent, stopped_at=silent, outcomes={"A05": "failed: x"}))
    page = shown(own)
    assert f"已于 {local(silent)} 停止" in page
    assert "失败的规则：A05" in page
    assert rules_in(page) == ["B07", "A01"]


@pytest.mark.parametrize("broken", ["account.json", "findings"])
def test_a_foreign_file_is_said_and_breaks_nothing(own: County, broken: str) -> None:
    files = left(own, ACCOUNT, finding(subject_id="V99"))
    path = files.account_file if broken == "account.json" else next(files.folder.glob("findings-*.parquet"))
    path.write_bytes(b"not ours")
    assert "内容不对" in shown(own)


def test_a_finding_that_stands_no_more_leaves_the_page(own: County) -> None:
    files = left(own)
    assert rules_in(shown(own)) == ["B07", "A01"]
    files.put(ACCOUNT, since_first_seen(found(OLD), None, EARLY))
    assert rules_in(shown(own)) == ["A01"]


@pytest.mark.parametrize("user", ["clerk", "leader", "neighbour", "liaison", "sysadmin", "auditor"])
def test_who_is_not_to_see_what_nobody_reviewed_sees_nothing(own: County, user: str) -> None:
    left(own)
    visitor = browser(own, user)
    assert visitor.get("/live").status_code == 403
    assert 'href="/live"' not in visitor.get("/account").text


def test_a_program_gets_the_same_with_a_token(own: County) -> None:
    token = bearer.issue(own.home, "analyst", ["screenings.read"], 30, By("sysadmin", LATER)).text
    client, headers = browser(own), {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/live", headers=headers).json()["round"] is None
    left(own)
    first = client.get("/api/v1/live?limit=1", headers=headers).json()
    (row,) = first["findings"]
    assert (row["rule"], row["subject_id"], row["amount_at_risk"], first["total"]) == ("B07", None, "400.00", 2)
    assert (first["round"]["position"], first["round"]["silent_since"]) == (12, None)
    second = client.get(f"/api/v1/live?after={first['next']}", headers=headers).json()
    assert ([each["rule"] for each in second["findings"]], second["next"]) == (["A01"], None)


def left_account(files: LiveFiles, **changes: object) -> Account:
    account = files.account()
    assert account is not None
    return msgspec.structs.replace(account, **changes)


def local(at: datetime) -> str:
    return f"{(at.astimezone(UTC) + timedelta(hours=8)):%Y-%m-%d %H:%M:%S}"
