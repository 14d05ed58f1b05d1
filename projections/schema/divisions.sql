-- divisions 行政区划: every version of every record, dated by valid_from. Generated from domain/contracts; do not edit.
CREATE TABLE history.divisions (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    name VARCHAR,
    name_en VARCHAR,
    valid_from DATE,
    valid_to DATE,
    location VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.divisions IS '行政区划: every version of every record';
COMMENT ON COLUMN history.divisions.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.divisions.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.divisions.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.divisions.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.divisions.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.divisions.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.divisions.record_id IS '区划代码';
COMMENT ON COLUMN history.divisions.name IS '名称';
COMMENT ON COLUMN history.divisions.name_en IS '英文名称';
COMMENT ON COLUMN history.divisions.valid_from IS '启用日期';
COMMENT ON COLUMN history.divisions.valid_to IS '停用日期';
COMMENT ON COLUMN history.divisions.location IS '位置';
COMMENT ON COLUMN history.divisions.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.divisions.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.divisions.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.divisions.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.divisions.defects IS 'columns whose value could not be read or fails its check';
