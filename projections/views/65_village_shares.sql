-- one row per measure (cash: persons under 60, or of unknown age, paid for who gave cash, as the old pay in cash everywhere; uncollected: persons due from whom nothing came), village, fee and fee year with at least 10 persons, beside the other villages of its township (of the county where the township has fewer than 5 others): its share, theirs, and both drawn towards theirs as far as few persons prove little (beta-binomial, by the method of moments); shares in ten-thousandths
WITH
-- one row per township, fee and year with a cash register
kept AS (
    SELECT DISTINCT l.county, l.township, l.fee, l.fee_year
    FROM register_lines AS l
    WHERE l.township IS NOT NULL
),
-- one row per payment that a school or unit made for many
collective AS (
    SELECT DISTINCT h.county, h.event_id FROM collector_hands AS h WHERE h.group_payer
),
-- one row per person under 60 (or of unknown age), fee and year paid for, or whose cash was taken, in such townships
payers AS (
    SELECT q.county, q.payer, q.fee, q.fee_year, max(q.township) AS township, max(q.village) AS village, max(q.cash) AS cash
    FROM (
        SELECT p.county, p.payer, p.payer_born, p.fee, p.fee_year, p.township, p.village, CASE WHEN p.channel = 'cash' THEN 1 ELSE 0 END AS cash
        FROM standing_payments AS p
        INNER JOIN kept AS k ON k.county = p.county AND k.township = p.township AND k.fee = p.fee AND k.fee_year = p.fee_year
        LEFT JOIN collective AS g ON g.county = p.county AND g.event_id = p.event_id
        WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.village IS NOT NULL AND g.event_id IS NULL
        UNION ALL
        SELECT l.county, l.payer, c.payer_born, l.fee, l.fee_year, l.township, l.village, 1 AS cash
        FROM register_lines AS l
        INNER JOIN cash_receipts AS c ON c.county = l.county AND c.event_id = l.event_id
        WHERE l.village IS NOT NULL
    ) AS q
    WHERE q.payer_born IS NULL OR q.fee_year - q.payer_born < 60
    GROUP BY q.county, q.payer, q.fee, q.fee_year
),
-- one row per measure, village, fee and year: persons, and those whom the measure counts
counted AS (
    SELECT p.county, 'cash' AS measure, p.township, p.village, p.fee, p.fee_year, count(*) AS persons, CAST(sum(p.cash) AS BIGINT) AS hits
    FROM payers AS p
    GROUP BY p.county, p.township, p.village, p.fee, p.fee_year
    UNION ALL
    SELECT d.county, 'uncollected' AS measure, d.township, d.village, d.fee, d.fee_year, count(*) AS persons, count(*) FILTER (WHERE d.is_open) AS hits
    FROM due_persons AS d
    GROUP BY d.county, d.township, d.village, d.fee, d.fee_year
),
-- one row per village to be compared: how many others its township has; where nothing at all was collected in a township its payments have not come in
sized AS (
    SELECT
        c.county, c.measure, c.township, c.village, c.fee, c.fee_year, c.persons, c.hits, c.hits * 10000 // c.persons AS share,
        count(*) OVER (PARTITION BY c.county, c.measure, c.township, c.fee, c.fee_year) - 1 AS others
    FROM (
        SELECT
            k.county, k.measure, k.township, k.village, k.fee, k.fee_year, k.persons, k.hits,
            sum(k.persons - k.hits) OVER (PARTITION BY k.county, k.measure, k.township, k.fee, k.fee_year) AS rest
        FROM counted AS k
        WHERE k.persons >= 10
    ) AS c
    WHERE c.measure = 'cash' OR c.rest > 0
),
-- one row per village and other village with which it is compared
pairs AS (
    SELECT a.county, a.measure, a.fee, a.fee_year, a.village, b.village AS peer, b.persons, b.hits, b.share, a.others < 5 AS is_wide
    FROM sized AS a
    INNER JOIN sized AS b
        ON b.county = a.county AND b.measure = a.measure AND b.fee = a.fee AND b.fee_year = a.fee_year AND b.village <> a.village
        AND (b.township = a.township OR a.others < 5)
),
-- one row per village and peer with the peer's rank by its share
placed AS (
    SELECT
        p.county, p.measure, p.fee, p.fee_year, p.village, p.peer, p.persons, p.hits, p.share, p.is_wide,
        row_number() OVER (PARTITION BY p.county, p.measure, p.fee, p.fee_year, p.village ORDER BY p.share, p.peer) AS place,
        count(*) OVER (PARTITION BY p.county, p.measure, p.fee, p.fee_year, p.village) AS peers
    FROM pairs AS p
),
-- one row per village with at least 5 peers: the quartiles of their shares (nearest rank)
levels AS (
    SELECT
        p.county, p.measure, p.fee, p.fee_year, p.village,
        max(CASE WHEN p.place = (p.peers + 3) // 4 THEN p.share END) AS q1, max(CASE WHEN p.place = (3 * p.peers + 3) // 4 THEN p.share END) AS q3
    FROM placed AS p
    WHERE p.peers >= 5
    GROUP BY p.county, p.measure, p.fee, p.fee_year, p.village
),
-- one row per village and peer like the others: one neglected village must not hide another, so peers far above the rest (three interquartile ranges and ten points) do not tell what is usual
usual AS (
    SELECT p.county, p.measure, p.fee, p.fee_year, p.village, p.peer, p.persons, p.hits, p.share, p.is_wide
    FROM placed AS p
    INNER JOIN levels AS l
        ON l.county = p.county AND l.measure = p.measure AND l.fee = p.fee AND l.fee_year = p.fee_year AND l.village = p.village
    WHERE p.measure = 'cash' OR p.share <= l.q3 + greatest(1000, 3 * (l.q3 - l.q1))
),
-- one row per village: its peers taken together, with one person on either side added so that no share is nil
pooled AS (
    SELECT
        p.county, p.measure, p.fee, p.fee_year, p.village, p.is_wide, count(*) AS peers,
        CAST(sum(p.persons) AS BIGINT) AS peer_persons, CAST(sum(p.hits) AS BIGINT) AS peer_hits, CAST(sum(p.persons * p.persons) AS BIGINT) AS squares,
        CAST((sum(p.hits) + 1) * 10000 // (sum(p.persons) + 2) AS BIGINT) AS mean
    FROM usual AS p
    GROUP BY p.county, p.measure, p.fee, p.fee_year, p.village, p.is_wide
),
-- one row per village: how far the peers lie apart beyond what chance does (squared ten-thousandths)
spread AS (
    SELECT
        q.county, q.measure, q.fee, q.fee_year, q.village, q.peers, q.peer_persons, q.peer_hits, q.mean, q.is_wide,
        CAST(
            (sum(p.persons * (p.share - q.mean) * (p.share - q.mean)) - (q.peers - 1) * q.mean * (10000 - q.mean))
            // greatest(1, q.peer_persons - q.squares // q.peer_persons) AS BIGINT
        ) AS variance
    FROM pooled AS q
    INNER JOIN usual AS p ON p.county = q.county AND p.measure = q.measure AND p.fee = q.fee AND p.fee_year = q.fee_year AND p.village = q.village
    GROUP BY q.county, q.measure, q.fee, q.fee_year, q.village, q.peers, q.peer_persons, q.peer_hits, q.squares, q.mean, q.is_wide
),
-- one row per village: how many persons of its own weigh as much as what its peers are like, never more than a peer has on average
weighed AS (
    SELECT
        s.county, s.measure, s.fee, s.fee_year, s.village, s.peers, s.peer_persons, s.peer_hits, s.mean, s.is_wide,
        CASE
            WHEN s.variance <= 0 THEN greatest(1, s.peer_persons // s.peers)
            ELSE least(greatest(1, s.peer_persons // s.peers), greatest(1, s.mean * (10000 - s.mean) // s.variance - 1))
        END AS prior
    FROM spread AS s
),
-- one row per village and peer: the peer's shrunken share with its rank
ranked AS (
    SELECT
        w.county, w.measure, w.fee, w.fee_year, w.village, w.peers, (p.hits * 10000 + w.prior * w.mean) // (p.persons + w.prior) AS shrunken,
        row_number() OVER (
            PARTITION BY w.county, w.measure, w.fee, w.fee_year, w.village ORDER BY (p.hits * 10000 + w.prior * w.mean) // (p.persons + w.prior), p.peer
        ) AS place
    FROM weighed AS w
    INNER JOIN usual AS p ON p.county = w.county AND p.measure = w.measure AND p.fee = w.fee AND p.fee_year = w.fee_year AND p.village = w.village
),
-- one row per village: the quartiles of its peers' shrunken shares (nearest rank)
quartiles AS (
    SELECT
        r.county, r.measure, r.fee, r.fee_year, r.village,
        max(CASE WHEN r.place = (r.peers + 3) // 4 THEN r.shrunken END) AS q1, max(CASE WHEN r.place = (3 * r.peers + 3) // 4 THEN r.shrunken END) AS q3
    FROM ranked AS r
    GROUP BY r.county, r.measure, r.fee, r.fee_year, r.village
)
SELECT
    s.county, s.measure, s.township, s.village, s.fee, s.fee_year, s.persons, s.hits, s.share,
    w.peers, w.peer_persons, w.peer_hits, w.mean, w.is_wide, w.prior, (s.hits * 10000 + w.prior * w.mean) // (s.persons + w.prior) AS shrunken, q.q1, q.q3,
    s.hits * 10000 - s.persons * w.mean AS excess,
    w.mean * (10000 - w.mean) * (w.prior + s.persons) // (w.prior + 1) AS unit_variance
FROM sized AS s
INNER JOIN weighed AS w ON w.county = s.county AND w.measure = s.measure AND w.fee = s.fee AND w.fee_year = s.fee_year AND w.village = s.village
INNER JOIN quartiles AS q ON q.county = s.county AND q.measure = s.measure AND q.fee = s.fee AND q.fee_year = s.fee_year AND q.village = s.village
