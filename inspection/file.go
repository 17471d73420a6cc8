package inspection

import (
	"context"
	"io"
	"sync"
)

// Content is an open file.
type Content interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64 // bytes
}

// local is content that lies in the file system, at a path.
type local interface{ Path() string }

// File is a delivered file.
type File struct {
	ID     string
	Name   string
	Size   int64  // bytes, as declared
	SHA256 string // hex, as declared; "" if it was not
	Open   func(context.Context) (Content, error)
}

// alive is content that is read no further than its context lives: hashing a
// large file must not hold up whoever wants to end.
type alive struct {
	Content
	ctx context.Context
}

func whileAlive(open func(context.Context) (Content, error)) func(context.Context) (Content, error) {
	return func(ctx context.Context) (Content, error) {
		c, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &alive{c, ctx}, nil
	}
}

// Read implements io.Reader.
func (a *alive) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.Content.Read(p)
}

// ReadAt implements io.ReaderAt.
func (a *alive) ReadAt(p []byte, off int64) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.Content.ReadAt(p, off)
}

// block is how much is read ahead. Formats are read in small pieces here and
// there, and a bucket answers each reading with a request.
const block = 1 << 20

// ahead reads a file block by block.
type ahead struct {
	from io.ReaderAt
	size int64

	mu    sync.Mutex
	block []byte
	at    int64
}

// ReadAt implements io.ReaderAt.
func (a *ahead) ReadAt(p []byte, off int64) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= a.size {
			return n, io.EOF
		}
		if at < a.at || at >= a.at+int64(len(a.block)) {
			if err := a.fill(at - at%block); err != nil {
				return n, err
			}
		}
		n += copy(p[n:], a.block[at-a.at:])
	}
	return n, nil
}

func (a *ahead) fill(at int64) error {
	if a.block == nil {
		a.block = make([]byte, block)
	}
	a.block = a.block[:min(block, a.size-at)]
	a.at = at
	n, err := a.from.ReadAt(a.block, at)
	if n == len(a.block) {
		return nil
	}
	a.block = a.block[:0]
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
