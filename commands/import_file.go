package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"backlot/commands/workbook"
)

// asCSV returns a file of size bytes that was taken in, at its start, in the
// form that the row reader reads. A workbook is replaced with a file of its
// sheet beside it, line for row, so that reading it again, resuming at an
// offset and reports by line are the same for both. On an error the given file
// is still there. Errors: those of workbook.ToCSV and of the header.
func asCSV(ctx context.Context, file *os.File, size int64) (*os.File, int64, error) {
	start := make([]byte, workbook.StartLength)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return file, size, err
	}
	if !workbook.IsWorkbook(start[:n]) {
		_, err = file.Seek(0, io.SeekStart)
		return file, size, err
	}
	dir := filepath.Dir(file.Name())
	sheet, err := os.CreateTemp(dir, "import-*.csv")
	if err != nil {
		return file, size, fmt.Errorf("keeping the workbook's sheet: %w", err)
	}
	_, err = workbook.ToCSV(ctx, file, size, sheet, workbook.Options{TempDir: dir, Header: checkHeader, Value: guarded})
	if err == nil {
		size, err = sheet.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		_, err = sheet.Seek(0, io.SeekStart)
	}
	old := file
	if err != nil {
		old, sheet = sheet, file
	}
	_ = old.Close()
	_ = os.Remove(old.Name())
	return sheet, size, err
}

func checkHeader(names []string) error {
	_, err := columnsOf(names)
	return err
}
