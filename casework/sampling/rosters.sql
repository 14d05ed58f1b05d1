-- one row per group and person: whom a sample of visits or calls about a fee and fee year can ask whether cash was taken
WITH
-- one row per person for whom the treasury pays all: nothing may be asked of them
funded AS (
    SELECT r.county, r.township, r.payer, r.fiscal_share_fen AS amount_fen
    FROM current_roster AS r
    WHERE r.fee = $fee AND r.fee_year = $fee_year AND r.payer IS NOT NULL AND r.amount_due_fen = 0 AND r.fiscal_share_fen > 0
),
-- one row per person who paid the year before and for whom nothing shows this year, though it is due and no register says why
lapsed AS (
    SELECT d.county, d.township, d.payer, d.amount_due_fen AS amount_fen
    FROM due_persons AS d
    SEMI JOIN standing_payments AS p ON p.county = d.county AND p.payer = d.payer AND p.fee = d.fee AND p.fee_year = d.fee_year - 1
    WHERE d.fee = $fee AND d.fee_year = $fee_year AND d.is_open
),
-- one row per person with lines in the cash register, in the township of the first
cash AS (
    SELECT l.county, arg_min(l.township, (l.received_on, l.event_id)) AS township, l.payer, CAST(sum(l.amount_fen) AS BIGINT) AS amount_fen
    FROM register_lines AS l
    WHERE l.fee = $fee AND l.fee_year = $fee_year AND l.payer IS NOT NULL
    GROUP BY l.county, l.payer
)
SELECT f.county, f.township, f.payer, 'fully-funded' AS "group", f.amount_fen FROM funded AS f
UNION ALL
SELECT l.county, l.township, l.payer, 'lapsed' AS "group", l.amount_fen FROM lapsed AS l
UNION ALL
SELECT c.county, c.township, c.payer, 'cash' AS "group", c.amount_fen FROM cash AS c
ORDER BY ALL
