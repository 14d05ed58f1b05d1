-- one row per collector, fee and fee year with cash taken from persons whose fee was paid otherwise, and one per payer, fee and fee year paid twice in the tax system
WITH
-- one row per county: how many working days have passed by the day of the screening
today AS (
    SELECT w.county, w.ordinal FROM working_day AS w WHERE w.day = $as_of
),
-- one row per person, fee and year: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per register line not paid in, or a family's not paid in for all, where the fee was paid by another hand: known, or not known and before the cash
beside AS (
    SELECT
        s.county, s.event_id, s.payer, s.fee, s.fee_year, s.amount_fen - s.settled_fen AS amount_fen, s.collector_id, s.township, s.village, s.received_on,
        s.otherwise_on, s.otherwise_payments, s.otherwise_by = 'unknown' AS hand_unknown
    FROM settlement AS s
    WHERE s.state = 'otherwise'
        AND (
            (s.otherwise_by <> 'unknown' AND (s.settled_fen = 0 OR s.persons > 1))
            OR (s.otherwise_by = 'unknown' AND s.settled_fen = 0 AND s.persons <= 1 AND datediff('day', s.otherwise_on, s.received_on) >= $ahead_days)
        )
),
-- one row per such line and payment that stands in its place
in_place AS (
    SELECT b.county, b.event_id, b.hand_unknown, p.event_id AS payment, p.payer, p.fee, p.fee_year, p.payer_account
    FROM (SELECT k.county, k.event_id, k.hand_unknown, unnest(k.otherwise_payments) AS payment FROM beside AS k) AS b
    INNER JOIN standing_payments AS p ON p.county = b.county AND p.event_id = b.payment
),
-- one row per account of a payment of unknown hand that paid for one household alone
single_accounts AS (
    SELECT p.county, p.payer_account
    FROM (SELECT DISTINCT i.county, i.payer_account FROM in_place AS i WHERE i.hand_unknown AND i.payer_account IS NOT NULL) AS a
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer_account = a.payer_account
    GROUP BY p.county, p.payer_account
    HAVING min(p.household) = max(p.household)
),
-- one row per line with what was given back to whom it was paid for otherwise, and, of unknown hands, whether each payment came from such an account
weighed AS (
    SELECT
        i.county, i.event_id, CAST(sum(coalesce(g.back_fen, 0)) AS BIGINT) AS back_fen, bool_and(a.payer_account IS NOT NULL) AS single, min(a.payer_account) AS account
    FROM in_place AS i
    LEFT JOIN single_accounts AS a ON a.county = i.county AND a.payer_account = i.payer_account
    LEFT JOIN given_back AS g ON g.county = i.county AND g.payer = i.payer AND g.fee = i.fee AND g.fee_year = i.fee_year
    GROUP BY i.county, i.event_id
),
-- one row per such line of which too little was given back
cash_beside AS (
    SELECT
        b.county, b.event_id, b.payer, b.fee, b.fee_year, b.amount_fen, b.collector_id, b.township, b.village, b.received_on,
        b.otherwise_on, b.otherwise_payments, greatest(b.received_on, b.otherwise_on) AS twice_on,
        b.otherwise_on = b.received_on AS same_day, b.hand_unknown, w.account
    FROM beside AS b
    INNER JOIN weighed AS w ON w.county = b.county AND w.event_id = b.event_id
    LEFT JOIN given_back AS g ON g.county = b.county AND g.payer = b.payer AND g.fee = b.fee AND g.fee_year = b.fee_year
    WHERE coalesce(g.back_fen, 0) < b.amount_fen AND w.back_fen < b.amount_fen AND (w.single OR NOT b.hand_unknown)
),
-- one row per such line whose time for giving back is over, with the working days gone by
cash_twice AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.amount_fen, c.collector_id, c.township, c.village, c.received_on,
        c.otherwise_payments, c.same_day, c.hand_unknown, c.account, t.ordinal - w.ordinal AS open_wd
    FROM cash_beside AS c
    INNER JOIN working_day AS w ON w.county = c.county AND w.day = c.twice_on
    INNER JOIN today AS t ON t.county = c.county
    WHERE t.ordinal - w.ordinal >= $refund_wd
),
-- one row per collector, fee and fee year with such lines
by_collector AS (
    SELECT
        c.county, c.collector_id, c.fee, c.fee_year,
        CASE WHEN min(c.township) = max(c.township) THEN min(c.township) END AS township,
        CASE WHEN min(c.village) = max(c.village) THEN min(c.village) END AS village,
        count(DISTINCT c.payer) AS persons, CAST(sum(c.amount_fen) AS BIGINT) AS twice_fen, max(c.open_wd) AS open_wd,
        min(c.received_on) AS first_on, bool_and(c.same_day) AS same_day, bool_and(c.hand_unknown) AS hand_unknown,
        count(DISTINCT CASE WHEN c.hand_unknown THEN c.account END) AS accounts
    FROM cash_twice AS c
    GROUP BY c.county, c.collector_id, c.fee, c.fee_year
),
-- one row per collector, fee and fee year: lines and the payments beside them
collector_evidence AS (
    SELECT e.county, e.collector_id, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT c.county, c.collector_id, c.fee, c.fee_year, c.event_id FROM cash_twice AS c
        UNION
        SELECT c.county, c.collector_id, c.fee, c.fee_year, unnest(c.otherwise_payments) AS event_id FROM cash_twice AS c
    ) AS e
    GROUP BY e.county, e.collector_id, e.fee, e.fee_year
),
-- one row per person, fee and year with several standing payments out of the payer's pocket
many AS (
    SELECT p.county, p.payer, p.fee, p.fee_year
    FROM standing_payments AS p
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.payer_id_type <> 'uscc'
    GROUP BY p.county, p.payer, p.fee, p.fee_year
    HAVING count(*) > 1
),
-- one row per standing payment out of such a payer's pocket; the same payment from two systems, or twice under one terminal reference, counts once
money AS (
    SELECT p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.tier_fen, p.source, p.channel, p.paid_on, p.posted_on, p.township, p.village
    FROM many AS k
    INNER JOIN standing_payments AS p ON p.county = k.county AND p.payer = k.payer AND p.fee = k.fee AND p.fee_year = k.fee_year
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.payer_id_type <> 'uscc'
    QUALIFY row_number() OVER (
        PARTITION BY p.county, p.payer, p.fee, p.fee_year, p.amount_fen, coalesce(p.pos_reference, CASE WHEN p.timed THEN CAST(p.paid_at AS VARCHAR) ELSE p.event_id END)
        ORDER BY p.source NULLS LAST, p.event_id NULLS LAST
    ) = 1
),
-- one row per such person, fee and year with more than one of these
repeaters AS (
    SELECT m.county, m.payer, m.fee, m.fee_year FROM money AS m GROUP BY m.county, m.payer, m.fee, m.fee_year HAVING count(*) > 1
),
-- one row per such person, fee, year and legal amount
amounts AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, g.amount_fen
    FROM repeaters AS k
    INNER JOIN legal_amounts AS g ON g.county = k.county AND g.payer = k.payer AND g.fee = k.fee AND g.fee_year = k.fee_year
),
-- one row per payment of such a person for the fee and year, with whether the amount alone is a legal one
several AS (
    SELECT m.county, m.event_id, m.payer, m.fee, m.fee_year, m.amount_fen, m.tier_fen, m.source, m.channel, m.paid_on, m.posted_on, m.township, m.village, g.payer IS NOT NULL AS legal
    FROM money AS m
    INNER JOIN repeaters AS k ON k.county = m.county AND k.payer = m.payer AND k.fee = m.fee AND k.fee_year = m.fee_year
    LEFT JOIN amounts AS g
        ON g.county = m.county AND g.payer = m.payer AND g.fee = m.fee AND g.fee_year = m.fee_year AND g.amount_fen = m.amount_fen
),
-- one row per fee and fee year with a tariff
priced AS (
    SELECT t.county, t.fee, t.fee_year, max(t.kind) AS kind FROM tariff AS t GROUP BY t.county, t.fee, t.fee_year
),
-- one row per such person, fee and year: the treasury's part
funded AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, CAST(sum(p.amount_fen) AS BIGINT) AS fiscal_fen
    FROM repeaters AS k
    INNER JOIN standing_payments AS p ON p.county = k.county AND p.payer = k.payer AND p.fee = k.fee AND p.fee_year = k.fee_year
    WHERE p.channel = 'fiscal'
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person, fee and year with at least two payments each legal alone; one tier declared again and again is no top-up
repeated AS (
    SELECT
        s.county, s.payer, s.fee, s.fee_year, q.kind, count(*) AS payments, CAST(sum(s.amount_fen) AS BIGINT) AS paid_fen,
        max(s.amount_fen) AS largest_fen, min(s.amount_fen) AS smallest_fen, max(s.paid_on) AS last_on, min(s.paid_on) AS first_on,
        min(s.township) AS township, min(s.village) AS village,
        min(s.paid_on) = max(s.paid_on) AND min(s.channel) = max(s.channel) AND min(s.source) = max(s.source)
        AND ((count(s.posted_on) > 0 AND count(s.posted_on) < count(*)) OR (min(s.channel) = 'cash' AND count(s.posted_on) = 0)) AS entered_anew,
        count(s.tier_fen) = count(*) AND min(s.tier_fen) = max(s.tier_fen) AND min(s.amount_fen) = max(s.tier_fen) AS same_tier
    FROM several AS s
    INNER JOIN priced AS q ON q.county = s.county AND q.fee = s.fee AND q.fee_year = s.fee_year
    WHERE s.legal
    GROUP BY s.county, s.payer, s.fee, s.fee_year, q.kind
    HAVING count(*) > 1
),
-- one row per such person, fee and year whose sum is itself legal: a tier with or without the treasury's part, or no more than the full tariff
summed AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year
    FROM repeated AS r
    INNER JOIN amounts AS g ON g.county = r.county AND g.payer = r.payer AND g.fee = r.fee AND g.fee_year = r.fee_year
    LEFT JOIN funded AS f ON f.county = r.county AND f.payer = r.payer AND f.fee = r.fee AND f.fee_year = r.fee_year
    WHERE (r.kind = 'tiers' AND NOT coalesce(r.same_tier, FALSE) AND g.amount_fen IN (r.paid_fen, r.paid_fen + coalesce(f.fiscal_fen, 0)))
        OR (r.kind = 'fixed' AND r.paid_fen <= g.amount_fen)
),
-- one row per person, fee and year paid twice whose time for giving back is over
paid_twice AS (
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.township, r.village, r.payments, r.paid_fen - r.largest_fen AS twice_fen, r.paid_fen,
        r.first_on, t.ordinal - w.ordinal AS open_wd, coalesce(r.last_on < n.until_on, FALSE) OR (r.entered_anew AND v.county IS NULL) AS refund_unknown
    FROM repeated AS r
    LEFT JOIN (SELECT DISTINCT p.county FROM payment_voids AS p) AS v ON v.county = r.county
    LEFT JOIN refunds_not_in AS n ON n.county = r.county
    LEFT JOIN summed AS s ON s.county = r.county AND s.payer = r.payer AND s.fee = r.fee AND s.fee_year = r.fee_year
    LEFT JOIN given_back AS g ON g.county = r.county AND g.payer = r.payer AND g.fee = r.fee AND g.fee_year = r.fee_year
    INNER JOIN working_day AS w ON w.county = r.county AND w.day = r.last_on
    INNER JOIN today AS t ON t.county = r.county
    WHERE s.payer IS NULL AND coalesce(g.back_fen, 0) < r.smallest_fen AND t.ordinal - w.ordinal >= $refund_wd
),
-- one row per such person, fee and year: the payments
payer_evidence AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM several AS s GROUP BY s.county, s.payer, s.fee, s.fee_year
)
SELECT
    b.county,
    CASE
        WHEN b.same_day OR (b.hand_unknown AND b.accounts < $own_accounts) THEN 'watch'
        WHEN b.hand_unknown AND b.accounts < $high_persons THEN 'low'
        WHEN b.hand_unknown THEN 'medium'
        WHEN b.twice_fen >= $critical_fen THEN 'critical'
        WHEN b.persons >= $high_persons THEN 'high'
        ELSE 'medium'
    END AS severity,
    'collector' AS subject_type, b.collector_id AS subject_id, b.township, b.village, b.fee, b.fee_year,
    b.twice_fen AS amount_at_risk_fen, CAST(b.open_wd AS DOUBLE) AS measure, CAST($refund_wd AS DOUBLE) AS threshold,
    b.first_on AS occurred_on, e.events AS evidence,
    struct_pack(form_zh := '收取现金而已另行缴费', form_en := 'cash taken beside a payment by another hand', persons := b.persons, open_wd := b.open_wd, addressee := 'township') AS details
FROM by_collector AS b
INNER JOIN collector_evidence AS e
    ON e.county = b.county AND e.collector_id = b.collector_id AND e.fee = b.fee AND e.fee_year = b.fee_year
UNION ALL
SELECT
    p.county, CASE WHEN p.refund_unknown THEN 'watch' ELSE 'low' END AS severity, 'payer' AS subject_type, p.payer AS subject_id, p.township, p.village, p.fee, p.fee_year,
    p.twice_fen AS amount_at_risk_fen, CAST(p.open_wd AS DOUBLE) AS measure, CAST($refund_wd AS DOUBLE) AS threshold,
    p.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        form_zh := '税务系统内两次缴费', form_en := 'paid twice in the tax system', persons := CAST(1 AS BIGINT), open_wd := p.open_wd,
        addressee := CASE
            WHEN p.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN p.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM paid_twice AS p
INNER JOIN payer_evidence AS e ON e.county = p.county AND e.payer = p.payer AND e.fee = p.fee AND e.fee_year = p.fee_year
