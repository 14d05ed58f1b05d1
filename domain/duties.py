"""The duties with a clock that the two regulations set, as a county starts from them. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from domain.duty import Duty

DUTIES: tuple[Duty, ...] = (
    Duty("roster-handover", zh="传递有效缴费明细清册", who=("medical-insurance", "human-resources"), to="tax", anchor="window-start", offset=-15, unit="day", proof="rosters.listed_on", basis="Y 7"),
    Duty("identity-updates", zh="反馈缴费人身份信息更新", who=("medical-insurance", "human-resources"), to="tax", field="status-changes.notified_on", offset=15, unit="workday", proof="duty-acts", basis="Y 7"),
    Duty("query-returned", zh="反馈异常数据", who=("tax",), to="offices", field="data-queries.received_on", offset=2, unit="workday", proof="data-queries.raised_on", basis="Y 8"),
    Duty("query-verified", zh="核实异常数据", who=("medical-insurance", "human-resources"), to="tax", field="data-queries.raised_on", offset=3, unit="workday", proof="data-queries.answered_on", basis="Y 7", condition="not forwarded"),
    Duty("query-forwarded", zh="转相关部门核实", who=("medical-insurance", "human-resources"), to="other departments", field="data-queries.raised_on", offset=2, unit="workday", proof="data-queries.forwarded_on", basis="Y 7", condition="forwarded"),
    Duty("query-answered", zh="确认后反馈税务", who=("medical-insurance", "human-resources"), to="tax", field="data-queries.confirmed_on", offset=1, unit="workday", proof="data-queries.answered_on", basis="Y 7", condition="forwarded"),
    Duty("fund-transfer", zh="汇总划转财政专户", who=("finance",), to="fiscal account", field="fund-transfers.due_on", offset=0, unit="day", proof="fund-transfers.transferred_on", basis="Y 9"),
    Duty("welfare-lists", zh="提供特困、孤儿、低保名单（签字盖章）", who=("civil-affairs",), to="offices", anchor="window-start", offset=-1, unit="month", proof="duty-acts (signed and sealed)", basis="Y 10"),
    Duty("poverty-lists", zh="提供防返贫监测名单（签字盖章）", who=("rural-revitalisation",), to="offices", anchor="window-start", offset=-1, unit="month", proof="duty-acts (signed and sealed)", basis="Y 11"),
    Duty("disability-lists", zh="提供残疾人名单（签字盖章）", who=("disabled-persons-federation",), to="offices", anchor="window-start", offset=-1, unit="month", proof="duty-acts (signed and sealed)", basis="Y 14"),
    Duty("category-changes", zh="集中征缴期内身份变动通报", who=("civil-affairs", "rural-revitalisation", "disabled-persons-federation"), to="offices", field="status-changes.effective_on", offset=7, unit="workday", proof="status-changes.notified_on", basis="Y 10, 11, 14", only="within the window"),
    Duty("household-register", zh="提供户籍、流动人口、注销信息", who=("police",), to="offices", anchor="quarter-end", offset=5, unit="day", proof="duty-acts", basis="Y 12"),
    Duty("justice-data", zh="提供相关数据", who=("justice",), to="offices", anchor="quarter-end", offset=0, unit="day", proof="duty-acts", basis="Y 13"),
    Duty("media-campaign", zh="媒体政策宣传", who=("publicity",), to="public", anchor="window-end", offset=0, unit="day", proof="duty-acts", basis="Y 15, 23"),
    Duty("school-roll", zh="提供学籍与监护人信息", who=("education",), to="offices", anchor="window-start", offset=0, unit="day", proof="duty-acts", basis="Y 16"),
    Duty("canvass", zh="参保情况摸排、形成清册", who=("township",), to="offices", anchor="window-start", offset=0, unit="day", proof="duty-acts", basis="Y 17", note="done within the month before the window"),
    Duty("trainings", zh="征缴业务培训与操作演练", who=("tax", "medical-insurance", "human-resources"), to="clerks and agents", per_year=2, proof="duty-acts", basis="Y 25"),
    Duty("roster-pushed", zh="推送应缴费人员台账", who=("tax",), to="township", anchor="window-start", offset=0, unit="day", proof="duty-acts", basis="Y 27"),
    Duty("daily-settlement", zh="现金日清日结", who=("collector",), to="tax", field="cash-receipts.received_at", offset=0, unit="day", proof="payments.paid_at", basis="Y 29", rule="A01"),
    Duty("register-handed-in", zh="报送现金征缴登记台账扫描件", who=("township",), to="tax", anchor="window-end", offset=7, unit="workday", proof="cash-receipts.submitted_on", basis="Y 29", rule="A10"),
    Duty("clerk-change-announced", zh="换岗提前报备", who=("township",), to="tax, medical-insurance, human-resources", field="collectors.appointed_on", offset=0, unit="day", proof="collectors.announced_on", basis="Y 31"),
    Duty("collectors-publicised", zh="公示社保经办人员", who=("township",), to="public", anchor="window-start", offset=0, unit="day", proof="collectors.publicised_on", basis="Y 31"),
    Duty("refund-list", zh="反馈退费清册", who=("medical-insurance", "human-resources"), to="tax", field="refunds.refunded_at", offset=2, unit="workday", proof="refunds.listed_on", basis="Y 32", rule="D02"),
    Duty("refund-papers", zh="退费资料复印件转税务留存", who=("medical-insurance", "human-resources"), to="tax", field="refunds.refunded_at", offset=2, unit="workday", proof="duty-acts", basis="Y 33", note="no day is set; the list's clock is used"),
    Duty("treasury-statement", zh="提供入库对账单", who=("central-bank",), to="tax", anchor="month-end", offset=3, unit="workday", proof="treasury-statements.received_on", basis="Y 36"),
    Duty("office-report", zh="提供社保费月报并分析差异原因", who=("medical-insurance", "human-resources"), to="tax", anchor="month-end", offset=5, unit="workday", proof="office-reports.received_on", basis="Y 36"),
    Duty("payment-details", zh="按日传递入库明细", who=("tax",), to="offices", anchor="each day", offset=1, unit="day", proof="duty-acts", basis="Y 37"),
    Duty("summary-and-appraisal", zh="征缴总结与履责评价", who=("tax",), to="government", anchor="window-end", offset=10, unit="day", proof="duty-acts", basis="Y 38"),
    Duty("special-inspections", zh="现金缴费专项检查", who=("discipline", "tax", "finance", "medical-insurance", "human-resources"), to="townships", per_year=2, proof="duty-acts", basis="Y 40"),
    Duty("suspicions-pushed", zh="定期推送疑点数据", who=("tax",), to="township", anchor="month-end", offset=10, unit="day", proof="issued lists", basis="Y 41", note="定期: the cycle is the county's; monthly is the default"),
    Duty("self-check", zh="自查自纠并形成报告", who=("township",), to="tax", field="list received", offset=15, unit="day", proof="report", basis="Y 41", rule="G01"),
    Duty("spot-checks", zh="疑点数据抽查", who=("risk working group",), to="townships", per_year=1, proof="spot checks", basis="Y 41"),
    Duty("publicity", zh="征缴情况公示并提供佐证", who=("township",), to="tax", anchor="window-end", offset=0, unit="day", proof="duty-acts", basis="Y 42, Q 2(1)2", note="no day is set"),
    Duty("progress-report", zh="向本级政府报告征缴情况", who=("tax",), to="government", anchor="quarter-end", offset=15, unit="day", proof="duty-acts", basis="Q 3(5)", note="定期: the cycle is the county's"),
    Duty("arrears-handover", zh="欠费移交后续管理", who=("tax",), to="trade-union, water-resources", field="reminders ended", offset=15, unit="day", proof="duty-acts", basis="Q 2(2)1, 6", note="no day is set"),
    Duty("refusal-to-credit", zh="拒不缴纳信息推送信用平台", who=("tax",), to="development-reform", field="refusal established", offset=15, unit="day", proof="duty-acts", basis="Q 3(5)", note="no day is set"),
)
