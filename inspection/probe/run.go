package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Defaults of a Prober.
const (
	defaultTimeout = 2 * time.Minute
	maxOutput      = 4 << 20
	maxAlloc       = 512 << 20 // bytes at once
	maxPixels      = 64 << 20  // of a frame; those of 8K are half of that
)

// containers are those that files of the trade come in. Playlists and scripts
// that name other files are not among them.
const containers = "mov,mp4,m4a,3gp,3g2,mj2,mxf,matroska,webm,mpegts,mpeg,wav,w64,aiff,flac,mp3,ac3,eac3,aac,caf,avi"

// Prober runs ffprobe.
type Prober struct {
	Command string        // path of ffprobe
	Timeout time.Duration // of one run; default 2 minutes
}

// Find returns the path of ffprobe; "" if it is not installed. A name or path
// other than "" is looked for instead.
func Find(command string) string {
	if command == "" {
		command = "ffprobe"
	}
	found, err := exec.LookPath(command)
	if err != nil {
		return ""
	}
	return found
}

// Report is what ffprobe says of a file.
type Report struct {
	Streams []Stream `json:"streams"`
	Format  Format   `json:"format"`
	// Errors are the lines in which a decoder or the container complained. A file
	// that could not be opened has no streams.
	Errors []string `json:"-"`
	Late   bool     `json:"-"` // ffprobe did not come to an end in time
}

// Stream is a stream of a file.
type Stream struct {
	Index         int            `json:"index"`
	CodecName     string         `json:"codec_name"`
	CodecType     string         `json:"codec_type"` // video, audio, subtitle, data
	Width         int            `json:"width"`
	Height        int            `json:"height"`
	RFrameRate    string         `json:"r_frame_rate"`
	AvgFrameRate  string         `json:"avg_frame_rate"`
	Channels      int            `json:"channels"`
	ChannelLayout string         `json:"channel_layout"`
	Duration      string         `json:"duration"`
	Frames        string         `json:"nb_read_frames"` // decoded ones
	Disposition   map[string]int `json:"disposition"`
}

// Format is the container of a file.
type Format struct {
	FormatName string `json:"format_name"`
	Duration   string `json:"duration"`
}

// Probe looks at a local file; whole says that it is not a part of one, so that
// its beginning and its end can be decoded. The error is that ffprobe could not
// be run, which says nothing of the file.
func (p *Prober) Probe(ctx context.Context, file string, whole bool) (Report, error) {
	r, err := p.run(ctx, file, "-show_format", "-show_streams")
	if err != nil || !whole || r.Late || len(r.Streams) == 0 {
		return r, err
	}
	// Two seconds from the beginning, and two before the end: a file that was cut
	// off still has a beginning.
	intervals := []string{"%+2"}
	if d, err := strconv.ParseFloat(r.Format.Duration, 64); err == nil && d > 4 {
		intervals = append(intervals, fmt.Sprintf("%.3f%%", d-2))
	}
	for _, interval := range intervals {
		decoded, err := p.run(ctx, file, "-count_frames", "-read_intervals", interval, "-show_entries", "stream=index,nb_read_frames")
		if err != nil || decoded.Late {
			r.Late = true
			return r, err
		}
		r.Errors = append(r.Errors, decoded.Errors...)
		if !slices.ContainsFunc(decoded.Streams, func(s Stream) bool { return s.Frames != "" && s.Frames != "0" }) {
			r.Errors = append(r.Errors, "[probe] "+nothing+" at "+interval)
		}
	}
	return r, nil
}

// nothing is noted where ffprobe is silent and has decoded no frame.
const nothing = "nothing can be decoded"

func (p *Prober) run(ctx context.Context, file string, more ...string) (Report, error) {
	timeout := p.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	deadline, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	args := append([]string{
		"-hide_banner", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", containers,
		"-max_alloc", strconv.Itoa(maxAlloc), "-max_pixels", strconv.Itoa(maxPixels), "-threads", "1", "-of", "json",
	}, more...)
	cmd := exec.CommandContext(deadline, p.Command, append(args, "-i", "file:"+file)...)
	cmd.Env = []string{"LC_ALL=C"}
	cmd.WaitDelay = time.Second
	var out, complaints bounded
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err := cmd.Run()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Report{}, ctx.Err()
	case deadline.Err() != nil:
		return Report{Late: true}, nil
	case err != nil && (!errors.As(err, &ended) || ended.ExitCode() < 0 || out.kept.Len()+complaints.kept.Len() == 0):
		// It could not be started, or something ended it: that says nothing of the file.
		return Report{}, fmt.Errorf("ffprobe: %w", err)
	}
	r, decodeErr := Read(out.kept.Bytes())
	if decodeErr != nil {
		return Report{}, fmt.Errorf("ffprobe: %w: %.200s", decodeErr, complaints.kept.String())
	}
	r.Errors = lines(complaints.kept.String())
	return r, nil
}

// Read decodes the JSON that ffprobe writes.
func Read(output []byte) (Report, error) {
	var r Report
	if len(bytes.TrimSpace(output)) == 0 {
		return r, nil
	}
	err := json.Unmarshal(output, &r)
	return r, err
}

func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" && len(out) < 100 {
			out = append(out, line)
		}
	}
	return out
}

// bounded keeps so much of an output and drops the rest.
type bounded struct{ kept bytes.Buffer } // not embedded: its ReadFrom would be used, which has no bound

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if room := maxOutput - b.kept.Len(); room > 0 {
		b.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
