-- cash-receipts 现金征缴登记台账: every version of every record, dated by received_at. Generated from domain/contracts; do not edit.
CREATE TABLE history.cash_receipts (
    county VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    event_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    amended BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    township VARCHAR,
    village VARCHAR,
    record_id VARCHAR,
    payer VARCHAR,
    payer_valid BOOLEAN,
    payer_born INTEGER,
    payer_sex VARCHAR,
    payer_name_birth VARCHAR,
    payer_near VARCHAR[],
    payer_name VARCHAR,
    fee VARCHAR,
    fee_year BIGINT,
    amount_fen BIGINT,
    received_at TIMESTAMP,
    received_on DATE,
    timed BOOLEAN,
    collector_id VARCHAR,
    division VARCHAR,
    receipt_no VARCHAR,
    payer_signed BOOLEAN,
    collector_signed BOOLEAN,
    village_signed BOOLEAN,
    village_signatory VARCHAR,
    village_signatory_valid BOOLEAN,
    village_signatory_born INTEGER,
    village_signatory_sex VARCHAR,
    village_signatory_name_birth VARCHAR,
    village_signatory_near VARCHAR[],
    persons BIGINT,
    proof_given BOOLEAN,
    remitted_on DATE,
    payment_id VARCHAR,
    submitted_on DATE,
    page VARCHAR,
    first_taker VARCHAR,
    handed_over_on DATE,
    changed VARCHAR[],
    changed_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    known_on DATE,
    defects VARCHAR[]
);
COMMENT ON TABLE history.cash_receipts IS '现金征缴登记台账: every version of every record';
COMMENT ON COLUMN history.cash_receipts.county IS 'six-digit code of the county';
COMMENT ON COLUMN history.cash_receipts.position IS 'place of the event in the ledger''s one order';
COMMENT ON COLUMN history.cash_receipts.event_id IS '<stream>@<version>';
COMMENT ON COLUMN history.cash_receipts.version IS '1 as first recorded; each amendment is one more';
COMMENT ON COLUMN history.cash_receipts.amended IS 'the record has more than one version';
COMMENT ON COLUMN history.cash_receipts.source IS 'the system that the record comes from';
COMMENT ON COLUMN history.cash_receipts.township IS 'nine-digit code of the township';
COMMENT ON COLUMN history.cash_receipts.village IS 'twelve-digit code of the village';
COMMENT ON COLUMN history.cash_receipts.record_id IS '台账编号';
COMMENT ON COLUMN history.cash_receipts.payer IS '身份证号码: token';
COMMENT ON COLUMN history.cash_receipts.payer_valid IS '身份证号码: the number passes its check';
COMMENT ON COLUMN history.cash_receipts.payer_born IS '身份证号码: year of birth';
COMMENT ON COLUMN history.cash_receipts.payer_sex IS '身份证号码: m or f';
COMMENT ON COLUMN history.cash_receipts.payer_name_birth IS '身份证号码: token of name and birth date';
COMMENT ON COLUMN history.cash_receipts.payer_near IS '身份证号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.cash_receipts.payer_name IS '缴费人姓名: token';
COMMENT ON COLUMN history.cash_receipts.fee IS '险种';
COMMENT ON COLUMN history.cash_receipts.fee_year IS '费款所属年度';
COMMENT ON COLUMN history.cash_receipts.amount_fen IS '收取金额 (fen)';
COMMENT ON COLUMN history.cash_receipts.received_at IS '收取时间 (+08:00)';
COMMENT ON COLUMN history.cash_receipts.received_on IS '收取时间: the day';
COMMENT ON COLUMN history.cash_receipts.timed IS '收取时间: false where the source gave a day without a time';
COMMENT ON COLUMN history.cash_receipts.collector_id IS '代收人编号';
COMMENT ON COLUMN history.cash_receipts.division IS '村（社区）代码';
COMMENT ON COLUMN history.cash_receipts.receipt_no IS '收据号码';
COMMENT ON COLUMN history.cash_receipts.payer_signed IS '缴费人签字摁手印';
COMMENT ON COLUMN history.cash_receipts.collector_signed IS '代收人员签字摁手印';
COMMENT ON COLUMN history.cash_receipts.village_signed IS '村委会负责人签字摁手印';
COMMENT ON COLUMN history.cash_receipts.village_signatory IS '村负责人身份证号码: token';
COMMENT ON COLUMN history.cash_receipts.village_signatory_valid IS '村负责人身份证号码: the number passes its check';
COMMENT ON COLUMN history.cash_receipts.village_signatory_born IS '村负责人身份证号码: year of birth';
COMMENT ON COLUMN history.cash_receipts.village_signatory_sex IS '村负责人身份证号码: m or f';
COMMENT ON COLUMN history.cash_receipts.village_signatory_name_birth IS '村负责人身份证号码: token of name and birth date';
COMMENT ON COLUMN history.cash_receipts.village_signatory_near IS '村负责人身份证号码: where the check fails, tokens of the valid numbers one slip away';
COMMENT ON COLUMN history.cash_receipts.persons IS '人数';
COMMENT ON COLUMN history.cash_receipts.proof_given IS '是否提供缴费证明';
COMMENT ON COLUMN history.cash_receipts.remitted_on IS '解缴日期';
COMMENT ON COLUMN history.cash_receipts.payment_id IS '对应缴费流水号';
COMMENT ON COLUMN history.cash_receipts.submitted_on IS '扫描件报送日期';
COMMENT ON COLUMN history.cash_receipts.page IS '台账页码';
COMMENT ON COLUMN history.cash_receipts.first_taker IS '初收人: token';
COMMENT ON COLUMN history.cash_receipts.handed_over_on IS '转交日期';
COMMENT ON COLUMN history.cash_receipts.changed IS 'names of what this version changed';
COMMENT ON COLUMN history.cash_receipts.changed_at IS 'when the source changed the record (+08:00)';
COMMENT ON COLUMN history.cash_receipts.recorded_at IS 'when the ledger took the event (+08:00)';
COMMENT ON COLUMN history.cash_receipts.known_on IS 'changed_at; else recorded_at when within 30 days of the record''s own date; else that date';
COMMENT ON COLUMN history.cash_receipts.defects IS 'columns whose value could not be read or fails its check';
