-- one row per collector, fee and fee year (payer where no collector is named) with persons charged whose fee the treasury pays, wholly or in part, and who were not given it back
WITH
-- one row per fixed amount of a fee, fee year and category
fixed_tariff AS (
    SELECT t.county, t.fee, t.fee_year, t.category, max(t.amount_fen) AS amount_fen
    FROM tariff AS t WHERE t.kind = 'fixed'
    GROUP BY t.county, t.fee, t.fee_year, t.category
),
-- one row per fee, fee year and category that the treasury pays for: the full tariff and what is left to the person
shares AS (
    SELECT
        f.county, f.fee, f.fee_year, f.category, coalesce(c.amount_fen, a.amount_fen) AS full_fen,
        greatest(0, coalesce(c.amount_fen, a.amount_fen) - coalesce(f.amount_fen, coalesce(c.amount_fen, a.amount_fen) * f.percent // 100)) AS due_fen
    FROM fiscal_share AS f
    LEFT JOIN fixed_tariff AS c ON c.county = f.county AND c.fee = f.fee AND c.fee_year = f.fee_year AND c.category = f.category
    LEFT JOIN fixed_tariff AS a ON a.county = f.county AND a.fee = f.fee AND a.fee_year = f.fee_year AND a.category = 'all'
    WHERE coalesce(c.amount_fen, a.amount_fen) IS NOT NULL AND coalesce(f.amount_fen, f.percent, 0) > 0
),
-- one row per person who ever held a category that the treasury pays for
favoured AS (
    SELECT DISTINCT g.county, g.payer
    FROM payer_categories AS g
    INNER JOIN (SELECT DISTINCT s.county, s.category FROM shares AS s) AS s ON s.county = g.county AND s.category = g.category
),
-- one row per register line of such a person whose money was all paid for one year: that year, whatever the line says
years_paid AS (
    SELECT t.county, t.event_id, min(p.fee_year) AS fee_year
    FROM settling_payments AS t
    INNER JOIN standing_payments AS p ON p.county = t.county AND p.event_id = t.payment
    INNER JOIN favoured AS v ON v.county = p.county AND v.payer = p.payer
    GROUP BY t.county, t.event_id
    HAVING min(p.fee_year) = max(p.fee_year)
),
-- one row per taking of cash from one such person that was not given back (less what was paid with it for others: B01; a line whose year is a slip: of the year that was paid), or payment out of the person's pocket
charges AS (
    SELECT
        s.county, s.event_id, s.payer, s.fee, coalesce(y.fee_year, s.fee_year) AS fee_year, s.amount_fen,
        s.received_on AS charged_on, s.township, s.village, TRUE AS is_line, s.collector_id,
        CASE WHEN s.surplus_fen > 0 THEN s.amount_fen - coalesce(x.explained_fen, s.surplus_fen) ELSE s.amount_fen END AS cash_fen, 0 AS paid_fen
    FROM settlement AS s
    INNER JOIN favoured AS v ON v.county = s.county AND v.payer = s.payer
    LEFT JOIN surplus_over_payment AS x ON x.county = s.county AND x.event_id = s.event_id
    LEFT JOIN years_paid AS y ON y.county = s.county AND y.event_id = s.event_id
    WHERE s.persons <= 1 AND s.state <> 'returned'
    UNION ALL
    SELECT
        p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on AS charged_on, p.township, p.village,
        FALSE AS is_line, CAST(NULL AS VARCHAR) AS collector_id, 0 AS cash_fen, p.amount_fen AS paid_fen
    FROM standing_payments AS p
    INNER JOIN favoured AS v ON v.county = p.county AND v.payer = p.payer
    WHERE p.channel <> 'fiscal'
),
-- one row per charge with the category that applied that day
categorised AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.charged_on, c.township, c.village, c.is_line, c.collector_id, c.cash_fen, c.paid_fen,
        g.category, g.event_id AS category_event
    FROM charges AS c
    INNER JOIN payer_categories AS g
        ON g.county = c.county AND g.payer = c.payer
        AND (g.fee IS NULL OR (g.fee = c.fee AND g.fee_year = c.fee_year))
        AND (g.held_from IS NULL OR g.held_from <= c.charged_on) AND (g.held_until IS NULL OR g.held_until > c.charged_on)
    QUALIFY row_number() OVER (PARTITION BY c.county, c.event_id ORDER BY g.rank, g.category, g.event_id NULLS LAST) = 1
),
-- one row per person, fee and year charged while the treasury paid: what was charged, what was due, by law and by the roster
exempt AS (
    SELECT
        c.county, c.payer, c.fee, c.fee_year, c.category, s.full_fen, s.due_fen,
        greatest(CAST(sum(c.cash_fen) AS BIGINT), CAST(sum(c.paid_fen) AS BIGINT)) AS charged_fen,
        min(c.charged_on) AS first_on, max(c.charged_on) AS last_on,
        min(c.township) AS township, min(c.village) AS village
    FROM categorised AS c
    INNER JOIN shares AS s ON s.county = c.county AND s.fee = c.fee AND s.fee_year = c.fee_year AND s.category = c.category
    GROUP BY c.county, c.payer, c.fee, c.fee_year, c.category, s.full_fen, s.due_fen
),
-- one row per such person, fee and year: what the roster says is due
rostered AS (
    SELECT w.county, w.payer, w.fee, w.fee_year, max(g.amount_fen) AS due_fen
    FROM (SELECT DISTINCT e.county, e.payer, e.fee, e.fee_year FROM exempt AS e) AS w
    INNER JOIN legal_amounts AS g ON g.county = w.county AND g.payer = w.payer AND g.fee = w.fee AND g.fee_year = w.fee_year
    WHERE g.origin = 'roster'
    GROUP BY w.county, w.payer, w.fee, w.fee_year
),
-- one row per person, fee and year: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per person, fee and year charged something although fully funded, or in full although partly funded, with what is not given back
overpaid AS (
    SELECT
        e.county, e.payer, e.fee, e.fee_year, e.category, e.due_fen, e.charged_fen, e.first_on, e.last_on, e.township, e.village,
        e.charged_fen - coalesce(r.due_fen, e.due_fen) - coalesce(g.back_fen, 0) AS kept_fen
    FROM exempt AS e
    LEFT JOIN rostered AS r ON r.county = e.county AND r.payer = e.payer AND r.fee = e.fee AND r.fee_year = e.fee_year
    LEFT JOIN given_back AS g ON g.county = e.county AND g.payer = e.payer AND g.fee = e.fee AND g.fee_year = e.fee_year
    WHERE (e.due_fen = 0 OR e.charged_fen >= e.full_fen)
        AND e.charged_fen - coalesce(r.due_fen, e.due_fen) - coalesce(g.back_fen, 0) >= $from_fen
),
-- one row per payment for such a person with a collector's hand: whose
hands AS (
    SELECT h.county, h.event_id, min(h.collector_id) AS collector_id
    FROM (SELECT DISTINCT o.county, o.payer FROM overpaid AS o) AS o
    INNER JOIN collector_hands AS h ON h.county = o.county AND h.payer = o.payer
    GROUP BY h.county, h.event_id
),
-- one row per such person, fee and year with a register line: who took the money
takers AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, max(l.collector_id) AS collector_id
    FROM (SELECT DISTINCT o.county, o.payer FROM overpaid AS o) AS o
    INNER JOIN register_lines AS l ON l.county = o.county AND l.payer = o.payer
    GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per such person, fee, year and category: through whom
collected AS (
    SELECT
        o.county, o.payer, o.fee, o.fee_year, o.category,
        max(CASE WHEN c.is_line THEN c.collector_id ELSE coalesce(k.collector_id, h.collector_id) END) AS collector_id
    FROM overpaid AS o
    INNER JOIN categorised AS c ON c.county = o.county AND c.payer = o.payer AND c.fee = o.fee AND c.fee_year = o.fee_year AND c.category = o.category
    LEFT JOIN hands AS h ON h.county = c.county AND h.event_id = c.event_id
    LEFT JOIN takers AS k ON k.county = c.county AND k.payer = c.payer AND k.fee = c.fee AND k.fee_year = c.fee_year
    GROUP BY o.county, o.payer, o.fee, o.fee_year, o.category
),
-- one row per person, fee and year so charged, and through whom
charged AS (
    SELECT o.county, o.payer, o.fee, o.fee_year, o.category, o.due_fen, o.charged_fen, o.first_on, o.last_on, c.collector_id, o.township, o.village, o.kept_fen
    FROM overpaid AS o
    LEFT JOIN collected AS c ON c.county = o.county AND c.payer = o.payer AND c.fee = o.fee AND c.fee_year = o.fee_year AND c.category = o.category
),
-- one row per fee, fee year and day on which the treasury's share was given back to persons who had paid first
reimbursed AS (
    SELECT r.county, r.fee, r.fee_year, r.refunded_on, count(DISTINCT r.payer) AS payers
    FROM refunds AS r WHERE r.reason = 'subsidised'
    GROUP BY r.county, r.fee, r.fee_year, r.refunded_on
),
-- one row per fee and fee year where the county lets them pay first and gives back later
pay_first AS (
    SELECT b.county, b.fee, b.fee_year FROM reimbursed AS b
    GROUP BY b.county, b.fee, b.fee_year HAVING sum(b.payers) >= $practice_payers
),
-- one row per person, fee and year: the day on which the treasury paid
funded AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, min(p.paid_on) AS funded_on
    FROM standing_payments AS p WHERE p.channel = 'fiscal' AND p.amount_fen > 0
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person, fee and year charged before the treasury paid: the county's next day of giving back after the charge
next_back AS (
    SELECT c.county, c.payer, c.fee, c.fee_year, min(b.refunded_on) AS back_on
    FROM charged AS c
    INNER JOIN pay_first AS f ON f.county = c.county AND f.fee = c.fee AND f.fee_year = c.fee_year
    LEFT JOIN reimbursed AS b ON b.county = c.county AND b.fee = c.fee AND b.fee_year = c.fee_year AND b.refunded_on >= c.last_on
    LEFT JOIN funded AS t ON t.county = c.county AND t.payer = c.payer AND t.fee = c.fee AND t.fee_year = c.fee_year
    WHERE t.funded_on IS NULL OR t.funded_on >= c.first_on
    GROUP BY c.county, c.payer, c.fee, c.fee_year
),
-- one row per fee, fee year, category and amount that many such persons pay by themselves: the office never applied the share
practised AS (
    SELECT a.county, a.fee, a.fee_year, a.category, a.amount_fen
    FROM amount_practice AS a
    WHERE a.own_payers >= $practice_payers AND a.own_payers * 100 >= a.own_payers_of_all * $practice_percent
),
-- one row per fee and fee year with a roster: what was asked of people is known
asked_years AS (
    SELECT DISTINCT r.county, r.fee, r.fee_year FROM rosters AS r
),
-- one row per person, fee and year whose time for giving back is over
overdue AS (
    SELECT
        c.county, c.payer, c.fee, c.fee_year, c.category, c.due_fen, c.charged_fen, c.kept_fen, c.first_on, c.township, c.village,
        CASE WHEN c.collector_id IS NULL THEN 'payer' ELSE 'collector' END AS subject_type, coalesce(c.collector_id, c.payer) AS subject_id,
        datediff('day', coalesce(n.back_on, c.last_on), $as_of) AS days_open, p.category IS NOT NULL AS practised,
        coalesce(c.last_on < u.until_on, FALSE) OR y.fee IS NULL AS untold
    FROM charged AS c
    LEFT JOIN refunds_not_in AS u ON u.county = c.county
    LEFT JOIN asked_years AS y ON y.county = c.county AND y.fee = c.fee AND y.fee_year = c.fee_year
    LEFT JOIN next_back AS n ON n.county = c.county AND n.payer = c.payer AND n.fee = c.fee AND n.fee_year = c.fee_year
    LEFT JOIN practised AS p
        ON p.county = c.county AND p.fee = c.fee AND p.fee_year = c.fee_year AND p.category = c.category AND p.amount_fen = c.charged_fen
    WHERE datediff('day', coalesce(n.back_on, c.last_on), $as_of) >= $refund_days + CASE WHEN n.payer IS NOT NULL AND n.back_on IS NULL THEN $batch_days ELSE 0 END
),
-- one row per subject, fee and fee year: counts and amounts
totals AS (
    SELECT
        o.county, o.subject_type, o.subject_id, o.fee, o.fee_year,
        CASE WHEN min(o.township) = max(o.township) THEN min(o.township) END AS township,
        CASE WHEN min(o.village) = max(o.village) THEN min(o.village) END AS village,
        count(*) AS persons, count(CASE WHEN o.due_fen = 0 THEN 1 END) AS fully_funded,
        CAST(sum(o.kept_fen) AS BIGINT) AS kept_fen, CAST(sum(o.charged_fen) AS BIGINT) AS charged_fen, max(o.days_open) AS days_open,
        min(o.first_on) AS first_on, bool_and(o.practised) AS practised, bool_and(o.untold) AS untold
    FROM overdue AS o
    GROUP BY o.county, o.subject_type, o.subject_id, o.fee, o.fee_year
),
-- one row per subject, fee and fee year: the charges and what gave the category
evidence AS (
    SELECT e.county, e.subject_type, e.subject_id, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT o.county, o.subject_type, o.subject_id, o.fee, o.fee_year, c.event_id
        FROM overdue AS o
        INNER JOIN categorised AS c ON c.county = o.county AND c.payer = o.payer AND c.fee = o.fee AND c.fee_year = o.fee_year AND c.category = o.category
        UNION
        SELECT o.county, o.subject_type, o.subject_id, o.fee, o.fee_year, c.category_event AS event_id
        FROM overdue AS o
        INNER JOIN categorised AS c ON c.county = o.county AND c.payer = o.payer AND c.fee = o.fee AND c.fee_year = o.fee_year AND c.category = o.category
    ) AS e
    GROUP BY e.county, e.subject_type, e.subject_id, e.fee, e.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.practised THEN 'watch'
        WHEN t.untold AND (t.subject_type = 'payer' OR t.fully_funded = 0) THEN 'watch'
        WHEN t.subject_type = 'payer' OR t.untold THEN 'low'
        WHEN t.kept_fen >= $critical_fen THEN 'critical'
        WHEN t.persons >= $high_persons THEN 'high'
        WHEN t.fully_funded > 0 OR t.persons >= $medium_persons THEN 'medium'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.kept_fen AS amount_at_risk_fen, CAST(t.days_open AS DOUBLE) AS measure, CAST($refund_days AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        persons := t.persons, fully_funded := t.fully_funded, charged_fen := t.charged_fen, days_open := t.days_open,
        addressee := CASE
            WHEN t.subject_type = 'collector' THEN 'township'
            WHEN t.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN t.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year
