-- pos-transactions POS交易流水: every version of every record, dated by occurred_at. Generated from domain/contracts; do not edit.
CREATE TABLE history.pos_transactions (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    terminal_id VARCHAR,
    merchant_id VARCHAR,
    kind VARCHAR,
    amount_fen BIGINT,
    card VARCHAR,
    card_weak VARCHAR,
    card_masked BOOLEAN,
    card_last4 VARCHAR,
    card_kind VARCHAR,
    issuer VARCHAR,
    cardholder VARCHAR,
    cardholder_valid BOOLEAN,
    cardholder_born INTEGER,
    cardholder_sex VARCHAR,
    cardholder_name_birth VARCHAR,
    cardholder_near VARCHAR[],
    occurred_at TIMESTAMP,
    occurred_on DATE,
    timed BOOLEAN,
    settled_on DATE,
    trace_no VARCHAR,
    response_code VARCHAR,
    entry_mode VARCHAR,
    original_id VARCHAR,
    location VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.pos_transactions IS 'POS交易流水: every version of every record';
COMMENT ON COLUMN history.pos_transactions.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.pos_transactions.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.pos_transactions.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.pos_transactions.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.pos_transactions.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.pos_transactions.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.pos_transactions.record_id IS '系统参考号';
COMMENT ON COLUMN history.pos_transactions.terminal_id IS '终端号';
COMMENT ON COLUMN history.pos_transactions.merchant_id IS '商户号';
COMMENT ON COLUMN history.pos_transactions.kind IS '交易类型';
COMMENT ON COLUMN history.pos_transactions.amount_fen IS '交易金额 (fen)';
COMMENT ON COLUMN history.pos_transactions.card IS '卡号: token';
COMMENT ON COLUMN history.pos_transactions.card_weak IS '卡号: token of first six and last four digits; may collide';
COMMENT ON COLUMN history.pos_transactions.card_masked IS '卡号: the source showed a part only';
COMMENT ON COLUMN history.pos_transactions.card_last4 IS '卡号: last four characters';
COMMENT ON COLUMN history.pos_transactions.card_kind IS '卡类型';
COMMENT ON COLUMN history.pos_transactions.issuer IS '发卡行';
COMMENT ON COLUMN history.pos_transactions.cardholder IS '持卡人证件号码: token';
COMMENT ON COLUMN history.pos_transactions.cardholder_valid IS '持卡人证件号码: the number passes its check';
COMMENT ON COLUMN history.pos_transactions.cardholder_born IS '持卡人证件号码: year of birth';
COMMENT ON COLUMN history.pos_transactions.cardholder_sex IS '持卡人证件号码: m or f';
COMMENT ON COLUMN history.pos_transactions.cardholder_name_birth IS '持卡人证件号码: token of name and birth date';
COMMENT ON COLUMN history.pos_transactions.cardholder_near IS '持卡人证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.pos_transactions.occurred_at IS '交易时间 (+08:00)';
COMMENT ON COLUMN history.pos_transactions.occurred_on IS '交易时间: the day';
COMMENT ON COLUMN history.pos_transactions.timed IS '交易时间: false where the source gave a day without a time';
COMMENT ON COLUMN history.pos_transactions.settled_on IS '清算日期';
COMMENT ON COLUMN history.pos_transactions.trace_no IS '凭证号';
COMMENT ON COLUMN history.pos_transactions.response_code IS '应答码';
COMMENT ON COLUMN history.pos_transactions.entry_mode IS '输入方式';
COMMENT ON COLUMN history.pos_transactions.original_id IS '原交易参考号';
COMMENT ON COLUMN history.pos_transactions.location IS '交易位置';
COMMENT ON COLUMN history.pos_transactions.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.pos_transactions.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.pos_transactions.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.pos_transactions.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.pos_transactions.defects IS 'columns whose value could not be read or fails its check';
