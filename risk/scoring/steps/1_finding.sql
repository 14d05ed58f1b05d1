-- one row per finding, with what its details replace, its level, and whether a township may see it
CREATE TEMP TABLE finding AS
WITH addressed AS (
    SELECT
        row_number() OVER () AS finding,
        county, rule, family, alone, subject_type, subject_id, township, village, occurred_on, reason_zh, reason_en,
        coalesce(json_extract_string(details, '$.category'), category) AS category,
        coalesce(json_extract_string(details, '$.addressee'), addressee) AS addressee,
        list_position(['watch', 'low', 'medium', 'high', 'critical'], severity) - 1 AS level,
        greatest(coalesce(amount_at_risk_fen, 0), 0) AS amount_fen,
        list_sort(list_distinct(coalesce(evidence, []))) AS evidence,
        len(list_filter(evidence, lambda e: starts_with(e, 'complaints:'))) > 0 AS rests_on_complaint
    FROM findings
)
SELECT
    a.* EXCLUDE (rests_on_complaint),
    a.alone AND a.level >= 1 AS raises,
    coalesce(a.rests_on_complaint, false) OR a.addressee = 'discipline' AS secret,
    a.rests_on_complaint IS TRUE AS complaint
FROM addressed AS a;
