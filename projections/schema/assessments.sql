-- assessments 非税收入核定推送: every version of every record, dated by assessed_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.assessments (
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
    period VARCHAR,
    amount_fen BIGINT,
    due_on DATE,
    assessed_by VARCHAR,
    assessed_on DATE,
    division VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.assessments IS '非税收入核定推送: every version of every record';
COMMENT ON COLUMN history.assessments.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.assessments.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.assessments.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.assessments.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.assessments.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.assessments.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.assessments.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.assessments.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.assessments.record_id IS '核定编号';
COMMENT ON COLUMN history.assessments.payer_id_type IS '证件类型';
COMMENT ON COLUMN history.assessments.payer IS '统一社会信用代码: token';
COMMENT ON COLUMN history.assessments.payer_valid IS '统一社会信用代码: the number passes its check';
COMMENT ON COLUMN history.assessments.payer_born IS '统一社会信用代码: year of birth';
COMMENT ON COLUMN history.assessments.payer_sex IS '统一社会信用代码: m or f';
COMMENT ON COLUMN history.assessments.payer_name_birth IS '统一社会信用代码: token of name and birth date';
COMMENT ON COLUMN history.assessments.payer_near IS '统一社会信用代码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.assessments.payer_name IS '缴费人名称: token';
COMMENT ON COLUMN history.assessments.fee IS '征收项目';
COMMENT ON COLUMN history.assessments.period IS '所属期';
COMMENT ON COLUMN history.assessments.amount_fen IS '核定金额 (fen)';
COMMENT ON COLUMN history.assessments.due_on IS '缴款期限';
COMMENT ON COLUMN history.assessments.assessed_by IS '核定部门';
COMMENT ON COLUMN history.assessments.assessed_on IS '核定日期';
COMMENT ON COLUMN history.assessments.division IS '行政区划代码';
COMMENT ON COLUMN history.assessments.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.assessments.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.assessments.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.assessments.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.assessments.defects IS 'columns whose value could not be read or fails its check';
