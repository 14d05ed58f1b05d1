-- one row per payer, fee and fee year whose entitlement still stands though the money behind it was refunded, and one per office and fee where there are many of them or no reversal at all
WITH
-- one row per county: the working days gone by on the day of the screening
today AS (
    SELECT w.county, w.ordinal FROM working_day AS w WHERE w.day = $as_of
),
-- one row per refund of a premium to a person, with the reference of the payment that it gives back
given_back AS (
    SELECT
        r.county, r.event_id, r.payer, r.fee, r.fee_year, r.amount_fen, r.reason, r.reference, r.refunded_on, r.refunded_ordinal, r.office, r.township, r.village
    FROM office_refunds AS r
    WHERE NOT r.hands_on AND NOT r.of_cash AND r.office IS NOT NULL
),
-- one row per person, fee and year refunded
refunded AS (
    SELECT
        g.county, g.payer, g.fee, g.fee_year, min(g.office) AS office, min(g.township) AS township, min(g.village) AS village,
        count(*) AS refunds, CAST(sum(g.amount_fen) AS BIGINT) AS refunded_fen, max(g.refunded_on) AS last_on, max(g.refunded_ordinal) AS last_ordinal,
        bool_and(g.reason = 'deceased') AS deceased, bool_and(g.reason = 'duplicate') AS duplicate,
        bool_or(coalesce(g.reason = 'subsidised', false)) AS subsidised, bool_or(coalesce(g.reason = 'wrong-tier', false)) AS wrong_tier
    FROM given_back AS g
    GROUP BY g.county, g.payer, g.fee, g.fee_year
),
-- one row per person, fee and year refunded and standing payment of theirs
payments_met AS (
    SELECT DISTINCT g.county, g.payer, g.fee, g.fee_year, p.payment_event_id, p.amount_fen, p.channel
    FROM given_back AS g
    INNER JOIN refund_payments AS p ON p.county = g.county AND p.refund_event_id = g.event_id
    WHERE p.standing AND p.of_person
),
-- one row per person, fee and year refunded: what had been paid, the treasury's part included, and by the person
paid AS (
    SELECT
        m.county, m.payer, m.fee, m.fee_year, count(*) AS payments, CAST(sum(m.amount_fen) AS BIGINT) AS paid_fen,
        CAST(sum(CASE WHEN m.channel = 'fiscal' THEN 0 ELSE m.amount_fen END) AS BIGINT) AS own_fen
    FROM payments_met AS m
    GROUP BY m.county, m.payer, m.fee, m.fee_year
),
-- one row per system and fee of which any entitlement is recorded as reversed
reversing AS (
    SELECT DISTINCT e.county, e.source, e.fee FROM entitlements AS e WHERE e.reversed_on IS NOT NULL
),
-- one row per person, fee and year refunded, amount and system by which an entitlement was reversed
reversed AS (
    SELECT DISTINCT e.county, e.payer, e.fee, e.fee_year, e.amount_fen, e.source, r.township
    FROM refunded AS r
    INNER JOIN entitlements AS e ON e.county = r.county AND e.payer = r.payer AND e.fee = r.fee AND e.fee_year = r.fee_year
    WHERE e.reversed_on IS NOT NULL
),
-- one row per entitlement of such a person that stands, unless another system tells it as reversed, with whether its system tells reversals
standing AS (
    SELECT
        e.county, e.event_id, e.payer, e.fee, e.fee_year, e.amount_fen, ltrim(upper(replace(e.payment_id, ' ', '')), '0') AS reference,
        v.source IS NOT NULL AS reversing
    FROM entitlements AS e
    INNER JOIN refunded AS r ON r.county = e.county AND r.payer = e.payer AND r.fee = e.fee AND r.fee_year = e.fee_year
    LEFT JOIN reversing AS v ON v.county = e.county AND v.source = e.source AND v.fee = e.fee
    LEFT JOIN (SELECT DISTINCT b.county, b.payer, b.fee, b.fee_year, b.amount_fen, b.source FROM reversed AS b) AS o
        ON o.county = e.county AND o.payer = e.payer AND o.fee = e.fee AND o.fee_year = e.fee_year AND o.amount_fen = e.amount_fen AND o.source <> e.source
    WHERE e.reversed_on IS NULL AND e.amount_fen > 0 AND o.payer IS NULL
),
-- one row per payment reference: what the refunds that name it give back together
by_reference AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, g.reference, CAST(sum(g.amount_fen) AS BIGINT) AS refunded_fen
    FROM given_back AS g
    WHERE g.reference IS NOT NULL
    GROUP BY g.county, g.payer, g.fee, g.fee_year, g.reference
),
-- one row per standing entitlement with whether refunds give back the very payment that it stands for (2 all of it, 1 a part)
named AS (
    SELECT
        s.county, s.event_id, s.payer, s.fee, s.fee_year, s.amount_fen, s.reversing,
        CASE WHEN b.refunded_fen >= s.amount_fen THEN 2 WHEN b.refunded_fen IS NOT NULL THEN 1 ELSE 0 END AS hit
    FROM standing AS s
    LEFT JOIN by_reference AS b
        ON b.county = s.county AND b.payer = s.payer AND b.fee = s.fee AND b.fee_year = s.fee_year AND b.reference = s.reference
),
-- one row per person, fee and year with what stands
covered AS (
    SELECT
        n.county, n.payer, n.fee, n.fee_year, CAST(sum(n.amount_fen) AS BIGINT) AS covered_fen, max(n.hit) AS hit,
        CAST(sum(CASE WHEN n.hit = 2 THEN n.amount_fen ELSE 0 END) AS BIGINT) AS hit_fen, bool_or(n.reversing) AS reversing
    FROM named AS n
    GROUP BY n.county, n.payer, n.fee, n.fee_year
),
-- one row per person, fee and year for whom the treasury pays
funded AS (
    SELECT l.county, l.payer, l.fee, l.fee_year FROM rosters AS l WHERE l.fiscal_share_fen > 0
    UNION
    SELECT c.county, c.payer, s.fee, s.fee_year
    FROM payer_categories AS c
    INNER JOIN fiscal_share AS s ON s.county = c.county AND s.category = c.category AND (c.fee IS NULL OR (c.fee = s.fee AND c.fee_year = s.fee_year))
    WHERE coalesce(s.percent, s.amount_fen) > 0
),
-- one row per such person, fee and year refunded with the least that the person has to pay: the cover stays as long as that is left
own_parts AS (
    SELECT f.county, f.payer, f.fee, f.fee_year, min(a.amount_fen) AS own_due_fen
    FROM funded AS f
    INNER JOIN refunded AS r ON r.county = f.county AND r.payer = f.payer AND r.fee = f.fee AND r.fee_year = f.fee_year
    LEFT JOIN legal_amounts AS a ON a.county = f.county AND a.payer = f.payer AND a.fee = f.fee AND a.fee_year = f.fee_year
    GROUP BY f.county, f.payer, f.fee, f.fee_year
),
-- one row per person, fee and year whose cover outlives the money: nothing is left paid (of the own part, where the treasury pays the other), or the payment that the cover stands for went back (whole, or in part because the tier was wrong)
outliving AS (
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.office, r.township, r.village, r.refunds, r.refunded_fen, r.last_on, t.ordinal - r.last_ordinal AS open_wd,
        c.covered_fen, coalesce(p.paid_fen, 0) AS paid_fen, c.reversing, r.deceased, r.duplicate, coalesce(p.payments, 0) AS payments,
        CASE
            WHEN p.paid_fen <= r.refunded_fen THEN 'nothing-left'
            WHEN f.own_due_fen > 0 AND p.own_fen <= r.refunded_fen AND c.covered_fen > p.paid_fen - r.refunded_fen THEN 'nothing-left'
            WHEN c.hit = 2 AND (p.paid_fen IS NULL OR c.covered_fen > p.paid_fen - r.refunded_fen) THEN 'payment-gone'
            WHEN c.covered_fen > p.paid_fen - r.refunded_fen AND c.hit = 0 AND NOT r.wrong_tier THEN 'too-much'
            WHEN c.covered_fen > p.paid_fen - r.refunded_fen AND c.hit = 1 AND r.wrong_tier THEN 'tier-kept'
        END AS kind
    FROM refunded AS r
    INNER JOIN today AS t ON t.county = r.county
    INNER JOIN covered AS c ON c.county = r.county AND c.payer = r.payer AND c.fee = r.fee AND c.fee_year = r.fee_year
    LEFT JOIN paid AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.fee_year = r.fee_year
    LEFT JOIN own_parts AS f ON f.county = r.county AND f.payer = r.payer AND f.fee = r.fee AND f.fee_year = r.fee_year
    WHERE NOT r.subsidised AND NOT coalesce(p.own_fen - r.refunded_fen >= f.own_due_fen, f.payer IS NOT NULL) AND t.ordinal - r.last_ordinal >= $reverse_wd
),
-- one row per fee and township of which so many persons were refunded and kept their cover, and not one whose cover was taken back: its days of reversal were not handed in
untold AS (
    SELECT o.county, o.fee, o.township
    FROM outliving AS o
    LEFT JOIN (SELECT DISTINCT r.county, r.fee, r.township FROM reversed AS r) AS b ON b.county = o.county AND b.fee = o.fee AND b.township = o.township
    WHERE o.kind IS NOT NULL AND o.township IS NOT NULL AND o.reversing AND b.township IS NULL
    GROUP BY o.county, o.fee, o.township
    HAVING count(DISTINCT o.payer) >= $untold_persons
),
-- one row per person, fee and year and record that shows it: the refunds and the entitlements
shown AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, g.event_id FROM given_back AS g
    UNION
    SELECT s.county, s.payer, s.fee, s.fee_year, s.event_id FROM standing AS s
),
-- one row per person, fee and year with these records
evidence AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.payer, s.fee, s.fee_year
),
-- one row per such person, fee and year with how grave (0 watch to 4 critical)
graded AS (
    SELECT
        o.county, o.payer, o.fee, o.fee_year, o.office, o.township, o.village, o.refunds, o.refunded_fen, o.last_on, o.open_wd, o.covered_fen, o.kind, o.reversing,
        CASE
            WHEN o.kind IN ('too-much', 'tier-kept') OR u.township IS NOT NULL THEN 0
            WHEN o.refunded_fen >= $critical_fen THEN 4
            WHEN o.refunded_fen >= $high_fen THEN 3
            WHEN o.refunded_fen >= $medium_fen THEN 2
            ELSE 1
        END - CASE WHEN o.deceased OR (o.duplicate AND o.payments < 2) THEN 1 ELSE 0 END AS level
    FROM outliving AS o
    LEFT JOIN untold AS u ON u.county = o.county AND u.fee = o.fee AND u.township = o.township
    WHERE o.kind IS NOT NULL
),
-- one row per office and fee that is one matter for the office: so many persons, or no reversal at all
together AS (
    SELECT
        g.county, g.office, g.fee, CASE WHEN min(g.fee_year) = max(g.fee_year) THEN min(g.fee_year) END AS fee_year, count(DISTINCT g.payer) AS persons,
        CAST(sum(g.refunds) AS BIGINT) AS refunds, CAST(sum(g.refunded_fen) AS BIGINT) AS refunded_fen, CAST(sum(g.covered_fen) AS BIGINT) AS covered_fen,
        bool_or(g.reversing) AS reversing, min(g.last_on) AS first_on, max(g.last_on) AS last_on, max(g.open_wd) AS open_wd
    FROM graded AS g
    GROUP BY g.county, g.office, g.fee
    HAVING NOT bool_or(g.reversing) OR count(DISTINCT g.payer) >= $many_persons
),
-- one row per such office and fee with all records
together_evidence AS (
    SELECT g.county, g.office, g.fee, list_sort(list(DISTINCT s.event_id)) AS events
    FROM graded AS g
    INNER JOIN together AS t ON t.county = g.county AND t.office = g.office AND t.fee = g.fee
    INNER JOIN shown AS s ON s.county = g.county AND s.payer = g.payer AND s.fee = g.fee AND s.fee_year = g.fee_year
    GROUP BY g.county, g.office, g.fee
)
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'payer' AS subject_type, g.payer AS subject_id, g.township, g.village, g.fee, g.fee_year,
    g.refunded_fen AS amount_at_risk_fen, CAST(g.open_wd AS DOUBLE) AS measure, CAST($reverse_wd AS DOUBLE) AS threshold,
    g.last_on AS occurred_on, e.events AS evidence,
    struct_pack(
        addressee := g.office, refunds := g.refunds, refunded_fen := g.refunded_fen, covered_fen := g.covered_fen, last_on := g.last_on, open_wd := g.open_wd,
        story_zh := CASE g.kind
            WHEN 'nothing-left' THEN '本人该年度已无未退的缴费'
            WHEN 'payment-gone' THEN '权益所对应的缴费已退'
            WHEN 'tier-kept' THEN '档次差额已退，权益仍按原档次记录'
            ELSE '权益记录多于未退的缴费'
        END,
        story_en := CASE g.kind
            WHEN 'nothing-left' THEN 'nothing the person paid for the year is left'
            WHEN 'payment-gone' THEN 'the payment that it stands for went back'
            WHEN 'tier-kept' THEN 'the difference of the tiers went back, the tier did not'
            ELSE 'more is recorded than is left paid'
        END
    ) AS details
FROM graded AS g
INNER JOIN evidence AS e ON e.county = g.county AND e.payer = g.payer AND e.fee = g.fee AND e.fee_year = g.fee_year
LEFT JOIN together AS t ON t.county = g.county AND t.office = g.office AND t.fee = g.fee
WHERE t.fee IS NULL
UNION ALL
SELECT
    t.county,
    CASE
        WHEN NOT t.reversing THEN 'low'
        WHEN t.refunded_fen >= $critical_fen THEN 'critical'
        WHEN t.refunded_fen >= $high_fen THEN 'high'
        WHEN t.refunded_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'office' AS subject_type, t.office AS subject_id, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village,
    t.fee, t.fee_year, t.refunded_fen AS amount_at_risk_fen, CAST(t.open_wd AS DOUBLE) AS measure, CAST($reverse_wd AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        addressee := t.office, refunds := t.refunds, refunded_fen := t.refunded_fen, covered_fen := t.covered_fen, last_on := t.last_on, open_wd := t.open_wd,
        story_zh := concat('涉及 ', CAST(t.persons AS VARCHAR), CASE WHEN t.reversing THEN ' 人' ELSE ' 人，该险种没有任何权益冲减记录，请先确认是否报送了冲减日期' END),
        story_en := concat(
            CAST(t.persons AS VARCHAR),
            CASE WHEN t.reversing THEN ' persons' ELSE ' persons; no entitlement of this fee is recorded as reversed at all: is the day of reversal handed in?' END
        )
    ) AS details
FROM together AS t
INNER JOIN together_evidence AS e ON e.county = t.county AND e.office = t.office AND e.fee = t.fee
