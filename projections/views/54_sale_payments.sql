-- one row per sale and payment that belong together: how (reference, household, amount, amount-next-day, amount-day-before, amount-township; a household's payments without reference complete those of it that carry one), and whether the payments add up to the sale
WITH open_sales AS ( -- one row per sale of which the card was charged in the end
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.amount_fen, s.net_fen, s.occurred_at, s.occurred_on,
        ltrim(upper(replace(s.record_id, ' ', '')), '0') AS reference
    FROM terminal_sales AS s
    WHERE s.net_fen > 0
),
paid AS ( -- one row per payment by a terminal
    SELECT p.county, p.event_id, p.terminal_id, p.township, p.household, p.amount_fen, p.paid_at, p.paid_on, p.reference
    FROM terminal_payments AS p
),
referred AS ( -- one row per sale and payment that carries its reference
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id, s.amount_fen, s.net_fen, p.amount_fen AS paid_fen
    FROM open_sales AS s
    INNER JOIN paid AS p ON p.county = s.county AND p.reference = s.reference
),
added_up AS ( -- one row per sale with what carries its reference
    SELECT
        r.county, r.sale_event_id, sum(r.paid_fen) IN (min(r.amount_fen), min(r.net_fen)) AS exact,
        CAST(min(r.net_fen) - sum(r.paid_fen) AS BIGINT) AS lacking_fen
    FROM referred AS r
    GROUP BY r.county, r.sale_event_id
),
short_homes AS ( -- one row per household and day of which all payments that carry a reference name one sale, which is short
    SELECT p.county, p.household, p.paid_on, min(r.sale_event_id) AS sale_event_id
    FROM added_up AS a
    INNER JOIN referred AS r ON r.county = a.county AND r.sale_event_id = a.sale_event_id
    INNER JOIN paid AS p ON p.county = r.county AND p.event_id = r.payment_event_id
    WHERE NOT a.exact AND a.lacking_fen > 0
    GROUP BY p.county, p.household, p.paid_on
    HAVING count(DISTINCT r.sale_event_id) = 1
),
beside AS ( -- one row per such sale and payment of the household and day that carries no reference
    SELECT h.county, h.sale_event_id, p.event_id AS payment_event_id, p.amount_fen
    FROM short_homes AS h
    INNER JOIN paid AS p ON p.county = h.county AND p.household = h.household AND p.paid_on = h.paid_on
    WHERE p.reference IS NULL
),
completed AS ( -- one row per such sale that these payments complete
    SELECT b.county, b.sale_event_id
    FROM beside AS b
    INNER JOIN added_up AS a ON a.county = b.county AND a.sale_event_id = b.sale_event_id
    GROUP BY b.county, b.sale_event_id, a.lacking_fen
    HAVING sum(b.amount_fen) = a.lacking_fen
),
by_reference AS ( -- one row per sale and payment that carries its reference, or completes those that do, with whether they add up
    SELECT r.county, r.sale_event_id, r.payment_event_id, a.exact OR c.sale_event_id IS NOT NULL AS exact
    FROM referred AS r
    INNER JOIN added_up AS a ON a.county = r.county AND a.sale_event_id = r.sale_event_id
    LEFT JOIN completed AS c ON c.county = r.county AND c.sale_event_id = r.sale_event_id
    UNION ALL
    SELECT b.county, b.sale_event_id, b.payment_event_id, TRUE AS exact
    FROM beside AS b
    INNER JOIN completed AS c ON c.county = b.county AND c.sale_event_id = b.sale_event_id
),
settled_sales AS ( -- one row per sale that references settle
    SELECT DISTINCT b.county, b.sale_event_id FROM by_reference AS b WHERE b.exact
),
settled_payments AS ( -- one row per payment that a reference settles
    SELECT DISTINCT b.county, b.payment_event_id FROM by_reference AS b WHERE b.exact
),
sales_1 AS ( -- one row per sale that no reference settles
    SELECT s.county, s.event_id, s.terminal_id, s.net_fen, s.occurred_at, s.occurred_on
    FROM open_sales AS s
    LEFT JOIN settled_sales AS a ON a.county = s.county AND a.sale_event_id = s.event_id
    WHERE a.sale_event_id IS NULL
),
payments_1 AS ( -- one row per payment by the terminal that no reference settles
    SELECT p.county, p.event_id, p.terminal_id, p.household, p.amount_fen, p.paid_at, p.paid_on
    FROM paid AS p
    LEFT JOIN settled_payments AS t ON t.county = p.county AND t.payment_event_id = p.event_id
    WHERE t.payment_event_id IS NULL AND p.terminal_id IS NOT NULL
),
families AS ( -- one row per household with several such payments by one terminal on a day, numbered among those of the same sum
    SELECT
        f.county, f.terminal_id, f.paid_on, f.household, f.paid_fen,
        row_number() OVER (PARTITION BY f.county, f.terminal_id, f.paid_on, f.paid_fen ORDER BY f.first_at, f.household) AS nth
    FROM (
        SELECT p.county, p.terminal_id, p.paid_on, p.household, sum(p.amount_fen) AS paid_fen, min(p.paid_at) AS first_at
        FROM payments_1 AS p
        GROUP BY p.county, p.terminal_id, p.paid_on, p.household
        HAVING count(*) >= 2
    ) AS f
),
sales_1_numbered AS ( -- the sales, numbered among those of the same amount, terminal and day
    SELECT
        s.county, s.event_id, s.terminal_id, s.net_fen, s.occurred_on,
        row_number() OVER (PARTITION BY s.county, s.terminal_id, s.occurred_on, s.net_fen ORDER BY s.occurred_at, s.event_id) AS nth
    FROM sales_1 AS s
),
by_household AS ( -- one row per sale and payment of the household whose sum it is
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id
    FROM sales_1_numbered AS s
    INNER JOIN families AS f
        ON f.county = s.county AND f.terminal_id = s.terminal_id AND f.paid_on = s.occurred_on AND f.paid_fen = s.net_fen AND f.nth = s.nth
    INNER JOIN payments_1 AS p
        ON p.county = f.county AND p.terminal_id = f.terminal_id AND p.paid_on = f.paid_on AND p.household = f.household
),
sales_2 AS ( -- the sales left, numbered
    SELECT
        s.county, s.event_id, s.terminal_id, s.net_fen, s.occurred_at, s.occurred_on,
        row_number() OVER (PARTITION BY s.county, s.terminal_id, s.occurred_on, s.net_fen ORDER BY s.occurred_at, s.event_id) AS nth
    FROM sales_1 AS s
    LEFT JOIN (SELECT DISTINCT b.county, b.sale_event_id FROM by_household AS b) AS h ON h.county = s.county AND h.sale_event_id = s.event_id
    WHERE h.sale_event_id IS NULL
),
payments_2 AS ( -- the payments left, numbered
    SELECT
        p.county, p.event_id, p.terminal_id, p.amount_fen, p.paid_at, p.paid_on,
        row_number() OVER (PARTITION BY p.county, p.terminal_id, p.paid_on, p.amount_fen ORDER BY p.paid_at, p.event_id) AS nth
    FROM payments_1 AS p
    LEFT JOIN by_household AS h ON h.county = p.county AND h.payment_event_id = p.event_id
    WHERE h.payment_event_id IS NULL
),
by_amount AS ( -- one row per sale and payment of its amount on its day
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id
    FROM sales_2 AS s
    INNER JOIN payments_2 AS p
        ON p.county = s.county AND p.terminal_id = s.terminal_id AND p.paid_on = s.occurred_on AND p.amount_fen = s.net_fen AND p.nth = s.nth
),
sales_3 AS ( -- the sales left, numbered
    SELECT
        s.county, s.event_id, s.terminal_id, s.net_fen, s.occurred_at, s.occurred_on,
        row_number() OVER (PARTITION BY s.county, s.terminal_id, s.occurred_on, s.net_fen ORDER BY s.occurred_at, s.event_id) AS nth
    FROM sales_2 AS s
    LEFT JOIN by_amount AS b ON b.county = s.county AND b.sale_event_id = s.event_id
    WHERE b.sale_event_id IS NULL
),
payments_3 AS ( -- the payments left, numbered
    SELECT
        p.county, p.event_id, p.terminal_id, p.amount_fen, p.paid_at, p.paid_on,
        row_number() OVER (PARTITION BY p.county, p.terminal_id, p.paid_on, p.amount_fen ORDER BY p.paid_at, p.event_id) AS nth
    FROM payments_2 AS p
    LEFT JOIN by_amount AS b ON b.county = p.county AND b.payment_event_id = p.event_id
    WHERE b.payment_event_id IS NULL
),
by_next_day AS ( -- one row per sale and payment of its amount on the day after
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id
    FROM sales_3 AS s
    INNER JOIN payments_3 AS p
        ON p.county = s.county AND p.terminal_id = s.terminal_id AND p.paid_on = CAST(s.occurred_on + INTERVAL 1 DAY AS DATE)
        AND p.amount_fen = s.net_fen AND p.nth = s.nth
),
sales_4 AS ( -- the sales left, numbered
    SELECT
        s.county, s.event_id, s.terminal_id, s.net_fen, s.occurred_on,
        row_number() OVER (PARTITION BY s.county, s.terminal_id, s.occurred_on, s.net_fen ORDER BY s.occurred_at, s.event_id) AS nth
    FROM sales_3 AS s
    LEFT JOIN by_next_day AS b ON b.county = s.county AND b.sale_event_id = s.event_id
    WHERE b.sale_event_id IS NULL
),
payments_4 AS ( -- the payments left, numbered
    SELECT
        p.county, p.event_id, p.terminal_id, p.amount_fen, p.paid_on,
        row_number() OVER (PARTITION BY p.county, p.terminal_id, p.paid_on, p.amount_fen ORDER BY p.paid_at, p.event_id) AS nth
    FROM payments_3 AS p
    LEFT JOIN by_next_day AS b ON b.county = p.county AND b.payment_event_id = p.event_id
    WHERE b.payment_event_id IS NULL
),
by_day_before AS ( -- one row per sale and payment of its amount on the day before
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id
    FROM sales_4 AS s
    INNER JOIN payments_4 AS p
        ON p.county = s.county AND p.terminal_id = s.terminal_id AND p.paid_on = CAST(s.occurred_on - INTERVAL 1 DAY AS DATE)
        AND p.amount_fen = s.net_fen AND p.nth = s.nth
),
placed_counties AS ( -- one row per county of whose terminals any has a known township
    SELECT DISTINCT s.county FROM open_sales AS s WHERE s.township IS NOT NULL
),
sales_5 AS ( -- the sales left with their township ('' where the county's terminals have none), numbered there
    SELECT
        s.county, s.event_id, s.net_fen, s.occurred_on, s.place,
        row_number() OVER (PARTITION BY s.county, s.place, s.occurred_on, s.net_fen ORDER BY s.occurred_at, s.event_id) AS nth
    FROM (
        SELECT n.county, n.event_id, n.net_fen, n.occurred_on, t.occurred_at, CASE WHEN c.county IS NULL THEN '' ELSE t.township END AS place
        FROM sales_4 AS n
        INNER JOIN open_sales AS t ON t.county = n.county AND t.event_id = n.event_id
        LEFT JOIN placed_counties AS c ON c.county = n.county
        LEFT JOIN by_day_before AS b ON b.county = n.county AND b.sale_event_id = n.event_id
        WHERE b.sale_event_id IS NULL
    ) AS s
    WHERE s.place IS NOT NULL
),
payments_5 AS ( -- one row per payment of channel pos that does not tell its terminal, with its township (or '')
    SELECT
        p.county, p.event_id, p.household, p.amount_fen, p.paid_at, p.paid_on, CASE WHEN c.county IS NULL THEN '' ELSE p.township END AS place
    FROM paid AS p
    LEFT JOIN placed_counties AS c ON c.county = p.county
    LEFT JOIN settled_payments AS t ON t.county = p.county AND t.payment_event_id = p.event_id
    WHERE p.terminal_id IS NULL AND t.payment_event_id IS NULL
),
families_5 AS ( -- one row per household with several of these on a day, numbered among those of the same sum
    SELECT
        f.county, f.place, f.paid_on, f.household, f.paid_fen,
        row_number() OVER (PARTITION BY f.county, f.place, f.paid_on, f.paid_fen ORDER BY f.first_at, f.household) AS nth
    FROM (
        SELECT p.county, p.place, p.paid_on, p.household, sum(p.amount_fen) AS paid_fen, min(p.paid_at) AS first_at
        FROM payments_5 AS p
        GROUP BY p.county, p.place, p.paid_on, p.household
        HAVING count(*) >= 2
    ) AS f
),
by_family AS ( -- one row per sale and payment of the household of its township whose sum it is
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id
    FROM sales_5 AS s
    INNER JOIN families_5 AS f ON f.county = s.county AND f.place = s.place AND f.paid_on = s.occurred_on AND f.paid_fen = s.net_fen AND f.nth = s.nth
    INNER JOIN payments_5 AS p ON p.county = f.county AND p.place = f.place AND p.paid_on = f.paid_on AND p.household = f.household
),
sales_6 AS ( -- the sales left, numbered
    SELECT
        s.county, s.event_id, s.net_fen, s.occurred_on, s.place,
        row_number() OVER (PARTITION BY s.county, s.place, s.occurred_on, s.net_fen ORDER BY s.nth) AS nth
    FROM sales_5 AS s
    LEFT JOIN (SELECT DISTINCT b.county, b.sale_event_id FROM by_family AS b) AS b ON b.county = s.county AND b.sale_event_id = s.event_id
    WHERE b.sale_event_id IS NULL
),
payments_6 AS ( -- the payments left, numbered
    SELECT
        p.county, p.event_id, p.amount_fen, p.paid_on, p.place,
        row_number() OVER (PARTITION BY p.county, p.place, p.paid_on, p.amount_fen ORDER BY p.paid_at, p.event_id) AS nth
    FROM payments_5 AS p
    LEFT JOIN by_family AS b ON b.county = p.county AND b.payment_event_id = p.event_id
    WHERE b.payment_event_id IS NULL
),
by_township AS ( -- one row per sale and payment of its amount, or of the household's whose sum it is, on its day in its township
    SELECT s.county, s.event_id AS sale_event_id, p.event_id AS payment_event_id
    FROM sales_6 AS s
    INNER JOIN payments_6 AS p
        ON p.county = s.county AND p.place = s.place AND p.paid_on = s.occurred_on AND p.amount_fen = s.net_fen AND p.nth = s.nth
    UNION ALL
    SELECT b.county, b.sale_event_id, b.payment_event_id FROM by_family AS b
)
SELECT b.county, b.sale_event_id, b.payment_event_id, 'reference' AS how, b.exact FROM by_reference AS b
UNION ALL
SELECT b.county, b.sale_event_id, b.payment_event_id, 'household' AS how, true AS exact FROM by_household AS b
UNION ALL
SELECT b.county, b.sale_event_id, b.payment_event_id, 'amount' AS how, true AS exact FROM by_amount AS b
UNION ALL
SELECT b.county, b.sale_event_id, b.payment_event_id, 'amount-next-day' AS how, true AS exact FROM by_next_day AS b
UNION ALL
SELECT b.county, b.sale_event_id, b.payment_event_id, 'amount-day-before' AS how, true AS exact FROM by_day_before AS b
UNION ALL
SELECT b.county, b.sale_event_id, b.payment_event_id, 'amount-township' AS how, true AS exact FROM by_township AS b
