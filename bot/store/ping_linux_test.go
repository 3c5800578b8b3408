package store

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"backfaq/faq"
)

// Where SQLite itself waits, which does not look at a context, Ping answers all the
// same: here for the locks of readers, which somebody else holds.
func TestPingWhileReadersAreLockedOut(t *testing.T) {
	url := sqliteURL(t)
	s := open(t, url, Options{})
	note(t, s, serverA, "before")
	shm, err := os.OpenFile(fileOf(url)+"-shm", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = shm.Close() }()
	// Locks of an open file, unlike those of a process, hold against this process as well.
	const openFileLock = 37                                             // F_OFD_SETLK of Linux
	marks := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 123, Len: 5} // WAL_READ_LOCK(0) to (4)
	eventually(t, "no reader is left", func() bool { return syscall.FcntlFlock(shm.Fd(), openFileLock, &marks) == nil })
	start := time.Now()
	err = s.Ping(t.Context())
	if took := time.Since(start); took > 4*time.Second || !errors.Is(err, faq.ErrUnavailable) { // SQLite waits for 10 s
		t.Errorf("ping took %v: %v", took, err)
	}
	marks.Type = syscall.F_UNLCK
	if err := syscall.FcntlFlock(shm.Fd(), openFileLock, &marks); err != nil {
		t.Fatal(err)
	}
	eventually(t, "ping is well", func() bool { return s.Ping(t.Context()) == nil })
}
