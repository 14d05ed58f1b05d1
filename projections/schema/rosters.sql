-- rosters 应缴费人员台账: every version of every record, dated by listed_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.rosters (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    payer_name VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    division VARCHAR,
    category VARCHAR,
    amount_due_fen BIGINT,
    fiscal_share_fen BIGINT,
    listed_on DATE,
    phone VARCHAR,
    address VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.rosters IS '应缴费人员台账: every version of every record';
COMMENT ON COLUMN history.rosters.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.rosters.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.rosters.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.rosters.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.rosters.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.rosters.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.rosters.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.rosters.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.rosters.record_id IS '清册行号';
COMMENT ON COLUMN history.rosters.payer IS '身份证号码: token';
COMMENT ON COLUMN history.rosters.payer_valid IS '身份证号码: the number passes its check';
COMMENT ON COLUMN history.rosters.payer_born IS '身份证号码: year of birth';
COMMENT ON COLUMN history.rosters.payer_sex IS '身份证号码: m or f';
COMMENT ON COLUMN history.rosters.payer_name_birth IS '身份证号码: token of name and birth date';
COMMENT ON COLUMN history.rosters.payer_near IS '身份证号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.rosters.payer_name IS '姓名: token';
COMMENT ON COLUMN history.rosters.fee IS '险种';
COMMENT ON COLUMN history.rosters.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.rosters.division IS '村（社区）代码';
COMMENT ON COLUMN history.rosters.category IS '人员类别';
COMMENT ON COLUMN history.rosters.amount_due_fen IS '应缴金额 (fen)';
COMMENT ON COLUMN history.rosters.fiscal_share_fen IS '财政代缴金额 (fen)';
COMMENT ON COLUMN history.rosters.listed_on IS '清册日期';
COMMENT ON COLUMN history.rosters.phone IS '联系电话: keyed hash of the sealed text';
COMMENT ON COLUMN history.rosters.address IS '村组: keyed hash of the sealed text';
COMMENT ON COLUMN history.rosters.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.rosters.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.rosters.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.rosters.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.rosters.defects IS 'columns whose value could not be read or fails its check';
