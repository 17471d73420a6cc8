package main

type auditCommand struct {
	Export auditExportCommand `cmd:"" help:"Write what was done in a period, by an actor or on a partner's requests to a file."`
	Verify auditVerifyCommand `cmd:"" help:"Verify that the log is what was recorded: hash chains, seals and, if given, exported seals."`
	Seal   auditSealCommand   `cmd:"" help:"Seal the log of a running server, and keep a signed list of its seals."`
	Keygen auditKeygenCommand `cmd:"" help:"Make the key pair that signs exported seals."`
}
