package embedded

import "backlot/eventstore/embedded/internal/engine"

// DamagedFileError is a file of the store that is not what was written to it.
// Opening a store may fail with it, and reading one.
type DamagedFileError = engine.DamagedFileError

// Inspect looks at every byte of the files of the store in a directory, without
// changing anything, and returns those that are damaged. What was written last
// before a crash cannot be judged. It fails with ErrInUse while the store is
// open.
func Inspect(dir string) ([]*DamagedFileError, error) {
	return engine.Inspect(engine.Options{Dir: dir})
}
