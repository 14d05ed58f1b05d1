-- one row per approved sale that nothing explains and whose payment was not entered days later either, with whether a credit line paid it and whose card it was
WITH unexplained AS ( -- one row per approved sale that nothing explains; a masked number is told apart by issuer and cardholder
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.keeper, s.net_fen, s.card, s.cardholder,
        CASE WHEN coalesce(s.card_masked, false) THEN concat(s.card, '|', coalesce(s.issuer, ''), '|', coalesce(s.cardholder, '')) ELSE s.card END AS card_key,
        coalesce(s.card_masked, false) AS masked, coalesce(s.card_kind IN ('credit', 'semi-credit'), false) AS credit,
        s.occurred_at, s.occurred_on, s.timed,
        row_number() OVER (
            PARTITION BY s.county, s.terminal_id, s.net_fen, s.occurred_on ORDER BY s.occurred_at NULLS LAST, s.event_id
        ) AS nth
    FROM explained_sales AS s
    WHERE s.explained_by IS NULL AND s.net_fen > 0
),
used AS ( -- one row per payment that settles a sale
    SELECT DISTINCT p.county, p.payment_event_id FROM sale_payments AS p WHERE p.exact
),
entered AS ( -- one row per such sale with the payments of its amount by its terminal that came two to seven days later and settle no other sale
    SELECT u.county, u.event_id, count(*) AS payments
    FROM unexplained AS u
    INNER JOIN terminal_payments AS p ON p.county = u.county AND p.terminal_id = u.terminal_id AND p.amount_fen = u.net_fen
    LEFT JOIN used AS d ON d.county = p.county AND d.payment_event_id = p.event_id
    WHERE d.payment_event_id IS NULL AND datediff('day', u.occurred_on, p.paid_on) BETWEEN 2 AND 7
    GROUP BY u.county, u.event_id
)
SELECT
    u.county, u.event_id, u.terminal_id, u.township, u.village, u.keeper, u.net_fen, u.card, u.cardholder, u.card_key, u.masked, u.credit,
    u.occurred_at, u.occurred_on, u.timed
FROM unexplained AS u
LEFT JOIN entered AS e ON e.county = u.county AND e.event_id = u.event_id
WHERE coalesce(e.payments, 0) < u.nth
