-- one row per terminal and week (named by its Monday) with transactions: what was sold, to which cards, when, and what was undone
WITH
-- one row per county and calendar day with the Monday of its week
weeks AS (
    SELECT
        w.county, w.day, w.working,
        min(w.day) OVER (PARTITION BY w.county, datediff('day', DATE '2000-01-03', w.day) // 7) AS monday
    FROM working_day AS w
),
-- one row per approved sale with its week; a masked number is told apart by issuer and cardholder
sales AS (
    SELECT
        s.county, s.event_id, s.terminal_id, w.monday, w.working, s.township, s.village, s.amount_fen, s.net_fen, s.returned_fen, s.returned_elsewhere_fen,
        CASE WHEN coalesce(s.card_masked, false) THEN concat(s.card, '|', coalesce(s.issuer, ''), '|', coalesce(s.cardholder, '')) ELSE s.card END AS card,
        s.card_kind, s.occurred_at, s.occurred_on, s.timed, s.entry_mode, s.explained_by
    FROM explained_sales AS s
    INNER JOIN weeks AS w ON w.county = s.county AND w.day = s.occurred_on
    WHERE s.terminal_id IS NOT NULL AND s.occurred_on <= $as_of
),
-- one row per transaction of a terminal with its week: attempts too
attempts AS (
    SELECT
        i.county, i.terminal_id, w.monday, count(*) AS attempts, min(t.occurred_on) AS first_on, max(t.occurred_on) AS last_on,
        count(*) FILTER (WHERE ltrim(coalesce(t.response_code, ''), '0') <> '') AS declined
    FROM pos_transactions AS t
    INNER JOIN terminal_ids AS i ON i.county = t.county AND i.form = t.terminal_id
    INNER JOIN weeks AS w ON w.county = t.county AND w.day = t.occurred_on
    WHERE t.occurred_on <= $as_of
    GROUP BY i.county, i.terminal_id, w.monday
),
-- one row per terminal of the register
register AS (
    SELECT t.county, t.record_id AS terminal_id, t.township, t.village
    FROM terminals AS t
    QUALIFY row_number() OVER (PARTITION BY t.county, t.record_id ORDER BY t.installed_on DESC NULLS LAST, t.event_id) = 1
),
-- one row per sale and persons whose payments it made
persons AS (
    SELECT p.county, p.sale_event_id, count(DISTINCT s.payer) AS persons
    FROM sale_payments AS p
    INNER JOIN standing_payments AS s ON s.county = p.county AND s.event_id = p.payment_event_id
    GROUP BY p.county, p.sale_event_id
),
-- one row per terminal and week: its sales
sold AS (
    SELECT
        s.county, s.terminal_id, s.monday, count(*) AS sales, CAST(sum(s.amount_fen) AS BIGINT) AS sold_fen, CAST(sum(s.net_fen) AS BIGINT) AS net_fen,
        CAST(sum(CASE WHEN s.explained_by IS NULL THEN s.net_fen ELSE 0 END) AS BIGINT) AS unexplained_fen,
        count(*) FILTER (WHERE s.card_kind IN ('debit', 'credit', 'semi-credit', 'prepaid')) AS known_cards,
        count(*) FILTER (WHERE s.card_kind IN ('credit', 'semi-credit')) AS on_credit,
        count(*) FILTER (WHERE s.returned_fen > 0) AS undone, CAST(sum(s.returned_elsewhere_fen) AS BIGINT) AS elsewhere_fen,
        count(s.card) AS carded, count(DISTINCT s.card) AS cards, max(s.amount_fen) AS largest_fen,
        count(*) FILTER (WHERE s.amount_fen % 50000 = 0) AS round_sales,
        count(s.entry_mode) AS entered, count(*) FILTER (WHERE s.entry_mode IN ('manual', 'magstripe')) AS by_hand,
        count(*) FILTER (WHERE NOT s.working) AS on_rest_days, CAST(sum(coalesce(p.persons, 0)) AS BIGINT) AS persons, count(p.persons) AS personal
    FROM sales AS s
    LEFT JOIN persons AS p ON p.county = s.county AND p.sale_event_id = s.event_id
    GROUP BY s.county, s.terminal_id, s.monday
),
-- one row per terminal and week: the sales of the card that was swiped most, and the persons paid by it
top_cards AS (
    SELECT c.county, c.terminal_id, c.monday, max(c.swipes) AS top_swipes
    FROM (
        SELECT s.county, s.terminal_id, s.monday, s.card, count(*) AS swipes
        FROM sales AS s
        WHERE s.card IS NOT NULL
        GROUP BY s.county, s.terminal_id, s.monday, s.card
    ) AS c
    GROUP BY c.county, c.terminal_id, c.monday
),
-- one row per sale with a time of day: how many of the same terminal lie within the half hour up to it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.terminal_id, k.monday, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY k.county, k.terminal_id, k.monday ORDER BY k.minute_no RANGE BETWEEN 29 PRECEDING AND CURRENT ROW) AS near
    FROM (
        SELECT
            s.county, s.terminal_id, s.monday, hour(s.occurred_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', s.occurred_on) * 1440 + hour(s.occurred_at) * 60 + minute(s.occurred_at) AS minute_no
        FROM sales AS s
        WHERE s.timed
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per terminal and week: the most sales in half an hour, and those in quiet hours
rhythms AS (
    SELECT k.county, k.terminal_id, k.monday, count(*) AS clocked, max(k.near) AS most_near, count(*) FILTER (WHERE k.is_quiet) AS quiet
    FROM clocked AS k
    GROUP BY k.county, k.terminal_id, k.monday
),
-- one row per terminal with at least four weeks: the money of a usual one
usual AS (
    SELECT s.county, s.terminal_id, median(s.sold_fen) AS sold_fen
    FROM sold AS s
    GROUP BY s.county, s.terminal_id
    HAVING count(*) >= 4
)
SELECT
    a.county, 'terminal' AS subject_type, a.terminal_id AS subject_id, rg.township, rg.village, CAST(NULL AS VARCHAR) AS fee, CAST(a.monday AS VARCHAR) AS period,
    a.first_on AS period_from, a.last_on AS period_to, a.attempts AS n, coalesce(s.sales, 0) AS size,
    round(CAST(s.unexplained_fen AS DOUBLE) / nullif(s.net_fen, 0), 6) AS unexplained_share,
    round(CAST(s.on_credit AS DOUBLE) / nullif(s.known_cards, 0), 6) AS credit_share,
    round(CAST(s.carded AS DOUBLE) / nullif(s.cards, 0), 6) AS sales_per_card,
    round(CAST(tc.top_swipes AS DOUBLE) / nullif(s.carded, 0), 6) AS top_card_share,
    round(CAST(s.persons AS DOUBLE) / nullif(s.personal, 0), 6) AS persons_per_sale,
    round(CAST(s.undone AS DOUBLE) / nullif(s.sales, 0), 6) AS undone_share,
    round(CAST(s.elsewhere_fen AS DOUBLE) / nullif(s.sold_fen, 0), 6) AS returned_elsewhere_share,
    round(CAST(a.declined AS DOUBLE) / nullif(a.attempts, 0), 6) AS declined_share,
    round(CAST(s.by_hand AS DOUBLE) / nullif(s.entered, 0), 6) AS entered_by_hand_share,
    round(CAST(s.round_sales AS DOUBLE) / nullif(s.sales, 0), 6) AS round_share,
    round(CAST(s.largest_fen AS DOUBLE) / 100, 6) AS largest_yuan,
    round(CAST(s.sold_fen AS DOUBLE) / nullif(s.sales, 0) / 100, 6) AS mean_yuan,
    CAST(rh.most_near AS DOUBLE) AS most_in_half_hour,
    round(CAST(rh.quiet AS DOUBLE) / nullif(rh.clocked, 0), 6) AS quiet_hours_share,
    round(CAST(s.on_rest_days AS DOUBLE) / nullif(s.sales, 0), 6) AS rest_day_share,
    round(CAST(s.sold_fen AS DOUBLE) / nullif(us.sold_fen, 0), 6) AS volume_ratio,
    coalesce(s.sales, 0) AS sales, coalesce(s.known_cards, 0) AS known_cards, coalesce(s.carded, 0) AS carded, coalesce(s.personal, 0) AS personal,
    coalesce(s.entered, 0) AS entered, coalesce(rh.clocked, 0) AS clocked
FROM attempts AS a
LEFT JOIN register AS rg ON rg.county = a.county AND rg.terminal_id = a.terminal_id
LEFT JOIN sold AS s ON s.county = a.county AND s.terminal_id = a.terminal_id AND s.monday = a.monday
LEFT JOIN top_cards AS tc ON tc.county = a.county AND tc.terminal_id = a.terminal_id AND tc.monday = a.monday
LEFT JOIN rhythms AS rh ON rh.county = a.county AND rh.terminal_id = a.terminal_id AND rh.monday = a.monday
LEFT JOIN usual AS us ON us.county = a.county AND us.terminal_id = a.terminal_id
