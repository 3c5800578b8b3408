package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
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
// database, what they may do there) from what may pass by itself. Its errors
// hold no part of DATABASE_URL, unlike the driver's and the server's, which name
// user, database and host: whoever swaps two variables must not find a secret in
// the log.
func classifyPostgres(err error) error {
	if failed, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case strings.HasPrefix(failed.Code, "28"):
			return permanent{fmt.Errorf("PostgreSQL refuses the user or the password (SQLSTATE %s): correct them", failed.Code)}
		case failed.Code == "3D000":
			return permanent{errors.New("PostgreSQL has no such database (SQLSTATE 3D000): create it, or correct its name")}
		case failed.Code == "42501":
			return permanent{errors.New("PostgreSQL does not let this user make tables (SQLSTATE 42501): grant it CREATE on the schema")}
		}
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); !ok {
		return err
	}
	cause := errors.New("no connection")
	if sys, ok := errors.AsType[*os.SyscallError](err); ok {
		cause = sys.Err
	} else if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		cause = errors.New(unknown.Err)
	} else if errors.Is(err, context.DeadlineExceeded) {
		cause = context.DeadlineExceeded
	} else if failed, ok := errors.AsType[*pgconn.PgError](err); ok {
		cause = fmt.Errorf("SQLSTATE %s", failed.Code)
	}
	return fmt.Errorf("PostgreSQL cannot be reached: %w", cause)
}
