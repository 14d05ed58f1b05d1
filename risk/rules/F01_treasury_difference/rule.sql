-- one row per fee, account and month whose postings differ from the treasury's statement
WITH
-- one row per month that is over and whose statement has come in, with the difference (what the statement lacks) and the statements of the months before and after
months AS (
    SELECT
        f.county, f.fee, f.account, f.month, f.month_no, f.month_ends_on, f.first_month, f.figure_fen, f.last_line_fen, f.events,
        f.posted_fen, f.fiscal_fen, f.voided_later_fen, f.voided_back_fen, f.last_1_fen, f.last_2_fen, f.last_3_fen, f.undated_fen, f.before_undated_fen,
        f.posted_fen - f.figure_fen AS lacking_fen
    FROM monthly_figures AS f
    WHERE f.kind = 'statement' AND f.month_ends_on < $as_of
),
-- one row per month with its neighbours' differences and the last days' postings
neighbours AS (
    SELECT
        m.county, m.fee, m.account, m.month, m.month_ends_on, m.first_month, m.figure_fen, m.last_line_fen, m.events,
        m.posted_fen, m.fiscal_fen, m.voided_later_fen, m.voided_back_fen, m.undated_fen, m.before_undated_fen, m.lacking_fen,
        m.last_1_fen, m.last_2_fen, m.last_3_fen,
        b.lacking_fen AS before_fen, b.last_1_fen AS before_1_fen, b.last_2_fen AS before_2_fen, b.last_3_fen AS before_3_fen,
        a.lacking_fen AS after_fen, a.last_1_fen AS after_1_fen, a.last_2_fen AS after_2_fen, a.last_3_fen AS after_3_fen
    FROM months AS m
    LEFT JOIN months AS b ON b.county = m.county AND b.fee = m.fee AND b.account = m.account AND b.month_no = m.month_no - 1
    LEFT JOIN months AS a ON a.county = m.county AND a.fee = m.fee AND a.account = m.account AND a.month_no = m.month_no + 1
),
-- one row per fee and month: what was refunded
refunded AS (
    SELECT r.county, r.fee, strftime(r.refunded_on, '%Y-%m') AS month, CAST(sum(r.amount_fen) AS BIGINT) AS refunded_fen
    FROM refunds AS r
    WHERE r.refunded_on IS NOT NULL
    GROUP BY r.county, r.fee, strftime(r.refunded_on, '%Y-%m')
),
-- one row per month that differs, with whether something in the records accounts for it
differing AS (
    SELECT
        n.county, n.fee, n.account, n.month, n.month_ends_on, n.figure_fen, n.posted_fen, n.lacking_fen, n.events,
        CASE
            WHEN n.lacking_fen + n.before_fen = 0 OR n.lacking_fen + n.after_fen = 0 THEN TRUE
            WHEN n.last_1_fen > 0 AND n.lacking_fen IN (n.last_1_fen, n.last_1_fen - coalesce(n.before_1_fen, 0))
                AND (n.after_fen IS NULL OR n.after_fen IN (-n.last_1_fen, n.after_1_fen - n.last_1_fen)) THEN TRUE
            WHEN n.last_2_fen > 0 AND n.lacking_fen IN (n.last_2_fen, n.last_2_fen - coalesce(n.before_2_fen, 0))
                AND (n.after_fen IS NULL OR n.after_fen IN (-n.last_2_fen, n.after_2_fen - n.last_2_fen)) THEN TRUE
            WHEN n.last_3_fen > 0 AND n.lacking_fen IN (n.last_3_fen, n.last_3_fen - coalesce(n.before_3_fen, 0))
                AND (n.after_fen IS NULL OR n.after_fen IN (-n.last_3_fen, n.after_3_fen - n.last_3_fen)) THEN TRUE
            WHEN n.lacking_fen < 0 AND -n.lacking_fen IN (n.before_1_fen, n.before_2_fen, n.before_3_fen) THEN TRUE
            ELSE FALSE
        END AS cut_off,
        coalesce(n.lacking_fen = r.refunded_fen, FALSE) AS net_of_refunds,
        n.fiscal_fen > 0 AND n.lacking_fen = n.fiscal_fen AS without_share,
        n.lacking_fen < 0 AND (n.first_month OR n.undated_fen + n.before_undated_fen >= -n.lacking_fen) AS data_short
    FROM neighbours AS n
    LEFT JOIN refunded AS r ON r.county = n.county AND r.fee = n.fee AND r.month = n.month
    WHERE abs(n.lacking_fen) >= $difference_fen
        AND abs(n.posted_fen - n.last_line_fen) >= $difference_fen
        AND abs(n.lacking_fen + n.voided_later_fen) >= $difference_fen
        AND abs(n.lacking_fen - n.voided_back_fen) >= $difference_fen
        AND abs(n.lacking_fen + n.voided_later_fen - n.voided_back_fen) >= $difference_fen
)
SELECT
    d.county,
    CASE
        WHEN d.cut_off OR d.net_of_refunds OR d.without_share OR d.data_short THEN 'watch'
        WHEN d.lacking_fen >= $high_fen THEN 'high'
        WHEN abs(d.lacking_fen) >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'fee-account' AS subject_type, CASE WHEN d.account = '' THEN d.fee ELSE concat(d.fee, ':', d.account) END AS subject_id,
    CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village, d.fee, CAST(NULL AS BIGINT) AS fee_year,
    abs(d.lacking_fen) AS amount_at_risk_fen, CAST(abs(d.lacking_fen) AS DOUBLE) AS measure, CAST($difference_fen AS DOUBLE) AS threshold,
    d.month_ends_on AS occurred_on, d.events AS evidence,
    struct_pack(
        month := d.month, account := d.account, posted_fen := d.posted_fen, statement_fen := d.figure_fen, difference_fen := abs(d.lacking_fen),
        direction_zh := CASE WHEN d.lacking_fen > 0 THEN '对账单少' ELSE '对账单多' END,
        direction_en := CASE WHEN d.lacking_fen > 0 THEN 'less' ELSE 'more' END,
        cut_off := d.cut_off, net_of_refunds := d.net_of_refunds, without_share := d.without_share, data_short := d.data_short,
        account_zh := CASE WHEN d.account = '' THEN '' ELSE concat('（账户 ', d.account, '）') END,
        account_en := CASE WHEN d.account = '' THEN '' ELSE concat(' (account ', d.account, ')') END
    ) AS details
FROM differing AS d
