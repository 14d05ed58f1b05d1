-- one row per sale of the terminal that nothing explains, the newest first
SELECT
    u.occurred_at AS sold_at, u.net_fen, e.card_kind, e.card_last4, e.entry_mode, t.record_id, t.position
FROM unexplained_sales AS u
INNER JOIN explained_sales AS e ON e.county = u.county AND e.event_id = u.event_id
INNER JOIN pos_transactions AS t ON t.county = u.county AND t.event_id = u.event_id
WHERE u.terminal_id = $id
ORDER BY u.occurred_at DESC NULLS LAST, u.event_id
LIMIT 100
