"""The open books of one township: records are entered here in any order and numbered when the township is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from simulation.days import MEDICAL, PENSION_ACCOUNT, Window, after_workdays, at
from simulation.office_rows import DutyAct
from simulation.people import Person
from simulation.places import Village
from simulation.rows import (
    CashReceipt,
    Collector,
    Complaint,
    DataQuery,
    Entitlement,
    HouseholdMember,
    Payment,
    PaymentVoid,
    PosTransaction,
    Refund,
    RosterLine,
    Row,
    Slip,
    StatusChange,
    Terminal,
    WhitelistLine,
)
from simulation.staff import Agent, Team

Record = tuple[str, Row | str]


@dataclass(slots=True)
class Books:
    """Everything recorded about one township."""

    rng: Random
    payments: list[Payment] = field(default_factory=list)
    voids: list[PaymentVoid] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    sales: list[PosTransaction] = field(default_factory=list)
    receipts: list[CashReceipt] = field(default_factory=list)
    entitlements: list[Entitlement] = field(default_factory=list)
    rosters: list[RosterLine] = field(default_factory=list)
    members: list[HouseholdMember] = field(default_factory=list)
    collectors: list[Collector] = field(default_factory=list)
    terminals: list[Terminal] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    changes: list[StatusChange] = field(default_factory=list)
    whitelist: list[WhitelistLine] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    queries: list[DataQuery] = field(default_factory=list)
    acts: list[DutyAct] = field(default_factory=list)

    def pay(
        self,
        person: Person,
        window: Window,
        amount: int,
        paid_at: datetime,
        channel: str,
        village: Village,
        *,
        account: str = "",
        payer: Person | None = None,
        agent: Agent | None = None,
        slip: Slip | None = None,
        sale: PosTransaction | None = None,
        tier: int | None = None,
        entitled: bool = True,
    ) -> Payment:
        """Enter a payment that posts in one to three days and, unless told otherwise, earns its entitlement."""
        posted_on = paid_at.date() + timedelta(days=1 + int(self.rng.random() * 3))
        payment = _blank_payment(person, window, village, amount, paid_at, channel)
        payment.posted_on, payment.tier, payment.receipt_no, payment.payer_account = posted_on, tier, slip, account
        if agent is not None:
            payment.collector_id = agent.id
        if sale is not None:
            payment.terminal_id, payment.pos_reference = sale.terminal_id, sale
        if payer is not None and payer is not person:
            payment.paid_by_id = payer.id_number
        return self._booked(payment, entitled=entitled)

    def _booked(self, payment: Payment, *, entitled: bool) -> Payment:
        self.payments.append(payment)
        if entitled:
            self.entitle(payment)
        return payment

    def entitle(self, payment: Payment, recorded_on: date | None = None) -> Entitlement:
        """Enter what the insurance office recorded, by default on the day of posting or the day after."""
        posted = payment.posted_on or payment.paid_at.date()
        line = Entitlement(
            payment_id=payment,
            payer_id=payment.payer_id,
            fee=payment.fee,
            fee_year=payment.fee_year,
            amount=payment.amount,
            recorded_on=recorded_on or posted + timedelta(days=int(self.rng.random() * 1.4)),
        )
        self.entitlements.append(line)
        return line

    def cancel_entitlement(self, payment: Payment) -> None:
        """Take back the entitlement of a payment that turned out to have been reversed the same day."""
        self.entitlements = [line for line in self.entitlements if line.payment_id is not payment]

    def slip(self, agent: Agent, torn_at: datetime, state: str = "used") -> Slip:
        """Tear a numbered receipt from the agent's book: used, voided (spoilt) or missing."""
        slip = Slip(collector_id=agent.id, torn_at=torn_at, state=state)
        self.slips.append(slip)
        return slip

    def cash(
        self,
        person: Person,
        window: Window,
        amount: int,
        received_at: datetime,
        agent: Agent,
        team: Team,
        slip: Slip | None = None,
    ) -> CashReceipt:
        """Enter a signed register line; it is handed in within the week after its season."""
        closes = max(window.closes, received_at.date())
        if window is not MEDICAL and received_at.date() > window.closes:
            closes = max(closes, MEDICAL.closes)
        line = CashReceipt(
            payer_id=person.id_number,
            payer_name=person.name,
            fee=window.fee,
            fee_year=window.year,
            amount=amount,
            received_at=received_at,
            collector_id=agent.id,
            division=team.village.code,
            receipt_no=slip or self.slip(agent, received_at),
            village_signatory_id=team.head.id_number,
            submitted_on=after_workdays(closes, 2 + agent.person.serial % 5),
        )
        self.receipts.append(line)
        return line

    def settle(
        self,
        line: CashReceipt,
        person: Person,
        window: Window,
        paid_at: datetime,
        agent: Agent,
        village: Village,
        *,
        amount: int | None = None,
        tier: int | None = None,
        entitled: bool = True,
    ) -> Payment:
        """Pay a register line in by the collector's hand."""
        paid = line.amount if amount is None else amount
        channel = "cash" if agent.person.serial % 3 else "client"
        payment = self.pay(
            person,
            window,
            paid,
            paid_at,
            channel,
            village,
            agent=agent,
            slip=line.receipt_no,
            tier=tier,
            entitled=entitled,
        )
        line.payment_id = payment
        line.remitted_on = paid_at.date()
        return payment

    def sale(
        self,
        terminal: Terminal,
        amount: int,
        occurred_at: datetime,
        card: str,
        card_kind: str,
        holder: str,
        kind: str = "sale",
        original: PosTransaction | None = None,
    ) -> PosTransaction:
        """Enter a line of the acquirer's log, settled the next day."""
        line = PosTransaction(
            terminal_id=terminal.record_id,
            merchant_id=terminal.merchant_id,
            kind=kind,
            amount=amount,
            card=card,
            card_kind=card_kind,
            issuer=("农业银行", "农村信用社", "邮储银行", "建设银行")[len(self.sales) % 4],
            cardholder_id=holder,
            occurred_at=occurred_at,
            settled_on=occurred_at.date() + timedelta(days=1),
            trace_no=f"{len(self.sales) % 999_999 + 1:06d}",
            entry_mode="chip" if self.rng.random() < 0.7 else "contactless",
            original_id=original,
            location=terminal.location,
        )
        self.sales.append(line)
        return line

    def void(self, payment: Payment, voided_at: datetime, reason: str, operator: str) -> PaymentVoid:
        """Reverse a payment before it posts; its entitlement is never recorded."""
        payment.posted_on = None
        self.cancel_entitlement(payment)
        line = PaymentVoid(payment_id=payment, voided_at=voided_at, reason=reason, operator_id=operator)
        self.voids.append(line)
        return line

    def refund(
        self,
        payment: Payment,
        day: date,
        amount: int,
        reason: str,
        account: str,
        holder: str,
        *,
        agent: Agent | None = None,
    ) -> Refund:
        """Pay a payment back, in part or whole; a whole one takes the entitlement with it."""
        line = Refund(
            payment_id=payment,
            payer_id=payment.payer_id,
            payer_name=payment.payer_name,
            fee=payment.fee,
            fee_year=payment.fee_year,
            amount=amount,
            reason=reason,
            approved_on=day - timedelta(days=2),
            refunded_at=at(day, 640 + int(self.rng.random() * 300)),
            listed_on=after_workdays(day, 1),
            refund_account=account,
            account_holder_id=holder,
            collector_id=agent.id if agent else "",
        )
        self.refunds.append(line)
        if amount == payment.amount:
            for entitlement in reversed(self.entitlements):
                if entitlement.payment_id is payment:
                    entitlement.reversed_on = day
                    break
        return line

    def change(self, person: Person, change: str, effective: date, department: str, category: str = "") -> StatusChange:
        """Enter a department's report of a person, within seven working days."""
        line = StatusChange(
            payer_id=person.id_number,
            change=change,
            category=category,
            effective_on=effective,
            notified_on=after_workdays(effective, 2 + int(self.rng.random() * 4)),
            department=department,
        )
        self.changes.append(line)
        return line

    def explain(
        self, person: Person, window: Window, kind: str, reason: str, agreed_on: date, valid_until: date
    ) -> WhitelistLine:
        """Put a person on the whitelist of a fee and year."""
        line = WhitelistLine(
            payer_id=person.id_number,
            fee=window.fee,
            fee_year=window.year,
            kind=kind,
            reason=reason,
            agreed_on=agreed_on,
            valid_until=valid_until,
        )
        self.whitelist.append(line)
        return line

    def complain(
        self,
        day: date,
        about: str,
        text: str,
        village: Village,
        *,
        person: Person | None = None,
        agent: Agent | None = None,
        window: Window | None = None,
        amount: int | None = None,
    ) -> Complaint:
        """Enter a report from the public."""
        line = Complaint(
            received_on=day,
            received_by=("discipline", "tax", "medical-insurance")[len(self.complaints) % 3],
            about=about,
            payer_id=person.id_number if person else "",
            collector_id=agent.id if agent else "",
            division=village.code,
            fee=window.fee if window else "",
            fee_year=window.year if window else None,
            amount=amount,
            reporter=person.name if person else "匿名",
            text=text,
        )
        self.complaints.append(line)
        return line


def is_pension(window: Window) -> bool:
    """Whether the fee is booked on the pension account."""
    return window.treasury_account == PENSION_ACCOUNT


def _blank_payment(
    person: Person, window: Window, village: Village, amount: int, paid_at: datetime, channel: str
) -> Payment:
    return Payment(
        payer_id=person.id_number,
        payer_name=person.name,
        fee=window.fee,
        fee_year=window.year,
        amount=amount,
        channel=channel,
        paid_at=paid_at,
        posted_on=None,
        division=village.code,
        treasury_account=window.treasury_account,
    )
