package commands

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Open opens a request under an id, or under a number of the server's when id
// is "". Errors: CodeConflict if the id is taken, and those of Change.
func (s *SourceRequests) Open(ctx context.Context, id string, c sourcerequest.Open, i domain.Instruction) (sourcerequest.Outcome, error) {
	if id != "" {
		if err := sourcerequest.ValidateID(id); err != nil {
			return sourcerequest.Outcome{}, err
		}
		return s.handle(ctx, id, c, i)
	}
	// Refuse before a number is taken for nothing.
	if err := sourcerequest.Authorize(i.By, sourcerequest.State{}, c); err != nil {
		return sourcerequest.Outcome{}, err
	}
	if _, err := sourcerequest.Decide(sourcerequest.State{}, c); err != nil {
		return sourcerequest.Outcome{}, err
	}
	for range maxAttempts {
		id, taken, err := s.numbers.idFor(ctx, i)
		if err != nil {
			return sourcerequest.Outcome{}, err
		}
		out, err := s.handle(ctx, id, c, i)
		if domain.ErrorCode(err) != domain.CodeConflict {
			return out, err
		}
		if err := s.numbers.replace(ctx, i, taken); err != nil {
			return sourcerequest.Outcome{}, err
		}
	}
	return sourcerequest.Outcome{}, domain.Errorf(domain.CodeConflict, "no free request id was found; give one")
}

// blockSize is how many numbers are reserved at once; a restart leaves the
// rest of a block unused.
const blockSize = 64

// firstNumber leaves room below for ids that people choose by hand.
const firstNumber = 1_000_001

// numbers gives out request ids.
type numbers struct {
	log Log
	now func() time.Time

	mu         sync.Mutex
	next, left uint64
}

func numberStream(i domain.Instruction) string {
	return sourcerequest.NumberStreamPrefix + uuid.NewSHA1(eventIDs, []byte(i.CommandKey()+"\x00number")).String()
}

// idFor returns the id that a command got before, or a new one kept under the
// command's key.
func (n *numbers) idFor(ctx context.Context, i domain.Instruction) (string, domain.Recorded, error) {
	last, ok, err := n.log.LastEvent(ctx, numberStream(i))
	if err != nil {
		return "", last, err
	}
	if !ok {
		if err := n.replace(ctx, i, domain.Recorded{}); err != nil {
			return "", last, err
		}
		if last, _, err = n.log.LastEvent(ctx, numberStream(i)); err != nil {
			return "", last, err
		}
	}
	numbered, ok := last.Event.(sourcerequest.Numbered)
	if !ok {
		return "", last, domain.Errorf(domain.CodeInternal, "the stream %s ends with %s", last.Stream, last.Type)
	}
	if last.Metadata.CommandHash != i.BodyHash {
		return "", last, errKeyReused
	}
	return numbered.ID, last, nil
}

// replace keeps a new number under the command's key, after the event that
// gave the one before. A conflict means that the same command runs twice: the
// other run's number stands.
func (n *numbers) replace(ctx context.Context, i domain.Instruction, before domain.Recorded) error {
	number, err := n.take(ctx, i)
	if err != nil {
		return err
	}
	var t tail
	if before.Type != "" {
		t.see(before)
	}
	stream := numberStream(i)
	attempt := i
	attempt.Key = fmt.Sprintf("%s/%d", i.Key, number)
	drafts := draft(&t, stream, attempt, n.now(), sourcerequest.Numbered{ID: sourcerequest.NumberedID(number)})
	_, _, err = n.log.Append(ctx, stream, t.version, drafts)
	if domain.ErrorCode(err) == domain.CodeConflict {
		return nil
	}
	return err
}

// take returns a number that nobody else gets.
func (n *numbers) take(ctx context.Context, i domain.Instruction) (uint64, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var err error
	for attempt := 0; n.left == 0; attempt++ {
		if attempt == maxAttempts {
			return 0, err
		}
		var t tail
		first := uint64(firstNumber)
		last, ok, e := n.log.LastEvent(ctx, sourcerequest.NumbersStream)
		if e != nil {
			return 0, e
		}
		if ok {
			t.see(last)
			if block, ok := last.Event.(sourcerequest.NumbersReserved); ok {
				first = block.First + block.Count
			}
		}
		block := i
		block.Key = fmt.Sprintf("%s/block/%d", i.Key, first)
		drafts := draft(&t, sourcerequest.NumbersStream, block, n.now(), sourcerequest.NumbersReserved{First: first, Count: blockSize})
		// A random id: a number reserved before a crash must not look reserved again.
		drafts[0].ID = uuid.New()
		if _, _, err = n.log.Append(ctx, sourcerequest.NumbersStream, t.version, drafts); err == nil {
			n.next, n.left = first, blockSize
		} else if domain.ErrorCode(err) != domain.CodeConflict {
			return 0, err
		}
	}
	number := n.next
	n.next++
	n.left--
	return number, nil
}
