-- +goose Up

-- The document before a server's last change, for config.UndoFor. It goes then,
-- so that what was forgotten is.
CREATE TABLE undo (
    server TEXT   NOT NULL PRIMARY KEY REFERENCES servers (server) ON DELETE CASCADE,
    change BIGINT NOT NULL, -- the change that it takes back
    at     BIGINT NOT NULL,
    doc    TEXT   NOT NULL
);
CREATE INDEX undo_at ON undo (at);
