-- receipt-books 票据领用登记: every version of every record, dated by issued_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.receipt_books (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    collector_id VARCHAR,
    first_no VARCHAR,
    last_no VARCHAR,
    issued_on DATE,
    returned_on DATE,
    voided VARCHAR[],
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.receipt_books IS '票据领用登记: every version of every record';
COMMENT ON COLUMN history.receipt_books.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.receipt_books.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.receipt_books.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.receipt_books.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.receipt_books.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.receipt_books.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.receipt_books.record_id IS '领用编号';
COMMENT ON COLUMN history.receipt_books.collector_id IS '领用人编号';
COMMENT ON COLUMN history.receipt_books.first_no IS '起始号码';
COMMENT ON COLUMN history.receipt_books.last_no IS '终止号码';
COMMENT ON COLUMN history.receipt_books.issued_on IS '领用日期';
COMMENT ON COLUMN history.receipt_books.returned_on IS '缴销日期';
COMMENT ON COLUMN history.receipt_books.voided IS '作废号码';
COMMENT ON COLUMN history.receipt_books.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.receipt_books.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.receipt_books.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.receipt_books.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.receipt_books.defects IS 'columns whose value could not be read or fails its check';
