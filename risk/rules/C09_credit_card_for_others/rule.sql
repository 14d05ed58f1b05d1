-- one row per collector under whom credit cards paid for persons outside their holders' households: one card for three or more, or several cards for those whose cash the collector took (per card where no collector is named)
WITH
-- one row per payment that a credit card made for an outsider, where there is a household register
paid AS (
    SELECT
        o.county, o.card_key, o.card, CASE WHEN o.masked THEN 1 ELSE 0 END AS masked, o.holder, o.payment_event_id, o.sale_event_id, o.payer, o.household, o.registered,
        o.fee, o.fee_year, o.amount_fen, o.occurred_on, o.township, o.village, o.collector_id, o.keeper
    FROM credit_for_others AS o
    INNER JOIN (SELECT DISTINCT h.county FROM households AS h) AS r ON r.county = o.county
    WHERE o.occurred_on <= $as_of
),
-- one row per such card, with whether it alone paid for enough persons
cards AS (
    SELECT
        p.county, p.card_key, min(p.card) AS card, max(p.masked) AS masked, count(DISTINCT p.payer) >= $min_persons AS many, count(DISTINCT p.household) AS households,
        count(DISTINCT p.payer) AS persons, count(DISTINCT CASE WHEN p.registered THEN p.household END) AS registered_households
    FROM paid AS p
    GROUP BY p.county, p.card_key
),
-- one row per payment of theirs and line of the cash register for its person, fee and year, or for the family
lined AS (
    SELECT p.county, p.card_key, p.payment_event_id, p.payer, l.event_id AS line_event_id, l.collector_id
    FROM paid AS p
    INNER JOIN register_lines AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    UNION
    SELECT p.county, p.card_key, p.payment_event_id, p.payer, l.event_id AS line_event_id, l.collector_id
    FROM paid AS p
    INNER JOIN register_lines AS l ON l.county = p.county AND l.household = p.household AND l.fee = p.fee AND l.fee_year = p.fee_year
    WHERE l.persons > 1
),
-- one row per collector who took the cash of enough persons whom several such cards paid for, each of them for too few
spread AS (
    SELECT l.county, l.collector_id
    FROM lined AS l
    INNER JOIN cards AS k ON k.county = l.county AND k.card_key = l.card_key AND NOT k.many
    WHERE l.collector_id IS NOT NULL
    GROUP BY l.county, l.collector_id
    HAVING count(DISTINCT l.payer) >= $spread_persons AND count(DISTINCT l.card_key) > 1
),
-- one row per card with the persons of whom cash was taken
lined_cards AS (
    SELECT l.county, l.card_key, count(DISTINCT l.payer) AS persons
    FROM lined AS l
    GROUP BY l.county, l.card_key
),
-- one row per collector and person that the collector is
collector_persons AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id, c.person
    FROM collectors AS c
    WHERE c.person IS NOT NULL AND c.role <> 'group-payer'
),
-- one row per card and collector by what ties them: 1 the card is the collector's own, 2 it is one of the collector's household, 3 the collector took the cash, 4 is named on the payments, 5 keeps the terminal
ties AS (
    SELECT k.county, k.card_key, a.collector_id, 1 AS tie, k.persons
    FROM cards AS k
    INNER JOIN (
        SELECT c.county, c.record_id AS collector_id, unnest(c.own_accounts) AS card FROM collectors AS c WHERE c.role <> 'group-payer'
    ) AS a ON a.county = k.county AND a.card = k.card
    UNION ALL
    SELECT p.county, p.card_key, c.collector_id, 1 AS tie, count(DISTINCT p.payer) AS persons
    FROM paid AS p
    INNER JOIN collector_persons AS c ON c.county = p.county AND c.person = p.holder
    GROUP BY p.county, p.card_key, c.collector_id
    UNION ALL
    SELECT p.county, p.card_key, c.collector_id, 2 AS tie, count(DISTINCT p.payer) AS persons
    FROM paid AS p
    INNER JOIN households AS h ON h.county = p.county AND h.payer = p.holder
    INNER JOIN households AS m ON m.county = h.county AND m.household_no = h.household_no
    INNER JOIN collector_persons AS c ON c.county = m.county AND c.person = m.payer
    GROUP BY p.county, p.card_key, c.collector_id
    UNION ALL
    SELECT l.county, l.card_key, l.collector_id, 3 AS tie, count(DISTINCT l.payer) AS persons
    FROM lined AS l
    WHERE l.collector_id IS NOT NULL
    GROUP BY l.county, l.card_key, l.collector_id
    UNION ALL
    SELECT p.county, p.card_key, p.collector_id, 4 AS tie, count(DISTINCT p.payer) AS persons
    FROM paid AS p
    INNER JOIN collectors AS c ON c.county = p.county AND c.record_id = p.collector_id
    GROUP BY p.county, p.card_key, p.collector_id
    UNION ALL
    SELECT p.county, p.card_key, p.keeper AS collector_id, 5 AS tie, count(DISTINCT p.payer) AS persons
    FROM paid AS p
    WHERE p.keeper IS NOT NULL
    GROUP BY p.county, p.card_key, p.keeper
),
-- one row per card with its collector: the closest tie, then the most persons
tied AS (
    SELECT t.county, t.card_key, t.collector_id, t.tie
    FROM ties AS t
    QUALIFY row_number() OVER (PARTITION BY t.county, t.card_key ORDER BY t.tie, t.persons DESC, t.collector_id) = 1
),
-- one row per card that paid for enough persons with whom the finding names and how grave (0 watch to 3 high): cash lines or a collector's own card, else medium; one other household alone, persons in no household (up to a family's number of them) and a masked number weigh less
graded AS (
    SELECT
        k.county, k.card_key, k.masked, CASE WHEN t.tie = 1 THEN 1 ELSE 0 END AS own_card,
        CASE WHEN t.collector_id IS NULL THEN 'card' ELSE 'collector' END AS subject_type, coalesce(t.collector_id, k.card) AS subject_id,
        CASE
            WHEN t.tie = 1 OR coalesce(l.persons, 0) >= $lined_persons THEN 3
            WHEN k.registered_households = 0 AND k.persons <= $family_persons THEN 0
            WHEN k.households = 1 OR k.registered_households = 0 THEN 1
            ELSE 2
        END - k.masked AS level
    FROM cards AS k
    LEFT JOIN tied AS t ON t.county = k.county AND t.card_key = k.card_key
    LEFT JOIN lined_cards AS l ON l.county = k.county AND l.card_key = k.card_key
    WHERE k.many
),
-- one row per subject and card that counts, with how grave: those graded, and the several cards that paid for those whose cash a collector took (medium, whatever their numbers)
counted AS (
    SELECT g.county, g.subject_type, g.subject_id, g.card_key, g.level, g.own_card, g.masked FROM graded AS g
    UNION ALL
    SELECT DISTINCT s.county, 'collector' AS subject_type, s.collector_id AS subject_id, k.card_key, 2 AS level, 0 AS own_card, 0 AS masked
    FROM spread AS s
    INNER JOIN lined AS l ON l.county = s.county AND l.collector_id = s.collector_id
    INNER JOIN cards AS k ON k.county = l.county AND k.card_key = l.card_key AND NOT k.many
),
-- one row per subject with how grave
subjects AS (
    SELECT c.county, c.subject_type, c.subject_id, max(c.level) AS level, max(c.own_card) AS own_card, max(c.masked) AS masked, count(*) AS cards
    FROM counted AS c
    GROUP BY c.county, c.subject_type, c.subject_id
),
-- one row per subject and payment that counts: all of a card with enough persons, of the others those whose cash the collector took
payments_counted AS (
    SELECT g.county, g.subject_type, g.subject_id, p.payment_event_id
    FROM graded AS g
    INNER JOIN paid AS p ON p.county = g.county AND p.card_key = g.card_key
    UNION
    SELECT c.county, c.subject_type, c.subject_id, l.payment_event_id
    FROM counted AS c
    INNER JOIN lined AS l ON l.county = c.county AND l.card_key = c.card_key AND l.collector_id = c.subject_id
),
-- one row per subject with what its cards paid for outsiders
sums AS (
    SELECT
        c.county, c.subject_type, c.subject_id, min(p.township) AS township, min(p.village) AS village, count(DISTINCT p.payer) AS persons,
        count(DISTINCT p.household) AS households, CAST(sum(p.amount_fen) AS BIGINT) AS amount_fen, min(p.occurred_on) AS first_on, max(p.occurred_on) AS last_on
    FROM payments_counted AS c
    INNER JOIN paid AS p ON p.county = c.county AND p.payment_event_id = c.payment_event_id
    GROUP BY c.county, c.subject_type, c.subject_id
),
-- one row per subject with the persons of whom cash was taken
sum_lines AS (
    SELECT c.county, c.subject_type, c.subject_id, count(DISTINCT l.payer) AS persons
    FROM payments_counted AS c
    INNER JOIN lined AS l ON l.county = c.county AND l.payment_event_id = c.payment_event_id
    GROUP BY c.county, c.subject_type, c.subject_id
),
-- one row per subject and event that shows it: sale, payment and line
touched AS (
    SELECT c.county, c.subject_type, c.subject_id, c.payment_event_id AS event_id FROM payments_counted AS c
    UNION
    SELECT c.county, c.subject_type, c.subject_id, p.sale_event_id AS event_id
    FROM payments_counted AS c
    INNER JOIN paid AS p ON p.county = c.county AND p.payment_event_id = c.payment_event_id
    WHERE p.sale_event_id IS NOT NULL
    UNION
    SELECT c.county, c.subject_type, c.subject_id, l.line_event_id AS event_id
    FROM payments_counted AS c
    INNER JOIN lined AS l ON l.county = c.county AND l.payment_event_id = c.payment_event_id
),
-- one row per subject with these events
shown AS (
    SELECT t.county, t.subject_type, t.subject_id, list_sort(list(DISTINCT t.event_id)) AS evidence
    FROM touched AS t
    GROUP BY t.county, t.subject_type, t.subject_id
)
SELECT
    s.county,
    CASE s.level WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'watch' END AS severity,
    s.subject_type, s.subject_id, a.township, a.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    a.amount_fen AS amount_at_risk_fen,
    CAST(a.persons AS DOUBLE) AS measure, CAST($min_persons AS DOUBLE) AS threshold,
    a.first_on AS occurred_on, v.evidence,
    struct_pack(
        cards := s.cards, persons := a.persons, households := a.households, lined_persons := coalesce(l.persons, 0), first_on := a.first_on, last_on := a.last_on,
        own_zh := CASE WHEN s.own_card = 1 THEN '，其中有代收人员本人的信用卡' ELSE '' END,
        own_en := CASE WHEN s.own_card = 1 THEN '; among them the collector''s own card' ELSE '' END,
        number_zh := CASE WHEN s.masked = 1 THEN '（有卡号不全，可能是几张卡）' ELSE '' END,
        number_en := CASE WHEN s.masked = 1 THEN ' (a masked number: may be several cards)' ELSE '' END
    ) AS details
FROM subjects AS s
INNER JOIN sums AS a ON a.county = s.county AND a.subject_type = s.subject_type AND a.subject_id = s.subject_id
INNER JOIN shown AS v ON v.county = s.county AND v.subject_type = s.subject_type AND v.subject_id = s.subject_id
LEFT JOIN sum_lines AS l ON l.county = s.county AND l.subject_type = s.subject_type AND l.subject_id = s.subject_id
