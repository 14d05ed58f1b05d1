-- one row per fee, account and month for which an insurance office's figure differs from ours and gives no reason
WITH
-- one row per month that is over, reported without a reason
reported AS (
    SELECT
        f.county, f.fee, f.account, f.month, f.month_no, f.month_ends_on, f.first_month, f.figure_fen, f.last_line_fen, f.events,
        f.posted_fen, f.fiscal_fen, f.voided_later_fen, f.voided_back_fen, f.paid_fen, f.undated_fen + f.before_undated_fen AS undated_fen, f.reasoned
    FROM monthly_figures AS f
    WHERE f.kind = 'report' AND f.month_ends_on < $as_of
),
-- one row per fee and month: what the statement of the treasury says, over all accounts and by account
stated AS (
    SELECT f.county, f.fee, f.account, f.month, f.figure_fen
    FROM monthly_figures AS f
    WHERE f.kind = 'statement'
),
-- one row per fee and month: what was refunded
refunded AS (
    SELECT r.county, r.fee, strftime(r.refunded_on, '%Y-%m') AS month, CAST(sum(r.amount_fen) AS BIGINT) AS refunded_fen
    FROM refunds AS r
    WHERE r.refunded_on IS NOT NULL
    GROUP BY r.county, r.fee, strftime(r.refunded_on, '%Y-%m')
),
-- one row per fee and month: what the office credited to persons
credited AS (
    SELECT e.county, e.fee, strftime(e.recorded_on, '%Y-%m') AS month, CAST(sum(e.amount_fen) AS BIGINT) AS credited_fen
    FROM entitlements AS e
    WHERE e.recorded_on IS NOT NULL
    GROUP BY e.county, e.fee, strftime(e.recorded_on, '%Y-%m')
),
-- one row per month with every figure that an office may lawfully report
compared AS (
    SELECT
        r.county, r.fee, r.account, r.month, r.month_no, r.month_ends_on, r.first_month, r.figure_fen, r.last_line_fen, r.events, r.posted_fen, r.undated_fen, r.reasoned,
        r.figure_fen - r.posted_fen AS surplus_fen,
        least(
            abs(r.figure_fen - r.posted_fen), abs(r.last_line_fen - r.posted_fen),
            abs(r.figure_fen - (r.posted_fen + r.voided_later_fen)), abs(r.figure_fen - (r.posted_fen - r.voided_back_fen)),
            abs(r.figure_fen - (r.posted_fen - r.fiscal_fen)),
            abs(r.figure_fen - (r.posted_fen - coalesce(b.refunded_fen, 0))),
            abs(r.figure_fen - r.paid_fen), abs(r.figure_fen - (r.paid_fen - coalesce(b.refunded_fen, 0))),
            abs(r.figure_fen - s.figure_fen), abs(r.figure_fen - c.credited_fen)
        ) AS apart_fen
    FROM reported AS r
    LEFT JOIN stated AS s ON s.county = r.county AND s.fee = r.fee AND s.account = r.account AND s.month = r.month
    LEFT JOIN refunded AS b ON b.county = r.county AND b.fee = r.fee AND b.month = r.month
    LEFT JOIN credited AS c ON c.county = r.county AND c.fee = r.fee AND c.month = r.month
),
-- one row per month that differs without a reason, with whether the month beside it makes it up
differing AS (
    SELECT
        c.county, c.fee, c.account, c.month, c.month_ends_on, c.figure_fen, c.posted_fen, c.surplus_fen, c.events,
        coalesce(c.surplus_fen + b.surplus_fen = 0, FALSE) OR coalesce(c.surplus_fen + a.surplus_fen = 0, FALSE) AS made_up,
        c.surplus_fen > 0 AND (c.first_month OR c.undated_fen >= c.surplus_fen) AS data_short
    FROM compared AS c
    LEFT JOIN compared AS b ON b.county = c.county AND b.fee = c.fee AND b.account = c.account AND b.month_no = c.month_no - 1
    LEFT JOIN compared AS a ON a.county = c.county AND a.fee = c.fee AND a.account = c.account AND a.month_no = c.month_no + 1
    WHERE NOT c.reasoned AND c.apart_fen >= $difference_fen
)
SELECT
    d.county,
    CASE
        WHEN d.made_up OR d.data_short THEN 'watch'
        WHEN abs(d.surplus_fen) >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'fee-account' AS subject_type, CASE WHEN d.account = '' THEN d.fee ELSE concat(d.fee, ':', d.account) END AS subject_id,
    CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village, d.fee, CAST(NULL AS BIGINT) AS fee_year,
    abs(d.surplus_fen) AS amount_at_risk_fen, CAST(abs(d.surplus_fen) AS DOUBLE) AS measure, CAST($difference_fen AS DOUBLE) AS threshold,
    d.month_ends_on AS occurred_on, d.events AS evidence,
    struct_pack(
        month := d.month, account := d.account, posted_fen := d.posted_fen, report_fen := d.figure_fen, difference_fen := abs(d.surplus_fen),
        direction_zh := CASE WHEN d.surplus_fen > 0 THEN '多' ELSE '少' END, direction_en := CASE WHEN d.surplus_fen > 0 THEN 'more' ELSE 'less' END,
        made_up := d.made_up, data_short := d.data_short,
        account_zh := CASE WHEN d.account = '' THEN '' ELSE concat('（账户 ', d.account, '）') END,
        account_en := CASE WHEN d.account = '' THEN '' ELSE concat(' (account ', d.account, ')') END,
        addressee := CASE
            WHEN d.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN d.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension', 'employer-social-insurance') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM differing AS d
