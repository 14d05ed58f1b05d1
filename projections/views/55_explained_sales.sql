-- one row per approved sale of a terminal with what explains it: returned, reference, household, amount, shared (several cards of one household), day-total (the terminal's, or at most what payments of the township that tell no terminal come to), retried (the same card, terminal and amount went through within ten minutes, in a log that tells no declined sale at all), sum (of at most 8 persons' payments), outside (no payments of those days came in: before the first, after the last, or a stretch between without any, in which three terminals sold ten times, or without any of the township); NULL: nothing does
WITH sales AS ( -- one row per approved sale
    SELECT
        s.county, s.event_id, s.record_id, s.terminal_id, s.township, s.village, s.keeper, s.kind, s.amount_fen, s.net_fen,
        s.returned_fen, s.returned_elsewhere_fen, s.card, s.card_weak, s.card_masked, s.card_last4, s.card_kind, s.issuer, s.cardholder,
        s.occurred_at, s.occurred_on, s.timed, s.entry_mode, s.location
    FROM terminal_sales AS s
),
paid AS ( -- one row per payment by a terminal
    SELECT p.county, p.event_id, p.terminal_id, p.township, p.paid_on, p.household, p.payer, p.fee, p.fee_year, p.amount_fen
    FROM terminal_payments AS p
),
pairs AS ( -- one row per sale and payment that belong together
    SELECT s.county, s.sale_event_id, s.payment_event_id, s.how, s.exact
    FROM sale_payments AS s
),
covered AS ( -- one row per county whose payments name terminals, with the days for which payments came in
    SELECT p.county, min(p.paid_on) AS first_on, max(p.paid_on) AS last_on
    FROM payments AS p
    WHERE p.county IN (SELECT t.county FROM paid AS t)
    GROUP BY p.county
),
volumes AS ( -- one row per such county with its sales up to the last payment and after it, and the days of both
    SELECT
        c.county, c.first_on, c.last_on,
        count(*) FILTER (WHERE s.occurred_on <= c.last_on) AS sales_before,
        count(*) FILTER (WHERE s.occurred_on > c.last_on) AS sales_after,
        datediff('day', c.first_on, c.last_on) + 1 AS days_before,
        datediff('day', c.last_on, max(s.occurred_on)) AS days_after
    FROM covered AS c
    INNER JOIN sales AS s ON s.county = c.county AND s.occurred_on >= c.first_on
    GROUP BY c.county, c.first_on, c.last_on
),
judged AS ( -- the days whose sales can be judged: after the last payment only where sales fell below a fifth of their rate (else payments are still to come in)
    SELECT
        v.county, v.first_on,
        CASE
            WHEN v.sales_after * v.days_before * 5 < v.sales_before * v.days_after THEN DATE '9999-12-31' ELSE v.last_on
        END AS last_on
    FROM volumes AS v
),
days_of_either AS ( -- one row per day on which a terminal of such a county sold or somebody paid, the treasury apart
    SELECT d.county, d.day, max(d.paid_on) AS paid_on
    FROM (
        SELECT s.county, s.occurred_on AS day, CAST(NULL AS DATE) AS paid_on FROM sales AS s
        UNION ALL
        SELECT p.county, p.paid_on AS day, p.paid_on FROM payments AS p WHERE p.channel <> 'fiscal'
    ) AS d
    GROUP BY d.county, d.day
),
unpaid_days AS ( -- one row per day on which nobody paid, with the last day before on which somebody did
    SELECT d.county, d.day, d.paid_before
    FROM (
        SELECT
            e.county, e.day, e.paid_on,
            max(e.paid_on) OVER (PARTITION BY e.county ORDER BY e.day ROWS UNBOUNDED PRECEDING) AS paid_before
        FROM days_of_either AS e
    ) AS d
    INNER JOIN covered AS c ON c.county = d.county AND d.day > c.first_on AND d.day < c.last_on
    WHERE d.paid_on IS NULL
),
silent AS ( -- one row per stretch of such days in which three terminals sold ten times: its payments have not come in
    SELECT d.county, d.paid_before
    FROM unpaid_days AS d
    INNER JOIN sales AS s ON s.county = d.county AND s.occurred_on = d.day
    GROUP BY d.county, d.paid_before
    HAVING count(*) >= 10 AND count(DISTINCT s.terminal_id) >= 3
),
silent_days AS ( -- one row per day of such a stretch
    SELECT d.county, d.day
    FROM unpaid_days AS d
    INNER JOIN silent AS s ON s.county = d.county AND s.paid_before = d.paid_before
),
settled AS ( -- one row per sale that its payments settle
    SELECT s.county, s.sale_event_id, min(s.how) AS how
    FROM pairs AS s
    WHERE s.exact
    GROUP BY s.county, s.sale_event_id
),
used AS ( -- one row per payment that settles a sale
    SELECT s.county, s.payment_event_id, max(CASE WHEN s.how = 'reference' THEN 1 ELSE 0 END) AS by_reference
    FROM pairs AS s
    WHERE s.exact
    GROUP BY s.county, s.payment_event_id
),
day_sales AS ( -- one row per terminal and day: what was charged, but for sales settled by their reference
    SELECT s.county, s.terminal_id, s.occurred_on, sum(s.net_fen) AS charged_fen
    FROM sales AS s
    LEFT JOIN settled AS t ON t.county = s.county AND t.sale_event_id = s.event_id AND t.how = 'reference'
    WHERE t.sale_event_id IS NULL AND s.net_fen > 0
    GROUP BY s.county, s.terminal_id, s.occurred_on
),
day_payments AS ( -- one row per terminal and day: what was paid, but for payments that settle a sale by its reference
    SELECT p.county, p.terminal_id, p.paid_on, sum(p.amount_fen) AS paid_fen
    FROM paid AS p
    LEFT JOIN used AS u ON u.county = p.county AND u.payment_event_id = p.event_id AND u.by_reference = 1
    WHERE u.payment_event_id IS NULL
    GROUP BY p.county, p.terminal_id, p.paid_on
),
balanced AS ( -- one row per terminal and day whose totals agree
    SELECT s.county, s.terminal_id, s.occurred_on
    FROM day_sales AS s
    INNER JOIN day_payments AS p
        ON p.county = s.county AND p.terminal_id = s.terminal_id AND p.paid_on = s.occurred_on AND p.paid_fen = s.charged_fen
),
left_sales AS ( -- one row per sale that neither its payments nor its day explain
    SELECT s.county, s.event_id, s.terminal_id, s.occurred_on, s.net_fen
    FROM sales AS s
    LEFT JOIN settled AS t ON t.county = s.county AND t.sale_event_id = s.event_id
    LEFT JOIN balanced AS b ON b.county = s.county AND b.terminal_id = s.terminal_id AND b.occurred_on = s.occurred_on
    WHERE t.sale_event_id IS NULL AND b.terminal_id IS NULL AND s.net_fen > 0
),
left_payments AS ( -- one row per payment by a terminal that settles no sale
    SELECT p.county, p.event_id, p.terminal_id, p.paid_on, p.household, p.payer, p.fee, p.fee_year, p.amount_fen
    FROM paid AS p
    LEFT JOIN used AS u ON u.county = p.county AND u.payment_event_id = p.event_id
    LEFT JOIN balanced AS b ON b.county = p.county AND b.terminal_id = p.terminal_id AND b.occurred_on = p.paid_on
    WHERE u.payment_event_id IS NULL AND b.terminal_id IS NULL AND p.terminal_id IS NOT NULL
),
family_paid AS ( -- one row per household, terminal and day with what is left of its payments
    SELECT p.county, p.terminal_id, p.paid_on, p.household, sum(p.amount_fen) AS paid_fen
    FROM left_payments AS p
    GROUP BY p.county, p.terminal_id, p.paid_on, p.household
),
family_sales AS ( -- one row per household and sale that its payments refer to
    SELECT DISTINCT p.county, p.terminal_id, p.paid_on, p.household, s.event_id, s.net_fen
    FROM left_payments AS p
    INNER JOIN pairs AS r ON r.county = p.county AND r.payment_event_id = p.event_id
    INNER JOIN left_sales AS s ON s.county = r.county AND s.event_id = r.sale_event_id
),
family_charged AS ( -- one row per household, terminal and day with what the sales that it refers to come to
    SELECT f.county, f.terminal_id, f.paid_on, f.household, sum(f.net_fen) AS charged_fen
    FROM family_sales AS f
    GROUP BY f.county, f.terminal_id, f.paid_on, f.household
),
shared AS ( -- one row per sale that is a part of a household's payments, the other cards making up the rest
    SELECT DISTINCT s.county, s.event_id
    FROM family_sales AS s
    INNER JOIN family_charged AS c
        ON c.county = s.county AND c.terminal_id = s.terminal_id AND c.paid_on = s.paid_on AND c.household = s.household
    INNER JOIN family_paid AS p
        ON p.county = s.county AND p.terminal_id = s.terminal_id AND p.paid_on = s.paid_on AND p.household = s.household
        AND p.paid_fen = c.charged_fen
),
to_add_up AS ( -- one row per sale still left
    SELECT s.county, s.event_id, s.terminal_id, s.occurred_on, s.net_fen
    FROM left_sales AS s
    LEFT JOIN shared AS h ON h.county = s.county AND h.event_id = s.event_id
    WHERE h.event_id IS NULL
),
days AS ( -- one row per terminal and day with such a sale, and the greatest of them
    SELECT s.county, s.terminal_id, s.occurred_on, max(s.net_fen) AS most_fen
    FROM to_add_up AS s
    GROUP BY s.county, s.terminal_id, s.occurred_on
),
near_payments AS ( -- one row per such day and payment left within a day of it
    SELECT d.county, d.terminal_id, d.occurred_on, d.most_fen, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen
    FROM days AS d
    INNER JOIN left_payments AS p ON p.county = d.county AND p.terminal_id = d.terminal_id
    WHERE datediff('day', p.paid_on, d.occurred_on) BETWEEN -1 AND 1
),
at_hand AS ( -- one row per such day: how many persons paid, and how much
    SELECT n.county, n.terminal_id, n.occurred_on, count(DISTINCT n.payer) AS persons, sum(n.amount_fen) AS paid_fen
    FROM near_payments AS n
    GROUP BY n.county, n.terminal_id, n.occurred_on
),
offers AS ( -- one row per such day, person and amount that the person can stand for: a payment, all of the person's, or what is due of the person less the treasury's share
    SELECT n.county, n.terminal_id, n.occurred_on, n.most_fen, n.payer, n.amount_fen
    FROM near_payments AS n
    UNION
    SELECT n.county, n.terminal_id, n.occurred_on, n.most_fen, n.payer, CAST(sum(n.amount_fen) AS BIGINT) AS amount_fen
    FROM near_payments AS n
    GROUP BY n.county, n.terminal_id, n.occurred_on, n.most_fen, n.payer
    UNION
    SELECT n.county, n.terminal_id, n.occurred_on, n.most_fen, n.payer, l.amount_fen
    FROM near_payments AS n
    INNER JOIN legal_amounts AS l ON l.county = n.county AND l.payer = n.payer AND l.fee = n.fee AND l.fee_year = n.fee_year
    WHERE l.origin <> 'tariff' AND l.amount_fen > 0 AND l.amount_fen < n.amount_fen
),
useful AS ( -- the offers without the ninth and later of one amount
    SELECT o.county, o.terminal_id, o.occurred_on, o.most_fen, o.payer, o.amount_fen
    FROM offers AS o
    WHERE o.amount_fen <= o.most_fen
    QUALIFY row_number() OVER (PARTITION BY o.county, o.terminal_id, o.occurred_on, o.amount_fen ORDER BY o.payer) <= 8
),
ordered AS ( -- one row per offer, ordered from the smallest amount (low) and from the largest (high), numbered within its amount
    SELECT
        u.county, u.terminal_id, u.occurred_on, u.most_fen, u.amount_fen, 'low' AS side,
        row_number() OVER (PARTITION BY u.county, u.terminal_id, u.occurred_on ORDER BY u.amount_fen, u.payer) AS place,
        row_number() OVER (PARTITION BY u.county, u.terminal_id, u.occurred_on, u.amount_fen ORDER BY u.payer) AS nth
    FROM useful AS u
    UNION ALL
    SELECT
        u.county, u.terminal_id, u.occurred_on, u.most_fen, u.amount_fen, 'high' AS side,
        row_number() OVER (PARTITION BY u.county, u.terminal_id, u.occurred_on ORDER BY u.amount_fen DESC, u.payer DESC) AS place,
        row_number() OVER (PARTITION BY u.county, u.terminal_id, u.occurred_on, u.amount_fen ORDER BY u.payer DESC) AS nth
    FROM useful AS u
),
offered AS ( -- one row per such day with the number of its offers
    SELECT u.county, u.terminal_id, u.occurred_on, count(*) AS offers
    FROM useful AS u
    GROUP BY u.county, u.terminal_id, u.occurred_on
),
of_one AS ( -- one row per such day, side, sum and place of the last offer taken, for one person; of equal offers the first is taken first
    SELECT o.county, o.terminal_id, o.occurred_on, o.side, o.most_fen, o.amount_fen, o.place
    FROM ordered AS o
    WHERE o.nth = 1
),
of_two AS ( -- the same for two persons
    SELECT DISTINCT t.county, t.terminal_id, t.occurred_on, t.side, t.most_fen, t.amount_fen + o.amount_fen AS amount_fen, o.place
    FROM of_one AS t
    INNER JOIN ordered AS o ON o.county = t.county AND o.terminal_id = t.terminal_id AND o.occurred_on = t.occurred_on AND o.side = t.side
    WHERE (o.place = t.place + 1 OR (o.place > t.place AND o.nth = 1)) AND t.amount_fen + o.amount_fen <= t.most_fen
),
of_three AS ( -- the same for three persons
    SELECT DISTINCT t.county, t.terminal_id, t.occurred_on, t.side, t.most_fen, t.amount_fen + o.amount_fen AS amount_fen, o.place
    FROM of_two AS t
    INNER JOIN ordered AS o ON o.county = t.county AND o.terminal_id = t.terminal_id AND o.occurred_on = t.occurred_on AND o.side = t.side
    WHERE (o.place = t.place + 1 OR (o.place > t.place AND o.nth = 1)) AND t.amount_fen + o.amount_fen <= t.most_fen
),
of_four AS ( -- the same for four persons
    SELECT DISTINCT t.county, t.terminal_id, t.occurred_on, t.side, t.most_fen, t.amount_fen + o.amount_fen AS amount_fen, o.place
    FROM of_three AS t
    INNER JOIN ordered AS o ON o.county = t.county AND o.terminal_id = t.terminal_id AND o.occurred_on = t.occurred_on AND o.side = t.side
    WHERE (o.place = t.place + 1 OR (o.place > t.place AND o.nth = 1)) AND t.amount_fen + o.amount_fen <= t.most_fen
),
of_four_at_most AS ( -- one row per such day, side and sum for at most four persons, with the fewest persons and the places they need
    SELECT a.county, a.terminal_id, a.occurred_on, a.side, a.amount_fen, a.persons, min(a.place) AS place
    FROM (
        SELECT f.county, f.terminal_id, f.occurred_on, 'low' AS side, 0 AS amount_fen, 0 AS persons, 0 AS place FROM offered AS f
        UNION ALL
        SELECT f.county, f.terminal_id, f.occurred_on, 'high' AS side, 0 AS amount_fen, 0 AS persons, 0 AS place FROM offered AS f
        UNION ALL
        SELECT t.county, t.terminal_id, t.occurred_on, t.side, t.amount_fen, 1 AS persons, t.place FROM of_one AS t
        UNION ALL
        SELECT t.county, t.terminal_id, t.occurred_on, t.side, t.amount_fen, 2 AS persons, t.place FROM of_two AS t
        UNION ALL
        SELECT t.county, t.terminal_id, t.occurred_on, t.side, t.amount_fen, 3 AS persons, t.place FROM of_three AS t
        UNION ALL
        SELECT t.county, t.terminal_id, t.occurred_on, t.side, t.amount_fen, 4 AS persons, t.place FROM of_four AS t
    ) AS a
    GROUP BY a.county, a.terminal_id, a.occurred_on, a.side, a.amount_fen, a.persons
),
reached AS ( -- one row per sale that is a sum for at most eight persons (low and high offers that do not overlap), with the fewest
    SELECT s.county, s.event_id, s.terminal_id, s.occurred_on, s.net_fen, min(a.persons + b.persons) AS persons
    FROM to_add_up AS s
    INNER JOIN of_four_at_most AS a
        ON a.county = s.county AND a.terminal_id = s.terminal_id AND a.occurred_on = s.occurred_on AND a.side = 'low'
    INNER JOIN of_four_at_most AS b
        ON b.county = s.county AND b.terminal_id = s.terminal_id AND b.occurred_on = s.occurred_on AND b.side = 'high'
        AND b.amount_fen = s.net_fen - a.amount_fen
    INNER JOIN offered AS o ON o.county = s.county AND o.terminal_id = s.terminal_id AND o.occurred_on = s.occurred_on
    WHERE a.place + b.place <= o.offers
    GROUP BY s.county, s.event_id, s.terminal_id, s.occurred_on, s.net_fen
),
in_turn AS ( -- the same with what it and the smaller ones of the day take together
    SELECT
        r.county, r.event_id, r.terminal_id, r.occurred_on,
        sum(r.persons) OVER (
            PARTITION BY r.county, r.terminal_id, r.occurred_on ORDER BY r.net_fen, r.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS persons,
        sum(r.net_fen) OVER (
            PARTITION BY r.county, r.terminal_id, r.occurred_on ORDER BY r.net_fen, r.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS charged_fen
    FROM reached AS r
),
silent_logs AS ( -- one row per system of whose log not one transaction was declined: it does not tell
    SELECT t.county, t.source
    FROM pos_transactions AS t
    GROUP BY t.county, t.source
    HAVING count(CASE WHEN ltrim(coalesce(t.response_code, ''), '0') <> '' THEN 1 END) = 0
),
added_up AS ( -- one row per sale that the persons and the money at hand explain
    SELECT t.county, t.event_id
    FROM in_turn AS t
    INNER JOIN at_hand AS h ON h.county = t.county AND h.terminal_id = t.terminal_id AND h.occurred_on = t.occurred_on
    WHERE t.persons <= h.persons AND t.charged_fen <= h.paid_fen
),
retried AS ( -- one row per sale that neither payments nor day explain, of such a log, beside one of its terminal, card and amount within ten minutes that they do
    SELECT DISTINCT s.county, s.event_id
    FROM left_sales AS n
    INNER JOIN terminal_sales AS s ON s.county = n.county AND s.event_id = n.event_id
    INNER JOIN silent_logs AS g ON g.county = s.county AND g.source = s.source
    INNER JOIN terminal_sales AS o
        ON o.county = s.county AND o.terminal_id = s.terminal_id AND o.occurred_on = s.occurred_on AND o.card = s.card AND o.amount_fen = s.amount_fen
        AND o.event_id <> s.event_id
    INNER JOIN (
        SELECT t.county, t.sale_event_id AS event_id FROM settled AS t
        UNION
        SELECT h.county, h.event_id FROM shared AS h
        UNION
        SELECT a.county, a.event_id FROM added_up AS a
    ) AS e ON e.county = o.county AND e.event_id = o.event_id
    WHERE s.timed AND o.timed
        AND abs(hour(o.occurred_at) * 60 + minute(o.occurred_at) - hour(s.occurred_at) * 60 - minute(s.occurred_at)) <= 10
),
untied AS ( -- one row per township and day with payments that tell no terminal and settle no sale: what they come to
    SELECT p.county, p.township, p.paid_on, sum(p.amount_fen) AS paid_fen
    FROM paid AS p
    LEFT JOIN used AS u ON u.county = p.county AND u.payment_event_id = p.event_id
    WHERE u.payment_event_id IS NULL AND p.terminal_id IS NULL AND p.township IS NOT NULL
    GROUP BY p.county, p.township, p.paid_on
),
untied_days AS ( -- one row per such township and day whose sales that nothing else explains come to no more: they may be these
    SELECT u.county, u.township, u.paid_on
    FROM untied AS u
    INNER JOIN sales AS s ON s.county = u.county AND s.township = u.township AND s.occurred_on = u.paid_on
    INNER JOIN to_add_up AS l ON l.county = s.county AND l.event_id = s.event_id
    LEFT JOIN added_up AS a ON a.county = s.county AND a.event_id = s.event_id
    LEFT JOIN retried AS w ON w.county = s.county AND w.event_id = s.event_id
    WHERE a.event_id IS NULL AND w.event_id IS NULL
    GROUP BY u.county, u.township, u.paid_on, u.paid_fen
    HAVING sum(s.net_fen) <= u.paid_fen
)
SELECT
    s.county, s.event_id, s.record_id, s.terminal_id, s.township, s.village, s.keeper, s.kind, s.amount_fen, s.net_fen,
    s.returned_fen, s.returned_elsewhere_fen, s.card, s.card_weak, s.card_masked, s.card_last4, s.card_kind, s.issuer, s.cardholder,
    s.occurred_at, s.occurred_on, s.timed, s.entry_mode, s.location,
    CASE
        WHEN s.net_fen = 0 THEN 'returned'
        WHEN t.how LIKE 'amount%' THEN 'amount'
        WHEN t.how IS NOT NULL THEN t.how
        WHEN b.terminal_id IS NOT NULL THEN 'day-total'
        WHEN h.event_id IS NOT NULL THEN 'shared'
        WHEN w.event_id IS NOT NULL THEN 'retried'
        WHEN a.event_id IS NOT NULL THEN 'sum'
        WHEN y.county IS NOT NULL THEN 'day-total'
        WHEN c.county IS NULL OR s.occurred_on < c.first_on OR s.occurred_on > c.last_on OR z.county IS NOT NULL OR g.county IS NOT NULL THEN 'outside'
    END AS explained_by
FROM sales AS s
LEFT JOIN judged AS c ON c.county = s.county
LEFT JOIN silent_days AS z ON z.county = s.county AND z.day = s.occurred_on
LEFT JOIN township_gaps AS g ON g.county = s.county AND g.township = s.township AND s.occurred_on >= g.first_on AND s.occurred_on <= g.last_on
LEFT JOIN settled AS t ON t.county = s.county AND t.sale_event_id = s.event_id
LEFT JOIN balanced AS b ON b.county = s.county AND b.terminal_id = s.terminal_id AND b.occurred_on = s.occurred_on
LEFT JOIN shared AS h ON h.county = s.county AND h.event_id = s.event_id
LEFT JOIN added_up AS a ON a.county = s.county AND a.event_id = s.event_id
LEFT JOIN retried AS w ON w.county = s.county AND w.event_id = s.event_id
LEFT JOIN untied_days AS y ON y.county = s.county AND y.township = s.township AND y.paid_on = s.occurred_on
