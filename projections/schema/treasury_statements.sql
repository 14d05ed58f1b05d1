-- treasury-statements 国库入库对账单: every version of every record, dated by received_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.treasury_statements (
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
    received_on DATE,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.treasury_statements IS '国库入库对账单: every version of every record';
COMMENT ON COLUMN history.treasury_statements.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.treasury_statements.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.treasury_statements.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.treasury_statements.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.treasury_statements.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.treasury_statements.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.treasury_statements.record_id IS '对账单行号';
COMMENT ON COLUMN history.treasury_statements.month IS '所属月份';
COMMENT ON COLUMN history.treasury_statements.fee IS '险种';
COMMENT ON COLUMN history.treasury_statements.account IS '账户';
COMMENT ON COLUMN history.treasury_statements.amount_fen IS '入库金额 (fen)';
COMMENT ON COLUMN history.treasury_statements.count IS '入库笔数';
COMMENT ON COLUMN history.treasury_statements.received_on IS '收到日期';
COMMENT ON COLUMN history.treasury_statements.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.treasury_statements.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.treasury_statements.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.treasury_statements.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.treasury_statements.defects IS 'columns whose value could not be read or fails its check';
