-- One set of SQL for SQLite and PostgreSQL. Times are unix seconds, days are
-- days since 1970 in UTC, ids are Discord's, as text.

-- +goose Up

-- What a server's moderators made of the bot, as one document: settings, own
-- entries, taught wordings (faq.Export). It is small, read as a whole and saved
-- as a whole. A server nobody has configured has no row.
CREATE TABLE servers (
    server  TEXT   NOT NULL PRIMARY KEY,
    doc     TEXT   NOT NULL,
    changes BIGINT NOT NULL -- the number of its last change
);

CREATE TABLE audit (
    server TEXT   NOT NULL REFERENCES servers (server) ON DELETE CASCADE,
    change BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    what   TEXT   NOT NULL,
    PRIMARY KEY (server, change)
);

-- Counters: no text and no person.
CREATE TABLE counts (
    server  TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    entry   TEXT   NOT NULL, -- '' when none was answered
    way     TEXT   NOT NULL, -- '' for helpful and unhelpful
    outcome TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (server, day, entry, way, outcome)
);

-- Vocabulary words of the FAQ that unanswered questions held.
CREATE TABLE words (
    server TEXT   NOT NULL,
    day    BIGINT NOT NULL,
    word   TEXT   NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (server, day, word)
);

-- Both are swept by day.
CREATE INDEX counts_day ON counts (day);
CREATE INDEX words_day ON words (day);

-- Servers that the bot was removed from, whose rows are to go.
CREATE TABLE removed (
    server TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL
);
