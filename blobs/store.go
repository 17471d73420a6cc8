package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"github.com/tus/tusd/v2/pkg/s3store"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // the driver of s3:// addresses
	"gocloud.dev/gcerrors"

	"backlot/domain"
)

// Store is a folder or a bucket. It may be used by many at once.
type Store struct {
	bucket  *blob.Bucket
	folder  string // "" for a bucket
	uploads *uploads
}

// Open opens the store at an address: file:///folder, which is made if need be,
// or s3://bucket with the query that gocloud.dev/blob/s3blob describes (region,
// endpoint, use_path_style, response_checksum_validation …) and prefix, which every key begins with.
// Credentials are found where the AWS SDK looks for them. An address that is
// neither is CodeInvalid.
func Open(ctx context.Context, address string) (*Store, error) {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.Scheme == "file" && u.Host == "" && u.Path != "":
		return OpenFolder(u.Path)
	case err == nil && u.Scheme == "s3" && u.Host != "":
		return openBucket(ctx, u)
	}
	return nil, domain.Invalid("blobs", fmt.Sprintf("%q is no address of files", address), "file:///folder", "s3://bucket?region=…")
}

// OpenFolder opens the store in a folder, which is made if need be.
func OpenFolder(folder string) (*Store, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("the folder of files: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(folder, uploadsFolder), 0o700); err != nil {
		return nil, fmt.Errorf("the folder of files: %w", err)
	}
	// Without NoTempDir a rename could cross file systems; nobody needs sidecars.
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("the folder of files: %w", err)
	}
	s := &Store{bucket: bucket, folder: folder}
	s.uploads = newUploads(s, filestore.New(filepath.Join(folder, uploadsFolder)), memorylocker.New())
	s.uploads.place = func(id string) map[string]string { return map[string]string{"Path": s.path(id)} }
	return s, nil
}

func openBucket(ctx context.Context, u *url.URL) (*Store, error) {
	q := u.Query()
	prefix := strings.TrimSuffix(q.Get("prefix"), "/")
	if prefix != "" {
		q.Set("prefix", prefix+"/")
		u.RawQuery = q.Encode()
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("the bucket of files: %w", err)
	}
	var client *s3.Client
	if !bucket.As(&client) {
		return nil, errors.Join(errors.New("the bucket of files has no S3 client"), bucket.Close())
	}
	core := s3store.New(u.Host, client)
	core.ObjectPrefix, core.MetadataObjectPrefix = prefix, path.Join(prefix, uploadsFolder)
	s := &Store{bucket: bucket}
	s.uploads = newUploads(s, core, memorylocker.New())
	return s, nil
}

// Close lets go of the store.
func (s *Store) Close() error { return s.bucket.Close() }

// Create writes a file whole. A file of that id must not be there yet: that is
// CodeConflict.
func (s *Store) Create(ctx context.Context, id string, content io.Reader) error {
	err := s.bucket.Upload(ctx, id, content, &blob.WriterOptions{ContentType: "application/octet-stream", IfNotExist: true})
	if err != nil {
		return translate("write the file "+id, err)
	}
	return s.Sync(ctx, id)
}

// Sync makes a file that came by upload safe against a power cut; a bucket's
// always are.
func (s *Store) Sync(_ context.Context, id string) error {
	if s.folder == "" {
		return nil
	}
	for _, name := range []string{s.path(id), s.folder} {
		f, err := os.Open(name)
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if err != nil {
			return translate("sync the file "+id, err)
		}
	}
	return nil
}

// Delete removes a file; that it is not there is no error.
func (s *Store) Delete(ctx context.Context, id string) error {
	if err := s.bucket.Delete(ctx, id); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return translate("delete the file "+id, err)
	}
	return nil
}

// path is where the folder has a file. Ids are of letters, digits, "-", "_" and
// ".", so they are their own names.
func (s *Store) path(id string) string { return s.folder + string(os.PathSeparator) + id }

// translate makes the error that leaves the package: CodeNotFound, CodeConflict,
// or CodeUnavailable for what may pass.
func translate(what string, err error) error {
	switch code := gcerrors.Code(err); {
	case code == gcerrors.NotFound, errors.Is(err, os.ErrNotExist):
		return &domain.Error{Code: domain.CodeNotFound, Message: "the file is not there", Err: fmt.Errorf("%s: %w", what, err)}
	case code == gcerrors.FailedPrecondition, code == gcerrors.AlreadyExists:
		return &domain.Error{Code: domain.CodeConflict, Message: "the file is there already", Err: fmt.Errorf("%s: %w", what, err)}
	}
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the store of files does not answer; try again", Err: fmt.Errorf("%s: %w", what, err)}
}
