"""Papers with everything on them: long names, markup in names, missing steps of money; and how they are read."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pypdf
from docx import Document

from casework.papers.accountability import Accountability, OfficeFailing, TownshipRecord, Wrong
from casework.papers.referral import (
    Attached,
    Basis,
    EvidenceEvent,
    Happened,
    Money,
    Referral,
    Said,
    Step,
)
from casework.papers.self_check import Count, Report, ReportItem
from casework.papers.suspicion_list import ListItem, ListPaper
from ledger.merkle.checkpoint import Checkpoint
from ledger.merkle.printed import Printed

SIGNED = Printed("653123103-2026-12", Checkpoint("mingzhang/00112233aabbccdd", 123456, bytes(range(32))), b"k" * 68)
LONG = "买买提吐尔逊·阿卜杜热合曼·玉素甫江·库尔班尼亚孜" * 8 + "末"
MARKUP = "<script>alert(1)</script><img src='http://example.invalid/x.png'>&amp;"


def item(number: int = 1, **changed: str) -> ListItem:
    texts = {
        "village": "萨罕村",
        "subject": "代收人 艾*（编号V01，村社保协理员，负责萨罕村）",
        "category": "收现不缴",
        "description": "1. 2025年10月3日至10月9日登记现金5笔共2000.00元，至今未见对应缴费\n2. 其中2笔收据号码重复",
        "severity": "高",
        "summary": "现金征缴登记台账5条共2000.00元（2025-10-03至2025-10-09）；\n逐笔见“证据明细”第4—8行",
        "check": "【找谁】代收人 艾*；入户走访 阿*（999***********4525）、吐*（999***********1233）等5人。\n"
        "【问什么】逐户问缴费人交了多少钱、哪天交给谁、有没有收据或缴费短信。\n"
        "【看什么】乡镇存档的《现金征缴登记台账》原件、收据存根；税务征缴系统缴费明细。\n"
        "【什么材料可以排除】停电断网无法当日缴费——供电、通信部门停电断网证明。没有材料佐证的填“无法核实”。",
    } | changed
    return ListItem(number=number, suspicion_id=f"S-{number:05d}", amount_fen=200_000, **texts)


def listed(*items: ListItem, printed: Printed | None = SIGNED) -> ListPaper:
    return ListPaper(
        number="英税疑〔2026〕12号",
        township="萨罕镇",
        issuer="国家税务总局英吉沙县税务局",
        batch="2026年第1批",
        issued_on=date(2026, 1, 10),
        due_on=date(2026, 1, 25),
        days=15,
        items=items or (item(1), item(2)),
        left_out=3,
        printed=printed,
    )


def answered(number: int, result: str | None, **changed: str) -> ReportItem:
    texts = {
        "checkers": "古*、王*",
        "cause": "经查属违规",
        "statement": "入户问阿*、吐*，均称10月3日交现金400元给艾*，有收据存根（0012号）为证，手机无缴费记录。",
        "measures": "艾*已于1月18日代为补缴。",
        "responsible": "艾*，协理员",
        "attachments": "收据存根复印件1份",
    } | changed
    repaid = 40_000 if result in ("confirmed", "partly") else None
    return ReportItem(
        suspicion_id=f"S-{number:05d}",
        subject="代收人 艾*（V01）",
        category="收现不缴",
        village="萨罕村",
        amount_fen=100_000 * number,
        result=result,
        method="visit" if result else None,
        checked_on=date(2026, 1, 17) if result else None,
        repaid_fen=repaid,
        repaid_on=date(2026, 1, 18) if repaid else None,
        **texts,
    )


def report(
    *items: ReportItem, organisation: str = "1月11日收到清单，由副镇长李某牵头，走访萨罕村等3个村42户。"
) -> Report:
    results = ("confirmed", "partly", "cleared", "unverifiable", None)
    return Report(
        number="英税疑〔2026〕12号",
        county="英吉沙县",
        township="萨罕镇人民政府",
        addressee="国家税务总局英吉沙县税务局",
        batch="2026年第1批",
        issued_on=date(2026, 1, 10),
        due_on=date(2026, 1, 25),
        received_on=date(2026, 1, 11),
        reported_on=date(2026, 1, 24),
        organisation=organisation,
        accountability="已责令艾*停止代收，交回票据。",
        items=items or tuple(answered(number, result) for number, result in enumerate(results, start=1)),
        recovered=Count("其中账面已见", 1, 40_000),
        leader="买某",
        deputy="李某",
        printed=SIGNED,
    )


def referral(summary: str = "艾*代收现金5笔2000.00元，未缴费，至2026年1月17日入户核查时仍未退还。") -> Referral:
    receipt = Step(date(2025, 10, 3), 40_000, "R001")
    return Referral(
        referral_id="653123-2026-3",
        number="英税移〔2026〕3号",
        sender="国家税务总局英吉沙县税务局",
        addressee="英吉沙县纪委监委",
        on=date(2026, 2, 2),
        grounds="《英吉沙县城乡居民基本养老保险和城乡居民基本医疗保险征收管理办法（试行）》第四十条",
        subject=(("姓名", "艾*"), ("证件号码", "999***********9871"), ("职务", "萨罕村社保协理员")),
        amount_fen=200_000,
        severity="高",
        chronology=(
            Happened(date(2026, 1, 17), "萨罕镇入户核查", "自查反馈"),
            Happened(date(2025, 10, 3), "收取阿*现金400.00元", "登记台账", "cash-receipts:t:R001@1", "11:00"),
        ),
        money=(
            Money(about="阿*，居民医保2026年度", receipt=receipt, payment=None, posting=None, entitlement=None),
            Money(
                about="吐*，居民医保2026年度",
                receipt=receipt,
                payment=Step(date(2025, 12, 2), 38_000, "P9"),
                posting=Step(date(2025, 12, 4), 38_000),
                entitlement=Step(date(2025, 12, 5), 38_000),
            ),
            Money(
                about="古*，新生儿",
                receipt=receipt,
                payment=None,
                posting=None,
                entitlement=None,
                explained="财政代缴，现金已于次日退还（退款凭证12号）",
            ),
        ),
        basis=(Basis("A01", "收取现金后未缴费", "Y 29", "严禁出现代收人员收取现金不进行缴费情况。"),),
        said=(Said(date(2026, 1, 17), "萨罕镇", "自查反馈", "属实", "5户均称交过现金。"),),
        evidence=(EvidenceEvent("cash-receipts:t:R001@1", "现金征缴登记台账", "R001", 1201),),
        attached=(Attached("收据存根.pdf", "ab" * 32, 20_480),),
        prepared_by="王某",
        approved_by="张某",
        printed=SIGNED,
        summary=summary,
    )


def accountability() -> Accountability:
    return Accountability(
        report_id="653123-2026-Q1",
        number="英税报〔2026〕5号",
        sender="国家税务总局英吉沙县税务局",
        addressee="英吉沙县纪委监委",
        grounds="《征收管理办法（试行）》第三十九条、第四十一条",
        first=date(2026, 1, 1),
        last=date(2026, 3, 31),
        on=date(2026, 4, 8),
        townships=(
            TownshipRecord(
                township="萨罕镇",
                issued=20,
                answered=20,
                in_time=19,
                confirmed=4,
                confirmed_fen=812_300,
                recovered_fen=400_000,
                overturned=0,
            ),
            TownshipRecord(
                township="城关乡",
                issued=20,
                answered=17,
                in_time=5,
                confirmed=0,
                confirmed_fen=0,
                recovered_fen=0,
                overturned=3,
                deputy="某副乡长",
                careless=("17条答复文字相同，而证据各异", "3条“不属实”被抽查推翻"),
            ),
        ),
        wrongs=(
            Wrong(
                suspicion_id="S-00001",
                township="萨罕镇",
                subject="代收人 艾*（V01）",
                category="收现不缴",
                amount_fen=200_000,
                recovered_fen=40_000,
                found_by="自查",
                state="已移送（英税移〔2026〕3号）",
            ),
        ),
        offices=(OfficeFailing("县医保局", "退费清册迟交", "Y 32", 3, date(2026, 1, 20)),),
        printed=SIGNED,
    )


def text_of(content: bytes) -> str:
    """Return the text of a PDF without white space, since lines of a cell break anywhere."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(content)).pages)


def fonts_of(content: bytes) -> dict[str, bool]:
    """Return every font of a PDF, and whether it is embedded."""
    found = {}
    objects = pypdf.PdfReader(BytesIO(content))
    for number in range(1, int(str(objects.trailer["/Size"]))):
        each = objects.get_object(number)
        if isinstance(each, pypdf.generic.DictionaryObject) and each.get("/Type") == "/FontDescriptor":
            found[str(each["/FontName"])] = any(key in each for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found


def pages_of(content: bytes) -> list[tuple[int, int]]:
    """Return width and height of every page in millimetres."""
    sizes = [page.mediabox for page in pypdf.PdfReader(BytesIO(content)).pages]
    return [(round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)) for box in sizes]


def words_of(content: bytes) -> str:
    """Return the text of a Word file without white space, tables at the end."""
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join("".join([*(each.text for each in document.paragraphs), *cells]).split())
