-- one row per suspicion, best first within county and file
WITH scored AS (
    SELECT
        s.suspicion_id, s.county, s.file, s.category, s.subject_type, s.subject_id, s.addressee,
        p.township, p.village, m.amount_fen, a.level, a.rules, a.first_on, a.last_on, a.evidence, j.percentile,
        list_concat(a.reasons_zh, coalesce(j.reasons_zh, [])) AS reasons_zh,
        list_concat(a.reasons_en, coalesce(j.reasons_en, [])) AS reasons_en,
        a.level = 4 OR s.raised_secretly AS copy_to_discipline,
        replace(replace(replace(
            regexp_extract(coalesce(a.evidence[1], ''), '^[^:]*:[^:]*:(.*)@[0-9]+$', 1),
            '%3A', ':'), '%3a', ':'), '%25', '%') AS first_record,
        1 + $unusual * (coalesce(j.percentile, 50) - 50) / 50 AS modifier,
        1 - pow(1 - $watch, t.watch) * pow(1 - $low, t.low) * pow(1 - $medium, t.medium)
            * pow(1 - $high, t.high) * pow(1 - $critical, t.critical) AS strength,
        pow(least(1.0, greatest($least, m.amount_fen / 100.0::DOUBLE) / $full), $power) AS gravity
    FROM suspicion AS s
    INNER JOIN amount AS m ON m.suspicion = s.suspicion
    INNER JOIN strength AS t ON t.suspicion = s.suspicion
    INNER JOIN place AS p ON p.suspicion = s.suspicion
    INNER JOIN account AS a ON a.suspicion = s.suspicion
    LEFT JOIN judged AS j
        ON j.county = s.county AND j.subject_id = s.subject_id
        AND j.subject_type = CASE WHEN s.subject_type = 'card' THEN 'account' ELSE s.subject_type END
),
rounded AS (
    SELECT * EXCLUDE (strength, modifier, gravity), round(least(1.0, strength * modifier) * gravity, 6) AS score FROM scored
)
SELECT
    county, file, suspicion_id,
    row_number() OVER (
        PARTITION BY county, file
        ORDER BY score DESC, amount_fen DESC, first_on NULLS LAST, first_record, suspicion_id
    ) AS rank,
    score, category, township, village, subject_type, subject_id, rules,
    amount_fen AS amount_at_risk_fen, first_on, last_on, reasons_zh, reasons_en, addressee, evidence,
    ['watch', 'low', 'medium', 'high', 'critical'][level + 1] AS severity,
    copy_to_discipline, percentile
FROM rounded
ORDER BY county, file DESC, rank;
