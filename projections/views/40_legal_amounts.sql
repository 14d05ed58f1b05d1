-- one row per county, payer, fee, fee year and legal amount: the amount due of the current roster row, the tariff of a category that the payer holds, and that tariff less the treasury's share
WITH owed AS ( -- one row per payer, fee and fee year that a roster, a payment or a register line names, with the first and last category that roster rows give
    SELECT n.county, n.payer, n.fee, n.fee_year, min(n.category) AS category, max(n.category) AS last_category
    FROM (
        SELECT r.county, r.payer, r.fee, r.fee_year, r.category FROM rosters AS r
        UNION ALL
        SELECT p.county, p.payer, p.fee, p.fee_year, NULL AS category FROM payments AS p
        UNION ALL
        SELECT c.county, c.payer, c.fee, c.fee_year, NULL AS category FROM cash_receipts AS c
    ) AS n
    GROUP BY n.county, n.payer, n.fee, n.fee_year
),
granted AS ( -- one row per payer and category that a grant gives
    SELECT DISTINCT s.county, s.payer, s.category
    FROM status_changes AS s
    WHERE s.change = 'category-granted' AND s.category IS NOT NULL
),
several AS ( -- one row per payer, fee and fee year with more than one category, or one by a grant
    SELECT o.county, o.payer, o.fee, o.fee_year FROM owed AS o WHERE o.category <> o.last_category
    UNION
    SELECT o.county, o.payer, o.fee, o.fee_year
    FROM owed AS o
    INNER JOIN granted AS g ON g.county = o.county AND g.payer = o.payer
),
plain AS ( -- one row per other payer, fee and fee year with its one category, a payer without any being ordinary, and the amount due
    SELECT o.county, o.payer, o.fee, o.fee_year, coalesce(o.category, 'ordinary') AS category, r.amount_due_fen AS due_fen
    FROM owed AS o
    LEFT JOIN several AS s ON s.county = o.county AND s.payer = o.payer AND s.fee = o.fee AND s.fee_year = o.fee_year
    LEFT JOIN current_roster AS r ON r.county = o.county AND r.payer = o.payer AND r.fee = o.fee AND r.fee_year = o.fee_year
    WHERE s.payer IS NULL
),
mixed AS ( -- one row per payer, fee, fee year and category of those with several
    SELECT s.county, s.payer, s.fee, s.fee_year, r.category
    FROM several AS s
    INNER JOIN rosters AS r ON r.county = s.county AND r.payer = s.payer AND r.fee = s.fee AND r.fee_year = s.fee_year
    WHERE r.category IS NOT NULL
    UNION
    SELECT s.county, s.payer, s.fee, s.fee_year, g.category
    FROM several AS s
    INNER JOIN granted AS g ON g.county = s.county AND g.payer = s.payer
),
own_tariff AS ( -- one row per fee, fee year and category with a tariff of its own
    SELECT DISTINCT t.county, t.fee, t.fee_year, t.category FROM tariff AS t WHERE t.category <> 'all'
),
priced AS ( -- one row per category that anybody holds for a fee and year, and tariff amount that holds for it
    SELECT h.county, h.fee, h.fee_year, h.category, t.amount_fen
    FROM (
        SELECT p.county, p.fee, p.fee_year, p.category FROM plain AS p
        UNION
        SELECT m.county, m.fee, m.fee_year, m.category FROM mixed AS m
    ) AS h
    LEFT JOIN own_tariff AS o ON o.county = h.county AND o.fee = h.fee AND o.fee_year = h.fee_year AND o.category = h.category
    INNER JOIN tariff AS t
        ON t.county = h.county AND t.fee = h.fee AND t.fee_year = h.fee_year AND t.category = coalesce(o.category, 'all')
),
prices AS ( -- one row per such category and amount, with where it comes from
    SELECT a.county, a.fee, a.fee_year, a.category, a.amount_fen, min(a.origin) AS origin
    FROM (
        SELECT p.county, p.fee, p.fee_year, p.category, p.amount_fen, 'tariff' AS origin FROM priced AS p
        UNION ALL
        SELECT
            p.county, p.fee, p.fee_year, p.category,
            greatest(0, p.amount_fen - coalesce(f.amount_fen, p.amount_fen * f.percent // 100)) AS amount_fen, 'tariff-less-share' AS origin
        FROM priced AS p
        INNER JOIN fiscal_share AS f ON f.county = p.county AND f.fee = p.fee AND f.fee_year = p.fee_year AND f.category = p.category
        WHERE coalesce(f.amount_fen, f.percent) IS NOT NULL
    ) AS a
    GROUP BY a.county, a.fee, a.fee_year, a.category, a.amount_fen
)
SELECT
    p.county, p.payer, p.fee, p.fee_year, c.amount_fen,
    CASE WHEN p.due_fen = c.amount_fen THEN 'roster' ELSE c.origin END AS origin
FROM plain AS p
INNER JOIN prices AS c ON c.county = p.county AND c.fee = p.fee AND c.fee_year = p.fee_year AND c.category = p.category
UNION ALL
SELECT p.county, p.payer, p.fee, p.fee_year, p.due_fen AS amount_fen, 'roster' AS origin
FROM plain AS p
LEFT JOIN prices AS c
    ON c.county = p.county AND c.fee = p.fee AND c.fee_year = p.fee_year AND c.category = p.category AND c.amount_fen = p.due_fen
WHERE p.due_fen IS NOT NULL AND c.county IS NULL
UNION ALL
SELECT a.county, a.payer, a.fee, a.fee_year, a.amount_fen, min(a.origin) AS origin
FROM (
    SELECT r.county, r.payer, r.fee, r.fee_year, r.amount_due_fen AS amount_fen, 'roster' AS origin
    FROM several AS s
    INNER JOIN current_roster AS r ON r.county = s.county AND r.payer = s.payer AND r.fee = s.fee AND r.fee_year = s.fee_year
    WHERE r.amount_due_fen IS NOT NULL
    UNION ALL
    SELECT m.county, m.payer, m.fee, m.fee_year, c.amount_fen, c.origin
    FROM mixed AS m
    INNER JOIN prices AS c ON c.county = m.county AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.category = m.category
) AS a
GROUP BY a.county, a.payer, a.fee, a.fee_year, a.amount_fen
