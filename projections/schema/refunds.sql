-- refunds 退费清册: every version of every record, dated by refunded_at. Generated from domain/contracts; do not edit.
CREATE TABLE history.refunds (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    payment_id VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    payer_name VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    amount_fen BIGINT,
    reason VARCHAR,
    approved_on DATE,
    refunded_at TIMESTAMP,
    refunded_on DATE,
    timed BOOLEAN,
    listed_on DATE,
    refund_account VARCHAR,
    refund_account_weak VARCHAR,
    refund_account_masked BOOLEAN,
    refund_account_last4 VARCHAR,
    account_holder VARCHAR,
    account_holder_valid BOOLEAN,
    account_holder_born INTEGER,
    account_holder_sex VARCHAR,
    account_holder_name_birth VARCHAR,
    account_holder_near VARCHAR[],
    collector_id VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.refunds IS '退费清册: every version of every record';
COMMENT ON COLUMN history.refunds.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.refunds.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.refunds.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.refunds.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.refunds.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.refunds.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.refunds.record_id IS '退费流水号';
COMMENT ON COLUMN history.refunds.payment_id IS '原缴费流水号';
COMMENT ON COLUMN history.refunds.payer IS '证件号码: token';
COMMENT ON COLUMN history.refunds.payer_valid IS '证件号码: the number passes its check';
COMMENT ON COLUMN history.refunds.payer_born IS '证件号码: year of birth';
COMMENT ON COLUMN history.refunds.payer_sex IS '证件号码: m or f';
COMMENT ON COLUMN history.refunds.payer_name_birth IS '证件号码: token of name and birth date';
COMMENT ON COLUMN history.refunds.payer_near IS '证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.refunds.payer_name IS '姓名: token';
COMMENT ON COLUMN history.refunds.fee IS '征收项目';
COMMENT ON COLUMN history.refunds.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.refunds.amount_fen IS '退费金额 (fen)';
COMMENT ON COLUMN history.refunds.reason IS '退费原因';
COMMENT ON COLUMN history.refunds.approved_on IS '审批日期';
COMMENT ON COLUMN history.refunds.refunded_at IS '退费时间 (+08:00)';
COMMENT ON COLUMN history.refunds.refunded_on IS '退费时间: the day';
COMMENT ON COLUMN history.refunds.timed IS '退费时间: false where the source gave a day without a time';
COMMENT ON COLUMN history.refunds.listed_on IS '清册反馈日期';
COMMENT ON COLUMN history.refunds.refund_account IS '退费账户: token';
COMMENT ON COLUMN history.refunds.refund_account_weak IS '退费账户: token of first six and last four digits; may collide';
COMMENT ON COLUMN history.refunds.refund_account_masked IS '退费账户: the source showed a part only';
COMMENT ON COLUMN history.refunds.refund_account_last4 IS '退费账户: last four characters';
COMMENT ON COLUMN history.refunds.account_holder IS '账户开户人证件号码: token';
COMMENT ON COLUMN history.refunds.account_holder_valid IS '账户开户人证件号码: the number passes its check';
COMMENT ON COLUMN history.refunds.account_holder_born IS '账户开户人证件号码: year of birth';
COMMENT ON COLUMN history.refunds.account_holder_sex IS '账户开户人证件号码: m or f';
COMMENT ON COLUMN history.refunds.account_holder_name_birth IS '账户开户人证件号码: token of name and birth date';
COMMENT ON COLUMN history.refunds.account_holder_near IS '账户开户人证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.refunds.collector_id IS '经办人';
COMMENT ON COLUMN history.refunds.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.refunds.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.refunds.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.refunds.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.refunds.defects IS 'columns whose value could not be read or fails its check';
