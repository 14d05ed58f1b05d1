"""Makes 入户核查名单.xlsx: whom a clerk must visit, in clear, encrypted with a password that is only returned.

The unencrypted workbook exists in memory alone.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, time
from io import BytesIO

import duckdb
import msgspec
import pyarrow as pa
from msoffcrypto.format.ooxml import OOXMLFile
from xlsxwriter import Workbook

from casework.lists.draw import TownshipList
from casework.workbook.columns import Column
from casework.workbook.issue import Issue
from casework.workbook.material import Material
from casework.workbook.names import WITHHELD, Names
from casework.workbook.styles import Styles, height

NAME = "入户核查名单"
COLUMNS = (
    Column("序号", 6),
    Column("疑点编号", 14),
    Column("村（社区）", 18),
    Column("村组、住址", 24),
    Column("姓名", 12),
    Column("身份证号码", 22),
    Column("联系电话", 16),
    Column("走访日期", 12),
    Column("走访人（2人）", 18),
    Column("本人说明（缴了多少、交给谁、有无凭证）", 40),
    Column("本人签字摁手印", 16),
)
_OPEN = 4
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
"""Without characters that look alike when read out or written down."""
_RESIDENTS = """
-- one row per wanted person with the place where the last roster, else the household register, has that person
WITH listed AS (
    SELECT payer, township, coalesce(village, township, division) AS place, payer_name, phone, address
    FROM rosters SEMI JOIN wanted_person USING (payer)
    QUALIFY row_number() OVER (PARTITION BY payer ORDER BY fee_year DESC, listed_on DESC NULLS LAST, event_id DESC) = 1
),
housed AS (
    SELECT payer, township, coalesce(village, township, division) AS place
    FROM households SEMI JOIN wanted_person USING (payer)
    WHERE valid_to IS NULL
    QUALIFY row_number() OVER (PARTITION BY payer ORDER BY valid_from DESC NULLS LAST, event_id DESC) = 1
)
SELECT w.payer, coalesce(l.township, h.township), coalesce(l.place, h.place), l.payer_name, l.phone, l.address
FROM wanted_person AS w
LEFT JOIN listed AS l USING (payer)
LEFT JOIN housed AS h USING (payer)
ORDER BY w.payer
"""


class Resident(msgspec.Struct, frozen=True):
    """A person to visit; all but the place are tokens."""

    person: str
    place: str | None
    name: str | None
    phone: str | None
    address: str | None


def visit_workbook(
    world: duckdb.DuckDBPyConnection, township: TownshipList, issue: Issue, material: Material, names: Names
) -> tuple[bytes, str]:
    """Return the encrypted workbook (OOXML agile encryption) and its password; the township's own residents only."""
    wanted = _wanted(township, material)
    residents = _residents(world, township, wanted, material)
    lines = _lines(residents, wanted, material, names)
    plain = BytesIO(_book(material.place(township.code), issue, lines))
    password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    sealed = BytesIO()
    OOXMLFile(plain).encrypt(password, sealed)
    return sealed.getvalue(), password


def _wanted(township: TownshipList, material: Material) -> dict[str, list[str]]:
    """Return person token to the suspicions that lead to that person's door, in the order of the list."""
    wanted: dict[str, list[str]] = {}
    for item in township.items:
        records = [material.records[event] for event in item.evidence if event in material.records]
        persons = {record.person for record in records if record.person and record.type != "collectors"}
        persons |= {item.subject_id} if item.subject_type == "payer" else set()
        for person in sorted(persons):
            wanted.setdefault(person, []).append(item.suspicion_id)
    return wanted


def _residents(
    world: duckdb.DuckDBPyConnection, township: TownshipList, wanted: dict[str, list[str]], material: Material
) -> list[Resident]:
    """Return those of the township; who stands in no register counts where the evidence puts that person."""
    seen = {record.person: record for record in material.records.values() if record.person and record.place}
    world.register("wanted_person", pa.table({"payer": pa.array(sorted(wanted), pa.string())}))
    try:
        found = world.execute(_RESIDENTS).fetchall()
    finally:
        world.unregister("wanted_person")
    own = []
    for person, registered, place, name, phone, address in found:
        record = seen.get(person)
        lives_in = registered or (record.township if record else None)
        if lives_in and lives_in.startswith(township.code):
            own.append(
                Resident(
                    person,
                    place or (record.place if record else None),
                    name or material.person_names.get(person),
                    phone,
                    address,
                )
            )
    return own


def _lines(
    residents: list[Resident], wanted: dict[str, list[str]], material: Material, names: Names
) -> list[tuple[str, ...]]:
    """Return what each line says, in clear: by village, group and person."""
    full = names.clear([resident.name for resident in residents if resident.name], "name")
    numbers = names.clear([resident.person for resident in residents], "number")
    texts = names.clear([text for resident in residents for text in (resident.phone, resident.address) if text], "text")
    order = sorted(residents, key=lambda one: (one.place or "", texts.get(one.address or "", ""), one.person))
    return [
        (
            str(number),
            "\n".join(wanted[resident.person]),
            material.place(resident.place),
            *_told(resident, full, numbers, texts),
        )
        for number, resident in enumerate(order, start=1)
    ]


def _told(
    resident: Resident, full: dict[str, str], numbers: dict[str, str], texts: dict[str, str]
) -> tuple[str, str, str, str]:
    """Return address, name, number and phone; of a person who is erased or restricted that word alone."""
    number = numbers.get(resident.person, "")
    if number in WITHHELD:
        return number, number, number, number
    address, phone = texts.get(resident.address or "", ""), texts.get(resident.phone or "", "")
    return address, full.get(resident.name or "", ""), number, phone


def _book(where: str, issue: Issue, lines: list[tuple[str, ...]]) -> bytes:
    """Return the unencrypted workbook."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": NAME, "author": "明账", "created": datetime.combine(issue.issued_on, time(), UTC)})
    styles, sheet = Styles(book), book.add_worksheet(NAME)
    told = f"{where}入户核查名单（批次：{issue.batch}）　　含个人信息：仅供本批疑点核查，用完收回，不得转发、拍照、张贴"
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, told, styles.subtitle)
    for place, column in enumerate(COLUMNS):
        style = styles.heading if place < len(COLUMNS) - _OPEN else styles.heading_filled
        sheet.set_column(place, place, column.width)
        sheet.write_string(1, place, column.heading, style)
    for row, cells in enumerate(lines, start=2):
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, styles.code)
        for place in range(len(cells), len(COLUMNS)):
            sheet.write_blank(row, place, None, styles.open_text)
        sheet.set_row(row, height([(text, COLUMNS[place].width) for place, text in enumerate(cells)], 40))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.freeze_panes(2, 0)
    sheet.set_footer("&L用完收回&C第 &P 页 共 &N 页")
    book.close()
    return buffer.getvalue()
