-- terminals POS终端台账: every version of every record, dated by installed_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.terminals (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    merchant_id VARCHAR,
    division VARCHAR,
    collector_id VARCHAR,
    installed_on DATE,
    withdrawn_on DATE,
    location VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.terminals IS 'POS终端台账: every version of every record';
COMMENT ON COLUMN history.terminals.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.terminals.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.terminals.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.terminals.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.terminals.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.terminals.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.terminals.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.terminals.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.terminals.record_id IS '终端号';
COMMENT ON COLUMN history.terminals.merchant_id IS '商户号';
COMMENT ON COLUMN history.terminals.division IS '布放村（社区）代码';
COMMENT ON COLUMN history.terminals.collector_id IS '保管人编号';
COMMENT ON COLUMN history.terminals.installed_on IS '布放日期';
COMMENT ON COLUMN history.terminals.withdrawn_on IS '撤机日期';
COMMENT ON COLUMN history.terminals.location IS '布放位置';
COMMENT ON COLUMN history.terminals.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.terminals.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.terminals.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.terminals.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.terminals.defects IS 'columns whose value could not be read or fails its check';
