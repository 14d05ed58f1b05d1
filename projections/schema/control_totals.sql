-- control-totals 数据对账总数: every version of every record, dated by day. Generated from domain/contracts; do not edit.
CREATE TABLE history.control_totals (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    of_source VARCHAR,
    of_type VARCHAR,
    day DATE,
    count BIGINT,
    amount_fen BIGINT,
    first_no VARCHAR,
    last_no VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.control_totals IS '数据对账总数: every version of every record';
COMMENT ON COLUMN history.control_totals.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.control_totals.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.control_totals.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.control_totals.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.control_totals.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.control_totals.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.control_totals.record_id IS '对账编号';
COMMENT ON COLUMN history.control_totals.of_source IS '数据来源系统';
COMMENT ON COLUMN history.control_totals.of_type IS '记录类型';
COMMENT ON COLUMN history.control_totals.day IS '业务日期';
COMMENT ON COLUMN history.control_totals.count IS '记录数';
COMMENT ON COLUMN history.control_totals.amount_fen IS '金额合计 (fen)';
COMMENT ON COLUMN history.control_totals.first_no IS '起始序号';
COMMENT ON COLUMN history.control_totals.last_no IS '终止序号';
COMMENT ON COLUMN history.control_totals.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.control_totals.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.control_totals.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.control_totals.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.control_totals.defects IS 'columns whose value could not be read or fails its check';
