"""Taking files in: every row is an event, a repeat, an amendment or a refusal, and the counts add up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import Malformed
from domain.intake import RecordRefused
from domain.records.cash_receipts import CashReceiptRecorded
from domain.records.entitlements import EntitlementRecorded
from domain.records.payments import PaymentAmended, PaymentRecorded
from intake.ingest import FileCounts, Report
from ledger.home import Home
from tests.county import VILLAGE, contents, data_folder, number, payment, receipt, take, write_csv


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(tmp_path / "home")
    yield opened
    opened.close()


def counted(report: Report) -> FileCounts:
    """Return the sum over all files, after checking that every file's counts add up."""
    total = FileCounts("", "", "")
    for file in report.files:
        assert file.read == file.appended + file.repeated + file.amended + file.quarantined, file
        for name in ("read", "appended", "repeated", "amended", "quarantined", "set_aside", "unreadable"):
            setattr(total, name, getattr(total, name) + getattr(file, name))
    return total


def test_the_same_folder_twice_changes_nothing_and_counts_all_as_repeated(tmp_path: Path, home: Home) -> None:
    folder = data_folder(
        tmp_path / "data", payments=[payment(f"P{n}", n) for n in range(5)], cash_receipts=[receipt("R1")]
    )
    assert counted(take(home, folder)).appended == 6
    before, head = contents(home), home.ledger.head()
    again = counted(take(home, folder))
    assert (again.read, again.repeated) == (6, 6)
    assert (contents(home), home.ledger.head()) == (before, head)


def test_an_amended_row_becomes_version_two_and_the_old_one_stays_readable(tmp_path: Path, home: Home) -> None:
    take(home, data_folder(tmp_path / "a", payments=[payment("P1")]))
    report = take(home, data_folder(tmp_path / "b", payments=[payment("P1", amount="200.00", posted_on="2025-11-09")]))
    assert counted(report).amended == 1
    first, second = home.ledger.versions(["payments:tax-core:P1"])["payments:tax-core:P1"]
    old, new = home.ledger.event(first), home.ledger.event(second)
    assert isinstance(old, PaymentRecorded)
    assert isinstance(new, PaymentAmended)
    assert (old.amount_fen, new.amount_fen, new.changed) == (40000, 20000, ("amount_fen", "posted_on"))


def test_a_row_equal_to_an_earlier_version_is_a_repeat_unless_it_was_changed_later(tmp_path: Path, home: Home) -> None:
    rows = [payment("P1", changed_at=""), payment("P1", amount="200.00", changed_at=""), payment("P1", changed_at="")]
    assert (counted(take(home, data_folder(tmp_path / "a", payments=rows))).repeated) == 1
    back = [payment("P1", changed_at="2025-12-01 09:00:00")]
    assert counted(take(home, data_folder(tmp_path / "b", payments=back))).amended == 1
    assert counted(take(home, data_folder(tmp_path / "b", payments=back))).repeated == 1


def test_the_same_id_for_another_person_is_refused_and_says_so(tmp_path: Path, home: Home) -> None:
    folder = data_folder(tmp_path / "data", cash_receipts=[receipt("1", 1), receipt("1", 2)])
    report = take(home, folder)
    assert (counted(report).appended, counted(report).quarantined) == (1, 1)
    corrected = data_folder(tmp_path / "b", cash_receipts=[receipt("1", 1, payer_name="买买提江")])
    assert counted(take(home, corrected)).amended == 1


def test_refused_rows_say_where_what_and_why_and_others_go_on(tmp_path: Path, home: Home) -> None:
    rows = [
        payment("P1"),
        payment("P2", amount="4e2"),
        payment("P3", amount="-400"),
        payment("P4", amount="400.005"),
        payment("P5", amount="４００"),
        payment("P6", payer_id=""),
        payment("P7", channel="鸽子"),
        payment("P8", posted_on="不详"),
        payment("", 9),
        payment("P9", paid_at="2015-11-03 10:00"),
    ]
    total = counted(take(home, data_folder(tmp_path / "data", payments=rows)))
    assert (total.read, total.appended, total.quarantined) == (10, 4, 6)
    refused = {
        recorded.stream.rsplit(":", 1)[1]: home.ledger.event(recorded) for recorded in home.ledger.of_type("refused")
    }
    assert sorted(refused) == ["10", "3", "4", "5", "7", "8"]
    columns = sorted(event.column for event in refused.values() if isinstance(event, RecordRefused))
    assert columns == ["amount", "amount", "amount", "channel", "payer_id", "record_id"]
    kept = home.ledger.event(home.ledger.versions(["payments:tax-core:P8"])["payments:tax-core:P8"][0])
    assert isinstance(kept, PaymentRecorded)
    assert kept.posted_on is None
    assert [defect.column for defect in kept.defects] == ["posted_on"]


def test_a_bad_check_digit_is_taken_with_the_numbers_near_it(tmp_path: Path, home: Home) -> None:
    wrong = number(7)[:-1] + ("1" if number(7)[-1] != "1" else "2")
    take(home, data_folder(tmp_path / "data", payments=[payment("P1", payer_id=wrong), payment("P2", 7)]))
    events = [home.ledger.event(row) for row in home.ledger.of_type("payments")]
    slip, true = (event.payer for event in events if isinstance(event, PaymentRecorded))
    assert not slip.valid
    assert true.valid
    assert true.token in slip.near


def test_gb18030_and_chinese_headings_are_read_as_the_same_records(tmp_path: Path, home: Home) -> None:
    take(home, data_folder(tmp_path / "a", payments=[payment("P1")]))
    headings = {
        "record_id": "缴费流水号",
        "payer_id": "证件号码",
        "payer_name": "姓名",
        "fee": "征收项目",
        "fee_year": "费款所属年度",
        "amount": "实缴金额（元）",
        "channel": "缴费渠道",
        "paid_at": "缴费时间",
        "posted_on": "入库日期",
        "division": "村（社区）代码",
    }
    row = {
        headings[name]: value
        for name, value in payment("P1", fee="居民医保", channel="微信", paid_at="2025年11月3日 10:20:30").items()
    }
    folder = tmp_path / "b"
    data_folder(folder)
    write_csv(folder / "payments.csv", [row], "gb18030")
    assert counted(take(home, folder)).repeated == 1


def test_a_name_stands_for_a_collector_and_an_unknown_one_is_kept_as_a_token(tmp_path: Path, home: Home) -> None:
    collectors = [
        {
            "record_id": "C01",
            "name": "艾山江",
            "role": "village-agent",
            "division": "653123100201",
            "appointed_on": "2025-01-01",
        }
    ]
    lines = [
        receipt("R1", collector_id="艾山江"),
        receipt("R2", 2, collector_id="无名氏"),
        receipt("R3", 3, collector_id="C77"),
    ]
    take(home, data_folder(tmp_path / "data", collectors=collectors, cash_receipts=lines))
    found = [
        event.collector_id
        for event in map(home.ledger.event, home.ledger.of_type("cash-receipts"))
        if isinstance(event, CashReceiptRecorded)
    ]
    assert found[0] == "C01"
    assert found[1].startswith("name:")
    assert found[2] == "C77"


def test_an_empty_folder_missing_types_and_an_empty_file_end_well(tmp_path: Path, home: Home) -> None:
    (tmp_path / "empty").mkdir()
    assert take(home, tmp_path / "empty").files == []
    folder = data_folder(tmp_path / "data", payments=[payment("P1")])
    (folder / "refunds.csv").write_bytes(b"")
    (folder / "notes.txt").write_text("x")
    report = take(home, folder)
    assert counted(report).appended == 1
    assert report.unknown == ["notes.txt"]


def test_a_file_interrupted_half_way_ends_with_the_same_event(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data_folder(tmp_path / "data", payments=[payment(f"P{n}", n) for n in range(30)] + [payment("P3", 3)])
    undisturbed = Home.open(tmp_path / "other")
    take(undisturbed, folder)
    from intake import recording

    original = recording.Recorder.record
    calls: list[int] = []

    def stopping(self: recording.Recorder, streams: list[str], states: list[bytes]) -> recording.Outcome:
        if not calls:
            calls.append(1)
            original(self, streams[:10], states[:10])
            raise KeyboardInterrupt
        return original(self, streams, states)

    monkeypatch.setattr(recording.Recorder, "record", stopping)
    with pytest.raises(KeyboardInterrupt):
        take(home, folder)
    report = take(home, folder)
    assert (counted(report).appended, counted(report).repeated) == (30, 1)
    tokens = (undisturbed.tokens, home.tokens)
    assert tokens[0] is not tokens[1]
    taken = [
        recorded.state.split(b',"envelope"')[0]
        for each in (undisturbed, home)
        for recorded in each.ledger.of_type("file")
    ]
    assert len(taken) == 2
    assert taken[0] == taken[1]
    undisturbed.close()


def test_two_ingests_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    folder = data_folder(tmp_path / "data", payments=[payment(f"P{n}", n % 900) for n in range(3000)])
    homes = [Home.open(tmp_path / "home") for _ in range(2)]
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda each=each: reports.append(take(each, folder))) for each in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 2
    for report in reports:
        assert counted(report).read == 3000
    assert len(homes[0].ledger.of_type("payments")) == 3000
    assert len(homes[0].ledger.of_type("file")) == 1
    for each in homes:
        each.close()


def test_headings_of_a_countys_own_are_read_by_a_mapping_file(tmp_path: Path, home: Home) -> None:
    folder = data_folder(tmp_path / "data")
    row = {"钱数" if name == "amount" else name: value for name, value in payment("P1").items()}
    write_csv(folder / "payments.csv", [row])
    assert counted(take(home, folder)).quarantined == 1
    (folder / "mapping.yaml").write_text("payments: {钱数: amount}\n", encoding="utf-8")
    report = take(home, folder)
    assert counted(report).appended == 1
    assert report.unknown == []


def test_a_county_code_without_quotes_is_the_same_county(tmp_path: Path, home: Home) -> None:
    folder = data_folder(tmp_path / "data", payments=[payment("P1")])
    (folder / "dataset.yaml").write_text("county: {code: 653123}\nsources: {payments: tax-core}\n", encoding="utf-8")
    assert take(home, folder).county == "653123"


def test_records_numbered_by_the_person_are_named_by_the_token_wherever_they_are_named(
    tmp_path: Path, home: Home
) -> None:
    own, agent = number(1), number(9)
    paid = payment(f"2026-{own}", 1, collector_id=agent)
    covered = {
        "record_id": "E1", "payment_id": f"2026-{own}", "payer_id": own, "fee": "resident-medical", "fee_year": 2026,
        "amount": 400, "recorded_on": "2025-11-06",
    }  # fmt: skip
    collector = {
        "record_id": agent, "id_number": agent, "name": "古丽", "role": "village-agent", "division": VILLAGE,
        "appointed_on": "2025-01-01",
    }  # fmt: skip
    folder = data_folder(tmp_path / "data", payments=[paid], entitlements=[covered], collectors=[collector])
    assert counted(take(home, folder)).appended == 3
    token, agent_token = home.tokens.identity(own), home.tokens.identity(agent)
    events = [home.ledger.event(row) for row in home.ledger.read(0, 10)]
    facts = {type(event): event for event in events}
    recorded, entitled = facts[PaymentRecorded], facts[EntitlementRecorded]
    assert isinstance(recorded, PaymentRecorded)
    assert isinstance(entitled, EntitlementRecorded)
    assert (recorded.record_id, recorded.collector_id) == (f"2026-{token}", agent_token)
    assert entitled.payment_id == recorded.record_id
    assert not any(
        one in row.stream.encode() + row.state
        for row in home.ledger.read(0, 10)
        for one in (own.encode(), agent.encode())
    )
    assert home.vault.reveal([token], "record_id", reason="核对", actor="u") == {token: [f"2026-{own}"]}
    assert counted(take(home, folder)).repeated == 3


def test_numbers_wrapped_for_a_spreadsheet_are_the_same_person(tmp_path: Path, home: Home) -> None:
    plain, wrapped, quoted = payment("P1"), payment("P2"), payment("P3")
    wrapped["payer_id"], quoted["payer_id"] = f"'{wrapped['payer_id']}", f'="{quoted["payer_id"]}"'
    assert counted(take(home, data_folder(tmp_path / "data", payments=[plain, wrapped, quoted]))).appended == 3
    found = home.ledger.versions([f"payments:tax-core:P{n}" for n in (1, 2, 3)])
    facts = [home.ledger.event(*positions) for positions in found.values()]
    assert len({fact.payer.token for fact in facts if isinstance(fact, PaymentRecorded)}) == 1


def test_a_masked_number_or_a_word_for_none_makes_no_person_of_many(tmp_path: Path, home: Home) -> None:
    rows = [
        payment("P1", payer_id="653123********0016", paid_by_id=""),
        payment("P2", payer_id="无"),
        payment("P3", paid_by_id="无"),
    ]
    assert counted(take(home, data_folder(tmp_path / "data", payments=rows))).quarantined == 2
    fact = home.ledger.event(*home.ledger.versions(["payments:tax-core:P3"])["payments:tax-core:P3"])
    assert isinstance(fact, PaymentRecorded)
    assert fact.paid_by is None
    assert [(defect.column, defect.reason) for defect in fact.defects] == [("paid_by", "no-number")]


def test_a_county_s_own_words_for_values_are_read_by_its_mapping(tmp_path: Path, home: Home) -> None:
    folder = data_folder(tmp_path / "data", payments=[payment("P1", channel="云闪付", fee="城居医保"), payment("P2")])
    (folder / "mapping.yaml").write_text(
        "payments: {channel=云闪付: bank-counter, fee=城居医保: resident-medical}\n", encoding="utf-8"
    )
    assert counted(take(home, folder)).appended == 2
    fact = home.ledger.event(*home.ledger.versions(["payments:tax-core:P1"])["payments:tax-core:P1"])
    assert isinstance(fact, PaymentRecorded)
    assert (fact.channel, fact.fee) == ("bank-counter", "resident-medical")


def test_a_mapping_to_no_value_is_refused_by_name(tmp_path: Path, home: Home) -> None:
    folder = data_folder(tmp_path / "data", payments=[payment("P1")])
    (folder / "mapping.yaml").write_text("payments: {channel=云闪付: union}\n", encoding="utf-8")
    with pytest.raises(Malformed, match="channel=云闪付: union"):
        take(home, folder)


@pytest.mark.parametrize(
    "written",
    ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "'11010519491231002X"],
)
def test_a_key_made_of_the_person_s_number_names_nobody_however_the_row_writes_it(
    tmp_path: Path, home: Home, written: str
) -> None:
    rows = [payment("QC11010519491231002X", payer_id=written)]
    assert counted(take(home, data_folder(tmp_path / "data", payments=rows))).appended == 1
    streams = {stream for stream, *_ in contents(home)}
    assert not any("11010519491231002" in stream for stream in streams)
    token = home.tokens.identity("11010519491231002X")
    assert f"payments:tax-core:QC{token}" in streams


def test_pages_numbered_anew_in_another_year_are_no_amendment(tmp_path: Path, home: Home) -> None:
    old = receipt("某村-1-1-1-1-resident-medical", fee_year=2025, received_at="2024-10-20 11:00:00")
    new = receipt("某村-1-1-1-1-resident-medical", fee_year=2026, received_at="2025-10-20 11:00:00")
    assert counted(take(home, data_folder(tmp_path / "a", cash_receipts=[old]))).appended == 1
    again = counted(take(home, data_folder(tmp_path / "b", cash_receipts=[new])))
    assert (again.amended, again.quarantined) == (0, 1)
    typed = receipt("某村-1-1-1-1-resident-medical", fee_year=2026, received_at="2024-10-20 11:00:00")
    assert counted(take(home, data_folder(tmp_path / "c", cash_receipts=[typed]))).amended == 1
