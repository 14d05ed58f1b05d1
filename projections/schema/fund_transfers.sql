-- fund-transfers 财政专户划转: every version of every record, dated by due_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.fund_transfers (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    kind VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    amount_fen BIGINT,
    due_on DATE,
    transferred_on DATE,
    account VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.fund_transfers IS '财政专户划转: every version of every record';
COMMENT ON COLUMN history.fund_transfers.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.fund_transfers.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.fund_transfers.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.fund_transfers.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.fund_transfers.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.fund_transfers.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.fund_transfers.record_id IS '划转编号';
COMMENT ON COLUMN history.fund_transfers.kind IS '资金类别';
COMMENT ON COLUMN history.fund_transfers.fee IS '险种';
COMMENT ON COLUMN history.fund_transfers.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.fund_transfers.amount_fen IS '划转金额 (fen)';
COMMENT ON COLUMN history.fund_transfers.due_on IS '应划转日期';
COMMENT ON COLUMN history.fund_transfers.transferred_on IS '划转日期';
COMMENT ON COLUMN history.fund_transfers.account IS '财政专户';
COMMENT ON COLUMN history.fund_transfers.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.fund_transfers.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.fund_transfers.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.fund_transfers.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.fund_transfers.defects IS 'columns whose value could not be read or fails its check';
