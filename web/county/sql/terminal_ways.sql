-- one row per way in which the terminal's sales are explained ('' of those that nothing explains), with number, amount charged and what is left of it after returns
SELECT
    CASE WHEN e.explained_by IS NOT NULL THEN e.explained_by WHEN u.event_id IS NULL THEN 'entered-late' ELSE '' END AS way,
    count(*) AS sale_count, CAST(sum(e.amount_fen) AS BIGINT) AS amount_fen, CAST(sum(e.net_fen) AS BIGINT) AS net_fen, max(e.occurred_on) AS last_on
FROM explained_sales AS e
LEFT JOIN unexplained_sales AS u ON u.county = e.county AND u.event_id = e.event_id
WHERE e.terminal_id = $id
GROUP BY ALL
ORDER BY way
