-- collectors 代收人员名册: every version of every record, dated by appointed_on. Generated from domain/contracts; do not edit.
CREATE TABLE history.collectors (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    record_id VARCHAR,
    name VARCHAR,
    person VARCHAR,
    person_valid BOOLEAN,
    person_born INTEGER,
    person_sex VARCHAR,
    person_name_birth VARCHAR,
    person_near VARCHAR[],
    role VARCHAR,
    division VARCHAR[],
    appointed_on DATE,
    relieved_on DATE,
    phone VARCHAR,
    duties VARCHAR,
    announced_on DATE,
    publicised_on DATE,
    own_accounts VARCHAR[],
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.collectors IS '代收人员名册: every version of every record';
COMMENT ON COLUMN history.collectors.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.collectors.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.collectors.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.collectors.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.collectors.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.collectors.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.collectors.record_id IS '代收人编号';
COMMENT ON COLUMN history.collectors.name IS '姓名: token';
COMMENT ON COLUMN history.collectors.person IS '身份证号码: token';
COMMENT ON COLUMN history.collectors.person_valid IS '身份证号码: the number passes its check';
COMMENT ON COLUMN history.collectors.person_born IS '身份证号码: year of birth';
COMMENT ON COLUMN history.collectors.person_sex IS '身份证号码: m or f';
COMMENT ON COLUMN history.collectors.person_name_birth IS '身份证号码: token of name and birth date';
COMMENT ON COLUMN history.collectors.person_near IS '身份证号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.collectors.role IS '职务';
COMMENT ON COLUMN history.collectors.division IS '负责村（社区）代码';
COMMENT ON COLUMN history.collectors.appointed_on IS '聘任日期';
COMMENT ON COLUMN history.collectors.relieved_on IS '离任日期';
COMMENT ON COLUMN history.collectors.phone IS '联系方式: keyed hash of the sealed text';
COMMENT ON COLUMN history.collectors.duties IS '负责事项';
COMMENT ON COLUMN history.collectors.announced_on IS '报备日期';
COMMENT ON COLUMN history.collectors.publicised_on IS '公示日期';
COMMENT ON COLUMN history.collectors.own_accounts IS '本人账户: tokens';
COMMENT ON COLUMN history.collectors.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.collectors.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.collectors.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.collectors.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.collectors.defects IS 'columns whose value could not be read or fails its check';
