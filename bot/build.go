package main

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"backfaq/bot/discord"
	"backfaq/config"
	"backfaq/faq"
)

// Version and commit are set by the linker where the program is built without
// its repository, as in the image: -ldflags "-X main.version=v1.2.3". Otherwise
// the Go toolchain knows them.
var version, commit string

// build says which program this is, and which FAQ it answers from.
type build struct {
	Version, Commit, Go string
	Discord             string // version of Discord's API
	FAQ                 string // hash of the FAQ
}

// newBuild describes this program with a FAQ that need not be readable.
func newBuild(f config.FAQ) build {
	book, _ := load(f)
	return describe(book)
}

// describe is newBuild for a FAQ that was read; nil if it could not be.
func describe(book *faq.Book) build {
	b := build{Version: version, Commit: commit, Go: runtime.Version(), Discord: discord.APIVersion(), FAQ: "cannot be read: run bot check"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && b.Commit == "":
				b.Commit = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true" && commit == "":
				b.Commit += " with changes"
			}
		}
		if b.Version == "" {
			b.Version = info.Main.Version
		}
	}
	if b.Commit = strings.TrimSpace(b.Commit); b.Commit == "" {
		b.Commit = "unknown"
	}
	if book != nil {
		b.FAQ = book.Hash()
	}
	return b
}

func (b build) String() string {
	return fmt.Sprintf("backfaq %s\ncommit: %s\nGo: %s\nDiscord API: %s\nFAQ: %s\n", b.Version, b.Commit, b.Go, b.Discord, b.FAQ)
}

// LogValue is the build as attributes of a log line.
func (b build) LogValue() slog.Value {
	return slog.GroupValue(slog.String("version", b.Version), slog.String("commit", b.Commit), slog.String("go", b.Go),
		slog.String("discord_api", b.Discord), slog.String("faq", b.FAQ))
}

// gauge is the build as a metric whose value is always 1.
func (b build) gauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "backfaq_build_info", Help: "Which program this is and which FAQ it answers from, as labels.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go": b.Go, "discord_api": b.Discord, "faq": b.FAQ},
	}, func() float64 { return 1 })
}
