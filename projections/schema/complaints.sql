-- complaints 举报登记: every version of every record, dated by received_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.complaints (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    received_on DATE,
    received_by VARCHAR,
    about VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    collector_id VARCHAR,
    terminal_id VARCHAR,
    division VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    amount_fen BIGINT,
    reporter VARCHAR,
    text VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.complaints IS '举报登记: every version of every record';
COMMENT ON COLUMN history.complaints.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.complaints.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.complaints.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.complaints.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.complaints.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.complaints.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.complaints.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.complaints.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.complaints.record_id IS '举报编号';
COMMENT ON COLUMN history.complaints.received_on IS '受理日期';
COMMENT ON COLUMN history.complaints.received_by IS '受理单位';
COMMENT ON COLUMN history.complaints.about IS '举报事项';
COMMENT ON COLUMN history.complaints.payer IS '涉及缴费人证件号码: token';
COMMENT ON COLUMN history.complaints.payer_valid IS '涉及缴费人证件号码: the number passes its check';
COMMENT ON COLUMN history.complaints.payer_born IS '涉及缴费人证件号码: year of birth';
COMMENT ON COLUMN history.complaints.payer_sex IS '涉及缴费人证件号码: m or f';
COMMENT ON COLUMN history.complaints.payer_name_birth IS '涉及缴费人证件号码: token of name and birth date';
COMMENT ON COLUMN history.complaints.payer_near IS '涉及缴费人证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.complaints.collector_id IS '被举报人编号';
COMMENT ON COLUMN history.complaints.terminal_id IS '终端号';
COMMENT ON COLUMN history.complaints.division IS '涉及村（社区）代码';
COMMENT ON COLUMN history.complaints.fee IS '险种';
COMMENT ON COLUMN history.complaints.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.complaints.amount_fen IS '涉及金额 (fen)';
COMMENT ON COLUMN history.complaints.reporter IS '举报人: keyed hash of the sealed text';
COMMENT ON COLUMN history.complaints.text IS '举报内容: keyed hash of the sealed text';
COMMENT ON COLUMN history.complaints.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.complaints.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.complaints.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.complaints.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.complaints.defects IS 'columns whose value could not be read or fails its check';
