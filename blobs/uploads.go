package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	tus "github.com/tus/tusd/v2/pkg/handler"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"backlot/domain"
	"backlot/domain/upload"
)

// uploadsFolder holds what is known of uploads, apart from the files, so that
// they can be listed however many files there are.
const uploadsFolder = "uploads"

func infoKey(id string) string { return uploadsFolder + "/" + id + ".info" }

// uploads are tusd's stores under one set of names: in a folder and in a bucket
// alike an upload has the id of its file, and beginning it again finds it as
// far as it has come.
type uploads struct {
	*Store
	core      tus.DataStore
	locker    tus.Locker
	place     func(id string) map[string]string // where tusd's store is to put a file; nil for where it likes
	seed      maphash.Seed
	beginning [64]sync.Mutex // of uploads that begin, by their ids
}

func newUploads(s *Store, core tus.DataStore, locker tus.Locker) *uploads {
	return &uploads{Store: s, core: core, locker: locker, seed: maphash.MakeSeed()}
}

// UseIn makes uploads of tusd end up in this store: an upload whose id was
// chosen as a file's id is that file once it is whole. Uploads are kept apart
// within this process: all of one file must go to one process.
func (s *Store) UseIn(composer *tus.StoreComposer) {
	composer.UseCore(s.uploads)
	composer.UseTerminater(s.uploads)
	composer.UseLocker(s.uploads.locker)
}

// named is an upload under its file's id.
type named struct {
	tus.Upload
	id string
}

// GetInfo implements tus.Upload.
func (n *named) GetInfo(ctx context.Context) (tus.FileInfo, error) {
	info, err := n.Upload.GetInfo(ctx)
	info.ID = n.id
	return info, err
}

// NewUpload implements tus.DataStore. An upload that began before goes on.
func (u *uploads) NewUpload(ctx context.Context, info tus.FileInfo) (tus.Upload, error) {
	defer u.begins(info.ID)()
	if there, err := u.GetUpload(ctx, info.ID); !errors.Is(err, tus.ErrNotFound) {
		return there, err
	}
	return u.begin(ctx, info)
}

// begins keeps the beginnings of one upload apart.
func (u *uploads) begins(id string) (done func()) {
	lock := &u.beginning[maphash.String(u.seed, id)%uint64(len(u.beginning))]
	lock.Lock()
	return lock.Unlock
}

// begin begins an upload of a file that was never whole, or was not the one
// that was meant: of that one, a crash may have left the bytes.
func (u *uploads) begin(ctx context.Context, info tus.FileInfo) (tus.Upload, error) {
	if err := u.Delete(ctx, info.ID); err != nil {
		return nil, err
	}
	if u.place != nil {
		info.Storage = u.place(info.ID)
	}
	begun, err := u.core.NewUpload(ctx, info)
	if err != nil {
		return nil, err
	}
	return &named{begun, info.ID}, nil
}

// GetUpload implements tus.DataStore.
func (u *uploads) GetUpload(ctx context.Context, id string) (tus.Upload, error) {
	info, err := u.info(ctx, id)
	if domain.ErrorCode(err) == domain.CodeNotFound {
		return nil, tus.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	there, err := u.core.GetUpload(ctx, info.ID)
	if err != nil {
		return nil, err
	}
	return &named{there, id}, nil
}

// AsTerminatableUpload implements tus.TerminaterDataStore.
func (u *uploads) AsTerminatableUpload(there tus.Upload) tus.TerminatableUpload {
	n, _ := there.(*named) // all of ours are
	return ending{u, n.id}
}

// ending ends an upload. The store of tusd for buckets does that, and writes
// down what goes wrong, from two goroutines at once.
type ending struct {
	*uploads
	id string
}

// Terminate implements tus.TerminatableUpload.
func (e ending) Terminate(ctx context.Context) error { return e.drop(ctx, e.id) }

// info reads what tusd keeps of an upload. What a crash left half written is
// as if it were not there.
func (s *Store) info(ctx context.Context, id string) (info tus.FileInfo, err error) {
	raw, err := s.bucket.ReadAll(ctx, infoKey(id))
	if err != nil {
		return info, translate("read the upload "+id, err)
	}
	if err := json.Unmarshal(raw, &info); err != nil {
		return info, &domain.Error{Code: domain.CodeNotFound, Message: "the upload is not there", Err: err}
	}
	return info, nil
}

// Upload returns an upload; CodeNotFound if there is none of that id.
func (s *Store) Upload(ctx context.Context, id string) (upload.Upload, error) {
	there, err := s.uploads.GetUpload(ctx, id)
	if err != nil {
		return upload.Upload{}, translateUpload("read the upload "+id, err)
	}
	info, err := there.GetInfo(ctx)
	if err != nil {
		return upload.Upload{}, translateUpload("read the upload "+id, err)
	}
	return upload.Upload{ID: id, Size: info.Size, Offset: info.Offset, Ticket: upload.TicketOf(info.MetaData)}, nil
}

// EachUpload calls each with the id of every upload until that fails.
func (s *Store) EachUpload(ctx context.Context, each func(id string) error) error {
	ids, err := s.uploadIDs(ctx)
	// In a folder, a file that is renamed while it is listed breaks the listing off.
	for tries := 1; domain.ErrorCode(err) == domain.CodeNotFound && tries < 10; tries++ {
		ids, err = s.uploadIDs(ctx)
	}
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := each(id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) uploadIDs(ctx context.Context) (ids []string, err error) {
	list := s.bucket.List(&blob.ListOptions{Prefix: uploadsFolder + "/"})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return nil, translate("list the uploads", err)
		}
		if id, ok := strings.CutSuffix(path.Base(o.Key), ".info"); ok {
			ids = append(ids, id)
		}
	}
}

// LastTouched returns when an upload began or its last bytes came.
func (s *Store) LastTouched(ctx context.Context, id string) (time.Time, error) {
	var last time.Time
	for _, key := range []string{infoKey(id), uploadsFolder + "/" + id + ".part", id} {
		a, err := s.bucket.Attributes(ctx, key)
		if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return last, translate("look at the upload "+id, err)
		}
		if err == nil && a.ModTime.After(last) {
			last = a.ModTime
		}
	}
	var client *s3.Client
	if s.folder != "" || !s.bucket.As(&client) {
		return last, nil
	}
	info, err := s.info(ctx, id)
	if err != nil {
		return last, err
	}
	_, multipart, _ := strings.Cut(info.ID, "+")
	bucket, key := info.Storage["Bucket"], info.Storage["Key"]
	parts := s3.NewListPartsPaginator(client, &s3.ListPartsInput{Bucket: &bucket, Key: &key, UploadId: &multipart})
	for parts.HasMorePages() {
		page, err := parts.NextPage(ctx)
		if err != nil {
			return last, nil //nolint:nilerr // it is complete, or was taken away: there are no parts
		}
		for _, p := range page.Parts {
			if p.LastModified != nil && p.LastModified.After(last) {
				last = *p.LastModified
			}
		}
	}
	return last, nil
}

// Amend changes what is written on an upload's ticket.
func (s *Store) Amend(ctx context.Context, id string, t upload.Ticket) error {
	info, err := s.info(ctx, id)
	if err != nil {
		return err
	}
	info.MetaData = t.Metadata()
	raw, err := json.Marshal(info)
	if err != nil {
		return err
	}
	if err := s.bucket.WriteAll(ctx, infoKey(id), raw, nil); err != nil {
		return translate("change the upload "+id, err)
	}
	return nil
}

// Finish makes a whole upload the file, safe against a power cut. To finish it
// again does no harm. CodeNotFound says that its bytes are gone: a bucket can
// have a rule that takes away what is never finished.
func (s *Store) Finish(ctx context.Context, id string) error {
	there, err := s.bucket.Exists(ctx, id)
	if err != nil {
		return translate("look for the file "+id, err)
	}
	if !there {
		if err := s.begun(ctx, id); err != nil {
			return err
		}
		u, err := s.uploads.GetUpload(ctx, id)
		if err != nil {
			return translateUpload("finish the upload "+id, err)
		}
		if err := u.FinishUpload(ctx); err != nil {
			return translateUpload("finish the upload "+id, err)
		}
	}
	return s.Sync(ctx, id)
}

// SHA256 reads a file and returns its checksum, hex.
func (s *Store) SHA256(ctx context.Context, id string) (string, error) {
	f, err := s.Open(ctx, id)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, untilDone{ctx, f}, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// untilDone reads as long as the context lives.
type untilDone struct {
	ctx  context.Context
	from io.Reader
}

// Read implements io.Reader.
func (r untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// Restart takes away what has come of an upload and lets it begin anew.
func (s *Store) Restart(ctx context.Context, id string, size int64, t upload.Ticket) error {
	return s.alone(ctx, id, func() error {
		defer s.uploads.begins(id)() // nobody creates it in between
		if err := s.drop(ctx, id); err != nil {
			return err
		}
		_, err := s.uploads.begin(ctx, tus.FileInfo{ID: id, Size: size, MetaData: t.Metadata()})
		return translateUpload("begin the upload "+id, err)
	})
}

// Drop ends an upload and takes away what has come of it; that there is none is
// no error.
func (s *Store) Drop(ctx context.Context, id string) error {
	return s.alone(ctx, id, func() error { return s.drop(ctx, id) })
}

// drop takes away the bytes before what is known of them: killed in between, it
// is known that something is to be taken away.
func (s *Store) drop(ctx context.Context, id string) error {
	info, err := s.info(ctx, id)
	if err != nil && domain.ErrorCode(err) != domain.CodeNotFound { // half of it may be there
		return err
	}
	if m, ok := s.multipart(info); ok {
		_, err := m.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &m.bucket, Key: &m.key, UploadId: &m.id})
		if err = translateUpload("drop the upload "+id, err); err != nil && domain.ErrorCode(err) != domain.CodeNotFound {
			return err
		}
	}
	if err := s.Delete(ctx, id); err != nil {
		return err
	}
	if err := s.Delete(ctx, uploadsFolder+"/"+id+".part"); err != nil {
		return err
	}
	return s.Settle(ctx, id)
}

// begun makes sure that a bucket still has what came of an upload. tusd takes a
// multipart upload that is gone for one that is whole, and sends it an empty part.
func (s *Store) begun(ctx context.Context, id string) error {
	info, err := s.info(ctx, id)
	if err != nil {
		return err
	}
	if m, ok := s.multipart(info); ok {
		_, err = m.client.ListParts(ctx, &s3.ListPartsInput{Bucket: &m.bucket, Key: &m.key, UploadId: &m.id})
	}
	return translateUpload("look for the upload "+id, err)
}

// multipart is an upload as S3 knows it.
type multipart struct {
	client          *s3.Client
	bucket, key, id string
}

func (s *Store) multipart(info tus.FileInfo) (m multipart, ok bool) {
	m.bucket, m.key = info.Storage["Bucket"], info.Storage["Key"]
	_, m.id, _ = strings.Cut(info.ID, "+")
	return m, m.bucket != "" && s.bucket.As(&m.client)
}

// Settle forgets an upload; the file stays.
func (s *Store) Settle(ctx context.Context, id string) error {
	if err := s.bucket.Delete(ctx, infoKey(id)); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return translate("settle the upload "+id, err)
	}
	return nil
}

// lockTime is how long whoever sends an upload has to let go of it.
const lockTime = 20 * time.Second

// alone does something while nobody sends an upload's bytes; whoever does is
// asked to stop.
func (s *Store) alone(ctx context.Context, id string, do func() error) error {
	lock, err := s.uploads.locker.NewLock(id)
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	if err := lock.Lock(waiting, func() {}); err != nil {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the file is being sent; try again", Err: err}
	}
	return errors.Join(do(), lock.Unlock())
}

func translateUpload(what string, err error) error {
	var own *domain.Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	var notThere interface{ ErrorCode() string }
	if errors.Is(err, tus.ErrNotFound) || errors.As(err, &notThere) && notThere.ErrorCode() == "NoSuchUpload" {
		return &domain.Error{Code: domain.CodeNotFound, Message: "the upload is not there", Err: fmt.Errorf("%s: %w", what, err)}
	}
	return translate(what, err)
}
