"""Names of duties and of the offices that owe them, in Chinese and English."""

from __future__ import annotations

from web.cases.labels import Pair
from web.cases.places import OFFICES

MORE_OFFICES: dict[str, Pair] = {
    "central-bank": ("人民银行", "central bank"),
    "civil-affairs": ("民政局", "civil affairs"),
    "rural-revitalisation": ("乡村振兴局", "rural revitalisation"),
    "disabled-persons-federation": ("残联", "disabled persons' federation"),
    "police": ("公安局", "police"),
    "justice": ("司法局", "justice"),
    "publicity": ("宣传部门", "publicity"),
    "education": ("教育局", "education"),
    "collector": ("代收人员", "collectors"),
    "government": ("县人民政府", "county government"),
    "public": ("群众", "the public"),
    "offices": ("相关部门", "the offices concerned"),
    "other departments": ("其他部门", "other departments"),
    "fiscal account": ("财政专户", "fiscal account"),
    "clerks and agents": ("经办人和协理员", "clerks and agents"),
    "townships": ("各乡（镇）", "townships"),
    "risk working group": ("风险排查工作组", "risk working group"),
    "trade-union": ("总工会", "trade union"),
    "water-resources": ("水利局", "water resources"),
    "development-reform": ("发改委", "development and reform"),
    "tax, medical-insurance, human-resources": ("税务、医保、人社", "tax, medical insurance, human resources"),
    "trade-union, water-resources": ("总工会、水利局", "trade union, water resources"),
}
"""Who owes or is owed, beside those whom suspicions are pushed to."""


def office_name(office: str) -> Pair:
    """Return an office's name, the id itself where it has none."""
    return OFFICES.get(office) or MORE_OFFICES.get(office, (office, office))


def duty_name(duty: str, zh: str) -> Pair:
    """Return a duty's name: the policy's own in Chinese, its id, which is English words, in English."""
    return zh, duty.replace("-", " ")
