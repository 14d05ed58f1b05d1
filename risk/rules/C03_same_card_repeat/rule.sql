-- one row per credit card swiped again and again, but for what it paid for the members of one household
WITH swipes AS ( -- one row per sale on a credit line whose card was charged in the end; a masked number is told apart by issuer and cardholder
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.net_fen, s.occurred_on, s.card, s.cardholder, s.explained_by,
        CASE WHEN coalesce(s.card_masked, false) THEN concat(s.card, '|', coalesce(s.issuer, ''), '|', coalesce(s.cardholder, '')) ELSE s.card END AS card_key,
        CASE WHEN coalesce(s.card_masked, false) THEN 1 ELSE 0 END AS masked
    FROM explained_sales AS s
    WHERE s.card_kind IN ('credit', 'semi-credit') AND s.net_fen > 0 AND s.occurred_on <= $as_of
),
group_payers AS ( -- one row per person registered as paying for a group (a school, a unit)
    SELECT DISTINCT c.county, c.person FROM collectors AS c WHERE c.role = 'group-payer' AND c.person IS NOT NULL
),
paid_for AS ( -- one row per swipe and person whose payment it is
    SELECT w.county, w.card_key, w.event_id, w.occurred_on, p.payer, p.household
    FROM swipes AS w
    INNER JOIN sale_payments AS s ON s.county = w.county AND s.sale_event_id = w.event_id
    INNER JOIN terminal_payments AS p ON p.county = s.county AND p.event_id = s.payment_event_id
),
housed AS ( -- one row per cardholder's household
    SELECT DISTINCT w.county, w.card_key, h.household_no AS household
    FROM swipes AS w
    INNER JOIN households AS h
        ON h.county = w.county AND h.payer = w.cardholder
        AND (h.valid_from IS NULL OR h.valid_from <= w.occurred_on) AND (h.valid_to IS NULL OR h.valid_to >= w.occurred_on)
),
named AS ( -- one row per card whose holder is known: the holder alone
    SELECT DISTINCT w.county, w.card_key, concat('person:', w.cardholder) AS household
    FROM swipes AS w
    WHERE w.cardholder IS NOT NULL
),
most_paid AS ( -- one row per card whose holder is not known: the household that it paid for most often
    SELECT p.county, p.card_key, p.household
    FROM paid_for AS p
    LEFT JOIN named AS n ON n.county = p.county AND n.card_key = p.card_key
    WHERE n.card_key IS NULL
    GROUP BY p.county, p.card_key, p.household
    QUALIFY row_number() OVER (PARTITION BY p.county, p.card_key ORDER BY count(DISTINCT p.event_id) DESC, p.household) = 1
),
own AS ( -- one row per card and household that is its holder's
    SELECT h.county, h.card_key, h.household FROM housed AS h
    UNION
    SELECT n.county, n.card_key, n.household FROM named AS n
    UNION
    SELECT m.county, m.card_key, m.household FROM most_paid AS m
),
outsiders AS ( -- one row per swipe and person outside that household
    SELECT p.county, p.card_key, p.event_id, p.payer, p.household
    FROM paid_for AS p
    LEFT JOIN own AS o ON o.county = p.county AND o.card_key = p.card_key AND o.household = p.household
    WHERE o.card_key IS NULL
),
reasons AS ( -- one row per swipe that counts, with what makes it one: the outside household, or itself where nobody's payment explains it
    SELECT o.county, o.event_id, min(o.household) AS unit
    FROM outsiders AS o
    GROUP BY o.county, o.event_id
    UNION ALL
    SELECT w.county, w.event_id, w.event_id AS unit
    FROM swipes AS w
    LEFT JOIN paid_for AS p ON p.county = w.county AND p.event_id = w.event_id
    WHERE w.explained_by IS NULL AND p.event_id IS NULL
),
counted AS ( -- one row per swipe that counts
    SELECT
        w.county, w.card_key, w.card, w.masked, w.event_id, w.terminal_id, w.township, w.village, w.net_fen, w.occurred_on, r.unit,
        CASE WHEN w.explained_by IS NULL THEN w.net_fen ELSE 0 END AS unexplained_fen
    FROM swipes AS w
    INNER JOIN reasons AS r ON r.county = w.county AND r.event_id = w.event_id
    LEFT JOIN group_payers AS g ON g.county = w.county AND g.person = w.cardholder
    WHERE g.person IS NULL
),
days AS ( -- one row per card and day: swipes that count, several for one household being one
    SELECT c.county, c.card_key, c.occurred_on, count(DISTINCT c.unit) AS swipes
    FROM counted AS c
    GROUP BY c.county, c.card_key, c.occurred_on
),
windows AS ( -- one row per card and day with the swipes of the window that ends on it
    SELECT d.county, d.card_key, d.occurred_on, min(d.swipes) AS of_day, CAST(sum(e.swipes) AS BIGINT) AS of_window
    FROM days AS d
    INNER JOIN days AS e ON e.county = d.county AND e.card_key = d.card_key
    WHERE datediff('day', e.occurred_on, d.occurred_on) BETWEEN 0 AND $window_days - 1
    GROUP BY d.county, d.card_key, d.occurred_on
),
peaks AS ( -- one row per card with its busiest day and window
    SELECT w.county, w.card_key, max(w.of_day) AS of_day, max(w.of_window) AS of_window
    FROM windows AS w
    GROUP BY w.county, w.card_key
),
reach AS ( -- one row per card with the persons and households outside that it paid for
    SELECT o.county, o.card_key, count(DISTINCT o.payer) AS persons, count(DISTINCT o.household) AS households,
        count(DISTINCT CASE WHEN NOT starts_with(o.household, 'person:') THEN o.household END) AS registered_households
    FROM outsiders AS o
    GROUP BY o.county, o.card_key
),
registered AS ( -- one row per county that has a household register
    SELECT DISTINCT h.county FROM households AS h
),
clerk_terminals AS ( -- one row per terminal that a township's own clerk keeps
    SELECT DISTINCT t.county, t.record_id AS terminal_id
    FROM terminals AS t
    INNER JOIN collectors AS c ON c.county = t.county AND c.record_id = t.collector_id
    WHERE c.role = 'township-clerk'
),
cards AS ( -- one row per card with what counts of it
    SELECT
        c.county, c.card_key, min(c.card) AS card, max(c.masked) AS masked, min(c.township) AS township, min(c.village) AS village,
        count(*) AS swipes, count(DISTINCT c.terminal_id) AS terminals, CAST(sum(c.net_fen) AS BIGINT) AS amount_fen,
        CAST(sum(c.unexplained_fen) AS BIGINT) AS unexplained_fen, min(c.occurred_on) AS first_on, max(c.occurred_on) AS last_on,
        bool_or(k.terminal_id IS NOT NULL) AS at_clerk, list_sort(list(DISTINCT c.event_id)) AS evidence
    FROM counted AS c
    LEFT JOIN clerk_terminals AS k ON k.county = c.county AND k.terminal_id = c.terminal_id
    GROUP BY c.county, c.card_key
),
repeated AS ( -- one row per card over a threshold, with how grave (1 low to 4 critical) and by how many steps less for persons who stand in no household: two where they may be one family
    SELECT
        c.county, c.card, c.masked, c.township, c.village, c.swipes, c.terminals, c.amount_fen, c.unexplained_fen, c.first_on, c.last_on, c.at_clerk,
        c.evidence, p.of_day, p.of_window, coalesce(r.persons, 0) AS persons, coalesce(r.households, 0) AS households,
        CASE
            WHEN c.unexplained_fen >= $critical_unexplained_fen THEN 4
            WHEN c.unexplained_fen >= $high_unexplained_fen THEN 3
            WHEN c.amount_fen >= $medium_fen OR c.unexplained_fen > 0 THEN 2
            ELSE 1
        END AS level,
        CASE
            WHEN c.unexplained_fen > 0 OR coalesce(r.registered_households, 0) > 0 OR g.county IS NULL THEN 0
            WHEN coalesce(r.persons, 0) < $min_persons THEN 2
            ELSE 1
        END AS unregistered
    FROM cards AS c
    INNER JOIN peaks AS p ON p.county = c.county AND p.card_key = c.card_key
    LEFT JOIN reach AS r ON r.county = c.county AND r.card_key = c.card_key
    LEFT JOIN registered AS g ON g.county = c.county
    WHERE
        p.of_day >= $per_day OR p.of_window >= $per_window
        OR (coalesce(r.persons, 0) >= $min_persons AND coalesce(r.households, 0) >= $min_households)
)
SELECT
    r.county,
    CASE r.level - greatest(r.masked, r.unregistered) WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'watch' END AS severity,
    'card' AS subject_type, r.card AS subject_id, r.township, r.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    r.amount_fen AS amount_at_risk_fen,
    CAST(CASE WHEN r.of_day >= $per_day THEN r.of_day WHEN r.of_window >= $per_window THEN r.of_window ELSE r.persons END AS DOUBLE) AS measure,
    CAST(CASE WHEN r.of_day >= $per_day THEN $per_day WHEN r.of_window >= $per_window THEN $per_window ELSE $min_persons END AS DOUBLE) AS threshold,
    r.first_on AS occurred_on, r.evidence,
    struct_pack(
        addressee := CASE WHEN r.at_clerk THEN 'discipline' ELSE 'township' END,
        swipes := r.swipes, of_day := r.of_day, of_window := r.of_window, persons := r.persons, households := r.households,
        terminals := r.terminals, unexplained_fen := r.unexplained_fen, first_on := r.first_on, last_on := r.last_on,
        number_zh := CASE WHEN r.masked = 1 THEN '（卡号不全，可能是几张卡）' ELSE '' END,
        number_en := CASE WHEN r.masked = 1 THEN ' (masked number: may be several cards)' ELSE '' END
    ) AS details
FROM repeated AS r
