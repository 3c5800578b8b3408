-- +goose Up

-- Servers that the bot joined within config.WelcomeFor, so that each is
-- welcomed once, whatever Discord repeats and however many processes hear it.
CREATE TABLE joined (
    server TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL -- when it was heard of
);
