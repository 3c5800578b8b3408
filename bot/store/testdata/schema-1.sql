-- A database of schema 1 as sqlite3's .dump shows it.
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-03-04 11:00:00');
INSERT INTO goose_db_version VALUES (2, 1, 1, '2026-03-04 11:00:00');
CREATE TABLE servers (
    server  TEXT   NOT NULL PRIMARY KEY,
    doc     TEXT   NOT NULL,
    changes BIGINT NOT NULL
);
CREATE TABLE audit (
    server TEXT   NOT NULL REFERENCES servers (server) ON DELETE CASCADE,
    change BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    what   TEXT   NOT NULL,
    PRIMARY KEY (server, change)
);
CREATE TABLE counts (
    server  TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    entry   TEXT   NOT NULL,
    way     TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (server, day, entry, way, outcome)
);
CREATE TABLE words (
    server TEXT   NOT NULL,
    day    BIGINT NOT NULL,
    word   TEXT   NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (server, day, word)
);
CREATE INDEX counts_day ON counts (day);
CREATE INDEX words_day ON words (day);
CREATE TABLE removed (
    server TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL
);
INSERT INTO servers VALUES ('1000000000000000001', '{
 "version": 1,
 "settings": {
  "channels": "only",
  "channel_ids": [
   "3000000000000000001"
  ],
  "mentions": true,
  "private": true,
  "strictness": "lenient",
  "cooldown_seconds": 60,
  "questions_per_10s": 5,
  "note": "Ask at the desk too."
 },
 "entries": [
  {
   "id": "own-a2b3c4d5",
   "title": "When does the clinic open?",
   "answer": "At nine.",
   "phrasings": [
    "opening hours"
   ]
  }
 ],
 "taught": [
  {
   "wording": "my wings hurt",
   "entry": "faq-causes"
  }
 ]
}
', 2);
INSERT INTO audit VALUES ('1000000000000000001', 1, 1772625600, '2000000000000000001', 'channels');
INSERT INTO audit VALUES ('1000000000000000001', 2, 1772625660, '2000000000000000001', 'taught a wording for faq-causes');
INSERT INTO counts VALUES ('1000000000000000001', 20516, 'faq-causes', 'slash', 'answered', 3);
INSERT INTO counts VALUES ('1000000000000000001', 20516, '', 'mention', 'unknown', 6);
INSERT INTO counts VALUES ('1000000000000000001', 20516, 'faq-causes', '', 'helpful', 1);
INSERT INTO words VALUES ('1000000000000000001', 20516, 'posture', 6);
