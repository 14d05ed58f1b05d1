-- one row per person paid for after death or cancellation (per account or collector who paid for several), per village with more payers than population, and per account that paid for a whole village within minutes; each by fee and fee year
WITH
-- one row per person reported dead or cancelled: the last day that a report gives
gone AS (
    SELECT s.county, s.payer, max(s.effective_on) AS gone_on, min(s.event_id) AS report
    FROM status_changes AS s WHERE s.change IN ('died', 'registration-cancelled')
    GROUP BY s.county, s.payer
),
-- one row per such person of whom a later report shows that the person lives
alive AS (
    SELECT DISTINCT g.county, g.payer
    FROM gone AS g
    INNER JOIN status_changes AS s
        ON s.county = g.county AND s.payer = g.payer AND s.effective_on > g.gone_on
        AND s.change IN ('moved-in', 'category-granted', 'born', 'enrolled', 'enlisted', 'insured-elsewhere', 'imprisoned')
),
-- one row per person, fee and year: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per payment for such a person with a collector's hand, and which collector's (none where a school or unit pays for its people)
handled AS (
    SELECT h.county, h.event_id, min(CASE WHEN NOT h.group_payer THEN h.collector_id END) AS collector_id
    FROM gone AS g
    INNER JOIN collector_hands AS h ON h.county = g.county AND h.payer = g.payer
    GROUP BY h.county, h.event_id
),
-- one row per insurance premium for a person gone, later than the time in which a family may not know better; a year that the person lived through is a back payment; what a home, business or unit owes outlives the person whose name it stands under
dead_paid AS (
    SELECT
        p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on, p.township, p.village, g.gone_on, g.report,
        p.channel = 'fiscal' AS fiscal, h.event_id IS NOT NULL AS handled, datediff('day', g.gone_on, p.paid_on) AS days_after,
        CASE WHEN c.account IS NOT NULL THEN 'account' WHEN h.collector_id IS NOT NULL THEN 'collector' END AS hand_type,
        coalesce(c.account, h.collector_id) AS hand
    FROM gone AS g
    INNER JOIN standing_payments AS p ON p.county = g.county AND p.payer = g.payer
    LEFT JOIN alive AS a ON a.county = g.county AND a.payer = g.payer
    LEFT JOIN handled AS h ON h.county = p.county AND h.event_id = p.event_id
    LEFT JOIN account_payments AS c ON c.county = p.county AND c.event_id = p.event_id AND NOT c.masked AND NOT c.at_counter
    WHERE a.payer IS NULL AND p.amount_fen > 0 AND p.fee_year >= year(g.gone_on)
        AND p.fee IN (
            'resident-medical', 'resident-pension', 'resident-pension-supplementary', 'flexible-medical', 'flexible-pension', 'employer-social-insurance'
        )
        AND datediff('day', g.gone_on, p.paid_on) >= $after_days
),
-- one row per person gone, fee and year, less what was given back
ghosts AS (
    SELECT
        d.county, d.payer, d.fee, d.fee_year, min(d.township) AS township, min(d.village) AS village, max(d.gone_on) AS gone_on,
        CAST(sum(d.amount_fen) AS BIGINT) - coalesce(max(b.back_fen), 0) AS paid_fen, max(d.days_after) AS days_after, min(d.paid_on) AS first_on,
        bool_and(d.fiscal) AS fiscal, bool_or(d.handled) AS handled, min(d.hand_type) AS hand_type, min(d.hand) AS hand
    FROM dead_paid AS d
    LEFT JOIN given_back AS b ON b.county = d.county AND b.payer = d.payer AND b.fee = d.fee AND b.fee_year = d.fee_year
    GROUP BY d.county, d.payer, d.fee, d.fee_year
    HAVING CAST(sum(d.amount_fen) AS BIGINT) - coalesce(max(b.back_fen), 0) > 0
),
-- one row per person gone, fee and year with whose finding it is part of: the account's or collector's who paid for several, else the person's own
gathered AS (
    SELECT
        g.county, g.payer, g.fee, g.fee_year, g.township, g.village, g.paid_fen, g.days_after, g.first_on, g.fiscal, g.handled,
        CASE WHEN g.hand IS NOT NULL AND count(*) OVER (PARTITION BY g.county, g.hand_type, g.hand, g.fee, g.fee_year) >= $hand_persons THEN g.hand_type ELSE 'payer' END AS subject_type,
        CASE WHEN g.hand IS NOT NULL AND count(*) OVER (PARTITION BY g.county, g.hand_type, g.hand, g.fee, g.fee_year) >= $hand_persons THEN g.hand ELSE g.payer END AS subject_id
    FROM ghosts AS g
),
-- one row per such person, account or collector, fee and year
paid_for AS (
    SELECT
        g.county, g.subject_type, g.subject_id, g.fee, g.fee_year,
        CASE WHEN min(g.township) = max(g.township) THEN min(g.township) END AS township, CASE WHEN min(g.village) = max(g.village) THEN min(g.village) END AS village,
        CAST(sum(g.paid_fen) AS BIGINT) AS paid_fen, max(g.days_after) AS days_after, min(g.first_on) AS first_on, bool_and(g.fiscal) AS fiscal,
        bool_or(g.handled) AS handled, count(*) AS persons
    FROM gathered AS g
    GROUP BY g.county, g.subject_type, g.subject_id, g.fee, g.fee_year
),
-- one row per payment for a person whom no register knows
unknown AS (
    SELECT p.county, p.event_id, p.payer, p.township, p.village, p.fee, p.fee_year, p.amount_fen, p.paid_on
    FROM standing_payments AS p
    WHERE p.village IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM households AS h WHERE h.county = p.county AND h.payer = p.payer)
        AND NOT EXISTS (SELECT 1 FROM rosters AS r WHERE r.county = p.county AND r.payer = p.payer)
),
-- one row per village, fee and fee year with several of them
strange AS (
    SELECT
        u.county, u.township, u.village, u.fee, u.fee_year, count(u.payer) AS strangers,
        CAST(sum(u.amount_fen) AS BIGINT) AS strangers_fen, min(u.first_on) AS first_on
    FROM (
        SELECT
            n.county, n.township, n.village, n.fee, n.fee_year, n.payer, sum(n.amount_fen) AS amount_fen, min(n.paid_on) AS first_on
        FROM unknown AS n
        GROUP BY n.county, n.township, n.village, n.fee, n.fee_year, n.payer
    ) AS u
    GROUP BY u.county, u.township, u.village, u.fee, u.fee_year
    HAVING count(u.payer) >= $strangers
),
-- one row per such village, fee and fee year: persons paid for
peopled AS (
    SELECT
        s.county, s.township, s.village, s.fee, s.fee_year, s.strangers, s.strangers_fen, s.first_on, count(DISTINCT p.payer) AS payers
    FROM strange AS s
    INNER JOIN standing_payments AS p
        ON p.county = s.county AND coalesce(p.township, '') = coalesce(s.township, '') AND p.village = s.village AND p.fee = s.fee AND p.fee_year = s.fee_year
    GROUP BY s.county, s.township, s.village, s.fee, s.fee_year, s.strangers, s.strangers_fen, s.first_on
),
-- one row per account, village, fee, fee year and day with so many payments that they may be the whole village's
busy AS (
    SELECT a.county, a.account, a.village, a.fee, a.fee_year, a.paid_on
    FROM account_payments AS a
    WHERE a.timed AND NOT a.has_line AND NOT a.at_counter AND a.village IS NOT NULL
    GROUP BY a.county, a.account, a.village, a.fee, a.fee_year, a.paid_on
    HAVING count(*) >= $village_persons
),
-- one row per such account, village, fee, fee year and day with all its payments timed: persons, and the minutes of the day between the first and the last
bursts AS (
    SELECT
        a.county, a.account, a.township, a.village, a.fee, a.fee_year, a.paid_on, count(DISTINCT a.payer) AS persons, CAST(sum(a.amount_fen) AS BIGINT) AS paid_fen,
        max(hour(a.paid_at) * 60 + minute(a.paid_at)) - min(hour(a.paid_at) * 60 + minute(a.paid_at)) AS minutes
    FROM busy AS b
    INNER JOIN account_payments AS a
        ON a.county = b.county AND a.account = b.account AND a.village = b.village AND a.fee = b.fee AND a.fee_year = b.fee_year AND a.paid_on = b.paid_on
    WHERE a.timed AND NOT a.has_line AND NOT a.at_counter
    GROUP BY a.county, a.account, a.township, a.village, a.fee, a.fee_year, a.paid_on
),
-- one row per village, fee and fee year of either kind on a roster: its persons
listed AS (
    SELECT w.county, w.village, w.fee, w.fee_year, count(DISTINCT r.payer) AS persons
    FROM (
        SELECT p.county, p.village, p.fee, p.fee_year FROM peopled AS p
        UNION
        SELECT b.county, b.village, b.fee, b.fee_year FROM bursts AS b
    ) AS w
    INNER JOIN rosters AS r ON r.county = w.county AND r.village = w.village AND r.fee = w.fee AND r.fee_year = w.fee_year
    GROUP BY w.county, w.village, w.fee, w.fee_year
),
-- one row per such village in the household register: its persons
housed AS (
    SELECT w.county, w.village, count(DISTINCT h.payer) AS persons
    FROM (SELECT DISTINCT p.county, p.village FROM peopled AS p) AS w
    INNER JOIN households AS h ON h.county = w.county AND h.village = w.village
    WHERE h.valid_to IS NULL OR h.valid_to >= $as_of
    GROUP BY w.county, w.village
),
-- one row per village, fee and fee year with more persons paid for than live there
crowded AS (
    SELECT
        v.county, v.township, v.village, v.fee, v.fee_year, v.payers, v.strangers, v.strangers_fen, v.first_on,
        greatest(l.persons, coalesce(h.persons, 0)) AS population
    FROM peopled AS v
    INNER JOIN listed AS l ON l.county = v.county AND l.village = v.village AND l.fee = v.fee AND l.fee_year = v.fee_year
    LEFT JOIN housed AS h ON h.county = v.county AND h.village = v.village
    WHERE v.payers * 100 >= greatest(l.persons, coalesce(h.persons, 0)) * (100 + $excess_percent)
),
-- one row per such burst that paid for nearly the whole village
swept AS (
    SELECT b.county, b.account, b.township, b.village, b.fee, b.fee_year, b.paid_on, b.persons, b.paid_fen, b.minutes, l.persons AS population
    FROM bursts AS b
    INNER JOIN listed AS l ON l.county = b.county AND l.village = b.village AND l.fee = b.fee AND l.fee_year = b.fee_year
    WHERE b.minutes <= $minutes AND b.persons >= $village_persons AND b.persons * 100 >= l.persons * $village_percent
),
-- one row per finding and event that shows it
shown AS (
    SELECT g.county, g.subject_type, g.subject_id, g.fee, g.fee_year, d.event_id
    FROM gathered AS g
    INNER JOIN dead_paid AS d ON d.county = g.county AND d.payer = g.payer AND d.fee = g.fee AND d.fee_year = g.fee_year
    UNION ALL
    SELECT g.county, g.subject_type, g.subject_id, g.fee, g.fee_year, d.report AS event_id
    FROM gathered AS g
    INNER JOIN dead_paid AS d ON d.county = g.county AND d.payer = g.payer AND d.fee = g.fee AND d.fee_year = g.fee_year
    UNION ALL
    SELECT c.county, 'village' AS subject_type, c.village AS subject_id, c.fee, c.fee_year, p.event_id
    FROM crowded AS c
    INNER JOIN unknown AS p ON p.county = c.county AND p.village = c.village AND p.fee = c.fee AND p.fee_year = c.fee_year
    UNION ALL
    SELECT s.county, 'account' AS subject_type, s.account AS subject_id, s.fee, s.fee_year, a.event_id
    FROM swept AS s
    INNER JOIN account_payments AS a
        ON a.county = s.county AND a.account = s.account AND a.village = s.village AND a.fee = s.fee AND a.fee_year = s.fee_year AND a.paid_on = s.paid_on
),
-- one row per subject, fee and fee year: the events
evidence AS (
    SELECT s.county, s.subject_type, s.subject_id, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s GROUP BY s.county, s.subject_type, s.subject_id, s.fee, s.fee_year
),
-- one row per finding, whichever its form
found AS (
    SELECT
        g.county, CASE WHEN g.handled OR g.subject_type <> 'payer' THEN 'medium' ELSE 'low' END AS severity, g.subject_type, g.subject_id,
        g.township, g.village, g.fee, g.fee_year, g.paid_fen AS amount_fen, CAST(g.days_after AS DOUBLE) AS measure, CAST($after_days AS DOUBLE) AS threshold,
        g.first_on AS occurred_on, '死亡或户口注销后仍缴费' AS form_zh, 'paid for after death or cancellation of the registration' AS form_en,
        g.persons, g.fiscal
    FROM paid_for AS g
    UNION ALL
    SELECT
        c.county, 'medium' AS severity, 'village' AS subject_type, c.village AS subject_id,
        c.township, c.village, c.fee, c.fee_year, c.strangers_fen AS amount_fen, CAST(c.payers AS DOUBLE) AS measure, CAST(c.population AS DOUBLE) AS threshold,
        c.first_on AS occurred_on, '缴费人数超过全村人数' AS form_zh, 'more persons paid for than live in the village' AS form_en,
        c.strangers AS persons, FALSE AS fiscal
    FROM crowded AS c
    UNION ALL
    SELECT
        s.county, 'low' AS severity, 'account' AS subject_type, s.account AS subject_id,
        s.township, s.village, s.fee, s.fee_year, s.paid_fen AS amount_fen, CAST(s.persons AS DOUBLE) AS measure, CAST($village_persons AS DOUBLE) AS threshold,
        s.paid_on AS occurred_on, '一个账户在几分钟内为全村缴费' AS form_zh, 'one account paid for the whole village within minutes' AS form_en,
        s.persons, FALSE AS fiscal
    FROM swept AS s
)
SELECT
    f.county, f.severity, f.subject_type, f.subject_id, f.township, f.village, f.fee, f.fee_year,
    f.amount_fen AS amount_at_risk_fen, f.measure, f.threshold, f.occurred_on, e.events AS evidence,
    struct_pack(
        form_zh := f.form_zh, form_en := f.form_en, persons := f.persons,
        addressee := CASE
            WHEN NOT f.fiscal THEN 'township'
            WHEN f.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN f.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM found AS f
INNER JOIN evidence AS e
    ON e.county = f.county AND e.subject_type = f.subject_type AND e.subject_id = f.subject_id AND e.fee = f.fee AND e.fee_year = f.fee_year
