-- one row per approved void or refund on a terminal, with the sale that it undoes (NULL: none found) and whether the money went back to the same card
WITH approved AS ( -- one row per approved transaction, its terminal by the register's number
    SELECT
        t.county, t.event_id, t.source, t.record_id, i.terminal_id, t.kind, t.amount_fen, t.occurred_at, t.occurred_on, t.original_id,
        t.card, t.card_weak, t.card_masked, t.card_last4, t.card_kind, t.issuer, t.cardholder, t.entry_mode
    FROM pos_transactions AS t
    INNER JOIN terminal_ids AS i ON i.county = t.county AND i.form = t.terminal_id
    WHERE ltrim(coalesce(t.response_code, ''), '0') = ''
),
sales AS ( -- one row per sale
    SELECT
        a.county, a.event_id, a.source, a.record_id, a.terminal_id, a.amount_fen, a.occurred_at, a.occurred_on,
        a.card, a.card_weak, a.card_masked, a.card_last4, a.card_kind, a.issuer, a.cardholder
    FROM approved AS a
    WHERE a.kind IN ('sale', 'preauth-completion')
),
returns AS ( -- one row per void or refund
    SELECT
        a.county, a.event_id, a.source, a.record_id, a.terminal_id, a.kind, a.amount_fen, a.occurred_at, a.occurred_on, a.original_id,
        a.card, a.card_weak, a.card_masked, a.card_last4, a.card_kind, a.issuer, a.cardholder, a.entry_mode
    FROM approved AS a
    WHERE a.kind IN ('void', 'refund')
),
named AS ( -- one row per return whose original is there
    SELECT r.county, r.event_id, s.event_id AS sale_event_id, 'original' AS matched_by
    FROM returns AS r
    INNER JOIN sales AS s ON s.county = r.county AND s.record_id = r.original_id
    QUALIFY row_number() OVER (
        PARTITION BY r.county, r.event_id ORDER BY CASE WHEN s.source = r.source THEN 0 ELSE 1 END, s.event_id
    ) = 1
),
unnamed AS ( -- one row per return whose original is not there, numbered among its likes of the day
    SELECT
        r.county, r.event_id, r.terminal_id, r.card, r.amount_fen, r.occurred_at, r.occurred_on,
        row_number() OVER (
            PARTITION BY r.county, r.terminal_id, r.card, r.amount_fen, r.occurred_on ORDER BY r.occurred_at, r.event_id
        ) AS nth
    FROM returns AS r
    LEFT JOIN named AS n ON n.county = r.county AND n.event_id = r.event_id
    WHERE n.event_id IS NULL
),
still_open AS ( -- one row per sale that no return names
    SELECT s.county, s.event_id, s.terminal_id, s.card, s.amount_fen, s.occurred_at, s.occurred_on
    FROM sales AS s
    LEFT JOIN named AS n ON n.county = s.county AND n.sale_event_id = s.event_id
    WHERE n.event_id IS NULL
),
candidates AS ( -- one row per such return and sale of its amount on that terminal in the 30 days before
    SELECT
        u.county, u.event_id, u.nth, s.event_id AS sale_event_id, s.card = u.card AS same_card,
        row_number() OVER (
            PARTITION BY u.county, u.event_id, s.card = u.card ORDER BY s.occurred_at DESC NULLS LAST, s.event_id
        ) AS nearest,
        count(*) OVER (PARTITION BY u.county, u.event_id) AS choices,
        max(CASE WHEN s.card = u.card THEN 1 ELSE 0 END) OVER (PARTITION BY u.county, u.event_id) AS any_same_card
    FROM unnamed AS u
    INNER JOIN still_open AS s
        ON s.county = u.county AND s.terminal_id = u.terminal_id AND s.amount_fen = u.amount_fen
        AND s.occurred_at <= u.occurred_at AND datediff('day', s.occurred_on, u.occurred_on) <= 30
),
guessed AS ( -- one row per such return with its sale: the same card's, else the only one there is
    SELECT c.county, c.event_id, c.sale_event_id, CASE WHEN c.same_card THEN 'same-card' ELSE 'only-sale' END AS matched_by
    FROM candidates AS c
    WHERE (c.same_card AND c.nearest = c.nth) OR (c.any_same_card = 0 AND c.choices = 1)
),
matched AS ( -- one row per return with its sale
    SELECT n.county, n.event_id, n.sale_event_id, n.matched_by FROM named AS n
    UNION ALL
    SELECT g.county, g.event_id, g.sale_event_id, g.matched_by FROM guessed AS g
)
SELECT
    r.county, r.event_id, r.record_id, r.terminal_id, r.kind, r.amount_fen, r.occurred_at, r.occurred_on,
    r.card, r.card_masked, r.card_last4, r.card_kind, r.issuer, r.cardholder, r.entry_mode,
    m.sale_event_id, m.matched_by,
    CASE
        WHEN m.sale_event_id IS NULL THEN NULL
        WHEN s.card = r.card THEN true
        WHEN NOT coalesce(s.card_masked, false) AND NOT coalesce(r.card_masked, false) THEN false
        WHEN s.card_weak IS NOT NULL AND r.card_weak IS NOT NULL THEN s.card_weak = r.card_weak
        ELSE coalesce(s.card_last4 = r.card_last4, false)
    END AS same_card
FROM returns AS r
LEFT JOIN matched AS m ON m.county = r.county AND m.event_id = r.event_id
LEFT JOIN sales AS s ON s.county = m.county AND s.event_id = m.sale_event_id
