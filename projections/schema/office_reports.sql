-- office-reports 社保费月报: every version of every record, dated by received_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.office_reports (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    month VARCHAR,
    fee VARCHAR,
    account VARCHAR,
    amount_fen BIGINT,
    count BIGINT,
    reason VARCHAR,
    received_on DATE,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.office_reports IS '社保费月报: every version of every record';
COMMENT ON COLUMN history.office_reports.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.office_reports.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.office_reports.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.office_reports.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.office_reports.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.office_reports.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.office_reports.record_id IS '月报行号';
COMMENT ON COLUMN history.office_reports.month IS '所属月份';
COMMENT ON COLUMN history.office_reports.fee IS '险种';
COMMENT ON COLUMN history.office_reports.account IS '账户';
COMMENT ON COLUMN history.office_reports.amount_fen IS '金额 (fen)';
COMMENT ON COLUMN history.office_reports.count IS '笔数';
COMMENT ON COLUMN history.office_reports.reason IS '差异原因: keyed hash of the sealed text';
COMMENT ON COLUMN history.office_reports.received_on IS '收到日期';
COMMENT ON COLUMN history.office_reports.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.office_reports.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.office_reports.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.office_reports.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.office_reports.defects IS 'columns whose value could not be read or fails its check';
