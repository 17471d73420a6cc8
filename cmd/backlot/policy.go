package main

import (
	"fmt"
	"io"
	"os"

	"backlot/domain/sourcerequest"
)

type policyCommand struct {
	Check policyCheckCommand `cmd:"" help:"Read a policy file and print what it means."`
}

type policyCheckCommand struct {
	File string `arg:"" help:"The policy file: JSON with zone, critical_days, at_risk_days, redelivery_deadline_hours." type:"existingfile"`
}

// Run prints the policy, or the error that says what is wrong with the file.
func (c *policyCheckCommand) Run() error {
	p, err := readPolicy(c.File)
	if err != nil {
		return err
	}
	return printPolicy(os.Stdout, p)
}

func printPolicy(w io.Writer, p sourcerequest.Policy) error {
	_, err := fmt.Fprintf(w, "zone                 %s\nCritical             EDD after the due date and due in %d days or fewer; a redelivery asked for more than %s ago\nAt Risk              no usable materials and due in %d days or fewer\n",
		p.Zone, p.CriticalDays, p.RedeliveryDeadline, p.AtRiskDays)
	return err
}

// readPolicy reads a policy file; "" is the default policy.
func readPolicy(path string) (sourcerequest.Policy, error) {
	if path == "" {
		return sourcerequest.DefaultPolicy(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return sourcerequest.Policy{}, err
	}
	defer func() { _ = f.Close() }()
	p, err := sourcerequest.ReadPolicy(f)
	if err != nil {
		return p, fmt.Errorf("policy file %s: %w", path, err)
	}
	return p, nil
}
