-- one row per county, fee, fee year, category and amount paid, with how many persons paid it through channels of their own, of how many, and through any channel, of how many (what the county takes in practice); money given back does not count
WITH given_back AS ( -- one row per payer, fee and fee year with a refund
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year FROM refunds AS r
),
paid AS ( -- one row per payer, fee, fee year and amount
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.amount_fen,
        max(CASE
            WHEN p.terminal_id IS NULL AND (p.collector_id IS NULL OR p.channel IN ('tax-hall', 'bank-counter'))
                AND p.channel IN ('wechat', 'alipay', 'e-tax', 'client', 'tax-hall', 'bank-counter', 'bank-batch', 'treasury-link', 'family-account')
            THEN 1 ELSE 0
        END) AS own
    FROM standing_payments AS p
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year
    WHERE p.channel <> 'fiscal' AND g.payer IS NULL
    GROUP BY p.county, p.payer, p.fee, p.fee_year, p.amount_fen
),
amounts AS ( -- one row per amount with its persons
    SELECT p.county, p.fee, p.fee_year, coalesce(c.category, 'ordinary') AS category, p.amount_fen, sum(p.own) AS own_payers, count(*) AS payers
    FROM paid AS p
    LEFT JOIN current_roster AS c ON c.county = p.county AND c.payer = p.payer AND c.fee = p.fee AND c.fee_year = p.fee_year
    GROUP BY p.county, p.fee, p.fee_year, coalesce(c.category, 'ordinary'), p.amount_fen
)
SELECT
    a.county, a.fee, a.fee_year, a.category, a.amount_fen, CAST(a.own_payers AS BIGINT) AS own_payers, a.payers,
    CAST(sum(a.own_payers) OVER (PARTITION BY a.county, a.fee, a.fee_year, a.category) AS BIGINT) AS own_payers_of_all,
    CAST(sum(a.payers) OVER (PARTITION BY a.county, a.fee, a.fee_year, a.category) AS BIGINT) AS payers_of_all
FROM amounts AS a
