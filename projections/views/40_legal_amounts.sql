-- one row per county, payer, fee, fee year and legal amount: the amount due of the current roster row, the tariff of a category that the payer holds, and that tariff less the treasury's share
WITH owed AS ( -- one row per payer, fee and fee year that a roster, a payment or a register line names
    SELECT r.county, r.payer, r.fee, r.fee_year FROM rosters AS r
    UNION
    SELECT p.county, p.payer, p.fee, p.fee_year FROM payments AS p
    UNION
    SELECT c.county, c.payer, c.fee, c.fee_year FROM cash_receipts AS c
),
told AS ( -- one row per payer, fee, fee year and category that a roster row or a grant gives
    SELECT r.county, r.payer, r.fee, r.fee_year, r.category FROM rosters AS r WHERE r.category IS NOT NULL
    UNION
    SELECT o.county, o.payer, o.fee, o.fee_year, s.category
    FROM owed AS o
    INNER JOIN status_changes AS s ON s.county = o.county AND s.payer = o.payer AND s.change = 'category-granted'
    WHERE s.category IS NOT NULL
),
held AS ( -- the same, a payer without any being ordinary
    SELECT t.county, t.payer, t.fee, t.fee_year, t.category FROM told AS t
    UNION
    SELECT o.county, o.payer, o.fee, o.fee_year, 'ordinary' AS category
    FROM owed AS o
    LEFT JOIN told AS t ON t.county = o.county AND t.payer = o.payer AND t.fee = o.fee AND t.fee_year = o.fee_year
    WHERE t.payer IS NULL
),
own_tariff AS ( -- one row per fee, fee year and category with a tariff of its own
    SELECT DISTINCT t.county, t.fee, t.fee_year, t.category FROM tariff AS t WHERE t.category <> 'all'
),
priced AS ( -- one row per category held and tariff amount that holds for it
    SELECT h.county, h.payer, h.fee, h.fee_year, h.category, t.kind, t.amount_fen
    FROM held AS h
    LEFT JOIN own_tariff AS o ON o.county = h.county AND o.fee = h.fee AND o.fee_year = h.fee_year AND o.category = h.category
    INNER JOIN tariff AS t
        ON t.county = h.county AND t.fee = h.fee AND t.fee_year = h.fee_year AND t.category = coalesce(o.category, 'all')
),
amounts AS ( -- every legal amount with where it comes from
    SELECT r.county, r.payer, r.fee, r.fee_year, r.amount_due_fen AS amount_fen, 'roster' AS origin
    FROM current_roster AS r WHERE r.amount_due_fen IS NOT NULL
    UNION ALL
    SELECT p.county, p.payer, p.fee, p.fee_year, p.amount_fen, 'tariff' AS origin FROM priced AS p
    UNION ALL
    SELECT
        p.county, p.payer, p.fee, p.fee_year,
        greatest(0, p.amount_fen - coalesce(f.amount_fen, p.amount_fen * f.percent // 100)) AS amount_fen,
        'tariff-less-share' AS origin
    FROM priced AS p
    INNER JOIN fiscal_share AS f ON f.county = p.county AND f.fee = p.fee AND f.fee_year = p.fee_year AND f.category = p.category
    WHERE coalesce(f.amount_fen, f.percent) IS NOT NULL
)
SELECT a.county, a.payer, a.fee, a.fee_year, a.amount_fen, min(a.origin) AS origin
FROM amounts AS a
GROUP BY a.county, a.payer, a.fee, a.fee_year, a.amount_fen
