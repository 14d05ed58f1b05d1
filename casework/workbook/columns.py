"""The columns of 疑点清单 as townships know them: issued, to fill in, how wide, which values are allowed."""

from __future__ import annotations

import msgspec

YES_NO = ("是", "否")
METHODS = ("入户", "电话", "资料", "银行流水")
RESULTS = ("属实", "不属实", "部分属实", "无法核实")
"""What a clerk may answer; the first and third are confirmed."""


class Column(msgspec.Struct, frozen=True):
    """A column of the list; widths in Excel's units, so that issued and fill-in halves each fill one A4 page across."""

    heading: str
    width: float
    how: str = ""
    """What the instructions say about filling it in."""


ISSUED = (
    Column("疑点编号", 11),
    Column("批次", 8),
    Column("乡镇", 8),
    Column("村（社区）", 10),
    Column("疑点对象", 16),
    Column("疑点类型", 9),
    Column("疑点描述", 30),
    Column("风险等级", 6),
    Column("涉及金额", 10),
    Column("证据摘要", 23),
    Column("核查要点（问谁、看什么凭证）", 50),
    Column("下发日期", 10.5),
    Column("反馈截止日期", 10.5),
)
FILLED = (
    Column("是否核查", 6, "选“是”或“否”。每一条都要核查；选“否”的须在“事实说明”写明原因。"),
    Column("核查方式", 9, "选入户、电话、资料或银行流水。用了几种的选最主要的一种，其余写在“事实说明”。"),
    Column("核查人1", 9, "签名或打印姓名。不得是疑点涉及的人或其家属（回避）。"),
    Column("核查人2", 9, "必须是另外一人，同样须回避。"),
    Column("核查日期", 11, "写成 2026-01-20 的样子，不早于下发日期。"),
    Column("核查结果", 9, "选属实、不属实、部分属实或无法核实。填“不属实”须有凭证。"),
    Column("原因类别", 20, "从下拉框选；属实的选“经查属违规”。下拉框里没有的选“其他”并写明。"),
    Column("事实说明", 34, "写清问了谁、看了哪张凭证（号码、日期、金额）、查明了什么。每条单独写，不要复制。"),
    Column("整改措施", 22, "属实或部分属实的必填：如已代缴、已退还、已补签字，写明日期和凭证号。"),
    Column("退还（补缴）金额", 10, "元，最多两位小数。没有退还或补缴的留空。"),
    Column("退还（补缴）日期", 11, "写成 2026-01-20 的样子。"),
    Column("责任人", 9, "属实或部分属实的写责任人姓名、职务。"),
    Column("村级负责人签字", 11, "打印后由村党支部书记、村委会主任或“访惠聚”工作队长签字、摁手印。"),
    Column("附件", 13, "附件名称和份数，如“收据存根复印件1份”。附件随清单一并报送。"),
)
COLUMNS = (*ISSUED, *FILLED)
HEADING_ROW = 2
"""Zero-based row of the headings; items start on the next."""
FIRST_ITEM = HEADING_ROW + 1


def place_of(heading: str) -> int:
    """Return the zero-based place of a column; KeyError where there is none."""
    for place, column in enumerate(COLUMNS):
        if column.heading == heading:
            return place
    raise KeyError(heading)
