package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/seal"
	"backlot/eventstore/embedded/tamper"
)

// runAudit runs `backlot audit …` and returns what it printed and its exit code.
func runAudit(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	c := exec.CommandContext(t.Context(), binary, append([]string{"audit"}, args...)...)
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out.String(), exit.ExitCode()
	}
	require.NoError(t, err)
	return out.String(), 0
}

// copyData copies the data folder of a stopped server.
func copyData(t *testing.T, data string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.CopyFS(to, os.DirFS(data)))
	return to
}

// contents are the files below a folder by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	}))
	return files
}

func edit(t *testing.T, data string, change func(*tamper.Store)) {
	t.Helper()
	s, err := tamper.Open(filepath.Join(data, "eventstore"))
	require.NoError(t, err)
	change(s)
	require.NoError(t, s.Close())
}

// TestAudit seals the log of a real server, keeps a signed list of its seals,
// and verifies the store through the server, at rest, and after changes to it.
func TestAudit(t *testing.T) {
	folder := t.TempDir()
	data, keys, list := filepath.Join(folder, "data"), filepath.Join(folder, "auditor.pem"), filepath.Join(folder, "seals.json")
	out, code := runAudit(t, "keygen", "--key", keys)
	require.Zero(t, code, out)
	require.Contains(t, out, keys+".pub")
	info, err := os.Stat(keys)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	_, code = runAudit(t, "keygen", "--key", keys)
	require.Equal(t, 1, code, "a key that is there stays")
	signed := []string{"--seals", list, "--public-key", keys + ".pub"}

	p := start(t, data, "--seal-every", "1h")
	out, err = p.importFile(t.Context(), writeFile(t, "catalogue.csv", catalogue()))
	require.NoError(t, err, out)
	out, code = runAudit(t, "seal", "--server", p.url, "--token", token, "--key", keys, "--out", list)
	require.Zero(t, code, out)
	var export seal.Export
	file, err := os.ReadFile(list)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(file, &export))
	require.NotEmpty(t, export.Seals)
	p.do("POST", "/api/v1/requests", "after", openBody("after-the-seal"))

	intact := func(args ...string) {
		t.Helper()
		out, code := runAudit(t, append([]string{"verify"}, args...)...)
		assert.Zero(t, code, out)
		assert.Contains(t, out, "Nothing is wrong.")
	}
	intact("--server", p.url, "--token", token)
	intact(append(signed, "--server", p.url, "--token", token)...)
	intact(append(signed, "--data", data)...) // through the running server
	intact("--server", p.url, "--token", token, "--deep")
	p.stop()
	before := contents(t, data)
	intact(append(signed, "--data", data)...)
	intact("--data", data)
	assert.Equal(t, before, contents(t, data), "not a byte is changed")

	backup, restored, copied := filepath.Join(folder, "backup"), filepath.Join(folder, "restored"), filepath.Join(folder, "copied")
	require.NoError(t, (&backupCommand{File: backup, Data: data}).Run(t.Context()))
	require.NoError(t, (&restoreCommand{File: backup, Data: restored}).Run(t.Context()))
	require.NoError(t, (&copyCommand{From: restored, To: copied}).Run(t.Context()))
	for _, place := range []string{restored, copied} {
		intact(append(signed, "--data", place)...)
	}

	found := func(data, want string, args ...string) {
		t.Helper()
		out, code := runAudit(t, append([]string{"verify", "--data", data}, args...)...)
		assert.Equal(t, 1, code, out)
		assert.Contains(t, out, want)
	}
	id, _, _ := strings.Cut(strings.SplitN(string(catalogue()), "\n", 3)[1], ",")
	victim := "sourceRequest-" + id
	altered := copyData(t, data)
	edit(t, altered, func(s *tamper.Store) {
		records, err := s.Stream(victim)
		require.NoError(t, err)
		records[0].Data = bytes.Replace(records[0].Data, []byte(`"title":"`), []byte(`"title":"X`), 1)
		require.NoError(t, s.Put(records[0]))
	})
	found(altered, "altered        stream "+victim+", revision 0")

	hidden := copyData(t, data)
	edit(t, hidden, func(s *tamper.Store) {
		records, err := s.Stream(victim)
		require.NoError(t, err)
		require.NoError(t, s.Unindex(records[0]))
	})
	found(hidden, "hidden         stream "+victim+", revision 0")
	served := start(t, hidden, "--seal-every", "1h")
	out, code = runAudit(t, "verify", "--server", served.url, "--token", token)
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "hidden         stream "+victim+", revision 0")
	served.stop()

	shortened := copyData(t, data)
	edit(t, shortened, func(s *tamper.Store) {
		end, err := s.End()
		require.NoError(t, err)
		for p := uint64(export.Seals[len(export.Seals)-1].Position); p <= end; p++ {
			r, err := s.At(p)
			require.NoError(t, err)
			require.NoError(t, s.Remove(r))
			if r.Revision == 0 {
				require.NoError(t, errors.Join(s.Forget(r.Stream), s.Recount(1)))
			}
		}
	})
	intact("--data", shortened) // with its seals the tail has lost what proves it
	last := export.Seals[len(export.Seals)-1]
	found(shortened, fmt.Sprintf("stream %s, revision %d", last.LastStream, last.LastRevision), signed...)

	manifests, err := filepath.Glob(filepath.Join(data, "eventstore", "MANIFEST-*"))
	require.NoError(t, err)
	tables, err := filepath.Glob(filepath.Join(data, "eventstore", "*.sst"))
	require.NoError(t, err)
	for _, file := range append(manifests, tables...) {
		damaged := copyData(t, data)
		name := filepath.Base(file)
		path := filepath.Join(damaged, "eventstore", name)
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		b[len(b)/2] ^= 1
		require.NoError(t, os.WriteFile(path, b, 0o600))
		found(damaged, "corrupt        file "+name)
	}

	forged := filepath.Join(folder, "forged.json")
	require.NoError(t, os.WriteFile(forged, bytes.Replace(file, []byte(last.LastStream), []byte(last.LastStream+"x"), 1), 0o600))
	out, code = runAudit(t, "verify", "--data", data, "--seals", forged, "--public-key", keys+".pub")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "not what the owner of this public key signed")
	for wrong, args := range map[string][]string{
		"go together":         {"--data", data, "--seals", list},
		"no event store":      {"--data", folder},
		"not a PEM file":      {"--data", data, "--seals", list, "--public-key", list},
		"is no list of seals": {"--data", data, "--seals", keys, "--public-key", keys + ".pub"},
		"not the address":     {"--eventstore", "x://"},
	} {
		out, code := runAudit(t, append([]string{"verify"}, args...)...)
		assert.Equal(t, 1, code)
		assert.Contains(t, out, wrong)
	}
}
