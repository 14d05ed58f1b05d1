"""collectors 代收人员名册. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Account, Defect, Fact, Identity
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class CollectorRecorded(Fact, frozen=True):
    """代收人员名册: recorded."""

    record_id: str
    name: str
    role: str
    division: tuple[str, ...]
    appointed_on: date
    person: Identity | None = None
    relieved_on: date | None = None
    phone: str | None = None
    duties: str | None = None
    announced_on: date | None = None
    publicised_on: date | None = None
    own_accounts: tuple[Account, ...] = ()
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class CollectorAmended(CollectorRecorded, frozen=True, kw_only=True):
    """代收人员名册: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="collectors",
    zh="代收人员名册",
    topic="collector",
    own_date="appointed_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("代收人编号",), column="record_id"),
        Field("name", "string", required=True, personal=True, zh=("姓名",), stands="name", column="name"),
        Field("id_number", "identity", personal=True, zh=("身份证号码",), stands="identity", column="person"),
        Field("role", "enum", required=True, zh=("职务",), values=("village-agent", "township-clerk", "village-head", "group-head", "work-team-head", "bank-agent", "group-payer", "other"), zh_values={"社保协理员": "village-agent", "协理员": "village-agent", "劳动和社会保障专干": "township-clerk", "劳动保障专干": "township-clerk", "专干": "township-clerk", "村党支部书记": "village-head", "村委会主任": "village-head", "村主任": "village-head", "村民小组长": "group-head", "居民组长": "group-head", "“访惠聚”工作队长": "work-team-head", "银行代办员": "bank-agent", "代办单位": "group-payer", "学校": "group-payer", "其他": "other"}, column="role"),
        Field("division", "list", required=True, zh=("负责村（社区）代码", "负责村社区代码"), of="division", column="division"),
        Field("appointed_on", "date", required=True, zh=("聘任日期",), column="appointed_on"),
        Field("relieved_on", "date", zh=("离任日期",), column="relieved_on"),
        Field("phone", "string", personal=True, zh=("联系方式",), stands="sealed", column="phone"),
        Field("duties", "string", zh=("负责事项",), column="duties"),
        Field("announced_on", "date", zh=("报备日期",), column="announced_on"),
        Field("publicised_on", "date", zh=("公示日期",), column="publicised_on"),
        Field("own_accounts", "list", personal=True, zh=("本人账户",), stands="account", column="own_accounts"),
        CHANGED_AT,
    ),
    recorded=CollectorRecorded,
    amended=CollectorAmended,
)
register_topic("collector.Recorded.v1", CollectorRecorded)
register_topic("collector.Amended.v1", CollectorAmended)
