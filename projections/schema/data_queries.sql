-- data-queries 异常数据反馈: every version of every record, dated by raised_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.data_queries (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    fee VARCHAR,
    about VARCHAR,
    received_on DATE,
    raised_on DATE,
    forwarded_to VARCHAR,
    forwarded_on DATE,
    confirmed_on DATE,
    answered_on DATE,
    result VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.data_queries IS '异常数据反馈: every version of every record';
COMMENT ON COLUMN history.data_queries.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.data_queries.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.data_queries.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.data_queries.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.data_queries.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.data_queries.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.data_queries.record_id IS '反馈编号';
COMMENT ON COLUMN history.data_queries.payer IS '证件号码: token';
COMMENT ON COLUMN history.data_queries.payer_valid IS '证件号码: the number passes its check';
COMMENT ON COLUMN history.data_queries.payer_born IS '证件号码: year of birth';
COMMENT ON COLUMN history.data_queries.payer_sex IS '证件号码: m or f';
COMMENT ON COLUMN history.data_queries.payer_name_birth IS '证件号码: token of name and birth date';
COMMENT ON COLUMN history.data_queries.payer_near IS '证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.data_queries.fee IS '险种';
COMMENT ON COLUMN history.data_queries.about IS '异常内容: keyed hash of the sealed text';
COMMENT ON COLUMN history.data_queries.received_on IS '接收数据日期';
COMMENT ON COLUMN history.data_queries.raised_on IS '反馈日期';
COMMENT ON COLUMN history.data_queries.forwarded_to IS '转交单位';
COMMENT ON COLUMN history.data_queries.forwarded_on IS '转交日期';
COMMENT ON COLUMN history.data_queries.confirmed_on IS '确认日期';
COMMENT ON COLUMN history.data_queries.answered_on IS '答复日期';
COMMENT ON COLUMN history.data_queries.result IS '核实结果: keyed hash of the sealed text';
COMMENT ON COLUMN history.data_queries.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.data_queries.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.data_queries.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.data_queries.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.data_queries.defects IS 'columns whose value could not be read or fails its check';
