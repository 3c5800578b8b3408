package rest

import (
	"net/http"
	"strings"

	"backfaq/config"
)

// route is the target of a call as far as Discord's limits are concerned.
type route struct {
	name      string // label of metrics: one of a few
	path      string // method and path with every id left out
	major     string // the resource by which Discord keeps buckets apart
	channel   string // set for a message to a channel
	tokenAuth bool   // the path's own token is the permission; outside of the global limit
}

// routeOf reads a request for /api/vN/...
func routeOf(r *http.Request) route {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) > 2 {
		parts = parts[2:]
	}
	part := func(n int) string {
		if n < len(parts) {
			return parts[n]
		}
		return ""
	}
	to := route{name: "other", major: part(1)}
	switch part(0) {
	case "channels":
		to.name = "channels"
		if part(2) == "messages" && len(parts) == 3 && r.Method == http.MethodPost {
			to.name, to.channel = "messages", part(1)
		}
	case "webhooks":
		to.name, to.tokenAuth = "webhooks", true
		to.major += "/" + part(2)
		if len(parts) > 2 {
			parts[2] = "token"
		}
	case "applications":
		to.name = "commands"
	case "gateway", "guilds":
		to.name = part(0)
	}
	for n := range parts {
		if config.IsID(parts[n]) {
			parts[n] = "id"
		}
	}
	to.path = r.Method + " /" + strings.Join(parts, "/")
	return to
}
