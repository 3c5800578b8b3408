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
	return cfg, nil
}

// sessionSettings are set once a connection is there: a pooler refuses what it
// does not know when it stands in the start-up message. A machine that vanishes
// must not hold its locks for hours: PostgreSQL looks for it after 5 s of silence
// and gives up 15 s later. One that vanishes in a transaction must not hold its
// row locks.
var sessionSettings = []struct{ name, value string }{
	{"tcp_keepalives_idle", "5"},
	{"tcp_keepalives_interval", "5"},
	{"tcp_keepalives_count", "3"},
	{"idle_in_transaction_session_timeout", "10s"},
}

// setSession prepares a new connection. What DATABASE_URL sets stays.
func setSession(ctx context.Context, conn *pgx.Conn) error {
	var set strings.Builder
	for _, s := range sessionSettings {
		if conn.Config().RuntimeParams[s.name] == "" {
			set.WriteString("SET " + s.name + " = '" + s.value + "';")
		}
	}
	_, err := conn.PgConn().Exec(ctx, set.String()).ReadAll()
	return err
}

func openPostgres(cfg *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(setSession))
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
		case failed.Code == "08P01": // "unsupported startup parameter", of a pooler
			return permanent{errors.New("a setting in the URL is refused (SQLSTATE 08P01), probably by a pooler: take it out of the URL, or name PostgreSQL itself")}
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
	return fmt.Errorf("PostgreSQL cannot be reached: %w: start it, or correct its host and port", cause)
}

var errPooler = errors.New("between the bot and PostgreSQL stands a pooler that keeps no sessions, so neither locks nor notifications work: put it into session mode (PgBouncer: pool_mode = session), or name PostgreSQL itself")

// checkSessions refuses a pooler that gives one connection another session for
// each transaction: a lock is then taken and not held, and two copies of the bot
// run the same shard. Two connections must have two sessions, and each its own
// for good. It uses the simple protocol, since prepared statements are the first
// that such a pooler breaks.
func checkSessions(ctx context.Context, cfg *pgx.ConnConfig) error {
	cfg = cfg.Copy()
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	var conns [2]*pgx.Conn
	for i := range conns {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			return err
		}
		defer closeConn(conn)
		conns[i] = conn
	}
	const setting = "backfaq.session"
	session := func(conn *pgx.Conn) (pid int, set string, err error) {
		err = conn.QueryRow(ctx, `SELECT pg_backend_pid(), COALESCE(current_setting('`+setting+`', true), '')`).Scan(&pid, &set)
		return pid, set, err
	}
	if _, err := conns[0].Exec(ctx, `SET `+setting+` = 'first'`); err != nil {
		return err
	}
	first, _, err := session(conns[0])
	if err != nil {
		return err
	}
	// In a transaction the second connection keeps its session from the first.
	if _, err := conns[1].Exec(ctx, `BEGIN`); err != nil {
		if _, ok := errors.AsType[*pgconn.PgError](err); ok { // a session for each statement
			return permanent{errPooler}
		}
		return err
	}
	second, set, err := session(conns[1])
	if err != nil {
		return err
	}
	if second == first || set != "" {
		return permanent{errPooler}
	}
	again, set, err := session(conns[0])
	if err != nil {
		return err
	}
	if again != first || set != "first" {
		return permanent{errPooler}
	}
	return nil
}
