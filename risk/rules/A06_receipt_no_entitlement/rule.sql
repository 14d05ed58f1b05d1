-- one row per person, fee and fee year that was paid for (or holds a receipt) and has no entitlement some working days later; one row for the office where many of one day, township or year lack theirs and for all numbers that fail their check, one for a collector through whom several paid
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per payment without entitlement for which the working days are over, with the day from which it is missing (the reversal's where one was taken back), who can say why, and the batch in which it went missing: none where it is one person's, or explained
placed AS (
    SELECT
        o.county, o.event_id, o.payer, o.payer_valid, o.fee, o.fee_year, o.office, o.amount_fen, o.paid_on, o.township, o.village, o.since, o.wd,
        o.was_reversed, o.explained_until IS NOT NULL AS was_explained, o.insured_otherwise, o.reached AND NOT o.year_lacks AND NOT o.township_lacks AND NOT o.beginning_lacks AND NOT o.refund_unknown AS sure,
        CASE
            WHEN o.explained_until IS NOT NULL OR o.insured_otherwise THEN NULL
            WHEN o.missing_before_first >= $batch_persons AND o.beginning_lacks AND NOT o.year_lacks THEN concat('before the first of ', CAST(o.fee_year AS VARCHAR))
            WHEN o.missing_of_paid_day >= $batch_persons THEN concat('paid ', CAST(o.paid_on AS VARCHAR))
            WHEN o.missing_of_posted_day >= $batch_persons THEN concat('posted ', CAST(o.posted_on AS VARCHAR))
            WHEN o.missing_of_year >= $batch_persons AND o.year_lacks THEN concat('year ', CAST(o.fee_year AS VARCHAR), ' ', o.share)
            WHEN o.missing_of_township >= $batch_persons AND o.township_lacks
                THEN concat('township ', o.township, ' ', o.share)
        END AS batch
    FROM (
        SELECT
            u.county, u.event_id, u.payer, u.payer_valid, u.fee, u.fee_year, u.office, u.amount_fen, u.share, u.paid_on, u.posted_on, u.township, u.village,
            greatest(u.paid_on, u.reversed_on) AS since, t.ordinal - w.ordinal AS wd, u.reversed_on IS NOT NULL AS was_reversed,
            u.explained_until, u.insured_otherwise, coalesce(u.reversed_on < n.until_on, FALSE) AS refund_unknown,
            u.overtaken OR coalesce(datediff('day', u.paid_on, u.recorded_until) >= $reach_days, false) AS reached,
            u.missing_of_year * 100 > u.payments_of_year * $batch_percent AS year_lacks,
            u.missing_of_township >= $some_missing AND u.missing_of_township * 100 > u.payments_of_township * $batch_percent AS township_lacks,
            u.missing_before_first >= $some_missing AND u.missing_before_first * 100 > u.payments_before_first * $batch_percent AS beginning_lacks,
            u.missing_of_paid_day, u.missing_of_posted_day, u.missing_of_township, u.missing_of_year, u.missing_before_first
        FROM unrecorded_payments AS u
        INNER JOIN today AS t ON t.county = u.county
        INNER JOIN working_day AS w ON w.county = u.county AND w.day = greatest(u.paid_on, u.reversed_on)
        LEFT JOIN refunds_not_in AS n ON n.county = u.county
        WHERE t.ordinal - w.ordinal >= $open_wd
            AND (u.explained_until IS NULL OR u.explained_until < $as_of)
    ) AS o
),
-- one row per such payment of no batch
alone AS (
    SELECT
        p.county, p.event_id, p.payer, p.payer_valid, p.fee, p.fee_year, p.office, p.amount_fen, p.paid_on, p.township, p.village, p.since, p.wd,
        p.was_reversed, p.was_explained OR p.insured_otherwise OR NOT p.sure AS doubtful
    FROM placed AS p
    WHERE p.batch IS NULL
),
-- one row per batch: what the office is to mend
batches AS (
    SELECT
        p.county, p.office, p.fee, p.batch,
        CASE WHEN min(p.fee_year) = max(p.fee_year) THEN min(p.fee_year) END AS fee_year,
        CASE WHEN min(p.township) = max(p.township) THEN min(p.township) END AS township,
        CASE WHEN min(p.village) = max(p.village) THEN min(p.village) END AS village,
        count(DISTINCT p.payer) AS persons, CAST(sum(p.amount_fen) AS BIGINT) AS fen,
        min(p.paid_on) AS first_on, max(p.wd) AS wd, list_sort(list(DISTINCT p.event_id)) AS events
    FROM placed AS p
    WHERE p.batch IS NOT NULL
    GROUP BY p.county, p.office, p.fee, p.batch
),
-- one row per such payment with a collector's hand in it, and which collector's (none where a school or unit pays for its people)
by_hand AS (
    SELECT h.county, h.event_id, min(CASE WHEN NOT h.group_payer THEN h.collector_id END) AS collector_id
    FROM alone AS p
    INNER JOIN collector_hands AS h ON h.county = p.county AND h.event_id = p.event_id
    GROUP BY h.county, h.event_id
),
-- one row per such person, fee and year with a line on the cash register, and who took it
registered AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, min(l.collector_id) AS collector_id
    FROM alone AS p
    INNER JOIN register_lines AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per person, fee and year missing alone
persons AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.office, max(p.township) AS township, max(p.village) AS village, CAST(sum(p.amount_fen) AS BIGINT) AS fen,
        min(p.paid_on) AS first_on, max(datediff('day', p.since, $as_of)) AS days, max(p.wd) AS wd,
        bool_or(h.event_id IS NOT NULL OR l.payer IS NOT NULL) AS through_collector, bool_or(p.was_reversed) AS was_reversed,
        coalesce(min(h.collector_id), min(l.collector_id)) AS collector_id, bool_and(coalesce(p.payer_valid, true)) AS number_holds,
        bool_or(p.doubtful) AS doubtful, list_sort(list(DISTINCT p.event_id)) AS events
    FROM alone AS p
    LEFT JOIN by_hand AS h ON h.county = p.county AND h.event_id = p.event_id
    LEFT JOIN registered AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    GROUP BY p.county, p.payer, p.fee, p.fee_year, p.office
),
-- one row per such person with whose finding it is part of: the office's where the number fails its check, the collector's through whom several paid, else the person's own
gathered AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.office, p.township, p.village, p.fen, p.first_on, p.days, p.wd, p.through_collector, p.number_holds, p.collector_id,
        p.was_reversed, p.doubtful, p.events,
        CASE
            WHEN p.doubtful OR p.was_reversed THEN 'payer'
            WHEN NOT p.number_holds THEN 'office'
            WHEN p.collector_id IS NOT NULL
                AND count(CASE WHEN p.number_holds AND NOT p.doubtful AND NOT p.was_reversed THEN p.payer END)
                OVER (PARTITION BY p.county, p.collector_id, p.fee, p.fee_year) >= $hand_persons THEN 'collector'
            ELSE 'payer'
        END AS gathered_by
    FROM persons AS p
),
-- one row per office and fee with numbers that fail their check, or collector, fee and year with several persons
groups AS (
    SELECT
        g.county, g.gathered_by, CASE g.gathered_by WHEN 'office' THEN g.office ELSE g.collector_id END AS subject_id, g.office, g.fee,
        CASE WHEN min(g.fee_year) = max(g.fee_year) THEN min(g.fee_year) END AS fee_year,
        CASE WHEN min(g.township) = max(g.township) THEN min(g.township) END AS township,
        CASE WHEN min(g.village) = max(g.village) THEN min(g.village) END AS village,
        count(DISTINCT g.payer) AS persons, CAST(sum(g.fen) AS BIGINT) AS fen, min(g.first_on) AS first_on, max(g.days) AS days, max(g.wd) AS wd
    FROM gathered AS g
    WHERE g.gathered_by <> 'payer'
    GROUP BY
        g.county, g.gathered_by, CASE g.gathered_by WHEN 'office' THEN g.office ELSE g.collector_id END, g.office, g.fee,
        CASE g.gathered_by WHEN 'collector' THEN g.fee_year END
),
-- one row per such group with the payments that show it
group_events AS (
    SELECT
        e.county, e.gathered_by, e.subject_id, e.fee, e.group_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT
            g.county, g.gathered_by, CASE g.gathered_by WHEN 'office' THEN g.office ELSE g.collector_id END AS subject_id, g.fee,
            CASE g.gathered_by WHEN 'collector' THEN g.fee_year ELSE 0 END AS group_year, unnest(g.events) AS event_id
        FROM gathered AS g
        WHERE g.gathered_by <> 'payer'
    ) AS e
    GROUP BY e.county, e.gathered_by, e.subject_id, e.fee, e.group_year
),
-- one row per fee and year of which entitlements came in
recorded_years AS (
    SELECT DISTINCT e.county, e.fee, e.fee_year
    FROM entitlements AS e
),
-- one row per line with a receipt and no payment at all, of such a fee and year
unsettled AS (
    SELECT
        s.county, s.event_id, s.payer, s.fee, s.fee_year, s.township, s.village, s.open_fen, s.received_on, s.started_on, t.ordinal - s.started_ordinal AS wd
    FROM settlement AS s
    INNER JOIN today AS t ON t.county = s.county
    INNER JOIN recorded_years AS y ON y.county = s.county AND y.fee = s.fee AND y.fee_year = s.fee_year
    WHERE s.state = 'open' AND s.settled_fen = 0 AND s.persons = 1 AND t.ordinal - s.started_ordinal >= $open_wd
),
-- one row per person of such a line, fee and year with an entitlement under the person's number or a near one
recorded AS (
    SELECT e.county, e.payer, e.fee, e.fee_year
    FROM (SELECT DISTINCT u.county, u.payer FROM unsettled AS u) AS u
    INNER JOIN entitlements AS e ON e.county = u.county AND e.payer = u.payer
    WHERE e.reversed_on IS NULL
    UNION
    SELECT n.county, n.payer, n.fee, n.fee_year
    FROM (SELECT e.county, unnest(e.payer_near) AS payer, e.fee, e.fee_year FROM entitlements AS e WHERE e.reversed_on IS NULL AND NOT e.payer_valid) AS n
),
-- one row per person, fee and year with a receipt and no payment at all, nor such an entitlement
unpaid AS (
    SELECT
        s.county, s.payer, s.fee, s.fee_year,
        CASE WHEN s.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        max(s.township) AS township, max(s.village) AS village, CAST(sum(s.open_fen) AS BIGINT) AS fen, min(s.received_on) AS first_on,
        max(datediff('day', s.started_on, $as_of)) AS days, max(s.wd) AS wd, list_sort(list(DISTINCT s.event_id)) AS events
    FROM unsettled AS s
    LEFT JOIN recorded AS e ON e.county = s.county AND e.payer = s.payer AND e.fee = s.fee AND e.fee_year = s.fee_year
    LEFT JOIN whitelist AS x
        ON x.county = s.county AND x.payer = s.payer AND x.fee = s.fee AND x.fee_year = s.fee_year
        AND coalesce(x.kind, 'entitlement-explained') = 'entitlement-explained' AND coalesce(x.valid_until, $as_of) >= $as_of
    WHERE e.payer IS NULL AND x.payer IS NULL
    GROUP BY s.county, s.payer, s.fee, s.fee_year
)
SELECT
    b.county, 'medium' AS severity, 'office' AS subject_type, b.office AS subject_id, b.township, b.village, b.fee, b.fee_year,
    b.fen AS amount_at_risk_fen, CAST(b.persons AS DOUBLE) AS measure, CAST($batch_persons AS DOUBLE) AS threshold, b.first_on AS occurred_on, b.events AS evidence,
    struct_pack(
        addressee := b.office, persons := b.persons, wd := b.wd, batch := b.batch,
        years_zh := CASE WHEN b.fee_year IS NULL THEN '几个年度' ELSE concat(CAST(b.fee_year AS VARCHAR), ' 年度') END,
        years_en := CASE WHEN b.fee_year IS NULL THEN 'of several years' ELSE CAST(b.fee_year AS VARCHAR) END,
        what_zh := '一批人已缴费而无权益记录，疑为数据传递失败', what_en := 'many paid for and not recorded together: their data seem not to have come through'
    ) AS details
FROM batches AS b
UNION ALL
SELECT
    g.county, CASE WHEN g.days >= $long_days THEN 'medium' ELSE 'low' END AS severity, g.gathered_by AS subject_type, g.subject_id, g.township, g.village, g.fee, g.fee_year,
    g.fen AS amount_at_risk_fen, CAST(g.wd AS DOUBLE) AS measure, CAST($open_wd AS DOUBLE) AS threshold, g.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        addressee := CASE g.gathered_by WHEN 'office' THEN g.office ELSE 'township' END, persons := g.persons, wd := g.wd,
        batch := CASE g.gathered_by WHEN 'office' THEN 'numbers' ELSE '' END,
        years_zh := CASE WHEN g.fee_year IS NULL THEN '几个年度' ELSE concat(CAST(g.fee_year AS VARCHAR), ' 年度') END,
        years_en := CASE WHEN g.fee_year IS NULL THEN 'of several years' ELSE CAST(g.fee_year AS VARCHAR) END,
        what_zh := CASE g.gathered_by WHEN 'office' THEN '缴费所用证件号码校验不通过，无权益记录，请逐笔更正号码后补记' ELSE '经该代收人员缴费而无权益记录' END,
        what_en := CASE g.gathered_by
            WHEN 'office' THEN 'paid for under numbers that fail their check and not recorded: to be put right and recorded' ELSE 'paid for through this collector and not recorded' END
    ) AS details
FROM groups AS g
INNER JOIN group_events AS e
    ON e.county = g.county AND e.gathered_by = g.gathered_by AND e.subject_id = g.subject_id AND e.fee = g.fee
    AND e.group_year = CASE g.gathered_by WHEN 'collector' THEN g.fee_year ELSE 0 END
UNION ALL
SELECT
    p.county,
    CASE WHEN p.doubtful OR (p.was_reversed AND p.days < $long_days) THEN 'watch' WHEN p.days >= $long_days THEN 'medium' ELSE 'low' END AS severity,
    'payer' AS subject_type, p.payer AS subject_id, p.township, p.village, p.fee, p.fee_year,
    p.fen AS amount_at_risk_fen, CAST(p.wd AS DOUBLE) AS measure, CAST($open_wd AS DOUBLE) AS threshold, p.first_on AS occurred_on, p.events AS evidence,
    struct_pack(
        addressee := CASE WHEN p.through_collector AND p.number_holds THEN 'township' ELSE p.office END, persons := CAST(1 AS BIGINT), wd := p.wd, batch := '',
        years_zh := concat(CAST(p.fee_year AS VARCHAR), ' 年度'), years_en := CAST(p.fee_year AS VARCHAR),
        what_zh := CASE WHEN p.was_reversed THEN '已缴费，权益已被冲减而未退费' ELSE '已缴费而无权益记录' END,
        what_en := CASE WHEN p.was_reversed THEN 'paid for; the entitlement was taken back and nothing refunded' ELSE 'paid for and not recorded' END
    ) AS details
FROM gathered AS p
WHERE p.gathered_by = 'payer'
UNION ALL
SELECT
    u.county, 'watch' AS severity, 'payer' AS subject_type, u.payer AS subject_id, u.township, u.village, u.fee, u.fee_year,
    u.fen AS amount_at_risk_fen, CAST(u.wd AS DOUBLE) AS measure, CAST($open_wd AS DOUBLE) AS threshold, u.first_on AS occurred_on, u.events AS evidence,
    struct_pack(
        addressee := 'township', persons := CAST(1 AS BIGINT), wd := u.wd, batch := '',
        years_zh := concat(CAST(u.fee_year AS VARCHAR), ' 年度'), years_en := CAST(u.fee_year AS VARCHAR),
        what_zh := '已收取现金，既无缴费也无权益记录（收现由 A01 判断）', what_en := 'cash was taken; neither a payment nor an entitlement is there (the cash is A01''s)'
    ) AS details
FROM unpaid AS u
