-- one row per county, payer, fee, fee year and legal amount: the amount due of the current roster row, the tariff of a category that the payer holds, and that tariff less the treasury's share
WITH relisted AS ( -- one row per payer, fee and fee year with several roster rows: the first and last category that they give
    SELECT c.county, c.payer, c.fee, c.fee_year, min(r.category) AS category, max(r.category) AS last_category, min(c.amount_due_fen) AS due_fen
    FROM current_roster AS c
    INNER JOIN rosters AS r ON r.county = c.county AND r.payer = c.payer AND r.fee = c.fee AND r.fee_year = c.fee_year
    WHERE c.relisted
    GROUP BY c.county, c.payer, c.fee, c.fee_year
),
owed AS ( -- one row per payer, fee and fee year that a roster, a payment or a register line names, with those categories and the amount due
    SELECT c.county, c.payer, c.fee, c.fee_year, c.category, c.category AS last_category, c.amount_due_fen AS due_fen
    FROM current_roster AS c
    WHERE NOT c.relisted AND c.payer IS NOT NULL
    UNION ALL
    SELECT r.county, r.payer, r.fee, r.fee_year, r.category, r.last_category, r.due_fen
    FROM relisted AS r
    UNION ALL
    SELECT DISTINCT n.county, n.payer, n.fee, n.fee_year, CAST(NULL AS VARCHAR) AS category, CAST(NULL AS VARCHAR) AS last_category, CAST(NULL AS BIGINT) AS due_fen
    FROM (
        SELECT p.county, p.payer, p.fee, p.fee_year FROM payments AS p
        UNION ALL
        SELECT c.county, c.payer, c.fee, c.fee_year FROM cash_receipts AS c
    ) AS n
    LEFT JOIN current_roster AS c ON c.county = n.county AND c.payer = n.payer AND c.fee = n.fee AND c.fee_year = n.fee_year
    WHERE c.payer IS NULL AND n.payer IS NOT NULL
),
granted AS ( -- one row per payer and category that a grant gives
    SELECT DISTINCT s.county, s.payer, s.category
    FROM status_changes AS s
    WHERE s.change = 'category-granted' AND s.category IS NOT NULL
),
grantees AS ( -- one row per payer with a grant
    SELECT DISTINCT g.county, g.payer FROM granted AS g
),
several AS ( -- one row per payer, fee and fee year with more than one category, or one by a grant
    SELECT r.county, r.payer, r.fee, r.fee_year, r.due_fen FROM relisted AS r WHERE r.category <> r.last_category
    UNION
    SELECT o.county, o.payer, o.fee, o.fee_year, o.due_fen
    FROM owed AS o
    INNER JOIN grantees AS g ON g.county = o.county AND g.payer = o.payer
),
plain AS ( -- one row per other payer, fee and fee year with its one category, a payer without any being ordinary, and the amount due
    SELECT o.county, o.payer, o.fee, o.fee_year, coalesce(o.category, 'ordinary') AS category, o.due_fen
    FROM owed AS o
    LEFT JOIN grantees AS g ON g.county = o.county AND g.payer = o.payer
    WHERE g.payer IS NULL AND (o.category IS NULL OR o.category = o.last_category)
),
dues AS ( -- one row per category and amount due that anybody of these has for a fee and year
    SELECT DISTINCT p.county, p.fee, p.fee_year, p.category, p.due_fen FROM plain AS p
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
        SELECT d.county, d.fee, d.fee_year, d.category FROM dues AS d
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
),
due_amounts AS ( -- one row per category, amount due and legal amount
    SELECT d.county, d.fee, d.fee_year, d.category, d.due_fen, c.amount_fen, CASE WHEN d.due_fen = c.amount_fen THEN 'roster' ELSE c.origin END AS origin
    FROM dues AS d
    INNER JOIN prices AS c ON c.county = d.county AND c.fee = d.fee AND c.fee_year = d.fee_year AND c.category = d.category
    UNION ALL
    SELECT d.county, d.fee, d.fee_year, d.category, d.due_fen, d.due_fen AS amount_fen, 'roster' AS origin
    FROM dues AS d
    LEFT JOIN prices AS c
        ON c.county = d.county AND c.fee = d.fee AND c.fee_year = d.fee_year AND c.category = d.category AND c.amount_fen = d.due_fen
    WHERE d.due_fen IS NOT NULL AND c.county IS NULL
)
SELECT p.county, p.payer, p.fee, p.fee_year, a.amount_fen, a.origin
FROM plain AS p
INNER JOIN due_amounts AS a
    ON a.county = p.county AND a.fee = p.fee AND a.fee_year = p.fee_year AND a.category = p.category AND a.due_fen IS NOT DISTINCT FROM p.due_fen
UNION ALL
SELECT a.county, a.payer, a.fee, a.fee_year, a.amount_fen, min(a.origin) AS origin
FROM (
    SELECT s.county, s.payer, s.fee, s.fee_year, s.due_fen AS amount_fen, 'roster' AS origin
    FROM several AS s
    WHERE s.due_fen IS NOT NULL
    UNION ALL
    SELECT m.county, m.payer, m.fee, m.fee_year, c.amount_fen, c.origin
    FROM mixed AS m
    INNER JOIN prices AS c ON c.county = m.county AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.category = m.category
) AS a
GROUP BY a.county, a.payer, a.fee, a.fee_year, a.amount_fen
