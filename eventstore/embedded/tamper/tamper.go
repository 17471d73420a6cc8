package tamper

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// Store is the database of a stopped store.
type Store struct{ db *pebble.DB }

// Record is an event in it. Its place in the log is where it is put.
type Record struct {
	Position uint64
	Revision uint64
	ID       uuid.UUID
	Stream   string
	Type     string
	Metadata []byte
	Data     []byte

	flags   byte
	created uint64
	number  uint64 // of the stream
}

// quiet keeps what Pebble says out of the tests' output.
type quiet struct{}

// Infof says nothing.
func (quiet) Infof(string, ...any) {}

// Errorf says nothing.
func (quiet) Errorf(string, ...any) {}

// Fatalf ends the test.
func (quiet) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// listing is what the store knows its files by after it was closed.
const listing = "CLOSED"

// Open opens the database in a store's folder.
func Open(dir string) (*Store, error) {
	if err := os.Remove(filepath.Join(dir, listing)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	db, err := pebble.Open(dir, &pebble.Options{ErrorIfNotExists: true, FormatMajorVersion: pebble.FormatTableFormatV6, Logger: quiet{}, EventListener: &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}}})
	if err != nil {
		return nil, fmt.Errorf("tamper: %w", err)
	}
	return &Store{db}, nil
}

// Close writes everything out and closes the database.
func (s *Store) Close() error { return errors.Join(s.db.Flush(), s.db.Close()) }

func eventKey(position uint64) []byte { return binary.BigEndian.AppendUint64([]byte{'e'}, position) }

func streamKey(number, revision uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte{'s'}, number), revision)
}

// Stream returns the events of a stream, in order; an empty one is an error.
func (s *Store) Stream(name string) ([]Record, error) {
	number, err := s.number(name)
	if err != nil {
		return nil, err
	}
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: streamKey(number, 0), UpperBound: streamKey(number, math.MaxUint64)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = iter.Close() }()
	var records []Record
	for ok := iter.First(); ok; ok = iter.Next() {
		r, err := s.At(binary.BigEndian.Uint64(iter.Value()))
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("tamper: stream %q is empty", name)
	}
	return records, iter.Error()
}

// At returns the event at a position.
func (s *Store) At(position uint64) (Record, error) {
	v, closer, err := s.db.Get(eventKey(position))
	if err != nil {
		return Record{}, fmt.Errorf("tamper: position %d: %w", position, err)
	}
	defer func() { _ = closer.Close() }()
	b := append([]byte(nil), v...)
	r := Record{
		Position: position, flags: b[1], created: binary.BigEndian.Uint64(b[2:]), Revision: binary.BigEndian.Uint64(b[10:]),
		number: binary.BigEndian.Uint64(b[18:]), ID: uuid.UUID(b[26:42]),
	}
	rest := b[42:]
	next := func() []byte {
		n, k := binary.Uvarint(rest)
		field := rest[k : k+int(n)]
		rest = rest[k+int(n):]
		return field
	}
	r.Stream, r.Type, r.Metadata, r.Data = string(next()), string(next()), next(), rest
	return r, nil
}

// End returns the position of the last event.
func (s *Store) End() (uint64, error) {
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{'e'}, UpperBound: []byte{'f'}})
	if err != nil {
		return 0, err
	}
	defer func() { _ = iter.Close() }()
	if !iter.Last() {
		return 0, errors.New("tamper: the store is empty")
	}
	return binary.BigEndian.Uint64(iter.Key()[1:]), nil
}

// Put writes an event to its position, and its stream's index.
func (s *Store) Put(r Record) error {
	b := []byte{1, r.flags}
	b = binary.BigEndian.AppendUint64(b, r.created)
	b = binary.BigEndian.AppendUint64(b, r.Revision)
	b = binary.BigEndian.AppendUint64(b, r.number)
	b = append(b, r.ID[:]...)
	for _, field := range [][]byte{[]byte(r.Stream), []byte(r.Type), r.Metadata} {
		b = binary.AppendUvarint(b, uint64(len(field)))
		b = append(b, field...)
	}
	b = append(b, r.Data...)
	return errors.Join(
		s.db.Set(eventKey(r.Position), b, pebble.NoSync),
		s.db.Set(streamKey(r.number, r.Revision), binary.BigEndian.AppendUint64(nil, r.Position), pebble.NoSync),
	)
}

// Remove takes events out of the log and out of their streams.
func (s *Store) Remove(records ...Record) error {
	for _, r := range records {
		if err := errors.Join(s.db.Delete(eventKey(r.Position), pebble.NoSync), s.db.Delete(streamKey(r.number, r.Revision), pebble.NoSync)); err != nil {
			return err
		}
	}
	return nil
}

// Swap puts two events in each other's place of the log.
func (s *Store) Swap(a, b Record) error {
	a.Position, b.Position = b.Position, a.Position
	return errors.Join(s.Put(a), s.Put(b))
}

// Unindex takes an event out of its stream, but not out of the log.
func (s *Store) Unindex(r Record) error {
	return s.db.Delete(streamKey(r.number, r.Revision), pebble.NoSync)
}

// Redirect has a stream lead to what stands at another position of the log in
// the place of an event.
func (s *Store) Redirect(r Record, position uint64) error {
	return s.db.Set(streamKey(r.number, r.Revision), binary.BigEndian.AppendUint64(nil, position), pebble.NoSync)
}

// SwapEntries has the streams of two events show each in the other's place.
func (s *Store) SwapEntries(a, b Record) error {
	return errors.Join(s.Redirect(a, b.Position), s.Redirect(b, a.Position))
}

// Vanish takes an event out of the log, but not out of its stream.
func (s *Store) Vanish(r Record) error { return s.db.Delete(eventKey(r.Position), pebble.NoSync) }

// Forget takes a stream's name away; its events stay.
func (s *Store) Forget(stream string) error { return s.db.Delete(nameKey(stream), pebble.NoSync) }

// Rename gives a stream's name, or a new one, to the events of another stream.
func (s *Store) Rename(stream, other string) error {
	number, err := s.number(other)
	if err != nil {
		return err
	}
	return s.db.Set(nameKey(stream), binary.BigEndian.AppendUint64(nil, number), pebble.NoSync)
}

// Recount has the store believe that there have been so many fewer streams.
func (s *Store) Recount(fewer uint64) error {
	n, closer, err := s.db.Get(counterKey)
	if err != nil {
		return fmt.Errorf("tamper: count of streams: %w", err)
	}
	next := binary.BigEndian.Uint64(n) - fewer
	return errors.Join(closer.Close(), s.db.Set(counterKey, binary.BigEndian.AppendUint64(nil, next), pebble.NoSync))
}

var counterKey = []byte{'c'}

func nameKey(stream string) []byte { return append([]byte{'n'}, stream...) }

func (s *Store) number(stream string) (uint64, error) {
	n, closer, err := s.db.Get(nameKey(stream))
	if err != nil {
		return 0, fmt.Errorf("tamper: stream %q: %w", stream, err)
	}
	return binary.BigEndian.Uint64(n), closer.Close()
}
