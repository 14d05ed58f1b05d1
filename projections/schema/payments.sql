-- payments 缴费明细: every version of every record, dated by paid_at. Generated from domain/contracts; do not edit.
CREATE TABLE history.payments (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    payer_id_type VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    payer_name VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    tier_fen BIGINT,
    amount_fen BIGINT,
    channel VARCHAR,
    paid_at TIMESTAMP,
    paid_on DATE,
    timed BOOLEAN,
    posted_on DATE,
    division VARCHAR,
    collector_id VARCHAR,
    terminal_id VARCHAR,
    pos_reference VARCHAR,
    assessment_id VARCHAR,
    receipt_no VARCHAR,
    treasury_account VARCHAR,
    payer_account VARCHAR,
    payer_account_weak VARCHAR,
    payer_account_masked BOOLEAN,
    payer_account_last4 VARCHAR,
    paid_by VARCHAR,
    paid_by_valid BOOLEAN,
    paid_by_born INTEGER,
    paid_by_sex VARCHAR,
    paid_by_name_birth VARCHAR,
    paid_by_near VARCHAR[],
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.payments IS '缴费明细: every version of every record';
COMMENT ON COLUMN history.payments.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.payments.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.payments.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.payments.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.payments.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.payments.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.payments.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.payments.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.payments.record_id IS '缴费流水号';
COMMENT ON COLUMN history.payments.payer_id_type IS '证件类型';
COMMENT ON COLUMN history.payments.payer IS '证件号码: token';
COMMENT ON COLUMN history.payments.payer_valid IS '证件号码: the number passes its check';
COMMENT ON COLUMN history.payments.payer_born IS '证件号码: year of birth';
COMMENT ON COLUMN history.payments.payer_sex IS '证件号码: m or f';
COMMENT ON COLUMN history.payments.payer_name_birth IS '证件号码: token of name and birth date';
COMMENT ON COLUMN history.payments.payer_near IS '证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.payments.payer_name IS '姓名: token';
COMMENT ON COLUMN history.payments.fee IS '征收项目';
COMMENT ON COLUMN history.payments.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.payments.tier_fen IS '缴费档次 (fen)';
COMMENT ON COLUMN history.payments.amount_fen IS '实缴金额 (fen)';
COMMENT ON COLUMN history.payments.channel IS '缴费渠道';
COMMENT ON COLUMN history.payments.paid_at IS '缴费时间 (+08:00)';
COMMENT ON COLUMN history.payments.paid_on IS '缴费时间: the day';
COMMENT ON COLUMN history.payments.timed IS '缴费时间: false where the source gave a day without a time';
COMMENT ON COLUMN history.payments.posted_on IS '入库日期';
COMMENT ON COLUMN history.payments.division IS '村（社区）代码';
COMMENT ON COLUMN history.payments.collector_id IS '代收人编号';
COMMENT ON COLUMN history.payments.terminal_id IS 'POS终端号';
COMMENT ON COLUMN history.payments.pos_reference IS 'POS参考号';
COMMENT ON COLUMN history.payments.assessment_id IS '核定编号';
COMMENT ON COLUMN history.payments.receipt_no IS '票证号码';
COMMENT ON COLUMN history.payments.treasury_account IS '入库账户';
COMMENT ON COLUMN history.payments.payer_account IS '付款账户: token';
COMMENT ON COLUMN history.payments.payer_account_weak IS '付款账户: token of first six and last four digits; may collide';
COMMENT ON COLUMN history.payments.payer_account_masked IS '付款账户: the source showed a part only';
COMMENT ON COLUMN history.payments.payer_account_last4 IS '付款账户: last four characters';
COMMENT ON COLUMN history.payments.paid_by IS '付款人证件号码: token';
COMMENT ON COLUMN history.payments.paid_by_valid IS '付款人证件号码: the number passes its check';
COMMENT ON COLUMN history.payments.paid_by_born IS '付款人证件号码: year of birth';
COMMENT ON COLUMN history.payments.paid_by_sex IS '付款人证件号码: m or f';
COMMENT ON COLUMN history.payments.paid_by_name_birth IS '付款人证件号码: token of name and birth date';
COMMENT ON COLUMN history.payments.paid_by_near IS '付款人证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.payments.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.payments.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.payments.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.payments.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.payments.defects IS 'columns whose value could not be read or fails its check';
