-- entitlements 权益记录明细: every version of every record, dated by recorded_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.entitlements (
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
    fee VARCHAR,
    fee_year BIGINT,
    amount_fen BIGINT,
    recorded_on DATE,
    reversed_on DATE,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.entitlements IS '权益记录明细: every version of every record';
COMMENT ON COLUMN history.entitlements.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.entitlements.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.entitlements.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.entitlements.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.entitlements.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.entitlements.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.entitlements.record_id IS '权益记录号';
COMMENT ON COLUMN history.entitlements.payment_id IS '对应缴费流水号';
COMMENT ON COLUMN history.entitlements.payer IS '证件号码: token';
COMMENT ON COLUMN history.entitlements.payer_valid IS '证件号码: the number passes its check';
COMMENT ON COLUMN history.entitlements.payer_born IS '证件号码: year of birth';
COMMENT ON COLUMN history.entitlements.payer_sex IS '证件号码: m or f';
COMMENT ON COLUMN history.entitlements.payer_name_birth IS '证件号码: token of name and birth date';
COMMENT ON COLUMN history.entitlements.payer_near IS '证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.entitlements.fee IS '险种';
COMMENT ON COLUMN history.entitlements.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.entitlements.amount_fen IS '记录金额 (fen)';
COMMENT ON COLUMN history.entitlements.recorded_on IS '记录日期';
COMMENT ON COLUMN history.entitlements.reversed_on IS '冲减日期';
COMMENT ON COLUMN history.entitlements.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.entitlements.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.entitlements.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.entitlements.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.entitlements.defects IS 'columns whose value could not be read or fails its check';
