-- one row per subject, record type, fee and fee year of which a source changed payer, amount or date of records that were settled already, or after a list about them was issued; and one per batch that a source changed
WITH
-- one row per amendment with the record that it is of, who holds it, and what changed beyond a slip in the payer's number or one filled in; of assessments those alone that lowered what is due
changes AS (
    SELECT
        a.county, a.type, a.source, a.record_id, a.version, a.old_event_id, a.event_id, a.changed_at, a.changed_on, a.township, a.village,
        a.fee, a.fee_year, a.collector_id, a.terminal_id, a.old_payer, a.payer, a.old_amount_fen, a.amount_fen, a.old_dated_on, a.dated_on, a.settled_on,
        a.payer_changed AND a.old_payer IS NOT NULL AND NOT a.near_id AS payer_changed, a.amount_changed, a.date_changed,
        CASE
            WHEN a.type = 'cash-receipts' THEN coalesce(a.township, a.county)
            WHEN a.type = 'pos-transactions' THEN 'acquirer'
            WHEN a.type = 'refunds' AND a.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN a.type = 'refunds' THEN 'human-resources'
            ELSE 'tax'
        END AS holder,
        CASE
            WHEN substr(a.old_event_id, length(a.old_event_id) - 1, 1) = '@' THEN left(a.old_event_id, length(a.old_event_id) - 2)
            WHEN substr(a.old_event_id, length(a.old_event_id) - 2, 1) = '@' THEN left(a.old_event_id, length(a.old_event_id) - 3)
            ELSE left(a.old_event_id, length(a.old_event_id) - 4)
        END AS stream
    FROM amendments AS a
    WHERE (a.amount_changed AND a.amount_fen < a.old_amount_fen)
        OR (a.type <> 'assessments' AND (a.amount_changed OR a.date_changed OR (a.payer_changed AND a.old_payer IS NOT NULL AND NOT a.near_id)))
),
-- one row per amendment of the payer that a query about that person's data had asked for
queried AS (
    SELECT DISTINCT c.county, c.event_id
    FROM changes AS c
    INNER JOIN data_queries AS q ON q.county = c.county AND q.payer IN (c.old_payer, c.payer)
    WHERE c.payer_changed AND (c.changed_on IS NULL OR q.raised_on <= c.changed_on)
),
-- one row per person of whom a roster or household tells
registered AS (
    SELECT r.county, r.payer FROM rosters AS r WHERE r.payer IS NOT NULL
    UNION
    SELECT h.county, h.payer FROM households AS h WHERE h.payer IS NOT NULL
),
-- one row per payment put under the number of a child born up to a year before, from a number that is nobody's: a newborn's certificate
newborns AS (
    SELECT DISTINCT c.county, c.event_id
    FROM changes AS c
    INNER JOIN status_changes AS b ON b.county = c.county AND b.payer = c.payer AND b.change = 'born'
    LEFT JOIN registered AS r ON r.county = c.county AND r.payer = c.old_payer
    WHERE c.payer_changed AND r.payer IS NULL AND datediff('day', b.effective_on, c.old_dated_on) BETWEEN 0 AND $newborn_days
),
-- one row per amendment of the payer that a query or a child's new number explains
own_number AS (
    SELECT q.county, q.event_id FROM queried AS q
    UNION
    SELECT n.county, n.event_id FROM newborns AS n
),
-- one row per amendment that changed something else than what a query asked for or a newborn's number fills
asked_for AS (
    SELECT
        c.county, c.type, c.source, c.record_id, c.version, c.old_event_id, c.event_id, c.changed_at, c.changed_on, c.township, c.village,
        c.fee, c.fee_year, c.collector_id, c.terminal_id, c.old_payer, c.old_amount_fen, c.amount_fen, c.old_dated_on, c.dated_on, c.settled_on, c.holder, c.stream,
        c.payer_changed AND q.event_id IS NULL AS payer_changed, c.amount_changed, c.date_changed
    FROM changes AS c
    LEFT JOIN own_number AS q ON q.county = c.county AND q.event_id = c.event_id
    WHERE c.amount_changed OR c.date_changed OR q.event_id IS NULL
),
-- one row per amended register line: the first payment for its person, fee and year before the change, and whether one is of the new amount
paid AS (
    SELECT c.county, c.event_id, min(p.paid_on) AS paid_on, bool_or(p.amount_fen = c.amount_fen) AS agrees
    FROM asked_for AS c
    INNER JOIN standing_payments AS p ON p.county = c.county AND p.payer = c.old_payer AND p.fee = c.fee AND p.fee_year = c.fee_year
    WHERE c.type = 'cash-receipts' AND p.channel <> 'fiscal' AND p.amount_fen > 0
        AND (p.paid_on < c.changed_on OR (p.paid_on = c.changed_on AND p.timed AND p.paid_at < c.changed_at))
    GROUP BY c.county, c.event_id
),
-- one row per amended payment that had been credited to the person before the change
credited AS (
    SELECT c.county, c.event_id, min(e.recorded_on) AS recorded_on
    FROM asked_for AS c
    INNER JOIN entitlements AS e ON e.county = c.county AND e.payment_id = c.record_id AND e.payer = c.old_payer
    WHERE c.type = 'payments' AND e.recorded_on < c.changed_on
    GROUP BY c.county, c.event_id
),
-- one row per piece of evidence of an issued list, as a record, and whether the township has since confirmed the item
listed AS (
    SELECT
        i.county, i.list_id, i.item, i.issued_on, i.event_id,
        CASE
            WHEN substr(i.event_id, length(i.event_id) - 1, 1) = '@' THEN left(i.event_id, length(i.event_id) - 2)
            WHEN substr(i.event_id, length(i.event_id) - 2, 1) = '@' THEN left(i.event_id, length(i.event_id) - 3)
            ELSE left(i.event_id, length(i.event_id) - 4)
        END AS stream
    FROM (SELECT l.county, l.list_id, l.item, l.issued_on, unnest(l.evidence) AS event_id FROM list_items AS l) AS i
),
-- one row per item that its township has confirmed, wholly or in part: what it corrects then is the correction
confirmed AS (
    SELECT DISTINCT a.county, a.list_id, a.item
    FROM item_answers AS a
    WHERE a.outcome IN ('confirmed', 'partly')
),
-- one row per amendment and list that was issued before it: the record stands in its evidence, or its collector is whom an item is about
on_lists AS (
    SELECT c.county, c.event_id, l.list_id, l.item, l.issued_on
    FROM asked_for AS c
    INNER JOIN listed AS l ON l.county = c.county AND l.stream = c.stream
    WHERE c.changed_on >= l.issued_on OR (c.changed_on IS NULL AND l.event_id = c.old_event_id)
    UNION
    SELECT c.county, c.event_id, i.list_id, i.item, i.issued_on
    FROM asked_for AS c
    INNER JOIN list_items AS i ON i.county = c.county AND i.subject_type = 'collector' AND i.subject_id = c.collector_id
    WHERE c.changed_on >= i.issued_on AND c.old_dated_on <= i.issued_on
),
-- one row per amendment after a list: the day of issue, and whether all the items have been confirmed since
after_list AS (
    SELECT o.county, o.event_id, min(o.issued_on) AS issued_on, bool_and(f.item IS NOT NULL) AS rectified
    FROM on_lists AS o
    LEFT JOIN confirmed AS f ON f.county = o.county AND f.list_id = o.list_id AND f.item = o.item
    GROUP BY o.county, o.event_id
),
-- one row per source, record type, holder and day of change with so many amendments, of so many villages, that the source corrected itself
batches AS (
    SELECT c.county, c.type, c.source, c.holder, coalesce(c.changed_on, $as_of) AS batch_on
    FROM changes AS c
    GROUP BY c.county, c.type, c.source, c.holder, coalesce(c.changed_on, $as_of)
    HAVING count(*) >= $batch AND count(DISTINCT coalesce(c.village, c.township, c.terminal_id, c.old_payer)) >= $batch_places
),
-- one row per record whose last version says again what its first said
restored AS (
    SELECT f.county, f.stream
    FROM (
        SELECT
            c.county, c.stream, c.old_payer, c.old_amount_fen, c.old_dated_on,
            row_number() OVER (PARTITION BY c.county, c.stream ORDER BY c.changed_at NULLS FIRST, c.version) AS place
        FROM changes AS c
    ) AS f
    INNER JOIN (
        SELECT
            c.county, c.stream, c.payer, c.amount_fen, c.dated_on,
            row_number() OVER (PARTITION BY c.county, c.stream ORDER BY c.changed_at DESC NULLS LAST, c.version DESC) AS place
        FROM changes AS c
    ) AS l ON l.county = f.county AND l.stream = f.stream
    WHERE f.place = 1 AND l.place = 1 AND f.old_amount_fen = l.amount_fen AND f.old_dated_on = l.dated_on AND coalesce(f.old_payer, '') = coalesce(l.payer, '')
),
-- one row per amendment after settlement or after a list, with the day on which the record had been settled, and the batch that it is part of
timed AS (
    SELECT
        c.county, c.type, c.source, c.old_event_id, c.event_id, c.changed_on, c.township, c.village, c.fee, c.fee_year, c.collector_id, c.terminal_id,
        c.old_payer, c.old_amount_fen, c.amount_fen, c.old_dated_on, c.dated_on, c.payer_changed, c.amount_changed, c.date_changed, c.stream,
        least(CASE WHEN c.changed_on IS NULL OR c.changed_on > c.settled_on THEN c.settled_on END, p.paid_on, r.recorded_on) AS settled_on,
        coalesce(p.agrees, false) AS agrees, a.event_id IS NOT NULL AS after_list, coalesce(a.rectified, false) AS rectified, c.holder, b.batch_on
    FROM asked_for AS c
    LEFT JOIN paid AS p ON p.county = c.county AND p.event_id = c.event_id
    LEFT JOIN credited AS r ON r.county = c.county AND r.event_id = c.event_id
    LEFT JOIN after_list AS a ON a.county = c.county AND a.event_id = c.event_id
    LEFT JOIN batches AS b
        ON b.county = c.county AND b.type = c.type AND b.source = c.source AND b.holder = c.holder AND b.batch_on = coalesce(c.changed_on, $as_of)
    WHERE c.changed_on IS NULL OR c.changed_on > c.settled_on OR p.paid_on IS NOT NULL OR r.recorded_on IS NOT NULL OR a.event_id IS NOT NULL
),
-- one row per such amendment that is part of no batch, with how far it counts: 1 it explains itself, 2 settled before, 3 on a list before
graded AS (
    SELECT
        t.county, t.type, t.holder, t.old_event_id, t.event_id, t.stream, t.township, t.village, t.fee, t.fee_year, t.collector_id, t.terminal_id, t.old_payer,
        coalesce(t.changed_on, t.dated_on) AS first_on, t.payer_changed, t.amount_changed, t.date_changed,
        CASE
            WHEN t.payer_changed THEN greatest(t.old_amount_fen, t.amount_fen)
            WHEN t.amount_changed THEN abs(t.old_amount_fen - t.amount_fen)
            ELSE t.amount_fen
        END AS fen,
        CASE
            WHEN t.after_list AND t.rectified THEN 1
            WHEN t.after_list THEN 3
            WHEN s.stream IS NOT NULL OR n.ordinal - m.ordinal <= $grace_wd THEN 1
            WHEN t.type = 'pos-transactions' AND t.amount_changed AND t.date_changed THEN 1
            WHEN t.payer_changed THEN 2
            WHEN t.amount_changed AND (t.old_amount_fen = t.amount_fen * 100 OR t.amount_fen = t.old_amount_fen * 100) THEN 1
            WHEN t.amount_changed AND t.type = 'cash-receipts' AND t.amount_fen > t.old_amount_fen AND t.agrees THEN 1
            WHEN t.amount_changed THEN 2
            WHEN abs(datediff('day', t.old_dated_on, t.dated_on)) >= $slip_days THEN 1
            WHEN t.type = 'cash-receipts' AND t.dated_on < t.old_dated_on THEN 1
            WHEN t.type = 'payments' AND t.dated_on > t.old_dated_on THEN 1
            ELSE 2
        END AS grade
    FROM timed AS t
    LEFT JOIN restored AS s ON s.county = t.county AND s.stream = t.stream
    LEFT JOIN working_day AS m ON m.county = t.county AND m.day = t.settled_on
    LEFT JOIN working_day AS n ON n.county = t.county AND n.day = t.changed_on
    WHERE t.batch_on IS NULL AND (t.settled_on IS NOT NULL OR t.after_list)
),
-- one row per county and id that is a collector's
known_collectors AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id
    FROM collectors AS c
    WHERE c.record_id IS NOT NULL
),
-- one row per amendment with whom it is about, and the office that holds the record
addressed AS (
    SELECT
        g.county, g.type, g.old_event_id, g.event_id, g.stream, g.township, g.village, g.fee, g.fee_year, g.first_on,
        g.payer_changed, g.amount_changed, g.date_changed, g.fen, g.grade,
        CASE
            WHEN g.type = 'cash-receipts' OR k.collector_id IS NOT NULL THEN 'collector'
            WHEN g.type = 'pos-transactions' THEN 'terminal'
            ELSE 'payer'
        END AS subject_type,
        CASE
            WHEN g.type = 'cash-receipts' OR k.collector_id IS NOT NULL THEN g.collector_id
            WHEN g.type = 'pos-transactions' THEN g.terminal_id
            ELSE g.old_payer
        END AS subject_id,
        CASE g.type WHEN 'cash-receipts' THEN 'township' ELSE g.holder END AS addressee
    FROM graded AS g
    LEFT JOIN known_collectors AS k ON k.county = g.county AND k.collector_id = g.collector_id
),
-- one row per amendment that counts: one that explains itself only where the subject has no other
counted AS (
    SELECT
        w.county, w.subject_type, w.subject_id, w.type, w.addressee, w.fee, w.fee_year, w.township, w.village, w.old_event_id, w.event_id, w.stream,
        w.first_on, w.payer_changed, w.amount_changed, w.date_changed, w.fen, w.grade
    FROM addressed AS w
    WHERE w.subject_id IS NOT NULL
    QUALIFY w.grade > 1 OR max(w.grade) OVER (PARTITION BY w.county, w.subject_type, w.subject_id, w.type, w.addressee, w.fee, w.fee_year) = 1
),
-- one row per subject, record type, fee and fee year
totals AS (
    SELECT
        c.county, c.subject_type, c.subject_id, c.type, c.addressee, c.fee, c.fee_year, max(c.grade) AS grade,
        CASE WHEN min(c.township) = max(c.township) THEN min(c.township) END AS township,
        CASE WHEN min(c.village) = max(c.village) THEN min(c.village) END AS village,
        count(DISTINCT c.stream) AS records, CAST(sum(c.fen) AS BIGINT) AS fen, min(c.first_on) AS first_on,
        bool_or(c.payer_changed) AS payers, bool_or(c.amount_changed) AS amounts, bool_or(c.date_changed) AS dates
    FROM counted AS c
    GROUP BY c.county, c.subject_type, c.subject_id, c.type, c.addressee, c.fee, c.fee_year
),
-- one row per batch: one line to the office that keeps the records, none per person
batch_totals AS (
    SELECT
        t.county, t.type, t.holder, t.batch_on, count(DISTINCT t.stream) AS records,
        CAST(sum(CASE WHEN t.amount_changed THEN abs(t.old_amount_fen - t.amount_fen) ELSE 0 END) AS BIGINT) AS fen,
        bool_or(t.payer_changed) AS payers, bool_or(t.amount_changed) AS amounts, bool_or(t.date_changed) AS dates,
        min(t.old_event_id) AS first_event, max(t.event_id) AS last_event
    FROM timed AS t
    WHERE t.batch_on IS NOT NULL AND (t.settled_on IS NOT NULL OR t.after_list)
    GROUP BY t.county, t.type, t.source, t.holder, t.batch_on
),
-- one row per such subject and version that shows it
shown AS (
    SELECT c.county, c.subject_type, c.subject_id, c.type, coalesce(c.fee, '') AS fee, coalesce(c.fee_year, 0) AS fee_year, c.addressee, c.old_event_id AS event_id
    FROM counted AS c
    UNION
    SELECT c.county, c.subject_type, c.subject_id, c.type, coalesce(c.fee, '') AS fee, coalesce(c.fee_year, 0) AS fee_year, c.addressee, c.event_id
    FROM counted AS c
),
-- one row per subject, record type, fee and fee year: the events
evidence AS (
    SELECT s.county, s.subject_type, s.subject_id, s.type, s.addressee, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.subject_type, s.subject_id, s.type, s.addressee, s.fee, s.fee_year
),
-- one row per batch: the first and the last event
batch_evidence AS (
    SELECT e.county, e.type, e.holder, e.batch_on, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT b.county, b.type, b.holder, b.batch_on, b.first_event AS event_id FROM batch_totals AS b
        UNION ALL
        SELECT b.county, b.type, b.holder, b.batch_on, b.last_event AS event_id FROM batch_totals AS b
    ) AS e
    GROUP BY e.county, e.type, e.holder, e.batch_on
),
-- one row per finding
found AS (
    SELECT
        t.county, t.grade, t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year, t.fen, t.records, t.first_on, e.events,
        t.addressee, t.type, t.payers, t.amounts, t.dates
    FROM totals AS t
    INNER JOIN evidence AS e
        ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.type = t.type AND e.addressee = t.addressee
        AND e.fee = coalesce(t.fee, '') AND e.fee_year = coalesce(t.fee_year, 0)
    UNION ALL
    SELECT
        b.county, 0 AS grade, 'office' AS subject_type, b.holder AS subject_id,
        CASE b.type WHEN 'cash-receipts' THEN b.holder END AS township, CAST(NULL AS VARCHAR) AS village, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
        b.fen, b.records, b.batch_on AS first_on, e.events,
        CASE b.type WHEN 'cash-receipts' THEN 'tax' ELSE b.holder END AS addressee,
        b.type, b.payers, b.amounts, b.dates
    FROM batch_totals AS b
    INNER JOIN batch_evidence AS e ON e.county = b.county AND e.type = b.type AND e.holder = b.holder AND e.batch_on = b.batch_on
)
SELECT
    t.county,
    CASE
        WHEN t.grade = 0 THEN 'low'
        WHEN t.grade = 1 THEN 'watch'
        WHEN t.grade = 3 OR t.fen >= $high_fen THEN 'high'
        WHEN t.fen >= $medium_fen OR t.records >= $medium_records THEN 'medium'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.records AS DOUBLE) AS measure,
    CAST(CASE t.grade WHEN 0 THEN $batch ELSE 1 END AS DOUBLE) AS threshold, t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        addressee := t.addressee, records := t.records, first_on := t.first_on,
        type_zh := CASE t.type WHEN 'payments' THEN '缴费记录' WHEN 'refunds' THEN '退费记录' WHEN 'pos-transactions' THEN '终端交易' WHEN 'assessments' THEN '非税核定' ELSE '台账登记' END,
        type_en := CASE t.type WHEN 'payments' THEN 'payments' WHEN 'refunds' THEN 'refunds' WHEN 'pos-transactions' THEN 'terminal transactions' WHEN 'assessments' THEN 'assessments' ELSE 'register lines' END,
        what_zh := trim(concat(
            CASE WHEN t.payers THEN '缴费人 ' ELSE '' END, CASE WHEN t.amounts THEN '金额 ' ELSE '' END, CASE WHEN t.dates THEN '日期' ELSE '' END
        )),
        what_en := trim(concat(
            CASE WHEN t.payers THEN 'payer ' ELSE '' END, CASE WHEN t.amounts THEN 'amount ' ELSE '' END, CASE WHEN t.dates THEN 'date' ELSE '' END
        )),
        when_zh := CASE t.grade WHEN 3 THEN '下发疑点清单之后' WHEN 0 THEN '结清之后由来源单位成批' ELSE CASE t.type WHEN 'assessments' THEN '缴款期限过后' ELSE '结清之后' END END,
        when_en := CASE t.grade WHEN 3 THEN 'after a list about them was issued' WHEN 0 THEN 'all together by their source after they had been settled' ELSE CASE t.type WHEN 'assessments' THEN 'after their day of payment' ELSE 'after they had been settled' END END
    ) AS details
FROM found AS t
