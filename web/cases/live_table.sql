-- one row per finding that stands while records come, in memory: what the page is filtered, sorted and paged by
CREATE OR REPLACE TABLE live AS
SELECT
    md5(concat_ws(chr(31), f.rule, f.county, f.subject_type, f.subject_id, f.fee, f.fee_year, f.occurred_on,
        array_to_string(f.evidence, chr(30)), row_number() OVER (
            PARTITION BY f.rule, f.county, f.subject_type, f.subject_id, f.fee, f.fee_year, f.occurred_on, f.evidence
            ORDER BY f.details
        ))) AS id,
    epoch_us(f.first_seen) AS seen_us, f.rule, f.severity, f.subject_type,
    CASE WHEN f.subject_type IN ('collector', 'terminal') THEN f.subject_id ELSE '' END AS subject_id, -- '' where it is a token
    coalesce(f.township, '') AS township, coalesce(f.village, '') AS village, coalesce(f.fee, '') AS fee, f.fee_year,
    coalesce(f.amount_at_risk_fen, 0) AS fen, f.reason_zh, f.reason_en,
    NOT EXISTS (
        FROM recorded AS r
        WHERE r.rule = f.rule AND r.county = f.county AND r.subject_type = f.subject_type AND r.subject_id = f.subject_id
            AND r.fee IS NOT DISTINCT FROM f.fee AND r.fee_year IS NOT DISTINCT FROM f.fee_year
            AND r.occurred_on IS NOT DISTINCT FROM f.occurred_on
    ) AS fresh,
    -- these two rise where the table goes down
    -epoch_us(f.first_seen) AS by_time,
    list_position(['critical', 'high', 'medium', 'low', 'watch'], f.severity) AS by_severity
FROM found AS f
