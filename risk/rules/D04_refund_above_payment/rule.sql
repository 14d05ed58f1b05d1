-- one row per payer, fee and fee year to whom more was refunded than had been paid, or the same payment twice
WITH
-- one row per refund of the offices that gives a payment back
given_back AS (
    SELECT
        r.county, r.event_id, r.payer, r.fee, r.fee_year, r.amount_fen, r.reason, r.reference, r.refunded_on, r.refund_account, r.taken_by, r.township, r.village
    FROM office_refunds AS r
    WHERE NOT r.hands_on AND NOT r.of_cash
),
-- one row per person, fee and year refunded
refunded AS (
    SELECT
        g.county, g.payer, g.fee, g.fee_year, min(g.township) AS township, min(g.village) AS village, count(*) AS refunds,
        CAST(sum(g.amount_fen) AS BIGINT) AS refunded_fen, min(g.refunded_on) AS first_on, max(g.refunded_on) AS last_on,
        count(DISTINCT g.refund_account) AS accounts, bool_and(coalesce(g.taken_by, 'other') IN ('payer', 'family')) AS to_own,
        min(g.amount_fen) = max(g.amount_fen) AS same_amounts, bool_or(coalesce(g.reason = 'deceased', false)) AS deceased,
        list_sort(list(DISTINCT g.event_id)) AS refund_events
    FROM given_back AS g
    GROUP BY g.county, g.payer, g.fee, g.fee_year
),
-- one row per payment whose amount its source lowered, and by how much at most
lowered AS (
    SELECT a.county, a.record_id, max(a.old_amount_fen - a.amount_fen) AS lowered_fen
    FROM amendments AS a
    WHERE a.type = 'payments' AND a.amount_changed AND a.old_amount_fen > a.amount_fen
    GROUP BY a.county, a.record_id
),
-- one row per person, fee and year refunded and standing payment: theirs, or one that a refund names
payments_met AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, p.payment_event_id, p.amount_fen, p.channel, coalesce(max(l.lowered_fen), 0) AS lowered_fen
    FROM given_back AS g
    INNER JOIN refund_payments AS p ON p.county = g.county AND p.refund_event_id = g.event_id
    LEFT JOIN lowered AS l ON l.county = p.county AND l.record_id = p.record_id
    WHERE p.standing
    GROUP BY g.county, g.payer, g.fee, g.fee_year, p.payment_event_id, p.amount_fen, p.channel
),
-- one row per person, fee and year refunded with what had been paid: by the person, and by the treasury
paid AS (
    SELECT
        m.county, m.payer, m.fee, m.fee_year, CAST(sum(CASE WHEN m.channel = 'fiscal' THEN 0 ELSE m.amount_fen END) AS BIGINT) AS own_fen,
        CAST(sum(m.amount_fen) AS BIGINT) AS all_fen, CAST(sum(m.lowered_fen) AS BIGINT) AS lowered_fen, list_sort(list(DISTINCT m.payment_event_id)) AS payment_events
    FROM payments_met AS m
    GROUP BY m.county, m.payer, m.fee, m.fee_year
),
-- one row per payment that more than one refund names, with what they give back
twice_named AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, p.payment_event_id, p.amount_fen, CAST(sum(g.amount_fen) AS BIGINT) AS refunded_fen
    FROM given_back AS g
    INNER JOIN refund_payments AS p ON p.county = g.county AND p.refund_event_id = g.event_id
    WHERE p.standing AND p.named
    GROUP BY g.county, g.payer, g.fee, g.fee_year, p.payment_event_id, p.amount_fen
    HAVING count(*) > 1
),
-- one row per person, fee and year with the excess over one payment alone
over_one AS (
    SELECT t.county, t.payer, t.fee, t.fee_year, max(t.refunded_fen - t.amount_fen) AS excess_fen
    FROM twice_named AS t
    GROUP BY t.county, t.payer, t.fee, t.fee_year
),
-- one row per office's fee for which reversals of entitlements are recorded
reversing AS (
    SELECT DISTINCT e.county, e.source, e.fee FROM entitlements AS e WHERE e.reversed_on IS NOT NULL
),
-- one row per person refunded, fee and year whose cover stands though its office records reversals: nothing of that year was given back
covered_still AS (
    SELECT DISTINCT e.county, e.payer, e.fee, e.fee_year
    FROM (SELECT DISTINCT r.county, r.payer FROM refunded AS r) AS w
    INNER JOIN entitlements AS e ON e.county = w.county AND e.payer = w.payer
    INNER JOIN reversing AS v ON v.county = e.county AND v.source = e.source AND v.fee = e.fee
    WHERE e.reversed_on IS NULL AND e.amount_fen > 0
),
-- one row per person, fee and year whose excess is what the person paid for the year before or after and never got back, unless the cover of that year stands
next_years AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year
    FROM refunded AS r
    INNER JOIN paid AS d ON d.county = r.county AND d.payer = r.payer AND d.fee = r.fee AND d.fee_year = r.fee_year
    INNER JOIN standing_payments AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.amount_fen = r.refunded_fen - d.own_fen
    LEFT JOIN refunded AS b ON b.county = p.county AND b.payer = p.payer AND b.fee = p.fee AND b.fee_year = p.fee_year
    LEFT JOIN covered_still AS c ON c.county = p.county AND c.payer = p.payer AND c.fee = p.fee AND c.fee_year = p.fee_year
    WHERE p.fee_year IN (r.fee_year - 1, r.fee_year + 1) AND p.channel <> 'fiscal' AND b.payer IS NULL AND c.payer IS NULL
),
-- one row per person, fee and year with the excess, over all that was paid or over one payment, and what lightens it
excesses AS (
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.township, r.village, r.refunds, r.refunded_fen, r.first_on, r.last_on, p.own_fen,
        r.refund_events, p.payment_events,
        greatest(r.refunded_fen - p.own_fen, 0) AS over_all_fen, coalesce(o.excess_fen, 0) AS over_one_fen,
        CASE
            WHEN r.refunded_fen <= p.own_fen THEN 'one-payment'
            WHEN r.refunded_fen <= p.all_fen THEN 'treasury-part'
            WHEN r.refunded_fen <= p.own_fen + p.lowered_fen THEN 'amended'
            WHEN o.excess_fen IS NULL AND y.payer IS NOT NULL THEN 'other-year'
            WHEN r.deceased AND r.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'account-balance'
            WHEN r.refunds > 1 AND r.same_amounts AND r.accounts = r.refunds AND r.to_own THEN 'sent-again'
        END AS lighter
    FROM refunded AS r
    INNER JOIN paid AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.fee_year = r.fee_year
    LEFT JOIN next_years AS y ON y.county = r.county AND y.payer = r.payer AND y.fee = r.fee AND y.fee_year = r.fee_year
    LEFT JOIN over_one AS o ON o.county = r.county AND o.payer = r.payer AND o.fee = r.fee AND o.fee_year = r.fee_year
    WHERE p.all_fen > 0
),
-- one row per such person, fee and year from the smallest excess on, with how grave (0 watch to 4 critical)
graded AS (
    SELECT
        x.county, x.payer, x.fee, x.fee_year, x.township, x.village, x.refunds, x.refunded_fen, x.own_fen, x.first_on, x.last_on, x.lighter, x.refund_events, x.payment_events,
        greatest(x.over_all_fen, x.over_one_fen) AS excess_fen,
        CASE
            WHEN greatest(x.over_all_fen, x.over_one_fen) >= $critical_fen THEN 4
            WHEN greatest(x.over_all_fen, x.over_one_fen) >= $high_fen THEN 3
            WHEN greatest(x.over_all_fen, x.over_one_fen) >= $medium_fen THEN 2
            ELSE 1
        END - CASE WHEN x.lighter IS NULL THEN 0 ELSE 1 END AS level
    FROM excesses AS x
    WHERE greatest(x.over_all_fen, x.over_one_fen) >= $min_fen
),
-- one row per such person, fee and year and record that shows it: the refunds and the payments
shown AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, e.event AS event_id FROM graded AS g, unnest(g.refund_events) AS e(event)
    UNION
    SELECT g.county, g.payer, g.fee, g.fee_year, e.event AS event_id FROM graded AS g, unnest(g.payment_events) AS e(event)
),
-- one row per such person, fee and year with these records
evidence AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.payer, s.fee, s.fee_year
)
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'payer' AS subject_type, g.payer AS subject_id, g.township, g.village, g.fee, g.fee_year,
    g.excess_fen AS amount_at_risk_fen, CAST(g.excess_fen AS DOUBLE) AS measure, CAST($min_fen AS DOUBLE) AS threshold,
    g.last_on AS occurred_on, e.events AS evidence,
    struct_pack(
        refunds := g.refunds, refunded_fen := g.refunded_fen, paid_fen := g.own_fen, excess_fen := g.excess_fen, first_on := g.first_on, last_on := g.last_on,
        note_zh := CASE g.lighter
            WHEN 'one-payment' THEN '（几笔退费列同一笔原缴费，合计未超过本人全部缴费）'
            WHEN 'treasury-part' THEN '（超出部分为财政代缴）'
            WHEN 'amended' THEN '（原缴费金额后来调低）'
            WHEN 'other-year' THEN '（多退的恰为上一或下一年度未退的缴费，可能录错年度）'
            WHEN 'account-balance' THEN '（死亡退养老个人账户，可能含利息和其他年度）'
            WHEN 'sent-again' THEN '（退到本人或家人的不同账户，可能是退汇重发）'
            ELSE ''
        END,
        note_en := CASE g.lighter
            WHEN 'one-payment' THEN ' (several refunds name one payment; together they do not exceed what the person paid)'
            WHEN 'treasury-part' THEN ' (the excess is the treasury''s part)'
            WHEN 'amended' THEN ' (the amount of the payment was lowered afterwards)'
            WHEN 'other-year' THEN ' (as much was paid for the year before or after and never given back: the year may be a slip)'
            WHEN 'account-balance' THEN ' (a pension account after a death: interest and other years may be in it)'
            WHEN 'sent-again' THEN ' (to different accounts of the person or the family: perhaps returned by the bank and sent again)'
            ELSE ''
        END
    ) AS details
FROM graded AS g
INNER JOIN evidence AS e ON e.county = g.county AND e.payer = g.payer AND e.fee = g.fee AND e.fee_year = g.fee_year
