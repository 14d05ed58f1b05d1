-- status-changes 人员身份变动: every version of every record, dated by effective_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.status_changes (
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
    change VARCHAR,
    category VARCHAR,
    effective_on DATE,
    notified_on DATE,
    department VARCHAR,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.status_changes IS '人员身份变动: every version of every record';
COMMENT ON COLUMN history.status_changes.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.status_changes.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.status_changes.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.status_changes.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.status_changes.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.status_changes.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.status_changes.record_id IS '变动编号';
COMMENT ON COLUMN history.status_changes.payer IS '证件号码: token';
COMMENT ON COLUMN history.status_changes.payer_valid IS '证件号码: the number passes its check';
COMMENT ON COLUMN history.status_changes.payer_born IS '证件号码: year of birth';
COMMENT ON COLUMN history.status_changes.payer_sex IS '证件号码: m or f';
COMMENT ON COLUMN history.status_changes.payer_name_birth IS '证件号码: token of name and birth date';
COMMENT ON COLUMN history.status_changes.payer_near IS '证件号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.status_changes.change IS '变动类型';
COMMENT ON COLUMN history.status_changes.category IS '人员类别';
COMMENT ON COLUMN history.status_changes.effective_on IS '生效日期';
COMMENT ON COLUMN history.status_changes.notified_on IS '通报日期';
COMMENT ON COLUMN history.status_changes.department IS '提供部门';
COMMENT ON COLUMN history.status_changes.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.status_changes.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.status_changes.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.status_changes.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.status_changes.defects IS 'columns whose value could not be read or fails its check';
