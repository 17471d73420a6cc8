package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"backlot/internal/bench"
)

type benchCommand struct {
	Sizes   []int         `help:"Requests of the data sets." default:"10000,100000,1000000"`
	Only    []string      `help:"Take these measures only: ${measures}; all but page by default."`
	Peers   []string      `help:"Whom to compare with: postgres, duckdb, bitmaps; none for nobody." default:"postgres,duckdb,bitmaps"`
	Rounds  int           `help:"Rounds of each measure." default:"5"`
	Window  time.Duration `help:"How long a rate is measured in each round." default:"3s"`
	Dir     string        `help:"Folder on the disk to measure; what is made there is removed." type:"path"`
	DuckDB  string        `name:"duckdb" help:"Folder of duckdb.mjs, with DuckDB installed by npm ci." default:"internal/bench/duckdb" type:"path"`
	Web     string        `help:"Folder of the page, with its packages installed, for the measure page." default:"web" type:"path"`
	JSON    string        `name:"json" help:"Write every figure to this file." type:"path"`
	Chart   string        `help:"Write a chart of the questions to this file, as SVG." type:"path"`
	Against string        `help:"Compare with a run that --json wrote; it is an error to be worse beyond noise." type:"existingfile"`
}

// Run measures and prints tables. It ends with an error when answers differ,
// when a figure is worse than in the run that it is compared with, or when a
// measure misses what it must show.
func (c *benchCommand) Run(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	var before *bench.Report
	if c.Against != "" {
		if before, err = bench.Read(c.Against); err != nil {
			return err
		}
	}
	peers := c.Peers
	if len(peers) == 1 && peers[0] == "none" {
		peers = []string{}
	}
	r, err := bench.Run(ctx, bench.Config{
		Program: program, Sizes: c.Sizes, Only: c.Only, Peers: peers, Rounds: c.Rounds, Window: c.Window, Dir: c.Dir, DuckDB: c.DuckDB, Web: c.Web, Out: os.Stderr,
	})
	if len(r.Questions)+len(r.Measures) > 0 {
		fmt.Print(r.Markdown())
		err = errors.Join(err, c.write(r))
	}
	if err != nil {
		return err
	}
	if before != nil {
		table, worse := r.Against(before)
		fmt.Print("\n", table)
		if worse > 0 {
			err = fmt.Errorf("%d figures are worse than in %s", worse, c.Against)
		}
	}
	if missed := r.Missed(); len(missed) > 0 {
		err = errors.Join(err, fmt.Errorf("missed:\n%s", strings.Join(missed, "\n")))
	}
	return err
}

func (c *benchCommand) write(r *bench.Report) (err error) {
	if c.JSON != "" {
		err = r.Write(c.JSON)
	}
	if c.Chart != "" {
		err = errors.Join(err, r.WriteChart(c.Chart))
	}
	return err
}

// benchMeasures is for the help.
func benchMeasures() string {
	var names []string
	for _, m := range bench.Measures() {
		names = append(names, m[0])
	}
	return strings.Join(names, ", ")
}
