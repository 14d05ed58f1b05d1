-- one row per source, record type and month for which the ledger holds fewer records or less money than the source says it sent, or more records
WITH
-- one row per total that is due, with the record type it is about, under its id or its Chinese name
totals AS (
    SELECT
        t.county, t.event_id, t.position, trim(t.of_source) AS source, lower(trim(t.of_source)) AS sender, k.type, t.day,
        t.count AS said, t.amount_fen AS said_fen, trim(t.first_no) AS first_no, trim(t.last_no) AS last_no
    FROM control_totals AS t
    INNER JOIN (
        SELECT v.type, v.zh
        FROM (VALUES
            ('payments', '缴费明细'), ('payment-voids', '缴费冲正明细'), ('refunds', '退费清册'), ('pos-transactions', 'POS交易流水'),
            ('cash-receipts', '现金征缴登记台账'), ('rosters', '应缴费人员台账'), ('collectors', '代收人员名册'), ('terminals', 'POS终端台账'),
            ('entitlements', '权益记录明细'), ('treasury-statements', '国库入库对账单'), ('status-changes', '人员身份变动'), ('households', '户籍家庭关系'),
            ('receipt-books', '票据领用登记'), ('whitelist', '白名单'), ('assessments', '非税收入核定推送'), ('divisions', '行政区划'),
            ('complaints', '举报登记'), ('duty-acts', '履职登记'), ('data-queries', '异常数据反馈'), ('fund-transfers', '财政专户划转'),
            ('office-reports', '社保费月报')
        ) AS v (type, zh)
    ) AS k ON k.type = replace(lower(trim(t.of_type)), '_', '-') OR k.zh = trim(t.of_type)
    WHERE datediff('day', t.day, $as_of) >= $grace_days
),
-- one row per sender and record type of the totals
senders AS (
    SELECT t.county, t.type, t.sender, min(t.source) AS source FROM totals AS t GROUP BY t.county, t.type, t.sender
),
-- one row per record type, sender, own day and other day: what the ledger took; senders that no total names are ''
taken AS (
    SELECT d.county, d.type, coalesce(s.sender, '') AS sender, d.day, d.other_on, d.records, d.sure, d.fen, d.medical, d.pension
    FROM taken_days AS d
    LEFT JOIN senders AS s ON s.county = d.county AND s.type = d.type AND s.sender = d.sender
),
-- one row per record type and sender that is in the ledger: how many records have no day, and whose fees they are
holders AS (
    SELECT
        t.county, t.type, t.sender, CAST(sum(CASE WHEN t.day IS NULL THEN t.records ELSE 0 END) AS BIGINT) AS undated,
        sum(t.records) = sum(t.medical) AS all_medical, sum(t.records) = sum(t.pension) AS all_pension
    FROM taken AS t
    GROUP BY t.county, t.type, t.sender
),
-- one row per sender of totals with the records to compare with: its own, else those of senders that no total names, else none
matched AS (
    SELECT
        s.county, s.type, s.sender, s.source, CASE WHEN h.sender IS NOT NULL THEN s.sender WHEN o.sender IS NOT NULL THEN '' END AS holder, h.sender IS NOT NULL AS by_name,
        coalesce(h.undated, o.undated, 0) AS undated, coalesce(h.all_medical, o.all_medical, FALSE) AS all_medical, coalesce(h.all_pension, o.all_pension, FALSE) AS all_pension
    FROM senders AS s
    LEFT JOIN holders AS h ON h.county = s.county AND h.type = s.type AND h.sender = s.sender
    LEFT JOIN holders AS o ON o.county = s.county AND o.type = s.type AND o.sender = ''
),
-- one row per record type, sender, way of dating (own day or other day) and day: what the ledger took
booked AS (
    SELECT
        t.county, t.type, t.sender, 'own' AS dating, t.day, CAST(sum(t.records) AS BIGINT) AS records, CAST(sum(t.sure) AS BIGINT) AS sure, CAST(sum(t.fen) AS BIGINT) AS fen
    FROM taken AS t
    WHERE t.day IS NOT NULL
    GROUP BY t.county, t.type, t.sender, t.day
    UNION ALL
    SELECT
        t.county, t.type, t.sender, 'other' AS dating, t.other_on AS day, CAST(sum(t.records) AS BIGINT) AS records, CAST(sum(t.sure) AS BIGINT) AS sure, CAST(sum(t.fen) AS BIGINT) AS fen
    FROM taken AS t
    WHERE t.other_on IS NOT NULL
    GROUP BY t.county, t.type, t.sender, t.other_on
),
-- one row per total, the same total handed in again and the last one of its day marked
ranked AS (
    SELECT
        t.county, t.type, t.sender, t.day, t.event_id, t.said, t.said_fen,
        row_number() OVER (PARTITION BY t.county, t.type, t.sender, t.day, t.said, t.said_fen, t.first_no, t.last_no ORDER BY t.event_id) AS copy,
        row_number() OVER (PARTITION BY t.county, t.type, t.sender, t.day ORDER BY t.position DESC, t.event_id DESC) AS place
    FROM totals AS t
),
-- one row per sender, record type and day: what was said in all, and by the last total alone
said AS (
    SELECT
        r.county, r.type, r.sender, r.day, CAST(sum(r.said) AS BIGINT) AS said, CAST(CASE WHEN count(*) = count(r.said_fen) THEN sum(r.said_fen) END AS BIGINT) AS said_fen,
        list_sort(list(DISTINCT r.event_id)) AS events
    FROM ranked AS r
    WHERE r.copy = 1
    GROUP BY r.county, r.type, r.sender, r.day
),
-- one row per sender, record type and day with the sum of the totals, the last one and what the ledger took, by both ways of dating
both_ways AS (
    SELECT
        s.county, s.type, s.sender, m.source, m.holder, m.by_name, m.undated, m.all_medical, m.all_pension, s.day, s.said, s.said_fen, s.events, d.dating,
        l.said AS last_said, l.said_fen AS last_fen, coalesce(b.records, 0) AS records, coalesce(b.sure, 0) AS sure, coalesce(b.fen, 0) AS fen
    FROM said AS s
    INNER JOIN ranked AS l ON l.county = s.county AND l.type = s.type AND l.sender = s.sender AND l.day = s.day AND l.place = 1
    INNER JOIN matched AS m ON m.county = s.county AND m.type = s.type AND m.sender = s.sender
    CROSS JOIN (SELECT unnest(['own', 'other']) AS dating) AS d
    LEFT JOIN booked AS b ON b.county = s.county AND b.type = s.type AND b.sender = m.holder AND b.dating = d.dating AND b.day = s.day
),
-- one row per sender and record type: the way of dating by which least is missing, the record's own day where both fit alike
habits AS (
    SELECT b.county, b.type, b.sender, b.dating
    FROM both_ways AS b
    GROUP BY b.county, b.type, b.sender, b.dating
    QUALIFY row_number() OVER (PARTITION BY b.county, b.type, b.sender ORDER BY sum(greatest(0, b.said - b.records)), b.dating DESC) = 1
),
-- one row per record type, sender and way of dating: the first and the last day in the ledger
spans AS (
    SELECT b.county, b.type, b.sender, b.dating, min(b.day) AS first_on, max(b.day) AS last_on FROM booked AS b GROUP BY b.county, b.type, b.sender, b.dating
),
-- one row per amendment and way in which it moves a day's figures: records that left a day or came to it, money that stood there before
moves AS (
    SELECT a.county, a.type, lower(trim(a.source)) AS sender, a.old_dated_on AS day, 1 AS gone, 0 AS come, coalesce(a.old_amount_fen, 0) AS gone_fen
    FROM amendments AS a
    WHERE a.date_changed AND a.old_dated_on IS NOT NULL
    UNION ALL
    SELECT a.county, a.type, lower(trim(a.source)) AS sender, a.dated_on AS day, 0 AS gone, 1 AS come, 0 AS gone_fen
    FROM amendments AS a
    WHERE a.date_changed AND a.dated_on IS NOT NULL
    UNION ALL
    SELECT a.county, a.type, lower(trim(a.source)) AS sender, a.dated_on AS day, 0 AS gone, 0 AS come, greatest(0, a.old_amount_fen - a.amount_fen) AS gone_fen
    FROM amendments AS a
    WHERE NOT a.date_changed AND a.amount_changed AND a.dated_on IS NOT NULL
),
-- one row per record type, sender and day whose figures amendments have moved
moved AS (
    SELECT m.county, m.type, m.sender, m.day, CAST(sum(m.gone) AS BIGINT) AS gone, CAST(sum(m.come) AS BIGINT) AS come, CAST(sum(m.gone_fen) AS BIGINT) AS gone_fen
    FROM moves AS m
    GROUP BY m.county, m.type, m.sender, m.day
),
-- one row per day on which payments were voided
void_days AS (
    SELECT v.county, v.voided_on AS day, count(*) AS voids FROM payment_voids AS v WHERE v.voided_on IS NOT NULL GROUP BY v.county, v.voided_on
),
-- one row per sender, record type and day that is judged: not before the month in which its records begin, nor where its last batch may still be on its way
days AS (
    SELECT
        b.county, b.type, b.sender, b.source, b.holder, b.by_name, b.undated, b.all_medical, b.all_pension, b.day, strftime(b.day, '%Y-%m') AS month, b.said, b.said_fen, b.events,
        b.records, b.fen, coalesce(b.day < p.first_on, FALSE) AS before_first,
        array_length(b.events) > 1 AND b.last_said = b.records AND coalesce(b.last_fen = b.fen, TRUE) AS last_agrees,
        greatest(0, b.said - b.records - coalesce(c.gone, 0)) AS missing,
        CASE WHEN b.by_name THEN greatest(0, b.sure - coalesce(c.come, 0) - b.said) ELSE 0 END AS surplus,
        CASE WHEN b.said = b.records AND b.said_fen = b.fen * 100 THEN 0 ELSE coalesce(greatest(0, b.said_fen - b.fen - coalesce(c.gone_fen, 0)), 0) END AS short_fen,
        CASE WHEN b.by_name THEN coalesce(greatest(0, b.fen - b.said_fen), 0) ELSE 0 END AS extra_fen,
        CASE WHEN b.type = 'payments' THEN coalesce(v.voids, 0) ELSE 0 END AS voids
    FROM both_ways AS b
    INNER JOIN habits AS h ON h.county = b.county AND h.type = b.type AND h.sender = b.sender AND h.dating = b.dating
    LEFT JOIN spans AS p ON p.county = b.county AND p.type = b.type AND p.sender = b.holder AND p.dating = b.dating
    LEFT JOIN moved AS c ON c.county = b.county AND c.type = b.type AND c.sender = b.sender AND c.day = b.day AND b.dating = 'own'
    LEFT JOIN void_days AS v ON v.county = b.county AND v.day = b.day
    WHERE coalesce(strftime(b.day, '%Y-%m') >= strftime(p.first_on, '%Y-%m'), TRUE)
        AND (coalesce(b.day <= p.last_on, FALSE) OR datediff('day', b.day, $as_of) >= $batch_days)
),
-- one row per total with a first and a last number that differ only in their last digits, and how many digits those are
numbered AS (
    SELECT t.county, t.type, t.sender, t.day, t.event_id, t.said, t.first_no, t.last_no, max(w.width) AS width
    FROM totals AS t
    CROSS JOIN (SELECT unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]) AS width) AS w
    WHERE length(t.first_no) = length(t.last_no) AND w.width <= length(t.first_no)
        AND left(t.first_no, length(t.first_no) - w.width) = left(t.last_no, length(t.last_no) - w.width)
        AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(concat(right(t.first_no, w.width), right(t.last_no, w.width)), '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '') = ''
    GROUP BY t.county, t.type, t.sender, t.day, t.event_id, t.said, t.first_no, t.last_no
),
-- one row per such total whose numbers are as many as its records: then every number between is a record
series AS (
    SELECT n.county, n.type, n.sender, m.holder, n.day, n.event_id, n.said, n.first_no, n.last_no
    FROM numbered AS n
    INNER JOIN matched AS m ON m.county = n.county AND m.type = n.type AND m.sender = n.sender
    WHERE CAST(right(n.last_no, n.width) AS BIGINT) - CAST(right(n.first_no, n.width) AS BIGINT) + 1 = n.said
),
-- one row per record with a number of its own, by each number that it bears
numbers AS (
    SELECT p.county, 'payments' AS type, p.source, 'id' AS kind, p.record_id AS number FROM payments AS p
    UNION ALL
    SELECT p.county, 'payments' AS type, p.source, 'other' AS kind, p.receipt_no AS number FROM payments AS p WHERE p.receipt_no IS NOT NULL
    UNION ALL
    SELECT v.county, 'payment-voids' AS type, v.source, 'id' AS kind, v.record_id AS number FROM payment_voids AS v
    UNION ALL
    SELECT r.county, 'refunds' AS type, r.source, 'id' AS kind, r.record_id AS number FROM refunds AS r
    UNION ALL
    SELECT t.county, 'pos-transactions' AS type, t.source, 'id' AS kind, t.record_id AS number FROM pos_transactions AS t
    UNION ALL
    SELECT t.county, 'pos-transactions' AS type, t.source, 'other' AS kind, t.trace_no AS number FROM pos_transactions AS t WHERE t.trace_no IS NOT NULL
    UNION ALL
    SELECT c.county, 'cash-receipts' AS type, c.source, 'id' AS kind, c.record_id AS number FROM cash_receipts AS c
    UNION ALL
    SELECT c.county, 'cash-receipts' AS type, c.source, 'other' AS kind, c.receipt_no AS number FROM cash_receipts AS c WHERE c.receipt_no IS NOT NULL
    UNION ALL
    SELECT e.county, 'entitlements' AS type, e.source, 'id' AS kind, e.record_id AS number FROM entitlements AS e
),
-- one row per record type, sender and length of the numbers of such totals
lengths AS (
    SELECT DISTINCT s.county, s.type, s.holder, length(s.first_no) AS length FROM series AS s WHERE s.holder IS NOT NULL
),
-- one row per number that may lie in a series (mark 1), beginning of a series (mark 0) and end of one (mark 2)
marks AS (
    SELECT DISTINCT n.county, n.type, l.holder, n.kind, l.length, n.number, 1 AS mark, 1 AS here, '' AS event_id
    FROM numbers AS n
    INNER JOIN lengths AS l ON l.county = n.county AND l.type = n.type AND l.length = length(n.number)
    LEFT JOIN senders AS s ON s.county = n.county AND s.type = n.type AND s.sender = lower(trim(n.source))
    WHERE coalesce(s.sender, '') = l.holder
    UNION ALL
    SELECT s.county, s.type, s.holder, k.kind, length(s.first_no) AS length, s.first_no AS number, 0 AS mark, 0 AS here, s.event_id
    FROM series AS s
    CROSS JOIN (SELECT unnest(['id', 'other']) AS kind) AS k
    UNION ALL
    SELECT s.county, s.type, s.holder, k.kind, length(s.last_no) AS length, s.last_no AS number, 2 AS mark, 0 AS here, s.event_id
    FROM series AS s
    CROSS JOIN (SELECT unnest(['id', 'other']) AS kind) AS k
),
-- one row per mark with how many numbers the ledger holds up to it
counted AS (
    SELECT
        m.county, m.type, m.kind, m.mark, m.event_id,
        sum(m.here) OVER (PARTITION BY m.county, m.type, m.holder, m.kind, m.length ORDER BY m.number, m.mark, m.event_id ROWS UNBOUNDED PRECEDING) AS upto
    FROM marks AS m
),
-- one row per series and kind of number: how many of its numbers the ledger holds
held AS (
    SELECT
        c.county, c.type, c.event_id, c.kind, CAST(max(CASE WHEN c.mark = 2 THEN c.upto END) - max(CASE WHEN c.mark = 0 THEN c.upto END) AS BIGINT) AS held
    FROM counted AS c
    WHERE c.mark <> 1
    GROUP BY c.county, c.type, c.event_id, c.kind
),
-- one row per sender, record type and day all of whose totals are such series of which the ledger holds some: how many numbers are missing
gaps AS (
    SELECT s.county, s.type, s.sender, s.day, CAST(sum(s.said - h.held) AS BIGINT) AS gaps
    FROM (SELECT x.county, x.type, x.sender, x.day, count(*) AS totals FROM totals AS x GROUP BY x.county, x.type, x.sender, x.day) AS t
    INNER JOIN series AS s ON s.county = t.county AND s.type = t.type AND s.sender = t.sender AND s.day = t.day
    INNER JOIN (SELECT y.county, y.type, y.event_id, max(y.held) AS held FROM held AS y GROUP BY y.county, y.type, y.event_id) AS h
        ON h.county = s.county AND h.type = s.type AND h.event_id = s.event_id
    GROUP BY s.county, s.type, s.sender, s.day, t.totals
    HAVING t.totals = count(*) AND sum(h.held) > 0
),
-- one row per judged day with what is missing, short and too much once the day's own explanations are taken off
differing AS (
    SELECT
        d.county, d.type, d.sender, d.day, d.before_first, d.events, g.gaps, d.last_agrees OR coalesce(g.gaps = 0 AND d.missing > 0, FALSE) AS explained,
        d.missing > 0 AND d.missing <= d.voids AND d.short_fen = 0 AND (d.said_fen IS NOT NULL OR d.missing = d.voids) AS voids_too,
        d.missing, d.surplus, d.short_fen, d.extra_fen
    FROM days AS d
    LEFT JOIN gaps AS g ON g.county = d.county AND g.type = d.type AND g.sender = d.sender AND g.day = d.day
    WHERE d.missing > 0 OR d.surplus > 0 OR d.short_fen > 0 OR d.extra_fen > 0 OR g.gaps > 0
),
-- one row per such day that is left, with the run of days one after the other that it stands in: within a run, too much of one day makes up what another lacks
runs AS (
    SELECT
        d.county, d.type, d.sender, d.day, d.before_first, d.events, d.gaps,
        CASE WHEN d.voids_too THEN 0 ELSE d.missing END AS missing, d.surplus, d.short_fen, d.extra_fen,
        datediff('day', DATE '2000-01-01', d.day) - row_number() OVER (PARTITION BY d.county, d.type, d.sender ORDER BY d.day) AS run
    FROM differing AS d
    WHERE NOT d.explained
),
-- one row per day of a run with the run's sums, and those up to the day
summed AS (
    SELECT
        r.county, r.type, r.sender, r.day, r.before_first, r.events, r.gaps, r.missing, r.surplus, r.short_fen,
        sum(r.missing) OVER whole AS all_missing, sum(r.surplus) OVER whole AS all_surplus, sum(r.extra_fen) OVER whole AS all_extra_fen,
        sum(r.missing) OVER upto AS upto_missing, sum(r.surplus) OVER upto AS upto_surplus, sum(r.short_fen) OVER upto AS upto_short_fen
    FROM runs AS r
    WINDOW whole AS (PARTITION BY r.county, r.type, r.sender, r.run), upto AS (PARTITION BY r.county, r.type, r.sender, r.run ORDER BY r.day ROWS UNBOUNDED PRECEDING)
),
-- one row per day with what nothing makes up; where numbers show what is missing, they say it
wanting AS (
    SELECT
        s.county, s.type, s.sender, s.day, s.before_first, s.events, s.gaps,
        coalesce(s.gaps, greatest(0, s.upto_missing - s.all_surplus) - greatest(0, s.upto_missing - s.missing - s.all_surplus)) AS missing,
        greatest(0, s.upto_short_fen - s.all_extra_fen) - greatest(0, s.upto_short_fen - s.short_fen - s.all_extra_fen) AS short_fen,
        greatest(0, s.upto_surplus - s.all_missing) - greatest(0, s.upto_surplus - s.surplus - s.all_missing) AS surplus
    FROM summed AS s
),
-- one row per sender, record type and month with its days that differ
months AS (
    SELECT
        w.county, w.type, w.sender, strftime(w.day, '%Y-%m') AS month, CAST(sum(w.missing) AS BIGINT) AS missing, CAST(sum(w.short_fen) AS BIGINT) AS short_fen,
        CAST(sum(w.surplus) AS BIGINT) AS surplus, CAST(sum(coalesce(w.gaps, 0)) AS BIGINT) AS gaps, count(*) AS days, min(w.day) AS first_on,
        bool_and(w.before_first OR (w.missing = 0 AND w.short_fen = 0)) AS at_start
    FROM wanting AS w
    WHERE w.missing > 0 OR w.short_fen > 0 OR w.surplus > 0
    GROUP BY w.county, w.type, w.sender, strftime(w.day, '%Y-%m')
),
-- one row per sender, record type and month with the totals that do not agree
papers AS (
    SELECT w.county, w.type, w.sender, strftime(w.day, '%Y-%m') AS month, list_sort(list(DISTINCT e.event_id)) AS events
    FROM wanting AS w
    INNER JOIN totals AS e ON e.county = w.county AND e.type = w.type AND e.sender = w.sender AND e.day = w.day
    WHERE w.missing > 0 OR w.short_fen > 0 OR w.surplus > 0
    GROUP BY w.county, w.type, w.sender, strftime(w.day, '%Y-%m')
),
-- one row per sender, record type and month: what was said and what the ledger holds on all days judged
figures AS (
    SELECT
        d.county, d.type, d.sender, d.month, min(d.source) AS source, bool_or(d.holder IS NULL) AS none_at_all, min(d.undated) AS undated,
        bool_and(d.all_medical) AS all_medical, bool_and(d.all_pension) AS all_pension, CAST(sum(d.said) AS BIGINT) AS said, CAST(sum(d.records) AS BIGINT) AS records
    FROM days AS d
    GROUP BY d.county, d.type, d.sender, d.month
),
-- one row per month that differs enough to be told, with all that is missing of its sender and record type
told AS (
    SELECT
        m.county, m.type, m.sender, m.month, m.missing, m.short_fen, m.surplus, m.gaps, m.days, m.first_on, m.at_start, p.events,
        f.source, f.none_at_all, f.undated, f.all_medical, f.all_pension, f.said, f.records,
        sum(m.missing) OVER (PARTITION BY m.county, m.type, m.sender) AS all_missing
    FROM months AS m
    INNER JOIN papers AS p ON p.county = m.county AND p.type = m.type AND p.sender = m.sender AND p.month = m.month
    INNER JOIN figures AS f ON f.county = m.county AND f.type = m.type AND f.sender = m.sender AND f.month = m.month
    WHERE m.missing >= $records OR m.surplus >= $records OR m.short_fen >= $short_fen
)
SELECT
    t.county,
    CASE
        WHEN t.missing > 0 AND t.undated >= t.all_missing THEN 'watch'
        WHEN t.at_start THEN 'low'
        WHEN t.short_fen >= $high_fen AND NOT t.none_at_all THEN 'high'
        WHEN t.short_fen >= $medium_fen OR (t.missing >= $few AND t.missing * 100 >= t.said * $share_percent) THEN 'medium'
        ELSE 'low'
    END AS severity,
    'office' AS subject_type, t.source AS subject_id, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, t.short_fen AS amount_at_risk_fen,
    CAST(CASE WHEN t.missing > 0 THEN t.missing WHEN t.short_fen > 0 THEN 0 ELSE t.surplus END AS DOUBLE) AS measure, CAST($records AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        addressee := CASE
            WHEN t.type IN ('pos-transactions', 'terminals') THEN 'acquirer'
            WHEN t.type IN ('treasury-statements', 'fund-transfers') THEN 'treasury'
            WHEN t.type = 'complaints' THEN 'discipline'
            WHEN t.all_medical THEN 'medical-insurance'
            WHEN t.all_pension THEN 'human-resources'
            ELSE 'tax'
        END,
        month := t.month, of_type := t.type, type_zh := k.zh, said := t.said, taken := t.records, days := t.days, missing := t.missing, gaps := t.gaps, surplus := t.surplus,
        short_fen := t.short_fen, none_at_all := t.none_at_all, at_start := t.at_start, undated := t.undated,
        what_zh := substr(concat(
            CASE WHEN t.missing > 0 THEN concat('，缺 ', CAST(t.missing AS VARCHAR), ' 条') ELSE '' END,
            CASE WHEN t.gaps > 0 THEN concat('（其中按编号缺 ', CAST(t.gaps AS VARCHAR), ' 个）') ELSE '' END,
            CASE WHEN t.short_fen > 0 THEN concat('，少 ', CAST(t.short_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.short_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END,
            CASE WHEN t.surplus > 0 THEN concat('，多收到 ', CAST(t.surplus AS VARCHAR), ' 条') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN t.missing > 0 THEN concat(', ', CAST(t.missing AS VARCHAR), ' missing') ELSE '' END,
            CASE WHEN t.gaps > 0 THEN concat(' (', CAST(t.gaps AS VARCHAR), ' of them by their numbers)') ELSE '' END,
            CASE WHEN t.short_fen > 0 THEN concat(', ', CAST(t.short_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.short_fen % 100 AS VARCHAR)), 2), ' yuan short') ELSE '' END,
            CASE WHEN t.surplus > 0 THEN concat(', ', CAST(t.surplus AS VARCHAR), ' more than sent') ELSE '' END
        ), 3)
    ) AS details
FROM told AS t
INNER JOIN (
    SELECT v.type, v.zh
    FROM (VALUES
        ('payments', '缴费明细'), ('payment-voids', '缴费冲正明细'), ('refunds', '退费清册'), ('pos-transactions', 'POS交易流水'),
        ('cash-receipts', '现金征缴登记台账'), ('rosters', '应缴费人员台账'), ('collectors', '代收人员名册'), ('terminals', 'POS终端台账'),
        ('entitlements', '权益记录明细'), ('treasury-statements', '国库入库对账单'), ('status-changes', '人员身份变动'), ('households', '户籍家庭关系'),
        ('receipt-books', '票据领用登记'), ('whitelist', '白名单'), ('assessments', '非税收入核定推送'), ('divisions', '行政区划'),
        ('complaints', '举报登记'), ('duty-acts', '履职登记'), ('data-queries', '异常数据反馈'), ('fund-transfers', '财政专户划转'),
        ('office-reports', '社保费月报')
    ) AS v (type, zh)
) AS k ON k.type = t.type
