-- one row per terminal with sales outside every season that nothing explains, after its keeper was relieved, outside its time in service, or above all that could be due
WITH
-- one row per sale whose card was charged in the end, with whether nothing explains it and whether on credit
sales AS (
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.keeper, s.net_fen, s.occurred_on,
        CASE WHEN u.event_id IS NULL THEN 0 ELSE 1 END AS unexplained,
        CASE WHEN s.card_kind IN ('credit', 'semi-credit') THEN 1 ELSE 0 END AS credit
    FROM explained_sales AS s
    LEFT JOIN unexplained_sales AS u ON u.county = s.county AND u.event_id = s.event_id
    WHERE s.net_fen >= $min_sale_fen AND s.occurred_on <= $as_of
),
-- one row per county with the days for which windows are known
seasons AS (
    SELECT w.county, min(w.first_on) AS first_on, max(w.last_on) AS last_on
    FROM window_period AS w
    GROUP BY w.county
),
-- one row per day on which something unexplained was sold within those days and which no window takes in
days_off AS (
    SELECT d.county, d.occurred_on
    FROM (SELECT DISTINCT s.county, s.occurred_on FROM sales AS s WHERE s.unexplained = 1) AS d
    INNER JOIN seasons AS p ON p.county = d.county AND d.occurred_on BETWEEN p.first_on AND p.last_on
    LEFT JOIN window_period AS w ON w.county = d.county AND d.occurred_on BETWEEN w.first_on AND w.last_on
    WHERE w.county IS NULL
),
-- one row per collector's stretch of service, with the person
service AS (
    SELECT c.county, c.record_id AS collector_id, c.person, c.appointed_on, c.relieved_on
    FROM collectors AS c
),
-- one row per sale after its terminal's keeper was relieved and not in service again, under the same or another number
after_relief AS (
    SELECT DISTINCT s.county, s.event_id, s.keeper, s.occurred_on
    FROM sales AS s
    INNER JOIN service AS k ON k.county = s.county AND k.collector_id = s.keeper AND k.relieved_on < s.occurred_on
    LEFT JOIN service AS a
        ON a.county = s.county AND (a.collector_id = s.keeper OR a.person = k.person)
        AND (a.appointed_on IS NULL OR a.appointed_on <= s.occurred_on) AND (a.relieved_on IS NULL OR a.relieved_on >= s.occurred_on)
    WHERE a.county IS NULL
),
-- one row per such sale with whether its payments name the relieved keeper, and whether another collector in service
named AS (
    SELECT
        r.county, r.event_id,
        max(CASE WHEN p.collector_id = r.keeper THEN 1 ELSE 0 END) AS by_keeper,
        max(CASE WHEN a.county IS NOT NULL THEN 1 ELSE 0 END) AS by_another
    FROM after_relief AS r
    LEFT JOIN sale_payments AS b ON b.county = r.county AND b.sale_event_id = r.event_id
    LEFT JOIN terminal_payments AS p ON p.county = b.county AND p.event_id = b.payment_event_id
    LEFT JOIN service AS a
        ON a.county = p.county AND a.collector_id = p.collector_id AND a.collector_id <> r.keeper
        AND (a.appointed_on IS NULL OR a.appointed_on <= r.occurred_on) AND (a.relieved_on IS NULL OR a.relieved_on >= r.occurred_on)
    GROUP BY r.county, r.event_id
),
-- one row per sale of a registered terminal that no row of the register has in service that day, with whether it came before all of them
out_of_service AS (
    SELECT s.county, s.event_id, CASE WHEN s.occurred_on < min(t.installed_on) THEN 1 ELSE 0 END AS before
    FROM sales AS s
    INNER JOIN terminals AS t ON t.county = s.county AND t.record_id = s.terminal_id
    GROUP BY s.county, s.event_id, s.occurred_on
    HAVING NOT bool_or(
        (t.installed_on IS NULL OR t.installed_on <= s.occurred_on) AND (t.withdrawn_on IS NULL OR t.withdrawn_on >= s.occurred_on)
    )
),
-- one row per sale that should not be, with why, and of those with their payments whether it weighs: in the relieved keeper's name or after the withdrawal
wrong AS (
    SELECT
        s.county, s.event_id, s.terminal_id, s.net_fen, s.occurred_on, s.unexplained, s.credit,
        CASE WHEN d.county IS NOT NULL AND s.unexplained = 1 THEN 1 ELSE 0 END AS out_of_season,
        CASE WHEN n.event_id IS NOT NULL AND n.by_another = 0 THEN 1 ELSE 0 END AS relieved,
        CASE WHEN o.before = 0 THEN 1 ELSE 0 END AS withdrawn,
        CASE WHEN o.before = 1 THEN 1 ELSE 0 END AS too_early,
        CASE WHEN s.unexplained = 0 AND (o.before = 0 OR (n.by_keeper = 1 AND n.by_another = 0)) THEN 1 ELSE 0 END AS in_wrong_hands
    FROM sales AS s
    LEFT JOIN days_off AS d ON d.county = s.county AND d.occurred_on = s.occurred_on
    LEFT JOIN named AS n ON n.county = s.county AND n.event_id = s.event_id
    LEFT JOIN out_of_service AS o ON o.county = s.county AND o.event_id = s.event_id
    WHERE (d.county IS NOT NULL AND s.unexplained = 1) OR (n.event_id IS NOT NULL AND n.by_another = 0) OR o.event_id IS NOT NULL
),
-- one row per terminal and calendar year in which something stays unexplained, with all that it took
volumes AS (
    SELECT s.county, s.terminal_id, year(s.occurred_on) AS sold_in, CAST(sum(s.net_fen) AS BIGINT) AS sold_fen
    FROM sales AS s
    GROUP BY s.county, s.terminal_id, year(s.occurred_on)
    HAVING max(s.unexplained) = 1
),
-- one row per such terminal and division that it or its keeper serves
served AS (
    SELECT t.county, t.record_id AS terminal_id, t.division
    FROM terminals AS t
    INNER JOIN (SELECT DISTINCT v.county, v.terminal_id FROM volumes AS v) AS v ON v.county = t.county AND v.terminal_id = t.record_id
    UNION
    SELECT t.county, t.record_id AS terminal_id, k.division
    FROM terminals AS t
    INNER JOIN (SELECT DISTINCT v.county, v.terminal_id FROM volumes AS v) AS v ON v.county = t.county AND v.terminal_id = t.record_id
    INNER JOIN (SELECT c.county, c.record_id, unnest(c.division) AS division FROM collectors AS c) AS k
        ON k.county = t.county AND k.record_id = t.collector_id
),
-- one row per such terminal, year, fee and fee year of the seasons that begin in the year, and division that it serves
due AS (
    SELECT v.county, v.terminal_id, v.sold_in, w.fee, w.fee_year, s.division
    FROM volumes AS v
    INNER JOIN served AS s ON s.county = v.county AND s.terminal_id = v.terminal_id
    INNER JOIN window_period AS w ON w.county = v.county AND year(w.first_on) = v.sold_in
),
-- one row per such terminal, year and person on the roster of its places for these seasons, or with a payment by it
eligible AS (
    SELECT d.county, d.terminal_id, d.sold_in, r.payer, 1 AS rostered
    FROM due AS d
    INNER JOIN rosters AS r ON r.county = d.county AND r.village = d.division AND r.fee = d.fee AND r.fee_year = d.fee_year
    UNION
    SELECT d.county, d.terminal_id, d.sold_in, r.payer, 1 AS rostered
    FROM due AS d
    INNER JOIN rosters AS r ON r.county = d.county AND r.township = d.division AND r.fee = d.fee AND r.fee_year = d.fee_year
    UNION
    SELECT v.county, v.terminal_id, v.sold_in, p.payer, 0 AS rostered
    FROM volumes AS v
    INNER JOIN terminal_payments AS p ON p.county = v.county AND p.terminal_id = v.terminal_id AND year(p.paid_on) = v.sold_in
),
-- one row per county and year with the highest fee of the seasons that begin in it
highest AS (
    SELECT w.county, year(w.first_on) AS sold_in, max(t.amount_fen) AS fee_fen
    FROM window_period AS w
    INNER JOIN tariff AS t ON t.county = w.county AND t.fee = w.fee AND t.fee_year = w.fee_year
    INNER JOIN (SELECT DISTINCT r.county, r.fee, r.fee_year FROM rosters AS r) AS r ON r.county = w.county AND r.fee = w.fee AND r.fee_year = w.fee_year
    GROUP BY w.county, year(w.first_on)
),
-- one row per terminal with a roster whose volume of a year is above eligible payers times the highest fee: by how much, in the year where most
excesses AS (
    SELECT c.county, c.terminal_id, c.sold_in, c.sold_fen, c.payers, c.payers * h.fee_fen AS limit_fen
    FROM (
        SELECT v.county, v.terminal_id, v.sold_in, v.sold_fen, count(DISTINCT e.payer) AS payers
        FROM volumes AS v
        INNER JOIN eligible AS e ON e.county = v.county AND e.terminal_id = v.terminal_id AND e.sold_in = v.sold_in
        GROUP BY v.county, v.terminal_id, v.sold_in, v.sold_fen
        HAVING max(e.rostered) = 1
    ) AS c
    INNER JOIN highest AS h ON h.county = c.county AND h.sold_in = c.sold_in
    WHERE c.sold_fen > c.payers * h.fee_fen
    QUALIFY row_number() OVER (PARTITION BY c.county, c.terminal_id ORDER BY c.sold_fen - c.payers * h.fee_fen DESC, c.sold_in) = 1
),
-- one row per terminal and event that shows it: the sales that should not be, and the unexplained ones of a year above the limit
touched AS (
    SELECT w.county, w.terminal_id, w.event_id, w.occurred_on, w.unexplained, w.unexplained * w.net_fen AS unexplained_fen FROM wrong AS w
    UNION
    SELECT s.county, s.terminal_id, s.event_id, s.occurred_on, s.unexplained, s.net_fen AS unexplained_fen
    FROM excesses AS e
    INNER JOIN sales AS s ON s.county = e.county AND s.terminal_id = e.terminal_id AND year(s.occurred_on) = e.sold_in AND s.unexplained = 1
),
-- one row per terminal with these events
shown AS (
    SELECT
        t.county, t.terminal_id, min(t.occurred_on) AS first_on, max(t.occurred_on) AS last_on,
        CAST(sum(t.unexplained) AS BIGINT) AS unexplained, CAST(sum(t.unexplained_fen) AS BIGINT) AS unexplained_fen,
        list_sort(list(DISTINCT t.event_id)) AS evidence
    FROM touched AS t
    GROUP BY t.county, t.terminal_id
),
-- one row per terminal with what its wrong sales come to
sums AS (
    SELECT
        w.county, w.terminal_id, count(*) AS sales, CAST(sum(w.net_fen) AS BIGINT) AS amount_fen,
        CAST(sum(w.out_of_season) AS BIGINT) AS out_of_season, CAST(sum(w.relieved) AS BIGINT) AS relieved,
        CAST(sum(w.withdrawn) AS BIGINT) AS withdrawn, CAST(sum(w.too_early) AS BIGINT) AS too_early,
        CAST(sum(w.in_wrong_hands) AS BIGINT) AS in_wrong_hands, CAST(sum(w.unexplained * w.credit * w.net_fen) AS BIGINT) AS credit_fen
    FROM wrong AS w
    GROUP BY w.county, w.terminal_id
),
-- one row per terminal of the register with its place
places AS (
    SELECT t.county, t.record_id AS terminal_id, min(t.township) AS township, min(t.village) AS village
    FROM terminals AS t
    GROUP BY t.county, t.record_id
),
-- one row per terminal with both put together
found AS (
    SELECT
        v.county, v.terminal_id, p.township, p.village, v.first_on, v.last_on, v.evidence, v.unexplained, v.unexplained_fen,
        coalesce(s.sales, 0) AS sales, coalesce(s.amount_fen, 0) AS amount_fen, coalesce(s.out_of_season, 0) AS out_of_season,
        coalesce(s.relieved, 0) AS relieved, coalesce(s.withdrawn, 0) AS withdrawn, coalesce(s.too_early, 0) AS too_early,
        coalesce(s.in_wrong_hands, 0) AS in_wrong_hands, coalesce(s.credit_fen, 0) AS credit_fen, e.sold_in, e.payers, e.sold_fen, e.limit_fen, coalesce(e.sold_fen - e.limit_fen, 0) AS excess_fen
    FROM shown AS v
    LEFT JOIN sums AS s ON s.county = v.county AND s.terminal_id = v.terminal_id
    LEFT JOIN excesses AS e ON e.county = v.county AND e.terminal_id = v.terminal_id
    LEFT JOIN places AS p ON p.county = v.county AND p.terminal_id = v.terminal_id
)
SELECT
    f.county,
    CASE
        WHEN f.credit_fen >= $high_credit_fen OR f.excess_fen >= $high_excess_fen THEN 'high'
        WHEN f.credit_fen > 0 OR f.excess_fen > 0 OR f.unexplained_fen >= $medium_debit_fen OR f.in_wrong_hands >= $many_sales THEN 'medium'
        WHEN f.unexplained > 0 OR f.in_wrong_hands > 0 OR f.too_early >= $many_sales THEN 'low'
        ELSE 'watch'
    END AS severity,
    'terminal' AS subject_type, f.terminal_id AS subject_id, f.township, f.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    CAST(greatest(f.amount_fen, f.excess_fen) AS BIGINT) AS amount_at_risk_fen,
    CASE WHEN f.sales > 0 THEN CAST(f.sales AS DOUBLE) ELSE round(CAST(f.sold_fen AS DOUBLE) / 100, 2) END AS measure,
    CASE WHEN f.sales > 0 THEN CAST(1 AS DOUBLE) ELSE round(CAST(f.limit_fen AS DOUBLE) / 100, 2) END AS threshold,
    f.first_on AS occurred_on, f.evidence,
    struct_pack(
        sales := f.sales, out_of_season := f.out_of_season, relieved := f.relieved, withdrawn := f.withdrawn, too_early := f.too_early,
        unexplained := f.unexplained, unexplained_fen := f.unexplained_fen, credit_fen := f.credit_fen, excess_fen := f.excess_fen, first_on := f.first_on, last_on := f.last_on,
        season_zh := CASE WHEN f.out_of_season > 0 THEN concat('征缴期外 ', CAST(f.out_of_season AS VARCHAR), ' 笔；') ELSE '' END,
        season_en := CASE WHEN f.out_of_season > 0 THEN concat(CAST(f.out_of_season AS VARCHAR), ' outside every season; ') ELSE '' END,
        relieved_zh := CASE WHEN f.relieved > 0 THEN concat('保管人离任后 ', CAST(f.relieved AS VARCHAR), ' 笔；') ELSE '' END,
        relieved_en := CASE WHEN f.relieved > 0 THEN concat(CAST(f.relieved AS VARCHAR), ' after its keeper was relieved; ') ELSE '' END,
        service_zh := CASE WHEN f.withdrawn + f.too_early > 0 THEN concat('布放前 ', CAST(f.too_early AS VARCHAR), ' 笔、撤机后 ', CAST(f.withdrawn AS VARCHAR), ' 笔；') ELSE '' END,
        service_en := CASE WHEN f.withdrawn + f.too_early > 0 THEN concat(CAST(f.too_early AS VARCHAR), ' before its installation, ', CAST(f.withdrawn AS VARCHAR), ' after its withdrawal; ') ELSE '' END,
        volume_zh := CASE WHEN f.excess_fen > 0 THEN concat(CAST(f.sold_in AS VARCHAR), ' 年刷卡 ', CAST(f.sold_fen // 100 AS VARCHAR), ' 元，超过 ', CAST(f.payers AS VARCHAR), ' 名应缴人员按最高标准可缴的 ', CAST(f.limit_fen // 100 AS VARCHAR), ' 元；') ELSE '' END,
        volume_en := CASE WHEN f.excess_fen > 0 THEN concat(CAST(f.sold_fen // 100 AS VARCHAR), ' yuan in ', CAST(f.sold_in AS VARCHAR), ', more than ', CAST(f.payers AS VARCHAR), ' eligible payers could owe at the highest fee (', CAST(f.limit_fen // 100 AS VARCHAR), ' yuan); ') ELSE '' END
    ) AS details
FROM found AS f
