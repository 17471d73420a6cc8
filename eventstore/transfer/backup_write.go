package transfer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"backlot/domain"
)

// blockBytes is how many bytes of events go into a block.
const blockBytes = 1 << 20

// syncBlocks is after how many blocks a file is synced: what a kill or an
// outage can take away.
const syncBlocks = 64

// maxLandmarks is how many events at the end of a backup at least say which store
// it is of: any of them may have been scavenged there since.
const maxLandmarks = 1024

// landmark is an event by which a store is known again.
type landmark struct {
	position uint64
	id       uuid.UUID
}

// backupTarget appends to a backup file.
type backupTarget struct {
	f       *os.File
	encoder *zstd.Encoder

	raw         []byte
	events      uint32
	first, last uint64
	landmarks   []landmark // the last events in the file when it was opened
	total       uint64
	sum         [sha256.Size]byte
	unsynced    int
	ended       bool
	written     int64
}

// openBackupTarget creates a backup file, or opens one to go on where it ends.
// What an interruption left of a last block is cut off; other damage is an
// error, and nothing is changed.
func openBackupTarget(file string) (_ *backupTarget, err error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "the backup cannot be written", Err: err}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	t := &backupTarget{f: f, sum: sha256.Sum256([]byte(backupMagic))}
	if t.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < int64(len(backupMagic)) {
		return t, t.begin()
	}
	return t, t.resume()
}

func (t *backupTarget) begin() error {
	// A shorter file may be the beginning of a first line, and nothing else.
	start, err := io.ReadAll(t.f)
	if err != nil {
		return err
	}
	if string(start) != backupMagic[:len(start)] {
		return domain.Errorf(domain.CodeInvalid, "%s is not a backup", t.f.Name())
	}
	if _, err := t.f.WriteAt([]byte(backupMagic), 0); err != nil {
		return err
	}
	if _, err := t.f.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	return errors.Join(t.f.Sync(), syncDir(filepath.Dir(t.f.Name())))
}

func (t *backupTarget) resume() error {
	r, err := newBlocks(t.f.Name(), t.f)
	if err != nil {
		return err
	}
	defer r.decoder.Close()
	for {
		h, payload, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, errTorn) {
			if err := t.f.Truncate(r.offset); err != nil {
				return err
			}
			break
		}
		if err == nil {
			err = r.events(h, payload, func(e Event) error {
				t.landmarks = append(t.landmarks, landmark{e.Position, e.ID})
				if len(t.landmarks) >= 2*maxLandmarks {
					t.landmarks = slices.Delete(t.landmarks, 0, maxLandmarks)
				}
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	t.last, t.total, t.sum, t.ended = r.last, r.total, r.sum, r.ended
	_, err = t.f.Seek(r.offset, io.SeekStart)
	return err
}

// Write implements Target; the caller passes over what is in the file.
func (t *backupTarget) Write(_ context.Context, e Event) error {
	if t.events == 0 {
		t.first = e.Position
	}
	t.raw = appendEvent(t.raw, e)
	t.events++
	t.last = e.Position
	t.written++
	if len(t.raw) < blockBytes {
		return nil
	}
	return t.block(kindEvents)
}

func (t *backupTarget) block(kind byte) error {
	payload := t.encoder.EncodeAll(t.raw, nil)
	if kind == kindEnd {
		payload, t.first = nil, t.last
	}
	t.total += uint64(t.events)
	h := blockHeader{
		kind: kind, compressed: uint32(len(payload)), raw: uint32(len(t.raw)), events: t.events,
		first: t.first, last: t.last, total: t.total,
	}
	header := h.encode(t.sum, payload)
	if _, err := t.f.Write(append(header, payload...)); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	t.sum, t.ended = h.sum, kind == kindEnd
	t.raw, t.events = t.raw[:0], 0
	if t.unsynced++; t.unsynced < syncBlocks && !t.ended {
		return nil
	}
	t.unsynced = 0
	if err := t.f.Sync(); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// Flush implements Target: it ends the backup.
func (t *backupTarget) Flush(context.Context) (int64, error) {
	if t.events > 0 {
		if err := t.block(kindEvents); err != nil {
			return t.written, err
		}
	}
	if t.ended {
		return t.written, nil
	}
	return t.written, t.block(kindEnd)
}

// Close implements Target.
func (t *backupTarget) Close() error { return errors.Join(t.encoder.Close(), t.f.Close()) }

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
