package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/config"
)

// web is where the program answers HTTP.
func (s *harness) web() string {
	s.t.Helper()
	found := regexp.MustCompile(`msg="serving HTTP" addr=(\S+)`).FindAllStringSubmatch(s.log.String(), -1)
	if len(found) == 0 {
		s.t.Fatalf("the log does not say where HTTP is served:\n%s", &s.log)
	}
	return "http://" + found[len(found)-1][1]
}

func (s *harness) get(path string) (status int, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx(), http.MethodGet, s.web()+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(all)
}

func TestHealthOverHTTP(t *testing.T) {
	s := startHarness(t, fakediscord.Options{Shards: 2, MaxConcurrency: 2})
	if status, body := s.get("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %s", status, body)
	}
	status, body := s.get("/readyz")
	var r readiness
	if err := json.Unmarshal([]byte(body), &r); err != nil || status != 200 || r.Status != isReady || r.Database != "ok" || len(r.Shards) != 2 || r.Shards[1].State != "connected" {
		t.Errorf("/readyz: %d %s", status, body)
	}
	addr := strings.TrimPrefix(s.web(), "http://")
	for _, args := range [][]string{{"health", "--http-addr", addr}, {"health", "--ready", "--http-addr", addr}} {
		var out bytes.Buffer
		if code := start(s.ctx(), args, streams{strings.NewReader(""), &out, &out}); code != 0 {
			t.Errorf("%v: %d %s", args, code, &out)
		}
	}
	s.Inject(1, fakediscord.Mute())
	s.Next(fakediscord.AtHello, slices.Repeat([]fakediscord.Fault{fakediscord.CloseWith(1001)}, 100)...)
	s.Inject(0, fakediscord.CloseWith(4000))
	s.wait(s.Mark(), func(fakediscord.Event) bool {
		status, body = s.get("/readyz")
		return strings.Contains(body, `"degraded"`) && strings.Contains(body, `"state":"waiting"`) // between two tries
	})
	if status != 200 || !strings.Contains(body, `"state":"waiting"`) || !strings.Contains(body, "to connect again after") {
		t.Errorf("/readyz: %s", body)
	}
}

func TestHealthOfRefusedToken(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.forgive = true
	mark := s.Mark()
	s.OnRequest("POST", "/channels/*/messages", fakediscord.Forever, fakediscord.Answer(401, 0, "401: Unauthorized"))
	if _, err := s.ann.Say(s.general(), s.Bot().Mention()+" what causes upper back spasms?"); err != nil {
		t.Fatal(err)
	}
	s.wait(mark, func(e fakediscord.Event) bool { return e.Status == 401 })
	status, body := s.get("/readyz")
	for ctx := s.ctx(); !strings.Contains(body, "DISCORD_TOKEN") && ctx.Err() == nil; status, body = s.get("/readyz") { // until the bot has read it
		time.Sleep(10 * time.Millisecond)
	}
	if status != 503 || !strings.Contains(body, notReady) || !strings.Contains(body, "DISCORD_TOKEN") {
		t.Errorf("/readyz: %d %s", status, body)
	}
	addr := strings.TrimPrefix(s.web(), "http://")
	var out bytes.Buffer
	if code := start(s.ctx(), []string{"health", "--ready", "--http-addr", addr}, streams{strings.NewReader(""), &out, &out}); code == 0 {
		t.Error("bot health --ready is content with a bot that cannot answer")
	} else if !strings.Contains(out.String(), "not ready: Discord refused the bot token") {
		t.Errorf("bot health --ready does not say why: %s", &out)
	}
	if code := start(s.ctx(), []string{"health", "--http-addr", addr}, streams{strings.NewReader(""), &out, &out}); code != 0 {
		t.Errorf("bot health: %d %s", code, &out)
	}
}

func TestMetrics(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	_, first := s.get("/metrics")
	for _, series := range []string{ // they can be watched before anything happened
		`backfaq_dropped_total{reason="busy"} 0`, `backfaq_rest_limited_total{scope="global"} 0`, `backfaq_questions_total{outcome="unknown",way="slash"} 0`,
		`backfaq_door_requests_total{result="forged"} 0`, `backfaq_panics_total 0`, `backfaq_build_info{commit="`,
	} {
		if !strings.Contains(first, series) {
			t.Errorf("no %s from the start", series)
		}
	}
	for _, watch := range regexp.MustCompile(`\b(backfaq_[a-z_]+)(\{\w+=)?~?("[^"]+")?`).FindAllStringSubmatch(readPage(t, "bot/OPERATING.md"), -1) {
		for value := range strings.SplitSeq(watch[3], `\|`) {
			series := "\n" + watch[1]
			if value != "" {
				series += watch[2] + `"` + strings.Trim(value, `"`) + `"`
			}
			if !strings.Contains(first, series) {
				t.Errorf("OPERATING.md says to watch %q, which is not there from the start", series)
			}
		}
	}
	var guilds []*fakediscord.Guild
	for n := range 300 { // people, channels and words that must not become labels
		if n%20 == 0 {
			guilds = append(guilds, s.AddGuild(fmt.Sprint("server-", n)))
		}
		g := guilds[n/20]
		who, ch := g.AddMember(fmt.Sprint("person-", n)), g.AddChannel(fmt.Sprint("channel-", n))
		const asked = "what causes upper back spasms? zebra"
		if n%5 == 0 { // no more than forty messages are sent in a second
			s.replyTo(who.Say(ch, s.Bot().Mention()+" "+asked))
		} else {
			s.shown(who.Slash(ch, "ask", fakediscord.Args{"question": asked}))
		}
	}
	// The bot counts an answer when it knows that Discord has it.
	wanted := []string{
		`backfaq_questions_total{outcome="answered",way="mention"} 60`, `backfaq_answer_seconds_count{door="channel"} 60`, `backfaq_questions_total{outcome="answered",way="slash"} 240`,
		`backfaq_answer_seconds_count{door="gateway"} 240`, `backfaq_gateway_shards{state="connected"} 1`, `backfaq_gateway_identifies_total 1`,
		`backfaq_rest_requests_total{route="messages",status="2xx"} 60`, `backfaq_rest_requests_total{route="callback",status="2xx"} 240`, `backfaq_database_up 1`,
	}
	missing := func(body string) []string {
		return slices.DeleteFunc(slices.Clone(wanted), func(line string) bool { return strings.Contains(body, line) })
	}
	_, body := s.get("/metrics")
	for ctx := s.ctx(); len(missing(body)) > 0 && ctx.Err() == nil; _, body = s.get("/metrics") {
		time.Sleep(50 * time.Millisecond)
	}
	if m := missing(body); len(m) > 0 {
		t.Errorf("no %s in:\n%s", m, body)
	}
	series := 0
	for scan := bufio.NewScanner(strings.NewReader(body)); scan.Scan(); {
		if line := scan.Text(); line != "" && line[0] != '#' {
			series++
			if regexp.MustCompile(`\d{15,}`).MatchString(line[:strings.LastIndex(line, " ")]) || strings.Contains(line, "zebra") {
				t.Errorf("an id or words in a metric: %s", line)
			}
		}
	}
	t.Logf("%d series", series)
	if series > 200 {
		t.Errorf("%d series", series)
	}
}

func TestHTTPIsForThisMachineAlone(t *testing.T) {
	var p program
	parser, err := newParser(&p, streams{nil, io.Discard, io.Discard}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"run"}); err != nil {
		t.Fatal(err)
	}
	host, _, err := net.SplitHostPort(p.Run.Addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		t.Errorf("HTTP_ADDR is %q if nobody sets it", p.Run.Addr)
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	const token = "MTAwMDAwMDAwMDAwMDAwMDAw.secret.secret-secret"
	const key = "5ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e70"
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for name, c := range map[string]struct {
		env   map[string]string
		names string
	}{
		"no token":           {map[string]string{"DISCORD_TOKEN": ""}, "DISCORD_TOKEN"},
		"token with Bot":     {map[string]string{"DISCORD_TOKEN": "Bot " + token}, "DISCORD_TOKEN"},
		"half a token":       {map[string]string{"DISCORD_TOKEN": "secret-secret"}, "DISCORD_TOKEN"},
		"a newline inside":   {map[string]string{"DISCORD_TOKEN": "MTAw.secret\n.secret"}, "DISCORD_TOKEN"},
		"key as token":       {map[string]string{"DISCORD_TOKEN": key}, "DISCORD_TOKEN"},
		"token as key":       {map[string]string{"DISCORD_PUBLIC_KEY": token}, "DISCORD_PUBLIC_KEY"},
		"short key":          {map[string]string{"DISCORD_PUBLIC_KEY": key[:62]}, "DISCORD_PUBLIC_KEY"},
		"no hex key":         {map[string]string{"DISCORD_PUBLIC_KEY": strings.Replace(key, "5", "s", 1)}, "DISCORD_PUBLIC_KEY"},
		"shards":             {map[string]string{"SHARDS": "secret"}, "SHARDS"},
		"shards backwards":   {map[string]string{"SHARDS": "3-1/16"}, "SHARDS"},
		"shards beyond":      {map[string]string{"SHARDS": "0-16/16"}, "SHARDS"},
		"nothing to do":      {map[string]string{"SHARDS": "none"}, "SHARDS"},
		"address":            {map[string]string{"HTTP_ADDR": "secret"}, "HTTP_ADDR"},
		"address taken":      {map[string]string{"HTTP_ADDR": taken.Addr().String()}, "HTTP_ADDR"},
		"address of another": {map[string]string{"HTTP_ADDR": "192.0.2.1:80"}, "HTTP_ADDR"},
		"API":                {map[string]string{"DISCORD_API_URL": "secret"}, "DISCORD_API_URL"},
		"API with version":   {map[string]string{"DISCORD_API_URL": "http://127.0.0.1:1/secret/v10/"}, "DISCORD_API_URL"},
		"database":           {map[string]string{"DATABASE_URL": "mysql://secret"}, "DATABASE_URL"},
		"database URL":       {map[string]string{"DATABASE_URL": "postgres://secret:secret@[bad"}, "DATABASE_URL"},
		"FAQ":                {map[string]string{"FAQ_FILE": "/nowhere/secret.yaml"}, "FAQ_FILE"},
		"log level":          {map[string]string{"LOG_LEVEL": "secret"}, "LOG_LEVEL"},
		"log format":         {map[string]string{"LOG_FORMAT": "secret"}, "LOG_FORMAT"},
		"message content":    {map[string]string{"DISCORD_MESSAGE_CONTENT": "secret"}, "DISCORD_MESSAGE_CONTENT"},
	} {
		t.Run(name, func(t *testing.T) {
			for name, value := range map[string]string{
				"DISCORD_TOKEN": token, "DISCORD_API_URL": "http://127.0.0.1:1/api", "HTTP_ADDR": "127.0.0.1:0",
				"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "x.db"),
			} {
				t.Setenv(name, value)
			}
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			var out safeBuffer
			code := start(ctx, []string{"run"}, streams{strings.NewReader(""), &out, &out})
			said := out.String()
			if code == 0 || ctx.Err() != nil {
				t.Errorf("it ran, code %d:\n%s", code, said)
			}
			if !strings.Contains(said, c.names) || strings.Count(said, "\n") != 1 {
				t.Errorf("it said %q", said)
			}
			for _, value := range c.env {
				if len(value) > 4 && strings.Contains(said, value) || strings.Contains(said, "secret") {
					t.Errorf("it quoted the value: %q", said)
				}
			}
		})
	}
}

func TestExitCodeOfRefusal(t *testing.T) {
	srv, err := fakediscord.Start(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}()
	var out safeBuffer
	code := start(deadline(t, patience), []string{"run", "--discord-token", "wrong.token.altogether", "--discord-api-url", srv.URL(), "--http-addr", "none", "--database-url", "sqlite::memory:"},
		streams{strings.NewReader(""), &out, &out})
	if code != exitRefused || !strings.Contains(out.String(), "DISCORD_TOKEN") || strings.Contains(out.String(), "altogether") {
		t.Errorf("code %d:\n%s", code, &out)
	}
}

func TestLogLines(t *testing.T) {
	nasty := []string{
		"one\ntwo", "\r\nlevel=ERROR msg=forged", "\x1b[31mred\x1b[0m", "\u202eevil", "\u2066x\u2069", "\u0085\u2028\u2029", "\x00\x7f\u009b31m", "\U000e0041", `","level":"ERROR"`, "bad\xffutf8", "{}", "\ufeff",
	}
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := logger(config.Logs{Format: format, Level: slog.LevelDebug}, streams{nil, &out, &out})
		for _, text := range nasty {
			out.Reset()
			log.Error(text, "value", text, "err", fmt.Errorf("wrapped: %s", text), slog.Group("g", "inner", text), "any", []string{text})
			line := out.String()
			if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
				t.Errorf("%s: %q became %q", format, text, line)
			}
			for _, r := range strings.TrimSuffix(line, "\n") {
				if r < ' ' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u202e\u2066\u2069\u2028\u2029\ufeff\U000e0041", r) {
					t.Errorf("%s: %q left %U in %q", format, text, r, line)
				}
			}
			if format == "json" {
				var back struct {
					Level, Msg, Value string
				}
				if err := json.Unmarshal([]byte(line), &back); err != nil || back.Level != "ERROR" || back.Msg != strings.ToValidUTF8(text, "\ufffd") || back.Value != back.Msg {
					t.Errorf("%q does not come back: %+v, %v from %s", text, back, err, line)
				}
			}
		}
	}
}

func TestHTTPThatStops(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	drained := false
	err = together(ctx, func(ctx context.Context) error {
		_ = listener.Close() // as if the system took it away
		<-ctx.Done()
		drained = true
		return nil
	}, func(ctx context.Context) error {
		return serve(ctx, listener, http.NotFoundHandler(), new(connections), slog.New(slog.DiscardHandler))
	})
	if err == nil || !strings.Contains(err.Error(), "serving HTTP") || ctx.Err() != nil || !drained {
		t.Errorf("the program ended with %v, the bot drained: %t", err, drained)
	}
}

// Connections that say nothing cannot use up the descriptors of the process.
func TestConnectionsAreBounded(t *testing.T) {
	l, err := listen(config.HTTP{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	accept := func() net.Conn {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		return conn
	}
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	for n := range maxConnections + 1 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		if n < maxConnections {
			open = append(open, accept())
		}
	}
	more := make(chan net.Conn)
	go func() { more <- accept() }()
	select {
	case <-more:
		t.Fatalf("more than %d connections are open", maxConnections)
	case <-time.After(100 * time.Millisecond): // it waits for one to end
	}
	_ = open[1].Close()
	open = append(open, <-more)
}

// A mistake of the operator's ends a command with its own code, as it does `bot run`.
func TestExitCodeOfBackup(t *testing.T) {
	dir := t.TempDir()
	for _, url := range []string{"oracle:x", "postgres://u:p@127.0.0.1:1/x", "sqlite::memory:", "sqlite:" + filepath.Join(dir, "none.db"), "sqlite:" + dir} {
		var out bytes.Buffer
		code := start(t.Context(), []string{"backup", "--database-url", url, filepath.Join(dir, "copy.db")}, streams{strings.NewReader(""), &out, &out})
		if code != exitUsage || !strings.Contains(out.String(), "DATABASE_URL") {
			t.Errorf("%s: code %d, %s", url, code, &out)
		}
	}
}
