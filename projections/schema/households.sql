-- households 户籍家庭关系: every version of every record, dated by valid_from. Generated from domain/contracts; do not edit.
CREATE TABLE history.households (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    household_no VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    relation VARCHAR,
    division VARCHAR,
    valid_from DATE,
    valid_to DATE,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.households IS '户籍家庭关系: every version of every record';
COMMENT ON COLUMN history.households.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.households.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.households.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.households.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.households.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.households.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.households.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.households.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.households.record_id IS '户籍记录号';
COMMENT ON COLUMN history.households.household_no IS '户号';
COMMENT ON COLUMN history.households.payer IS '身份证号码: token';
COMMENT ON COLUMN history.households.payer_valid IS '身份证号码: the number passes its check';
COMMENT ON COLUMN history.households.payer_born IS '身份证号码: year of birth';
COMMENT ON COLUMN history.households.payer_sex IS '身份证号码: m or f';
COMMENT ON COLUMN history.households.payer_name_birth IS '身份证号码: token of name and birth date';
COMMENT ON COLUMN history.households.payer_near IS '身份证号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.households.relation IS '与户主关系';
COMMENT ON COLUMN history.households.division IS '村（社区）代码';
COMMENT ON COLUMN history.households.valid_from IS '登记日期';
COMMENT ON COLUMN history.households.valid_to IS '注销日期';
COMMENT ON COLUMN history.households.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.households.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.households.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.households.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.households.defects IS 'columns whose value could not be read or fails its check';
