package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresConnections leaves room for many processes under PostgreSQL's
	// usual limit of 100.
	postgresConnections = 8
	// postgresLifetime brings connections to the new primary after a failover.
	postgresLifetime = 5 * time.Minute
)

func parsePostgres(text string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(text)
	if err != nil {
		return nil, errors.New("DATABASE_URL cannot be read: use postgres://USER:PASSWORD@HOST/DATABASE, with special characters of the password written as %XX")
	}
	if cfg.ConnectTimeout == 0 || cfg.ConnectTimeout > openTimeout {
		cfg.ConnectTimeout = openTimeout
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "backfaq"
	}
	// A machine that vanishes must not hold its locks for hours: PostgreSQL
	// looks for it after 5 s of silence and gives up 15 s later.
	for name, value := range map[string]string{"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"} {
		if cfg.RuntimeParams[name] == "" {
			cfg.RuntimeParams[name] = value
		}
	}
	// A process that vanishes in a transaction must not hold its row locks.
	if cfg.RuntimeParams["idle_in_transaction_session_timeout"] == "" {
		cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "10s"
	}
	return cfg, nil
}

func openPostgres(cfg *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxLifetime(postgresLifetime)
	return db
}

// classifyPostgres tells what an operator must mend (who may log in, which
// database, what they may do there) from what may pass by itself.
func classifyPostgres(err error) error {
	failed, ok := errors.AsType[*pgconn.PgError](err)
	if ok && (strings.HasPrefix(failed.Code, "28") || failed.Code == "3D000" || failed.Code == "42501") {
		return permanent{err}
	}
	return err
}
