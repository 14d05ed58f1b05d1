-- whitelist 白名单: every version of every record, dated by agreed_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.whitelist (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    fee VARCHAR,
    fee_year BIGINT,
    kind VARCHAR,
    reason VARCHAR,
    agreed_on DATE,
    valid_until DATE,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.whitelist IS '白名单: every version of every record';
COMMENT ON COLUMN history.whitelist.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.whitelist.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.whitelist.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.whitelist.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.whitelist.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.whitelist.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.whitelist.record_id IS '白名单编号';
COMMENT ON COLUMN history.whitelist.payer IS '身份证号码: token';
COMMENT ON COLUMN history.whitelist.payer_valid IS '身份证号码: the number passes its check';
COMMENT ON COLUMN history.whitelist.payer_born IS '身份证号码: year of birth';
COMMENT ON COLUMN history.whitelist.payer_sex IS '身份证号码: m or f';
COMMENT ON COLUMN history.whitelist.payer_name_birth IS '身份证号码: token of name and birth date';
COMMENT ON COLUMN history.whitelist.payer_near IS '身份证号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.whitelist.fee IS '险种';
COMMENT ON COLUMN history.whitelist.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.whitelist.kind IS '白名单类型';
COMMENT ON COLUMN history.whitelist.reason IS '原因: keyed hash of the sealed text';
COMMENT ON COLUMN history.whitelist.agreed_on IS '认定日期';
COMMENT ON COLUMN history.whitelist.valid_until IS '有效期至';
COMMENT ON COLUMN history.whitelist.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.whitelist.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.whitelist.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.whitelist.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.whitelist.defects IS 'columns whose value could not be read or fails its check';
