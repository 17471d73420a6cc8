package inspection

import (
	"errors"
	"io"
	"os"
)

// edge is how much of the beginning and of the end of a file is copied for
// ffprobe, which reads files of this machine only: what says what a file is lies
// there.
const edge = 64 << 20

var errShorter = errors.New("the file became shorter while it was copied")

// part is a copy of a file, sparse in the middle.
type part struct{ name string }

func (p part) remove() { _ = os.Remove(p.name) }

// part copies the edges of a file; complete says that they are all of it.
func (t Tools) part(c Content) (p part, complete bool, err error) {
	out, err := os.CreateTemp(t.Temp, "backlot-probe-*")
	if err != nil {
		return p, false, err
	}
	p.name = out.Name()
	defer func() {
		if closing := out.Close(); err == nil {
			err = closing
		}
		if err != nil {
			p.remove()
		}
	}()
	size := c.Size()
	if err = out.Truncate(size); err != nil {
		return p, false, err
	}
	from := []int64{0}
	if size > 2*edge {
		from = append(from, size-edge)
	}
	for _, at := range from {
		n := size - at
		if len(from) > 1 {
			n = edge
		}
		if _, err = c.Seek(at, io.SeekStart); err != nil {
			return p, false, err
		}
		copied, err := io.Copy(io.NewOffsetWriter(out, at), io.LimitReader(c, n))
		if err != nil {
			return p, false, err
		}
		if copied < n {
			return p, false, errShorter
		}
	}
	return p, len(from) == 1, nil
}
