-- one row per card that got money back which another card had paid, or whose credit was charged and paid out to another account within days
WITH sales AS ( -- one row per approved sale
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.occurred_on, s.card, s.card_weak, s.card_masked, s.card_last4,
        s.card_kind IN ('credit', 'semi-credit') AS on_credit, s.card_kind, s.issuer, s.cardholder, s.entry_mode
    FROM terminal_sales AS s
),
moved AS ( -- one row per void or refund whose money did not go back to the card of its sale
    SELECT
        r.county, r.event_id, r.card, r.card_kind, r.issuer, r.cardholder, r.amount_fen, r.occurred_on, r.matched_by,
        coalesce(r.card_masked, false) OR coalesce(s.card_masked, false) AS masked,
        s.event_id AS sale_event_id, s.terminal_id, s.township, s.village, s.cardholder AS payer_holder, s.card_kind AS paid_kind, s.issuer AS paid_issuer,
        s.entry_mode IN ('qr', 'contactless') AS by_phone,
        s.on_credit AND r.card_kind IN ('debit', 'prepaid')
            AND datediff('day', s.occurred_on, r.occurred_on) BETWEEN 0 AND $credit_days AS cashed
    FROM terminal_returns AS r
    INNER JOIN sales AS s ON s.county = r.county AND s.event_id = r.sale_event_id
    WHERE NOT r.same_card AND r.occurred_on <= $as_of
),
of_collectors AS ( -- one row per collector's card, or person whose card it is
    SELECT DISTINCT c.county, a.token
    FROM collectors AS c, unnest(c.own_accounts) AS a(token)
    UNION
    SELECT c.county, c.person AS token FROM collectors AS c WHERE c.person IS NOT NULL
),
families AS ( -- one row per return whose two cardholders are of one household
    SELECT DISTINCT m.county, m.event_id
    FROM moved AS m
    INNER JOIN households AS a
        ON a.county = m.county AND a.payer = m.cardholder
        AND (a.valid_from IS NULL OR a.valid_from <= m.occurred_on) AND (a.valid_to IS NULL OR a.valid_to >= m.occurred_on)
    INNER JOIN households AS b
        ON b.county = m.county AND b.payer = m.payer_holder AND b.household_no = a.household_no
        AND (b.valid_from IS NULL OR b.valid_from <= m.occurred_on) AND (b.valid_to IS NULL OR b.valid_to >= m.occurred_on)
),
to_other_cards AS ( -- one row per such return that a reissued card of the same holder does not explain, with what makes it graver or lighter
    SELECT
        m.county, m.card, m.event_id, m.sale_event_id, m.amount_fen, m.occurred_on, m.terminal_id, m.township, m.village,
        CASE WHEN m.cashed THEN 1 ELSE 0 END AS graver,
        CASE
            WHEN m.masked OR m.matched_by = 'only-sale' THEN 1
            WHEN f.event_id IS NOT NULL AND NOT m.cashed THEN 1
            WHEN m.by_phone AND m.issuer = m.paid_issuer AND m.card_kind = m.paid_kind AND (m.cardholder IS NULL OR m.payer_holder IS NULL) THEN 1
            ELSE 0
        END AS lighter,
        CASE WHEN k.token IS NOT NULL OR h.token IS NOT NULL THEN 1 ELSE 0 END AS of_collector
    FROM moved AS m
    LEFT JOIN families AS f ON f.county = m.county AND f.event_id = m.event_id
    LEFT JOIN of_collectors AS k ON k.county = m.county AND k.token = m.card
    LEFT JOIN of_collectors AS h ON h.county = m.county AND h.token = m.cardholder
    WHERE m.cashed OR NOT coalesce(m.cardholder = m.payer_holder, false)
),
charged AS ( -- one row per payment with the sale on credit that paid it
    SELECT
        p.county, p.payment_event_id, s.event_id AS sale_event_id, s.card, s.card_weak, s.card_masked, s.card_last4,
        s.occurred_on, s.terminal_id, s.township, s.village
    FROM sale_payments AS p
    INNER JOIN sales AS s ON s.county = p.county AND s.event_id = p.sale_event_id
    WHERE s.on_credit
    QUALIFY row_number() OVER (PARTITION BY p.county, p.payment_event_id ORDER BY s.occurred_on, s.event_id) = 1
),
numbered AS ( -- one row per office refund into an account and payment of the number that it names
    SELECT
        r.county, r.event_id, r.amount_fen, r.refunded_on, r.refund_account, r.refund_account_weak, r.refund_account_masked, r.refund_account_last4,
        p.event_id AS payment_event_id, coalesce(p.payer = r.payer, false) AS of_person
    FROM refunds AS r
    INNER JOIN payments AS p ON p.county = r.county AND p.record_id = r.payment_id
    WHERE r.refund_account IS NOT NULL AND r.refunded_on <= $as_of
),
given_back AS ( -- one row per such refund and payment that it gives back: where one is of its own person, others of that number are other systems'
    SELECT
        n.county, n.event_id, n.amount_fen, n.refunded_on, n.refund_account, n.refund_account_weak, n.refund_account_masked, n.refund_account_last4,
        n.payment_event_id
    FROM numbered AS n
    LEFT JOIN (SELECT DISTINCT m.county, m.event_id FROM numbered AS m WHERE m.of_person) AS o ON o.county = n.county AND o.event_id = n.event_id
    WHERE n.of_person OR o.event_id IS NULL
),
carded AS ( -- one row per office refund of a payment by card: whether the money went back to that card
    SELECT
        r.county, r.event_id,
        bool_or(
            r.refund_account = s.card
            OR (
                (coalesce(r.refund_account_masked, false) OR coalesce(s.card_masked, false))
                AND coalesce(r.refund_account_weak = s.card_weak, r.refund_account_last4 = s.card_last4, false)
            )
        ) AS to_card
    FROM given_back AS r
    INNER JOIN sale_payments AS l ON l.county = r.county AND l.payment_event_id = r.payment_event_id
    INNER JOIN sales AS s ON s.county = l.county AND s.event_id = l.sale_event_id
    GROUP BY r.county, r.event_id
),
by_account AS ( -- one row per county whose offices give back to bank accounts as a rule, whatever card had paid
    SELECT c.county
    FROM carded AS c
    GROUP BY c.county
    HAVING count(*) >= $habit_refunds AND count(*) FILTER (WHERE c.to_card) * 100 < count(*) * $habit_percent
),
to_accounts AS ( -- one row per office refund of such a payment within days to an account that is not the card
    SELECT
        c.county, c.card, r.event_id, c.sale_event_id, r.amount_fen, r.refunded_on AS occurred_on, c.terminal_id, c.township, c.village,
        0 AS graver, 1 + CASE WHEN b.county IS NULL THEN 0 ELSE 1 END AS lighter, 0 AS of_collector
    FROM given_back AS r
    INNER JOIN charged AS c ON c.county = r.county AND c.payment_event_id = r.payment_event_id
    LEFT JOIN by_account AS b ON b.county = r.county
    WHERE
        r.refund_account <> c.card
        AND NOT (
            (coalesce(r.refund_account_masked, false) OR coalesce(c.card_masked, false))
            AND coalesce(r.refund_account_weak = c.card_weak, r.refund_account_last4 = c.card_last4, false)
        )
        AND datediff('day', c.occurred_on, r.refunded_on) BETWEEN 0 AND $credit_days
),
takings AS ( -- one row per return or refund
    SELECT
        t.county, t.card, t.event_id, t.sale_event_id, t.amount_fen, t.occurred_on, t.terminal_id, t.township, t.village, t.graver, t.lighter,
        t.of_collector, 1 AS by_terminal
    FROM to_other_cards AS t
    UNION ALL
    SELECT
        a.county, a.card, a.event_id, a.sale_event_id, a.amount_fen, a.occurred_on, a.terminal_id, a.township, a.village, a.graver, a.lighter,
        a.of_collector, 0 AS by_terminal
    FROM to_accounts AS a
),
touched AS ( -- one row per card and event that shows it: the return and its sale
    SELECT t.county, t.card, t.event_id FROM takings AS t
    UNION
    SELECT t.county, t.card, t.sale_event_id AS event_id FROM takings AS t
),
shown AS ( -- one row per card with these events
    SELECT t.county, t.card, list_sort(list(DISTINCT t.event_id)) AS evidence FROM touched AS t GROUP BY t.county, t.card
),
clerk_terminals AS ( -- one row per terminal that a township's own clerk keeps
    SELECT DISTINCT t.county, t.record_id AS terminal_id
    FROM terminals AS t
    INNER JOIN collectors AS c ON c.county = t.county AND c.record_id = t.collector_id
    WHERE c.role = 'township-clerk'
),
cards AS ( -- one row per card with what it took
    SELECT
        t.county, t.card, min(t.township) AS township, min(t.village) AS village, count(*) AS returns, CAST(sum(t.by_terminal) AS BIGINT) AS by_terminal,
        CAST(sum(t.amount_fen) AS BIGINT) AS amount_fen, count(DISTINCT t.terminal_id) AS terminals,
        min(t.occurred_on) AS first_on, max(t.occurred_on) AS last_on,
        max(t.graver) AS graver, min(t.lighter) AS lighter, max(t.of_collector) AS of_collector, CAST(sum(t.graver) AS BIGINT) AS cashed,
        bool_or(k.terminal_id IS NOT NULL) AS at_clerk
    FROM takings AS t
    LEFT JOIN clerk_terminals AS k ON k.county = t.county AND k.terminal_id = t.terminal_id
    GROUP BY t.county, t.card
),
graded AS ( -- the same with how grave (0 watch to 4 critical)
    SELECT
        c.county, c.card, c.township, c.village, c.returns, c.by_terminal, c.amount_fen, c.terminals, c.first_on, c.last_on, c.cashed, c.of_collector,
        c.at_clerk,
        CASE
            WHEN c.of_collector = 1 THEN 4
            ELSE
                CASE
                    WHEN c.amount_fen >= $critical_fen THEN 4
                    WHEN c.amount_fen >= $high_fen THEN 3
                    WHEN c.amount_fen >= $medium_fen THEN 2
                    ELSE 1
                END + c.graver - c.lighter + CASE WHEN c.returns >= $many_returns THEN 1 ELSE 0 END
        END AS level
    FROM cards AS c
)
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'card' AS subject_type, g.card AS subject_id, g.township, g.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    g.amount_fen AS amount_at_risk_fen, CAST(g.returns AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, s.evidence,
    struct_pack(
        addressee := CASE WHEN g.at_clerk THEN 'discipline' ELSE 'township' END,
        returns := g.returns, by_terminal := g.by_terminal, by_office := g.returns - g.by_terminal, cashed := g.cashed, terminals := g.terminals,
        first_on := g.first_on, last_on := g.last_on,
        holder_zh := CASE WHEN g.of_collector = 1 THEN '，该卡属代收人员' ELSE '' END,
        holder_en := CASE WHEN g.of_collector = 1 THEN '; the card is a collector''s' ELSE '' END
    ) AS details
FROM graded AS g
INNER JOIN shown AS s ON s.county = g.county AND s.card = g.card
