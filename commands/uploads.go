package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"backlot/domain"
	"backlot/domain/upload"
)

// UploadStore is what uploads need of the store of files. Errors are
// CodeNotFound where there is no such upload or file, CodeUnavailable for what
// may pass.
type UploadStore interface {
	Upload(ctx context.Context, id string) (upload.Upload, error)
	EachUpload(ctx context.Context, each func(id string) error) error
	// LastTouched returns when an upload began or its last bytes came.
	LastTouched(ctx context.Context, id string) (time.Time, error)
	// Amend changes what is written on an upload's ticket.
	Amend(ctx context.Context, id string, t upload.Ticket) error
	// Restart takes away what has come of an upload and lets it begin anew.
	Restart(ctx context.Context, id string, size int64, t upload.Ticket) error
	// Drop takes away an upload and what has come of it.
	Drop(ctx context.Context, id string) error
	// Settle forgets an upload; the file stays.
	Settle(ctx context.Context, id string) error
	// Finish makes a whole upload the file, safe against a power cut; as often
	// as one likes.
	Finish(ctx context.Context, id string) error
	// SHA256 reads a file and returns its checksum, hex.
	SHA256(ctx context.Context, id string) (string, error)
}

// Target is what uploads of one purpose are for. It knows by the request's
// stream, so what it says holds in every process.
type Target interface {
	// Begin says whether the principal may send a file, and returns its id and
	// what to write on its ticket.
	Begin(ctx context.Context, by domain.Principal, fileID string, wanted upload.Ticket, size int64) (id string, t upload.Ticket, err error)
	// Admit says whether the principal may look at an upload or, writing, send
	// bytes of it or take it back: nil, or CodeNotFound for what does not exist
	// for them.
	Admit(ctx context.Context, by domain.Principal, u upload.Upload, writing bool) error
	// Arrived makes a file that came whole, and is as declared, what it was sent
	// for. done says that nothing is left to do. It can be called again.
	// CodeRefused lets the file wait.
	Arrived(ctx context.Context, u upload.Upload) (done bool, err error)
	// Fate says what is to become of an upload.
	Fate(ctx context.Context, u upload.Upload) (Fate, error)
}

// Fate is what is to become of an upload.
type Fate int

// The fates.
const (
	Wanted   Fate = iota // somebody may still want it
	Unwanted             // nobody can want it any more
	Taken                // the file is what it was sent for: it is never taken away
)

// UploadsConfig is what uploads work with. Files and Requests are required.
type UploadsConfig struct {
	Files      UploadStore
	Requests   *SourceRequests
	Expiry     time.Duration // how long an upload is kept to which nothing comes; default 7 days
	SweepEvery time.Duration // how often to look for uploads that were left; default 10 min
	Checks     int           // how many files are read for their checksums at once; default 2
	Pause      time.Duration // before something that failed is tried again, at first; default 1 s
	Now        func() time.Time
	Logger     *slog.Logger
}

// Uploads are files on their way: who may send them, and what happens once they
// are whole. What is under way is known by the store of files alone, so that
// any process goes on with it. Safe for concurrent use.
type Uploads struct {
	UploadsConfig
	targets map[upload.Purpose]Target
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	tasks   sync.WaitGroup
	checks  chan struct{}

	mu      sync.Mutex
	pending map[string]bool // whole uploads that this process is to finish, and whether once more after that

	arrived, mismatched, dropped atomic.Uint64
	hashed                       atomic.Int64
}

// NewUploads returns the uploads over a store of files. Run them.
func NewUploads(c UploadsConfig) *Uploads {
	if c.Expiry <= 0 {
		c.Expiry = 7 * 24 * time.Hour
	}
	if c.SweepEvery <= 0 {
		c.SweepEvery = 10 * time.Minute
	}
	if c.Checks <= 0 {
		c.Checks = 2
	}
	if c.Pause <= 0 {
		c.Pause = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	u := &Uploads{UploadsConfig: c, pending: map[string]bool{}, checks: make(chan struct{}, c.Checks)}
	u.targets = map[upload.Purpose]Target{
		upload.Delivery: &deliveredFiles{requests: c.Requests, files: c.Files},
		upload.Material: &stagedFiles{requests: c.Requests},
	}
	u.ctx, u.cancel = context.WithCancel(context.Background())
	return u
}

// Run goes on with what earlier processes left, and looks for such from time to
// time, until Close.
func (u *Uploads) Run() {
	u.tasks.Go(func() {
		tick := time.NewTicker(u.SweepEvery)
		defer tick.Stop()
		for {
			if err := u.Sweep(u.ctx); err != nil && u.ctx.Err() == nil {
				u.Logger.Warn("uploads that were left could not all be looked at", slog.Any("error", err))
			}
			select {
			case <-tick.C:
			case <-u.ctx.Done():
				return
			}
		}
	})
}

// Close stops what is under way; another process, or the next one, goes on.
func (u *Uploads) Close() error {
	u.cancel()
	u.tasks.Wait()
	return nil
}

// errNoUpload is what an upload that is hidden and one that never was have in
// common.
var errNoUpload = domain.Errorf(domain.CodeNotFound, "there is no such upload")

func (u *Uploads) target(p upload.Purpose) (Target, error) {
	t, ok := u.targets[p]
	if !ok {
		return nil, domain.Invalid("purpose", fmt.Sprintf("%q is nothing that a file is sent for", p), string(upload.Delivery), string(upload.Material))
	}
	return t, nil
}

// Begin says whether the principal may send a file of so many bytes, and
// returns its id and ticket. Without a purpose it is for a delivery.
func (u *Uploads) Begin(ctx context.Context, by domain.Principal, fileID string, wanted upload.Ticket, size int64) (string, upload.Ticket, error) {
	if wanted.Purpose == "" {
		wanted.Purpose = upload.Delivery
	}
	target, err := u.target(wanted.Purpose)
	if err != nil {
		return "", upload.Ticket{}, err
	}
	return target.Begin(ctx, by, fileID, wanted, size)
}

// Admit says whether the principal may look at an upload or, writing, send
// bytes of it or take it back.
func (u *Uploads) Admit(ctx context.Context, by domain.Principal, id string, writing bool) (upload.Upload, error) {
	up, err := u.Files.Upload(ctx, id)
	if domain.ErrorCode(err) == domain.CodeNotFound {
		return up, errNoUpload
	}
	if err != nil {
		return up, err
	}
	target, err := u.target(up.Purpose)
	if err != nil {
		return up, errNoUpload
	}
	return up, target.Admit(ctx, by, up, writing)
}

// Progress returns an upload as it stands; ok is false if there is none.
func (u *Uploads) Progress(ctx context.Context, id string) (up upload.Upload, ok bool, err error) {
	up, err = u.Files.Upload(ctx, id)
	if domain.ErrorCode(err) == domain.CodeNotFound {
		return up, false, nil
	}
	return up, err == nil, err
}

// Whole says that the last byte of an upload came. It returns when the file is
// safe; what else there is to do happens afterwards.
func (u *Uploads) Whole(ctx context.Context, id string) error {
	if err := u.Files.Finish(ctx, id); err != nil {
		return err
	}
	u.finishLater(id)
	return nil
}

// finishLater lets a whole upload be checked and handed over: after what is
// under way with it, which may have been about what was sent before.
func (u *Uploads) finishLater(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ctx.Err() != nil {
		return
	}
	if _, under := u.pending[id]; under {
		u.pending[id] = true
		return
	}
	u.pending[id] = false
	u.tasks.Go(func() {
		for again := true; again; again = u.askedAgain(id) {
			u.finishUntilDone(id)
		}
	})
}

// askedAgain reports whether an upload is to be looked at once more; if not, it
// is not pending any more.
func (u *Uploads) askedAgain(id string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.pending[id] && u.ctx.Err() == nil {
		u.pending[id] = false
		return true
	}
	delete(u.pending, id)
	return false
}

// finishUntilDone tries again what fails for a reason that may pass.
func (u *Uploads) finishUntilDone(id string) {
	pause := u.Pause
	for {
		select {
		case u.checks <- struct{}{}:
		case <-u.ctx.Done():
			return
		}
		err := u.finish(u.ctx, id)
		<-u.checks
		if err == nil || u.ctx.Err() != nil {
			return
		}
		u.Logger.Warn("a file that arrived could not be handed over; it is tried again", slog.String("file", id), slog.Any("error", err))
		select {
		case <-time.After(pause):
		case <-u.ctx.Done():
			return
		}
		pause = min(2*pause, time.Minute)
	}
}

// finish goes on with a whole upload where it stands: each step is known by the
// ticket or by the request's stream, so a crash between two repeats none.
func (u *Uploads) finish(ctx context.Context, id string) error {
	up, err := u.Files.Upload(ctx, id)
	if domain.ErrorCode(err) == domain.CodeNotFound || err == nil && (up.Done || !up.Whole()) {
		return nil
	}
	if err != nil {
		return err
	}
	target, err := u.target(up.Purpose)
	if err != nil {
		return u.Files.Drop(ctx, id)
	}
	if up.Found == "" {
		if up.Found, err = u.checksum(ctx, up); domain.ErrorCode(err) == domain.CodeNotFound {
			return u.Files.Drop(ctx, id)
		}
		if err != nil {
			return err
		}
		if up.SHA256 != "" && up.SHA256 != up.Found {
			return u.sendAgain(ctx, up)
		}
		up.At = u.Now()
		if err := u.Files.Amend(ctx, id, up.Ticket); err != nil {
			return err
		}
	}
	done, err := target.Arrived(ctx, up)
	switch domain.ErrorCode(err) {
	case "":
		if !done {
			return nil
		}
		u.arrived.Add(1)
		return u.settleLater(ctx, up)
	case domain.CodeRefused, domain.CodeInvalid:
		return u.wait(ctx, up, err)
	case domain.CodeNotFound, domain.CodeForbidden:
		return u.drop(ctx, target, up, "whoever sent it may not any more")
	}
	return err
}

// checksum makes sure of the file, and reads it.
func (u *Uploads) checksum(ctx context.Context, up upload.Upload) (string, error) {
	if err := u.Files.Finish(ctx, up.ID); err != nil {
		return "", err
	}
	sum, err := u.Files.SHA256(ctx, up.ID)
	if err == nil {
		u.hashed.Add(up.Size)
	}
	return sum, err
}

// sendAgain takes away a file that is not the declared one, and says so.
func (u *Uploads) sendAgain(ctx context.Context, up upload.Upload) error {
	u.mismatched.Add(1)
	u.Logger.Warn("a file arrived that is not the declared one", slog.String("file", up.ID), slog.String("request_id", up.RequestID))
	again := up.Ticket
	again.Problem = fmt.Sprintf("the file that arrived is not the declared one: its SHA-256 is %s; send it again", up.Found)
	again.Found, again.At = "", u.Now()
	return u.Files.Restart(ctx, up.ID, up.Size, again)
}

// wait keeps a file that the present state of its request does not take.
func (u *Uploads) wait(ctx context.Context, up upload.Upload, refusal error) error {
	why := messageOf(refusal)
	if up.Problem == why {
		return nil
	}
	up.Problem, up.At = why, u.Now()
	return u.Files.Amend(ctx, up.ID, up.Ticket)
}

// settleLater keeps the ticket of a file that was handed over for a while: a
// client that lost the last answer learns from it that all is well.
func (u *Uploads) settleLater(ctx context.Context, up upload.Upload) error {
	up.Done, up.Problem, up.At = true, "", u.Now()
	return u.Files.Amend(ctx, up.ID, up.Ticket)
}

// drop takes an upload away, unless the file is what it was sent for.
func (u *Uploads) drop(ctx context.Context, target Target, up upload.Upload, why string) error {
	fate, err := target.Fate(ctx, up)
	if err != nil {
		return err
	}
	if fate == Taken {
		return u.settleLater(ctx, up)
	}
	u.dropped.Add(1)
	u.Logger.Info("an upload was taken away", slog.String("file", up.ID), slog.String("request_id", up.RequestID), slog.String("reason", why))
	return u.Files.Drop(ctx, up.ID)
}

const (
	// settleAfter is how long the ticket of a file that was handed over is kept.
	settleAfter = 24 * time.Hour
	// halfWritten is how old an upload that cannot be read is before it is taken
	// for one that a crash left, and not for one that is just beginning.
	halfWritten = time.Hour
)

// Sweep looks at every upload: it finishes what is whole, and takes away what
// nobody wants or sends any more.
func (u *Uploads) Sweep(ctx context.Context) error {
	return u.Files.EachUpload(ctx, func(id string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.look(ctx, id); err != nil && ctx.Err() == nil {
			u.Logger.Warn("an upload could not be looked at", slog.String("file", id), slog.Any("error", err))
		}
		return nil
	})
}

func (u *Uploads) look(ctx context.Context, id string) error {
	up, err := u.Files.Upload(ctx, id)
	gone := domain.ErrorCode(err) == domain.CodeNotFound
	switch {
	case err != nil && !gone:
		return err
	case up.Done:
		if u.Now().Sub(up.At) > settleAfter {
			return u.Files.Settle(ctx, id)
		}
		return nil
	}
	touched, err := u.Files.LastTouched(ctx, id)
	if err != nil {
		return err
	}
	idle := u.Now().Sub(touched)
	if gone {
		if idle > halfWritten {
			return u.Files.Drop(ctx, id)
		}
		return nil
	}
	target, err := u.target(up.Purpose)
	if err != nil {
		return u.Files.Drop(ctx, id)
	}
	fate, err := target.Fate(ctx, up)
	switch {
	case err != nil:
		return err
	case fate == Unwanted:
		return u.drop(ctx, target, up, "nobody wants it any more")
	case fate == Wanted && idle > u.Expiry:
		return u.drop(ctx, target, up, "nothing came for "+u.Expiry.String())
	case up.Whole():
		u.finishLater(id)
	}
	return nil
}

// UploadStats count what this process did with uploads.
type UploadStats struct {
	Pending                      int    // whole ones that are looked at or wait for it
	Arrived, Mismatched, Dropped uint64 // files that were handed over, were not as declared, were taken away
	Hashed                       int64  // bytes read for checksums
}

// Stats counts what this process did.
func (u *Uploads) Stats() UploadStats {
	u.mu.Lock()
	defer u.mu.Unlock()
	return UploadStats{Pending: len(u.pending), Arrived: u.arrived.Load(), Mismatched: u.mismatched.Load(), Dropped: u.dropped.Load(), Hashed: u.hashed.Load()}
}

func messageOf(err error) string {
	var e *domain.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// hashOf is the body hash of a command that no client sent.
func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
