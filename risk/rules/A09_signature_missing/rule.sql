-- one row per collector, fee and fee year with register lines that lack a signature, or that he himself signed for the village, and one per township, fee and fee year where most of the collectors are so
WITH
-- one row per township and system: which of the three signatures the register that it tells has at all; a column that nobody filled says nothing
kept_columns AS (
    SELECT
        c.county, c.township, c.source, bool_or(coalesce(c.payer_signed, false)) AS payer_kept,
        bool_or(coalesce(c.collector_signed, false)) AS collector_kept, bool_or(coalesce(c.village_signed, false)) AS village_kept
    FROM cash_receipts AS c
    WHERE c.received_on IS NOT NULL
    GROUP BY c.county, c.township, c.source
),
-- one row per collector and person that he is
persons AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id, c.person
    FROM collectors AS c
    WHERE c.person IS NOT NULL
),
-- one row per person, fee, year, collector, amount and day of which one system tells a line that another tells already: what it says of the signatures
told_again AS (
    SELECT
        c.county, c.payer, c.fee, c.fee_year, c.collector_id, c.amount_fen, c.received_on, bool_or(coalesce(c.payer_signed, false)) AS payer_signed,
        bool_or(coalesce(c.collector_signed, false)) AS collector_signed, bool_or(coalesce(c.village_signed, false)) AS village_signed,
        max(c.village_signatory) AS village_signatory, bool_or(k.payer_kept) AS payer_kept, bool_or(k.collector_kept) AS collector_kept,
        bool_or(k.village_kept) AS village_kept
    FROM retold_lines AS r
    INNER JOIN cash_receipts AS c ON c.county = r.county AND c.event_id = r.event_id
    INNER JOIN kept_columns AS k ON k.county = c.county AND k.township = c.township AND k.source = c.source
    GROUP BY c.county, c.payer, c.fee, c.fee_year, c.collector_id, c.amount_fen, c.received_on
),
-- one row per line old enough to have been signed, told by however many systems, with what it lacks in every telling; a cell that could not be read lacks nothing
lines AS (
    SELECT
        c.county, c.event_id, c.collector_id, c.township, c.village, c.fee, c.fee_year, c.received_on,
        (k.payer_kept OR coalesce(t.payer_kept, FALSE)) AND NOT coalesce(c.payer_signed OR t.payer_signed, c.payer_signed IS NULL) AS lacks_payer,
        (k.collector_kept OR coalesce(t.collector_kept, FALSE)) AND NOT coalesce(c.collector_signed OR t.collector_signed, c.collector_signed IS NULL) AS lacks_collector,
        (k.village_kept OR coalesce(t.village_kept, FALSE)) AND NOT coalesce(c.village_signed OR t.village_signed, c.village_signed IS NULL) AS lacks_village,
        q.person IS NOT NULL AS signed_himself
    FROM cash_receipts AS c
    INNER JOIN kept_columns AS k ON k.county = c.county AND k.township = c.township AND k.source = c.source
    LEFT JOIN retold_lines AS r ON r.county = c.county AND r.event_id = c.event_id
    LEFT JOIN told_again AS t
        ON t.county = c.county AND t.payer = c.payer AND t.fee = c.fee AND t.fee_year = c.fee_year AND t.collector_id = c.collector_id
        AND t.amount_fen = c.amount_fen AND t.received_on = c.received_on
    LEFT JOIN persons AS q ON q.county = c.county AND q.collector_id = c.collector_id AND q.person = coalesce(c.village_signatory, t.village_signatory)
    WHERE datediff('day', c.received_on, $as_of) >= $sign_days AND r.event_id IS NULL
),
-- one row per line with whether it is defective
judged AS (
    SELECT
        l.county, l.event_id, l.collector_id, l.township, l.village, l.fee, l.fee_year, l.received_on,
        l.lacks_payer, l.lacks_collector, l.lacks_village, l.signed_himself,
        l.lacks_payer OR l.lacks_collector OR l.lacks_village AS lacks_one
    FROM lines AS l
),
-- one row per collector, fee and fee year with a defective line: counts
totals AS (
    SELECT
        j.county, j.collector_id, j.fee, j.fee_year,
        CASE WHEN min(j.township) = max(j.township) THEN min(j.township) END AS township,
        CASE WHEN min(j.village) = max(j.village) THEN min(j.village) END AS village,
        count(*) AS line_count, count(*) FILTER (WHERE j.lacks_one) AS missing, count(*) FILTER (WHERE j.lacks_payer) AS without_payer,
        count(*) FILTER (WHERE j.lacks_collector) AS without_collector, count(*) FILTER (WHERE j.lacks_village) AS without_village,
        count(*) FILTER (WHERE j.signed_himself) AS signed_himself,
        min(CASE WHEN j.lacks_one OR j.signed_himself THEN j.received_on END) AS first_on
    FROM judged AS j
    GROUP BY j.county, j.collector_id, j.fee, j.fee_year
    HAVING bool_or(j.lacks_one OR j.signed_himself)
),
-- one row per collector and township: his lines and those that lack a signature, beside the township's
collected AS (
    SELECT
        j.county, j.township, j.collector_id, count(*) AS line_count, count(*) FILTER (WHERE j.lacks_one) AS missing,
        CAST(sum(count(*)) OVER (PARTITION BY j.county, j.township) AS BIGINT) AS all_lines,
        CAST(sum(count(*) FILTER (WHERE j.lacks_one)) OVER (PARTITION BY j.county, j.township) AS BIGINT) AS all_missing
    FROM judged AS j
    GROUP BY j.county, j.township, j.collector_id
),
-- one row per collector and township: what the other collectors' lines there lack
others AS (
    SELECT c.county, c.township, c.collector_id, c.all_lines - c.line_count AS lines, c.all_missing - c.missing AS missing
    FROM collected AS c
),
-- one row per township most of whose collectors lack signatures on most of their lines: a matter of its register, not of one of them
wide AS (
    SELECT c.county, c.township
    FROM collected AS c
    WHERE c.township IS NOT NULL
    GROUP BY c.county, c.township
    HAVING count(CASE WHEN c.missing * 100 >= c.line_count * $medium_percent THEN 1 END) >= $wide_collectors
        AND 2 * count(CASE WHEN c.missing * 100 >= c.line_count * $medium_percent THEN 1 END) > count(*)
),
-- one row per defective line of a collector, and again of such a township, with whose it is; of a township the first
shown AS (
    SELECT j.county, 'collector' AS subject_type, j.collector_id AS subject_id, j.fee, j.fee_year, j.event_id
    FROM judged AS j
    WHERE j.lacks_one OR j.signed_himself
    UNION ALL
    SELECT s.county, 'office' AS subject_type, s.township AS subject_id, s.fee, s.fee_year, s.event_id
    FROM (
        SELECT
            j.county, j.township, j.fee, j.fee_year, j.event_id,
            row_number() OVER (PARTITION BY j.county, j.township, j.fee, j.fee_year ORDER BY j.received_on, j.event_id) AS place
        FROM wide AS w
        INNER JOIN judged AS j ON j.county = w.county AND j.township = w.township
        WHERE j.lacks_one
    ) AS s
    WHERE s.place <= $shown
),
-- one row per subject, fee and fee year: the defective lines
evidence AS (
    SELECT s.county, s.subject_type, s.subject_id, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.subject_type, s.subject_id, s.fee, s.fee_year
),
-- one row per subject, fee and fee year: the counts of collectors, and of such townships over all
counted AS (
    SELECT
        t.county, 'collector' AS subject_type, t.collector_id AS subject_id, t.collector_id, t.fee, t.fee_year, t.township, t.village, t.line_count, t.missing,
        t.without_payer, t.without_collector, t.without_village, t.signed_himself, t.first_on
    FROM totals AS t
    UNION ALL
    SELECT
        j.county, 'office' AS subject_type, j.township AS subject_id, CAST(NULL AS VARCHAR) AS collector_id, j.fee, j.fee_year, j.township, CAST(NULL AS VARCHAR) AS village, count(*) AS line_count, count(*) FILTER (WHERE j.lacks_one) AS missing,
        count(*) FILTER (WHERE j.lacks_payer) AS without_payer, count(*) FILTER (WHERE j.lacks_collector) AS without_collector,
        count(*) FILTER (WHERE j.lacks_village) AS without_village, 0 AS signed_himself, min(CASE WHEN j.lacks_one THEN j.received_on END) AS first_on
    FROM wide AS w
    INNER JOIN judged AS j ON j.county = w.county AND j.township = w.township
    GROUP BY j.county, j.township, j.fee, j.fee_year
    HAVING bool_or(j.lacks_one)
)
SELECT
    t.county,
    CASE
        WHEN t.subject_type = 'office' THEN 'medium'
        WHEN t.signed_himself < $min_self AND w.township IS NOT NULL THEN 'watch'
        WHEN t.signed_himself >= $min_self THEN 'medium'
        WHEN t.missing >= $min_lines AND t.missing * 100 >= t.line_count * $medium_percent
            AND (
                coalesce(o.missing, 0) * 100 >= o.lines * $medium_percent OR coalesce(o.missing, 0) * 100 < o.lines * $min_percent OR coalesce(o.lines, 0) = 0
                OR (
                    t.missing * o.lines > o.missing * t.line_count
                    AND (t.missing * o.lines - o.missing * t.line_count) * (t.missing * o.lines - o.missing * t.line_count)
                    >= $sure_deviations * $sure_deviations * o.missing * t.line_count * o.lines
                )
            ) THEN 'medium'
        WHEN t.missing >= $min_lines AND t.missing * 100 >= t.line_count * $min_percent
            AND (
                coalesce(o.lines, 0) = 0
                OR (
                    t.missing * o.lines > o.missing * t.line_count
                    AND (t.missing * o.lines - o.missing * t.line_count) * (t.missing * o.lines - o.missing * t.line_count)
                    >= $sure_deviations * $sure_deviations * o.missing * t.line_count * o.lines
                )
            ) THEN 'low'
        ELSE 'watch'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    CAST(0 AS BIGINT) AS amount_at_risk_fen, CAST(greatest(t.missing, t.signed_himself) AS DOUBLE) AS measure, CAST($min_lines AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        lines := t.line_count, missing := t.missing, without_payer := t.without_payer, without_collector := t.without_collector,
        without_village := t.without_village, signed_himself := t.signed_himself, first_on := t.first_on,
        what_zh := substr(concat(
            CASE WHEN t.signed_himself > 0 THEN concat('；', CAST(t.signed_himself AS VARCHAR), ' 笔由代收人员本人以村负责人身份签字') ELSE '' END,
            CASE WHEN t.without_payer > 0 THEN concat('；', CAST(t.without_payer AS VARCHAR), ' 笔缺缴费人签字') ELSE '' END,
            CASE WHEN t.without_collector > 0 THEN concat('；', CAST(t.without_collector AS VARCHAR), ' 笔缺代收人签字') ELSE '' END,
            CASE WHEN t.without_village > 0 THEN concat('；', CAST(t.without_village AS VARCHAR), ' 笔缺村负责人签字') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN t.signed_himself > 0 THEN concat(', ', CAST(t.signed_himself AS VARCHAR), ' were signed for the village by the collector himself') ELSE '' END,
            CASE WHEN t.without_payer > 0 THEN concat(', ', CAST(t.without_payer AS VARCHAR), ' lack the payer''s signature') ELSE '' END,
            CASE WHEN t.without_collector > 0 THEN concat(', ', CAST(t.without_collector AS VARCHAR), ' the collector''s') ELSE '' END,
            CASE WHEN t.without_village > 0 THEN concat(', ', CAST(t.without_village AS VARCHAR), ' the village''s') ELSE '' END
        ), 3)
    ) AS details
FROM counted AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year
LEFT JOIN wide AS w ON w.county = t.county AND w.township = t.township
LEFT JOIN others AS o ON o.county = t.county AND o.township = t.township AND o.collector_id = t.collector_id
