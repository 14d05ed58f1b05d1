"""Chinese names of kinds of wrong, severities and subjects, and where a record's paper lies."""

from __future__ import annotations

from domain.contract import RECORD_TYPES
from domain.fees import FEES

CATEGORIES = {
    "pocketed-cash": "收现不缴",
    "over-collection": "多收费款",
    "card-cash-out": "POS机套现",
    "delayed-remittance": "延迟解缴",
    "diversion": "截留挪用",
    "refund-abuse": "退费异常",
    "under-collection": "少征漏征",
    "early-collection": "提前征收",
    "entitlement-gap": "未记录权益",
    "register-defect": "台账不规范",
    "coverage": "参保缴费异常",
    "identity": "身份信息异常",
    "unauthorised-collection": "无资格代收",
    "reconciliation": "对账差异",
    "process": "履职不到位",
    "self-check": "自查不实",
    "anomaly": "数据异常",
}
SEVERITIES = {"watch": "关注", "low": "低", "medium": "中", "high": "高", "critical": "重大"}
SUBJECTS = {
    "collector": "代收人",
    "terminal": "POS终端",
    "card": "银行卡",
    "account": "账户",
    "payer": "缴费人",
    "village": "村（社区）",
    "fee-account": "入库账户",
    "office": "单位",
}
PAPERS = {
    "cash-receipts": "乡镇存档的《现金征缴登记台账》原件、收据存根",
    "payments": "税务征缴系统缴费明细、缴费人手机缴费记录或完税证明",
    "payment-voids": "税务征缴系统冲正记录",
    "refunds": "医保、社保部门退费清册和到账银行流水",
    "pos-transactions": "POS签购单存根、收单机构流水",
    "rosters": "应缴费人员台账",
    "collectors": "代收人员名册、聘任和公示材料",
    "terminals": "POS终端台账、保管交接记录",
    "entitlements": "医保、社保部门权益记录",
    "receipt-books": "票据领用登记簿、收据存根",
    "households": "户口簿",
    "status-changes": "部门通报的身份变动名单",
    "whitelist": "白名单认定材料",
    "data-queries": "异常数据反馈单及部门答复",
    "assessments": "核定文书、缴费通知书",
    "treasury-statements": "国库入库对账单",
    "fund-transfers": "财政专户划转凭证",
    "office-reports": "医保、社保部门社保费月报",
    "duty-acts": "履职登记及佐证文件",
}
"""Record type to the paper or system in which a clerk finds the record."""

_FEES = {fee.id: fee.zh[0] for fee in FEES}


def fee_name(fee: str | None) -> str:
    """Return the fee's Chinese name, the id itself where the fee is unknown, "" of none."""
    return _FEES.get(fee, fee) if fee else ""


def type_name(record_type: str) -> str:
    """Return the record type's Chinese name, or the type itself."""
    return RECORD_TYPES[record_type].zh if record_type in RECORD_TYPES else record_type


def value_name(record_type: str, field: str, value: str) -> str:
    """Return an enum value's Chinese name as the contract has it first, or the value itself."""
    names = RECORD_TYPES[record_type].field(field).zh_values
    return next((zh for zh, stored in names.items() if stored == value), value)


def category_name(category: str) -> str:
    """Return the kind of wrong in Chinese, or its id."""
    return CATEGORIES.get(category, category)
