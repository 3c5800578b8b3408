package store

import (
	"errors"
	"os"
	"path/filepath"
)

// fileLock keeps a second copy of the program from a SQLite file. Each would
// believe its cache, and not see what the other one saves. It is a lock on a
// file beside the database, since closing any descriptor of the database itself
// would drop SQLite's own locks (sqlite.org/howtocorrupt.html, 2.2). It ends
// with the process, however that ends.
type fileLock struct{ file *os.File }

var errLocked = errors.New("locked")

// lockFile takes the lock of a database, and makes an empty database where there
// is none, so that nobody else on the machine can read what will be in it;
// SQLite gives its other files the same mode. Other faults of the
// place are found, and said better, when the database is opened.
func lockFile(database string) (*fileLock, error) {
	if real, err := filepath.EvalSymlinks(database); err == nil {
		database = real // two names of one file are one file
	}
	if at, err := os.Stat(database); err == nil && at.IsDir() {
		return nil, nil
	}
	file, err := os.OpenFile(database+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil
	}
	if err := flock(file); err != nil {
		_ = file.Close()
		if errors.Is(err, errLocked) {
			return nil, errors.New("the file is in use by another copy of the bot: stop that one, give this one a file of its own, or let several copies share a PostgreSQL")
		}
		return nil, nil // a file system without locks
	}
	if made, err := os.OpenFile(database, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = made.Close()
	}
	return &fileLock{file}, nil
}

func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	if err := l.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
