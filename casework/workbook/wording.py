"""Puts a suspicion into words for a clerk: what shows it, whom to visit, what to ask, which paper settles it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from casework.lists.draw import TownshipList
from casework.workbook.guide import Guides, RuleGuide
from casework.workbook.labels import PAPERS, SUBJECTS, fee_name, type_name
from casework.workbook.material import Collector, Material, Record
from casework.workbook.names import WITHHELD, Names
from domain.money import yuan
from risk.scoring.suspicion import Suspicion

SHOWN_PERSONS = 3
"""Persons named in 核查要点; all of them stand on the sheet 证据明细."""
SHOWN_REASONS = 6
SHOWN_PROOFS = 6
"""Lines of 疑点描述 and honest reasons in 核查要点, so that a row fits a page; 证据明细 and 填写说明 have all."""
UNKNOWN = "（姓名未登记）"


class Masks(msgspec.Struct, frozen=True):
    """What is shown for tokens: names, identity numbers, and accounts or cards."""

    names: Mapping[str, str]
    numbers: Mapping[str, str]
    accounts: Mapping[str, str]
    withheld: Mapping[str, str] = {}
    """Of the collectors whose data are withheld: the person to the word. Another bearer may open the same name."""


def masks_of(lists: Iterable[TownshipList], material: Material, names: Names) -> Masks:
    """Ask once for all that the workbooks of a run show: every question to the vault is logged and costs a scan."""
    items = [item for township in lists for item in township.items]
    records = list(material.records.values())
    persons = {record.person for record in records if record.person} | _subjects(items, "payer")
    name_tokens = {record.person_name for record in records if record.person_name}
    name_tokens |= {material.person_names[person] for person in persons if person in material.person_names}
    hands = _hands(items, material)
    name_tokens |= {hand.name for hand in hands if hand.name}
    accounts = {record.account for record in records if record.account}
    accounts |= _subjects(items, "card") | _subjects(items, "account")
    return Masks(
        names.masked(sorted(name_tokens), "name"),
        names.masked(sorted(persons), "number"),
        names.masked(sorted(accounts), "account"),
        names.withheld({hand.person for hand in hands if hand.person}),
    )


def _subjects(items: Iterable[Suspicion], subject_type: str) -> set[str]:
    return {item.subject_id for item in items if item.subject_type == subject_type}


def _hands(items: Iterable[Suspicion], material: Material) -> list[Collector]:
    """Return the collectors whom the items, their evidence or their terminals name."""
    hands = set()
    for item in items:
        if item.subject_type == "collector":
            hands.add((item.county, item.subject_id))
        elif item.subject_type == "terminal" and (item.county, item.subject_id) in material.terminals:
            hands.add((item.county, material.terminals[item.county, item.subject_id].collector_id or ""))
        records = (material.records[event] for event in item.evidence if event in material.records)
        hands.update((item.county, record.collector) for record in records if record.collector)
    return [material.collectors[hand] for hand in sorted(hands) if hand in material.collectors]


class Wording:
    """Words for the items of one township's list."""

    def __init__(self, material: Material, masks: Masks, guides: Guides) -> None:
        self.material = material
        self.masks = masks
        self.guides = guides

    def subject(self, item: Suspicion) -> str:
        """Return whom or what the suspicion is about, so that it can be found without the program."""
        label = SUBJECTS.get(item.subject_type, item.subject_type)
        if item.subject_type == "collector":
            return f"{label} {self.collector(item.county, item.subject_id, places=True)}"
        if item.subject_type == "payer":
            return f"{label} {self.person(item.subject_id, None)}"
        if item.subject_type in ("card", "account"):
            return f"{label} {self.masks.accounts.get(item.subject_id, '（号码未登记）')}"
        if item.subject_type == "terminal":
            return f"{label} {self._terminal(item)}"
        if item.subject_type == "fee-account":
            return f"{label} {fee_name(item.subject_id)}"
        return f"{label} {self.material.place(item.subject_id)}"

    def collector(self, county: str, record_id: str | None, *, places: bool = False) -> str:
        """Return a collector's masked name, id and role, with the places where asked; "" of none."""
        if not record_id:
            return ""
        known = self.material.collectors.get((county, record_id))
        if known is None:
            return f"{record_id}（不在代收人员名册）" if places else record_id
        name = self.hand(known) or UNKNOWN
        where = "、".join(self.material.place(code) for code in known.divisions) if places else ""
        return (
            f"{name}（编号{record_id}，{known.role}{'，负责' + where if where else ''}）"
            if places
            else f"{name}（{record_id}）"
        )

    def hand(self, known: Collector) -> str:
        """Return a collector's masked name, or that it is withheld; "" where none is registered."""
        withheld = self.masks.withheld.get(known.person or "")
        return withheld or self.masks.names.get(known.name or "", "")

    def person(self, token: str, name_token: str | None) -> str:
        """Return a person's masked name and identity number."""
        name = self.name(token, name_token) or UNKNOWN
        if name in WITHHELD:
            return name
        number = self.masks.numbers.get(token)
        return f"{name}（{number}）" if number else name

    def name(self, token: str | None, name_token: str | None) -> str:
        """Return a person's masked name, or that it is withheld; "" where none is registered."""
        number = self.masks.numbers.get(token or "", "")
        if number in WITHHELD:
            return number
        return self.masks.names.get(name_token or self.material.person_names.get(token or "", ""), "")

    def description(self, item: Suspicion) -> str:
        """Return the reasons, numbered where there are several."""
        if len(item.reasons_zh) == 1:
            return item.reasons_zh[0]
        shown = [f"{number}. {reason}" for number, reason in enumerate(item.reasons_zh[:SHOWN_REASONS], start=1)]
        left = len(item.reasons_zh) - len(shown)
        return "\n".join([*shown, *([f"另有{left}项较轻情形，证据一并列在“证据明细”"] if left > 0 else [])])

    def summary(self, item: Suspicion, first: int, last: int) -> str:
        """Return the evidence by record type, and where on the sheet 证据明细 it stands (row numbers)."""
        by_type: dict[str, list[Record]] = {}
        for record in self.records(item):
            by_type.setdefault(record.type, []).append(record)
        parts = [self._counted(record_type, records) for record_type, records in by_type.items()]
        where = f"第{first}行" if first == last else f"第{first}—{last}行"
        return "；\n".join(parts) + (f"。\n逐笔见“证据明细”{where}" if parts else "无单独记录，见疑点描述")

    def records(self, item: Suspicion) -> list[Record]:
        """Return the evidence in the order in which a clerk turns pages: by type, day and number."""
        known = (self.material.records[event] for event in item.evidence if event in self.material.records)
        order = list(PAPERS)
        return sorted(
            known,
            key=lambda record: (
                order.index(record.type) if record.type in PAPERS else len(order), record.type,
                record.on.isoformat() if record.on else "", record.record_id, record.source,
            ),
        )  # fmt: skip

    def check(self, item: Suspicion) -> str:
        """Return 核查要点: whom to visit, what to ask and see, which paper settles it."""
        guides = [self.guides[rule] for rule in item.rules if rule in self.guides]
        records = self.records(item)
        papers = dict.fromkeys(PAPERS[record.type] for record in records if record.type in PAPERS)
        lines = [f"【找谁】{self._whom(item, records)}"]
        lines.append(
            "【问什么】" + " ".join(dict.fromkeys(guide.check for guide in guides))
            if guides
            else "【问什么】请其说明疑点描述所列情况。"
        )
        if papers:
            lines.append(f"【看什么】{'；'.join(papers)}。")
        lines += _proofs(guides)
        return "\n".join(lines)

    def _whom(self, item: Suspicion, records: Iterable[Record]) -> str:
        records = list(records)
        parties = [self.subject(item)] if item.subject_type not in ("village", "fee-account", "office") else []
        hands = dict.fromkeys(record.collector for record in records if record.collector)
        parties += [f"代收人 {self.collector(item.county, hand)}" for hand in hands if hand != item.subject_id][
            :SHOWN_PERSONS
        ]
        persons = dict.fromkeys(
            (record.person, record.person_name) for record in records if record.person and record.type != "collectors"
        )
        visits: dict[str, str] = {}
        for person, name in persons:
            if person and person != item.subject_id:
                visits.setdefault(person, self.person(person, name))
        if visits:
            more = f"等{len(visits)}人（全部见“证据明细”）" if len(visits) > SHOWN_PERSONS else ""
            parties.append(f"入户走访 {'、'.join(list(visits.values())[:SHOWN_PERSONS])}{more}")
        if not parties:
            parties.append(f"{self.material.place(item.village or item.township or item.county)}经办人和负责人")
        return "；".join(parties) + "。"

    def _terminal(self, item: Suspicion) -> str:
        known = self.material.terminals.get((item.county, item.subject_id))
        if known is None:
            return f"{item.subject_id}（不在POS终端台账）"
        keeper = self.collector(item.county, known.collector_id) or "未登记"
        return f"{item.subject_id}（布放{self.material.place(known.division)}，保管人{keeper}）"

    @staticmethod
    def _counted(record_type: str, records: list[Record]) -> str:
        days = sorted(record.on for record in records if record.on)
        total = sum(record.amount_fen or 0 for record in records)
        money = f"共{yuan(total)}元" if total else ""
        span = "" if not days else f"（{days[0]}）" if days[0] == days[-1] else f"（{days[0]}至{days[-1]}）"
        return f"{type_name(record_type)}{len(records)}条{money}{span}"


def _proofs(guides: Iterable[RuleGuide]) -> list[str]:
    """Return the line that says which paper proves which honest reason; none where the rules know no such reason."""
    proofs = list(dict.fromkeys(f"{each.zh}——{each.proof_zh}" for guide in guides for each in guide.innocent))
    if not proofs:
        return []
    more = f"；其余{len(proofs) - SHOWN_PROOFS}种见“填写说明”" if len(proofs) > SHOWN_PROOFS else ""
    told = "；".join(proofs[:SHOWN_PROOFS]) + more
    return [f"【什么材料可以排除】{told}。没有材料佐证的填“无法核实”，不填“不属实”。"]
