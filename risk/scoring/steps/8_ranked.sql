-- one row per suspicion, best first within county and file
WITH scored AS (
    SELECT
        s.suspicion_id, s.county, s.file, s.category, s.subject_type, s.subject_id, s.addressee,
        p.township, p.village, m.amount_fen, a.level, a.rules, a.first_on, a.last_on, a.reasons_zh, a.reasons_en, a.evidence,
        a.level = 4 OR s.raised_secretly AS copy_to_discipline,
        replace(replace(replace(
            regexp_extract(coalesce(a.evidence[1], ''), '^[^:]*:[^:]*:(.*)@[0-9]+$', 1),
            '%3A', ':'), '%3a', ':'), '%25', '%') AS first_record,
        1 - pow(1 - $watch, t.watch) * pow(1 - $low, t.low) * pow(1 - $medium, t.medium)
            * pow(1 - $high, t.high) * pow(1 - $critical, t.critical) AS strength,
        $floor + (1 - $floor) * least(1.0, ln(1 + m.amount_fen / 100.0::DOUBLE) / ln(1 + $full)) AS gravity
    FROM suspicion AS s
    INNER JOIN amount AS m ON m.suspicion = s.suspicion
    INNER JOIN strength AS t ON t.suspicion = s.suspicion
    INNER JOIN place AS p ON p.suspicion = s.suspicion
    INNER JOIN account AS a ON a.suspicion = s.suspicion
),
rounded AS (
    SELECT * EXCLUDE (strength, gravity), round(strength * gravity, 6) AS score FROM scored
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
    copy_to_discipline
FROM rounded
ORDER BY county, file DESC, rank;
