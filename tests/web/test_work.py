"""Background work: begun from a page, in a process of its own, told by its folder, stopped, and found again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from domain.errors import Broken, Refused
from tests.county import payment
from tests.web.county import County, browser
from web.frame.service import Service
from web.work.job import DIED, DONE, FAILED, HALTED, OPEN, REFUSED, RUNNING, Job, is_held

ENDS_S = 120


def service(county: County) -> Service:
    found = county.app.state.service
    assert isinstance(found, Service)
    return found


def ended(county: County, name: str) -> Job:
    """Wait for the end of a work."""
    until = time.monotonic() + ENDS_S
    while (job := service(county).work.one(name)).state in OPEN:
        assert time.monotonic() < until, [line.en for line in job.lines()]
        time.sleep(0.05)
    return job


def started(county: County, user: str, kind: str, **more: object) -> str:
    """Start work by the page's button and return its id."""
    answered = browser(county, user).post(f"/work/{kind}", **more)
    assert answered.status_code == 303, answered.text
    return str(answered.headers["location"]).removeprefix("/work/").partition("?")[0]


def signalled(county: County, name: str, what: signal.Signals) -> None:
    """Send a signal to the processes of a work."""
    os.killpg(int((service(county).work.one(name).folder / "pid").read_text(encoding="ascii")), what)


def held(county: County, name: str) -> None:
    """Have a work stand still once it has begun, so that it does not end by itself before it is stopped."""
    until = time.monotonic() + ENDS_S
    while not service(county).work.one(name).lines():
        assert time.monotonic() < until
        time.sleep(0.01)
    signalled(county, name, signal.SIGSTOP)


def test_verifying_beside_the_pages_says_what_it_found_and_leaves_its_report(own_county: County) -> None:
    """The county's runs were written down without the texts of their rules, which verify finds missing."""
    name = started(own_county, "inspector", "verify")
    for user, status in (("liaison", 404), ("clerk", 404), ("auditor", 200)):
        assert browser(own_county, user).get(f"/work/{name}").status_code == status
    assert name not in browser(own_county, "liaison").get("/work").text
    job = ended(own_county, name)
    assert (job.state, job.asked.by, job.asked.kind) == (FAILED, "inspector", "verify")
    assert job.ended is not None
    assert job.ended.code == Broken.exit_code
    page = browser(own_county, "inspector").get(f"/work/{name}")
    assert "从备份恢复 objects 目录" in page.text
    assert "hx-get" not in page.text
    report = browser(own_county, "inspector").get(f"/work/{name}/files/verify.pdf")
    assert report.content.startswith(b"%PDF")
    for outside in ("../asked.json", "%2e%2e/asked.json", "verify.pdf/../../lock"):
        assert browser(own_county, "inspector").get(f"/work/{name}/files/{outside}").status_code == 404


def test_uploaded_files_are_taken_in_by_who_sent_them_and_not_kept(own_county: County) -> None:
    lines = [payment("P900", 1), payment("P901", 2), {"record_id": "P902"}]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    files = {"files": ("三月.jsonl", content, "application/octet-stream")}
    name = started(own_county, "liaison", "import", files=files, data={"record_type": "payments"})
    job = ended(own_county, name)
    assert job.state == REFUSED, (job.ended, job.lines())
    assert not (job.folder / "given").exists()
    page = browser(own_county, "liaison").get(f"/work/{name}")
    assert '<td class="number">3</td><td class="number">2</td>' in page.text
    assert "<td>缴费明细</td>" in page.text
    assert browser(own_county, "sysadmin").get(f"/work/{name}").status_code == 200
    actors = {json.loads(row.state)["envelope"]["actor"] for row in own_county.home.ledger.of_type("payments")}
    assert "liaison" in actors


def test_a_file_that_cannot_be_read_leads_to_what_to_do_about_it(own_county: County) -> None:
    files = {"files": ("cash-receipts-3月.xlsx", b"PK\x03\x04 cut", "application/octet-stream")}
    name = started(own_county, "analyst", "import", files=files)
    assert ended(own_county, name).state == REFUSED
    analyst = browser(own_county, "analyst")
    led = analyst.get(f"/work/{name}").text.partition('class="button" href="/quarantine')[2].partition('"')[0]
    assert led == "?file=cash-receipts-3%E6%9C%88.xlsx"
    listed = analyst.get(f"/quarantine{led}").text
    assert "打开后另存再交" in listed
    place = listed.partition('<a href="/quarantine/')[2].partition('"')[0]
    shown = analyst.get(f"/quarantine/{place}").text
    assert "<h2>怎么办</h2>" in shown
    assert 'href="/work">再次收取' in shown
    assert "更正并放行" not in shown


@pytest.mark.parametrize(
    ("called", "record_type"), [("a.exe", "payments"), ("no-type.csv", ""), ("a.csv", "nothing"), ("", "payments")]
)
def test_a_file_that_cannot_be_taken_in_starts_nothing(county: County, called: str, record_type: str) -> None:
    files = {"files": (called, b"x", "application/octet-stream")}
    answered = browser(county, "analyst").post("/work/import", files=files, data={"record_type": record_type})
    assert answered.status_code == 400
    assert service(county).work.all() == []


def test_one_of_a_kind_runs_at_a_time_and_can_be_stopped(own_county: County) -> None:
    works = service(own_county).work
    name = started(own_county, "analyst", "screening", data={"as_of": "2026-03-01"})
    held(own_county, name)
    assert browser(own_county, "analyst").post("/work/screening").status_code == 409
    page = browser(own_county, "analyst").get(f"/work/{name}")
    assert f'hx-get="/work/{name}?watch=1"' in page.text
    assert browser(own_county, "sysadmin").post(f"/work/{name}/stop").status_code == 404
    assert browser(own_county, "analyst").post(f"/work/{name}/stop").status_code == 303
    signalled(own_county, name, signal.SIGCONT)
    job = ended(own_county, name)
    assert job.state == HALTED
    assert job.stopped is not None
    assert job.stopped.by == "analyst"
    with pytest.raises(Refused):
        works.stop(name, "analyst")


def test_a_process_that_dies_is_shown_as_such_and_another_can_start(own_county: County) -> None:
    works = service(own_county).work
    job = works.start("screening", "analyst")
    assert job.state == RUNNING
    os.killpg(int((job.folder / "pid").read_text(encoding="ascii")), signal.SIGKILL)
    assert ended(own_county, job.id).state == DIED
    assert "进程中断" in browser(own_county, "analyst").get(f"/work/{job.id}").text
    again = works.start("screening", "analyst")
    works.stop(again.id, "analyst")
    assert ended(own_county, again.id).state == HALTED


def test_work_goes_on_when_who_started_it_is_gone(own_county: County) -> None:
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from ledger.home import Home; from web.work.works import Works\n"
        "works = Works(Home.open(Path(sys.argv[1])), lambda: datetime.now(UTC))\n"
        "print(works.start('rebuild', 'sysadmin').id)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(own_county.home.folder)], capture_output=True, text=True, check=True
    )
    name = done.stdout.strip()
    job = ended(own_county, name)
    assert job.state == DONE
    assert own_county.home.ledger.head() in [line.total for line in job.lines()]
    folders = (job.folder.parent, job.folder, job.folder / "made")
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}
    assert [each.id for each in service(own_county).work.all()] == [name]


def test_an_error_of_the_program_is_not_taken_for_something_refused(own_county: County) -> None:
    job = ended(own_county, service(own_county).work.start("rebuild", "sysadmin", ["--no-such-option"]).id)
    assert job.state == FAILED
    line = b'{"at": "2026-03-02T03:00:00Z", "zh": "x", "en": "x"}\n'
    for said, state in ((line, REFUSED), (b"Traceback (most recent call last):\n", FAILED)):
        (job.folder / "said").write_bytes(said)
        (job.folder / "ended.json").write_text('{"code": 1, "at": "2026-03-02T03:00:00Z"}', encoding="ascii")
        assert service(own_county).work.one(job.id).state == state


def test_a_lock_is_free_when_its_holder_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    script = (
        "import fcntl, os, sys, time; fcntl.flock(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX)\n"
        "print(1, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(lock)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "1\n"
        assert is_held(lock)
        holder.kill()
    assert not is_held(lock)


def test_a_stop_that_came_before_the_command_had_begun_ends_it_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "stopped.json").write_text("{}", encoding="utf-8")
    began = time.monotonic()
    command = [sys.executable, "-c", "import time; time.sleep(90)"]
    subprocess.run([sys.executable, "-m", "web.work.running", str(tmp_path), *command], check=False, timeout=60)
    assert time.monotonic() - began < 45
    assert json.loads((tmp_path / "ended.json").read_bytes())["code"] != 0
