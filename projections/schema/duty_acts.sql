-- duty-acts 履职登记: every version of every record, dated by done_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.duty_acts (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    duty VARCHAR,
    department VARCHAR,
    division VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    period VARCHAR,
    done_on DATE,
    count BIGINT,
    amount_fen BIGINT,
    signed BOOLEAN,
    sealed BOOLEAN,
    document_no VARCHAR,
    attachment_sha256 VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.duty_acts IS '履职登记: every version of every record';
COMMENT ON COLUMN history.duty_acts.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.duty_acts.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.duty_acts.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.duty_acts.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.duty_acts.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.duty_acts.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.duty_acts.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.duty_acts.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.duty_acts.record_id IS '登记编号';
COMMENT ON COLUMN history.duty_acts.duty IS '职责事项';
COMMENT ON COLUMN history.duty_acts.department IS '责任单位';
COMMENT ON COLUMN history.duty_acts.division IS '行政区划代码';
COMMENT ON COLUMN history.duty_acts.fee IS '险种';
COMMENT ON COLUMN history.duty_acts.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.duty_acts.period IS '所属期';
COMMENT ON COLUMN history.duty_acts.done_on IS '完成日期';
COMMENT ON COLUMN history.duty_acts.count IS '数量';
COMMENT ON COLUMN history.duty_acts.amount_fen IS '金额 (fen)';
COMMENT ON COLUMN history.duty_acts.signed IS '负责人签字';
COMMENT ON COLUMN history.duty_acts.sealed IS '加盖公章';
COMMENT ON COLUMN history.duty_acts.document_no IS '文号';
COMMENT ON COLUMN history.duty_acts.attachment_sha256 IS '附件指纹';
COMMENT ON COLUMN history.duty_acts.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.duty_acts.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.duty_acts.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.duty_acts.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.duty_acts.defects IS 'columns whose value could not be read or fails its check';
