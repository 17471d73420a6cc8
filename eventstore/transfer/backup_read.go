package transfer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"backlot/domain"
)

// blocks reads a backup file block by block and checks each.
type blocks struct {
	file    string
	in      *bufio.Reader
	offset  int64 // behind what was read
	count   int
	last    uint64 // position
	total   uint64
	sum     [sha256.Size]byte
	ended   bool // the block before was an end
	decoder *zstd.Decoder
}

func newBlocks(file string, f io.Reader) (*blocks, error) {
	in := bufio.NewReaderSize(f, 64<<10)
	first := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(in, first); err != nil || string(first) != backupMagic {
		return nil, domain.Errorf(domain.CodeInvalid, "%s is not a backup", file)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return &blocks{file: file, in: in, offset: int64(len(backupMagic)), sum: sha256.Sum256([]byte(backupMagic)), decoder: decoder}, nil
}

// errTorn is a file that ends within a block.
var errTorn = errors.New("the file ends within it")

func (r *blocks) damaged(reason error) error {
	d := &DamagedError{File: r.file, Offset: r.offset, Block: r.count + 1, After: r.last, Reason: reason.Error()}
	return &domain.Error{Code: domain.CodeInvalid, Message: d.Error(), Err: errors.Join(d, reason)}
}

// next returns the next block with its compressed events; io.EOF after the
// last one.
func (r *blocks) next() (blockHeader, []byte, error) {
	header := make([]byte, blockHeaderSize)
	n, err := io.ReadFull(r.in, header)
	switch {
	case errors.Is(err, io.EOF):
		return blockHeader{}, nil, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return blockHeader{}, nil, r.damaged(errTorn)
	case err != nil:
		return blockHeader{}, nil, fmt.Errorf("%s: %w", r.file, err)
	}
	h, err := decodeBlockHeader(header)
	if err != nil {
		return h, nil, r.damaged(err)
	}
	payload := make([]byte, h.compressed)
	k, err := io.ReadFull(r.in, payload)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return h, nil, r.damaged(errTorn)
	case err != nil:
		return h, nil, fmt.Errorf("%s: %w", r.file, err)
	}
	if blockSum(r.sum, header, payload) != h.sum {
		return h, nil, r.damaged(errors.New("its checksum is wrong"))
	}
	if h.total != r.total+uint64(h.events) {
		return h, nil, r.damaged(fmt.Errorf("it counts %d events, and there are %d", h.total, r.total+uint64(h.events)))
	}
	r.offset += int64(n + k)
	r.count++
	r.sum, r.total, r.ended = h.sum, h.total, h.kind == kindEnd
	if h.events > 0 {
		r.last = h.last
	}
	return h, payload, nil
}

// events calls each with the events of a block.
func (r *blocks) events(h blockHeader, payload []byte, each func(Event) error) error {
	if h.kind != kindEvents {
		return nil
	}
	raw, err := r.decoder.DecodeAll(payload, make([]byte, 0, h.raw))
	if err == nil && len(raw) != int(h.raw) {
		err = fmt.Errorf("it has %d bytes instead of %d", len(raw), h.raw)
	}
	if err != nil {
		return r.damaged(err)
	}
	for range h.events {
		var e Event
		if e, raw, err = takeEvent(raw); err != nil {
			return r.damaged(err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// backupSource is a backup file as a log.
type backupSource struct{ f *os.File }

// OpenBackup opens a backup file to read it.
func OpenBackup(file string) (Source, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "the backup cannot be read", Err: err}
	}
	return &backupSource{f}, nil
}

// Read implements Source. A damaged or unfinished file gives what stands
// before the damage and then an error that wraps a *DamagedError.
func (s *backupSource) Read(ctx context.Context, from uint64, each func(Event) error) error {
	if _, err := s.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r, err := newBlocks(s.f.Name(), s.f)
	if err != nil {
		return err
	}
	defer r.decoder.Close()
	return r.read(ctx, from, each)
}

func (r *blocks) read(ctx context.Context, from uint64, each func(Event) error) error {
	for {
		h, payload, err := r.next()
		if errors.Is(err, io.EOF) {
			if !r.ended {
				return r.damaged(errors.New("there should be an end: the backup was interrupted, make it again to complete it"))
			}
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if h.events == 0 || h.last < from {
			continue
		}
		err = r.events(h, payload, func(e Event) error {
			if e.Position < from {
				return nil
			}
			return each(e)
		})
		if err != nil {
			return err
		}
	}
}

// Close implements Source.
func (s *backupSource) Close() error { return s.f.Close() }
