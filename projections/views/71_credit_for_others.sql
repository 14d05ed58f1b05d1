-- one row per payment that a credit card made for a person outside its holder's household (the holder not known: the household it paid for most), with the sale, if any, and what is known of card and place
WITH owned AS ( -- one row per card that a collector's list of own accounts names, with the collector's person and whether only for a group
    SELECT l.county, l.card, min(l.person) AS person, bool_and(l.group_payer) AS group_payer
    FROM (SELECT c.county, c.person, coalesce(c.role = 'group-payer', false) AS group_payer, unnest(c.own_accounts) AS card FROM collectors AS c) AS l
    WHERE l.card IS NOT NULL
    GROUP BY l.county, l.card
),
swipes AS ( -- one row per sale on a credit line whose card was charged in the end; a masked number is told apart by issuer and cardholder
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.keeper, s.occurred_on, s.card,
        CASE WHEN coalesce(s.card_masked, false) THEN concat(s.card, '|', coalesce(s.issuer, ''), '|', coalesce(s.cardholder, '')) ELSE s.card END AS card_key,
        coalesce(s.card_masked, false) AS masked, coalesce(s.cardholder, o.person) AS holder
    FROM terminal_sales AS s
    LEFT JOIN owned AS o ON o.county = s.county AND o.card = s.card AND NOT o.group_payer
    WHERE s.card_kind IN ('credit', 'semi-credit') AND s.net_fen > 0
),
cards AS ( -- one row per whole card number that the log shows to be a credit card, with its holder
    SELECT w.county, w.card, min(w.card_key) AS card_key, min(w.holder) AS holder
    FROM swipes AS w
    WHERE NOT w.masked
    GROUP BY w.county, w.card
),
swiped AS ( -- one row per payment with the sale on credit that paid it
    SELECT
        p.county, p.payment_event_id, w.event_id AS sale_event_id, w.card_key, w.card, w.masked, w.holder, w.terminal_id, w.township, w.village, w.keeper, w.occurred_on
    FROM sale_payments AS p
    INNER JOIN swipes AS w ON w.county = p.county AND w.event_id = p.sale_event_id
    QUALIFY row_number() OVER (PARTITION BY p.county, p.payment_event_id ORDER BY CASE WHEN p.exact THEN 0 ELSE 1 END, w.occurred_on, w.event_id) = 1
),
paid AS ( -- one row per payment that a credit card made: by a sale, or as the account that the payment names
    SELECT
        s.county, s.payment_event_id, s.sale_event_id, s.card_key, s.card, s.masked, s.holder, s.terminal_id, s.keeper, s.occurred_on,
        coalesce(s.township, p.township) AS township, coalesce(s.village, p.village) AS village,
        p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.collector_id
    FROM swiped AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.payment_event_id
    UNION ALL
    SELECT
        p.county, p.event_id AS payment_event_id, CAST(NULL AS VARCHAR) AS sale_event_id, c.card_key, c.card, false AS masked, coalesce(c.holder, p.paid_by) AS holder,
        p.terminal_id, CAST(NULL AS VARCHAR) AS keeper, p.paid_on AS occurred_on, p.township, p.village,
        p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.collector_id
    FROM standing_payments AS p
    INNER JOIN cards AS c ON c.county = p.county AND c.card = p.payer_account
    LEFT JOIN swiped AS s ON s.county = p.county AND s.payment_event_id = p.event_id
    WHERE s.payment_event_id IS NULL AND p.amount_fen > 0
),
units AS ( -- one row per card that a unit or school, registered as paying for a group, paid with
    SELECT p.county, p.card_key
    FROM paid AS p
    INNER JOIN collectors AS c ON c.county = p.county AND c.person = p.holder
    WHERE c.role = 'group-payer'
    UNION
    SELECT p.county, p.card_key
    FROM paid AS p
    INNER JOIN owned AS o ON o.county = p.county AND o.card = p.card
    WHERE o.group_payer
),
held AS ( -- one row per card whose holder is known and household that is the holder's
    SELECT p.county, p.card_key, concat('person:', p.holder) AS household
    FROM paid AS p
    WHERE p.holder IS NOT NULL
    UNION
    SELECT p.county, p.card_key, h.household_no AS household
    FROM paid AS p
    INNER JOIN households AS h
        ON h.county = p.county AND h.payer = p.holder
        AND (h.valid_from IS NULL OR h.valid_from <= p.occurred_on) AND (h.valid_to IS NULL OR h.valid_to >= p.occurred_on)
),
most_paid AS ( -- one row per card whose holder is not known: the household that it paid for most
    SELECT p.county, p.card_key, p.household
    FROM paid AS p
    LEFT JOIN held AS k ON k.county = p.county AND k.card_key = p.card_key
    WHERE k.card_key IS NULL
    GROUP BY p.county, p.card_key, p.household
    QUALIFY row_number() OVER (PARTITION BY p.county, p.card_key ORDER BY count(DISTINCT p.payment_event_id) DESC, p.household) = 1
),
own AS ( -- one row per card and household that is its holder's
    SELECT k.county, k.card_key, k.household FROM held AS k
    UNION ALL
    SELECT m.county, m.card_key, m.household FROM most_paid AS m
)
SELECT
    p.county, p.payment_event_id, p.sale_event_id, p.card_key, p.card, p.masked, p.holder, p.terminal_id, p.keeper, p.occurred_on, p.township, p.village,
    p.payer, p.household, NOT starts_with(p.household, 'person:') AS registered, p.fee, p.fee_year, p.amount_fen, p.collector_id
FROM paid AS p
LEFT JOIN own AS o ON o.county = p.county AND o.card_key = p.card_key AND o.household = p.household
LEFT JOIN units AS g ON g.county = p.county AND g.card_key = p.card_key
WHERE o.card_key IS NULL AND g.card_key IS NULL AND (p.holder IS NULL OR p.holder <> p.payer)
