-- one row per month, fee and account for which an insurance office's report differs from what was posted, with whether it gives a reason
SELECT
    f.county, CASE WHEN f.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
    f.fee, f.account, f.month, f.figure_fen, f.posted_fen, f.reasoned, f.received_on
FROM monthly_figures AS f
WHERE f.kind = 'report' AND f.figure_fen <> f.posted_fen AND f.month_ends_on < $as_of
ORDER BY f.month DESC, f.fee, f.account
