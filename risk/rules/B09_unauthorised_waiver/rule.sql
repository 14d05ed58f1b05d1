-- one row per collector, fee and fee year (payer where no collector had a hand in it) with persons without any reduced category whose payments are less than what is due
WITH
-- one row per fee and fee year with a tariff: the most that the least legal amount of a person can be
limits AS (
    SELECT t.county, t.fee, t.fee_year, CASE WHEN max(t.kind) = 'fixed' THEN max(t.amount_fen) ELSE min(t.amount_fen) END AS limit_fen
    FROM tariff AS t
    GROUP BY t.county, t.fee, t.fee_year
),
-- one row per person, fee and year with a payment below it
small AS (
    SELECT DISTINCT p.county, p.payer, p.fee, p.fee_year, q.limit_fen
    FROM standing_payments AS p
    INNER JOIN limits AS q ON q.county = p.county AND q.fee = p.fee AND q.fee_year = p.fee_year
    WHERE p.amount_fen < q.limit_fen AND p.channel <> 'fiscal' AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
),
-- one row per such person, fee and year all of whose payments together are below it, the treasury having no part in them
paid AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, CAST(sum(p.amount_fen) AS BIGINT) AS paid_fen, min(p.paid_on) AS first_on, max(p.paid_on) AS last_on,
        min(p.household) AS household
    FROM small AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.payer = s.payer AND p.fee = s.fee AND p.fee_year = s.fee_year
    GROUP BY p.county, p.payer, p.fee, p.fee_year, s.limit_fen
    HAVING sum(p.amount_fen) + $from_fen <= s.limit_fen AND NOT bool_or(p.channel = 'fiscal')
),
-- one row per such person, fee and year on the roster: the row listed last
rostered AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, r.event_id, r.category, r.fiscal_share_fen, r.township, r.village, r.version, r.known_on, r.listed_on
    FROM paid AS p
    INNER JOIN current_roster AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
),
-- one row per such person of a plain category without any share
plain AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.paid_fen, p.first_on, p.household, r.category, r.township, r.village, r.event_id AS roster_row, r.listed_on
    FROM paid AS p
    INNER JOIN rostered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    WHERE r.category IN ('ordinary', 'student') AND coalesce(r.fiscal_share_fen, 0) = 0
        AND (r.version = 1 OR r.known_on IS NULL OR r.known_on <= p.first_on)
        AND datediff('day', p.last_on, $as_of) >= $wait_days
),
-- one row per such person paid below the least that is legal
below AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.paid_fen, min(g.amount_fen) AS due_fen, p.first_on, p.household, p.category, p.township, p.village, p.roster_row, p.listed_on
    FROM plain AS p
    INNER JOIN legal_amounts AS g ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year
    GROUP BY p.county, p.payer, p.fee, p.fee_year, p.paid_fen, p.first_on, p.household, p.category, p.township, p.village, p.roster_row, p.listed_on
    HAVING p.paid_fen + $from_fen <= min(g.amount_fen)
),
-- one row per such person whose categories had all ended, and were told to have, before the roster listed him as owing the whole
told AS (
    SELECT b.county, b.payer, b.fee, b.fee_year
    FROM below AS b
    INNER JOIN status_changes AS s ON s.county = b.county AND s.payer = b.payer
    WHERE s.change = 'category-ended'
    GROUP BY b.county, b.payer, b.fee, b.fee_year, b.listed_on
    HAVING max(CASE WHEN s.notified_on IS NULL THEN DATE '9999-12-31' ELSE greatest(s.notified_on, s.effective_on) END) <= b.listed_on
),
-- one row per such person known to hold, or to have held not long before, a category that may allow less
allowed AS (
    SELECT b.county, b.payer, b.fee, b.fee_year
    FROM below AS b
    INNER JOIN payer_categories AS g ON g.county = b.county AND g.payer = b.payer
    LEFT JOIN told AS t ON t.county = b.county AND t.payer = b.payer AND t.fee = b.fee AND t.fee_year = b.fee_year
    WHERE g.category NOT IN ('ordinary', 'student')
        AND (g.held_until IS NULL OR (t.payer IS NULL AND datediff('day', g.held_until, b.first_on) <= $category_days))
    UNION
    SELECT b.county, b.payer, b.fee, b.fee_year
    FROM below AS b
    INNER JOIN status_changes AS s ON s.county = b.county AND s.payer = b.payer
    LEFT JOIN told AS t ON t.county = b.county AND t.payer = b.payer AND t.fee = b.fee AND t.fee_year = b.fee_year
    WHERE (s.change = 'category-granted' AND s.category IS NULL)
        OR ((s.change = 'born' OR (s.change = 'category-ended' AND t.payer IS NULL)) AND datediff('day', s.effective_on, b.first_on) <= $category_days)
),
-- one row per amount and category: for how many persons it is all that was paid, with no share of the treasury's, paid or listed
unshared AS (
    SELECT p.county, p.fee, p.fee_year, coalesce(r.category, 'ordinary') AS category, p.paid_fen, count(*) AS payers
    FROM paid AS p
    LEFT JOIN rostered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    WHERE coalesce(r.fiscal_share_fen, 0) = 0
    GROUP BY p.county, p.fee, p.fee_year, coalesce(r.category, 'ordinary'), p.paid_fen
),
-- one row per amount that the county takes in practice of persons without a share: its tariff is not the one in the policy
practised AS (
    SELECT u.county, u.fee, u.fee_year, u.category, u.paid_fen AS amount_fen
    FROM unshared AS u
    INNER JOIN amount_practice AS a
        ON a.county = u.county AND a.fee = u.fee AND a.fee_year = u.fee_year AND a.category = u.category AND a.amount_fen = u.paid_fen
    WHERE (
            least(a.own_payers, u.payers) >= $practice_payers
            AND least(a.own_payers, u.payers) * 100 >= a.own_payers_of_all * $practice_percent
        )
        OR (u.payers >= $practice_payers AND u.payers * 100 >= a.payers_of_all * $common_percent)
),
-- one row per such person, fee and year on the register: what was taken, and who took it
taken AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, CAST(sum(l.amount_fen) AS BIGINT) AS taken_fen, max(l.collector_id) AS collector_id
    FROM below AS b
    INNER JOIN register_lines AS l ON l.county = b.county AND l.payer = b.payer AND l.fee = b.fee AND l.fee_year = b.fee_year
    WHERE l.persons <= 1
    GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per household, fee and year with a line for the family
family_lines AS (
    SELECT DISTINCT l.county, l.household, l.fee, l.fee_year FROM register_lines AS l WHERE l.persons > 1
),
-- one row per such person, fee and year: the collector whose hand paid
handed AS (
    SELECT b.county, b.payer, b.fee, b.fee_year, min(h.collector_id) AS collector_id
    FROM below AS b
    INNER JOIN collector_hands AS h ON h.county = b.county AND h.payer = b.payer AND h.fee = b.fee AND h.fee_year = b.fee_year
    GROUP BY b.county, b.payer, b.fee, b.fee_year
),
-- one row per fee, fee year and amount that an earlier year cost
earlier_tariff AS (
    SELECT DISTINCT q.county, q.fee, q.fee_year, t.amount_fen
    FROM limits AS q
    INNER JOIN tariff AS t ON t.county = q.county AND t.fee = q.fee AND t.fee_year >= q.fee_year - $earlier_years AND t.fee_year < q.fee_year
),
-- one row per person, fee and year paid below what is due that nothing allows
waived AS (
    SELECT
        b.county, b.payer, b.fee, b.fee_year, b.paid_fen, b.due_fen, b.first_on, b.township, b.village, b.roster_row,
        CASE WHEN coalesce(t.collector_id, h.collector_id) IS NULL THEN 'payer' ELSE 'collector' END AS subject_type,
        coalesce(t.collector_id, h.collector_id, b.payer) AS subject_id, e.fee IS NOT NULL AS earlier
    FROM below AS b
    LEFT JOIN allowed AS a ON a.county = b.county AND a.payer = b.payer AND a.fee = b.fee AND a.fee_year = b.fee_year
    LEFT JOIN practised AS p
        ON p.county = b.county AND p.fee = b.fee AND p.fee_year = b.fee_year AND p.category = b.category AND p.amount_fen = b.paid_fen
    LEFT JOIN taken AS t ON t.county = b.county AND t.payer = b.payer AND t.fee = b.fee AND t.fee_year = b.fee_year
    LEFT JOIN family_lines AS f ON f.county = b.county AND f.household = b.household AND f.fee = b.fee AND f.fee_year = b.fee_year
    LEFT JOIN handed AS h ON h.county = b.county AND h.payer = b.payer AND h.fee = b.fee AND h.fee_year = b.fee_year
    LEFT JOIN earlier_tariff AS e ON e.county = b.county AND e.fee = b.fee AND e.fee_year = b.fee_year AND e.amount_fen = b.paid_fen
    WHERE a.payer IS NULL AND p.fee IS NULL AND f.household IS NULL AND coalesce(t.taken_fen, 0) < b.due_fen
),
-- one row per subject, fee and fee year: the payments, the register lines and the roster rows
evidence AS (
    SELECT e.county, e.subject_type, e.subject_id, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT w.county, w.subject_type, w.subject_id, w.fee, w.fee_year, w.roster_row AS event_id FROM waived AS w
        UNION
        SELECT w.county, w.subject_type, w.subject_id, w.fee, w.fee_year, p.event_id
        FROM waived AS w
        INNER JOIN standing_payments AS p ON p.county = w.county AND p.payer = w.payer AND p.fee = w.fee AND p.fee_year = w.fee_year
        UNION
        SELECT w.county, w.subject_type, w.subject_id, w.fee, w.fee_year, l.event_id
        FROM waived AS w
        INNER JOIN register_lines AS l ON l.county = w.county AND l.payer = w.payer AND l.fee = w.fee AND l.fee_year = w.fee_year
    ) AS e
    GROUP BY e.county, e.subject_type, e.subject_id, e.fee, e.fee_year
),
-- one row per subject, fee and fee year: counts and amounts
totals AS (
    SELECT
        w.county, w.subject_type, w.subject_id, w.fee, w.fee_year,
        CASE WHEN min(w.township) = max(w.township) THEN min(w.township) END AS township,
        CASE WHEN min(w.village) = max(w.village) THEN min(w.village) END AS village,
        count(*) AS persons, count(CASE WHEN w.paid_fen = 0 THEN 1 END) AS at_nothing, CAST(sum(w.due_fen - w.paid_fen) AS BIGINT) AS short_fen,
        CAST(sum(w.paid_fen) AS BIGINT) AS paid_fen, max(w.due_fen - w.paid_fen) AS largest_fen, min(w.first_on) AS first_on, bool_and(w.earlier) AS earlier
    FROM waived AS w
    GROUP BY w.county, w.subject_type, w.subject_id, w.fee, w.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.earlier OR (t.subject_type = 'payer' AND n.county IS NOT NULL) THEN 'watch'
        WHEN t.subject_type = 'payer' THEN 'low'
        WHEN t.short_fen >= $critical_fen THEN 'critical'
        WHEN t.persons >= $high_persons THEN 'high'
        WHEN t.persons >= $medium_persons OR t.short_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.short_fen AS amount_at_risk_fen, CAST(t.largest_fen AS DOUBLE) AS measure, CAST($from_fen AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        persons := t.persons, at_nothing := t.at_nothing, paid_fen := t.paid_fen, largest_fen := t.largest_fen,
        addressee := CASE
            WHEN t.subject_type = 'collector' THEN 'township'
            WHEN t.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN t.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM totals AS t
LEFT JOIN changes_not_in AS n ON n.county = t.county
INNER JOIN evidence AS e
    ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year
