-- payment-voids 缴费冲正明细: every version of every record, dated by voided_at. Generated from domain/contracts; do not edit.
CREATE TABLE history.payment_voids (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    payment_id VARCHAR,
    voided_at TIMESTAMP,
    voided_on DATE,
    timed BOOLEAN,
    reason VARCHAR,
    operator_id VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.payment_voids IS '缴费冲正明细: every version of every record';
COMMENT ON COLUMN history.payment_voids.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.payment_voids.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.payment_voids.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.payment_voids.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.payment_voids.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.payment_voids.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.payment_voids.record_id IS '冲正流水号';
COMMENT ON COLUMN history.payment_voids.payment_id IS '原缴费流水号';
COMMENT ON COLUMN history.payment_voids.voided_at IS '冲正时间 (+08:00)';
COMMENT ON COLUMN history.payment_voids.voided_on IS '冲正时间: the day';
COMMENT ON COLUMN history.payment_voids.timed IS '冲正时间: false where the source gave a day without a time';
COMMENT ON COLUMN history.payment_voids.reason IS '冲正原因: keyed hash of the sealed text';
COMMENT ON COLUMN history.payment_voids.operator_id IS '操作人';
COMMENT ON COLUMN history.payment_voids.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.payment_voids.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.payment_voids.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.payment_voids.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.payment_voids.defects IS 'columns whose value could not be read or fails its check';
