package main

type auditCommand struct {
	Export auditExportCommand `cmd:"" help:"Write what was done in a period, by an actor or on a partner's requests to a file."`
}
