-- one row per suspicion as the ledger leaves it, and one more as the township or office that may know of it is told it,
-- in memory: what the table of suspicions is filtered, sorted and paged by
CREATE TABLE suspicions (
    id VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    below VARCHAR NOT NULL, -- the township or office that is told so, '' of the county
    subject_type VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL, -- '' where it is a person's token
    township VARCHAR NOT NULL,
    village VARCHAR NOT NULL,
    fen BIGINT NOT NULL,
    score DOUBLE NOT NULL,
    list_id VARCHAR NOT NULL,
    raised_on DATE,
    by_severity INTEGER NOT NULL, -- these four rise where the table goes down
    by_score DOUBLE NOT NULL,
    by_fen BIGINT NOT NULL,
    by_day INTEGER NOT NULL
);
