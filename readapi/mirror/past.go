package mirror

import (
	"context"
	"fmt"
	"strconv"

	"backlot/readmodel"
)

// loadPast reads the ended versions of rows. Meanwhile segments may be dropped
// and others may grow: what is missing at the beginning ended before the moment
// that is read at the end.
func (m *Mirror[S]) loadPast(ctx context.Context, g readmodel.Generation, b Past, info map[string]string) error {
	first, count := infoNumber(info, readmodel.InfoPastFirst), infoNumber(info, readmodel.InfoPastCount)
	segments := (count + readmodel.EndedPerSegment - 1) / readmodel.EndedPerSegment
	found := false
	for segment := first; segment < segments; segment += segmentsAtOnce {
		var keys []string
		for n := segment; n < min(segment+segmentsAtOnce, segments); n++ {
			keys = append(keys, g.Past(uint32(n)))
		}
		values, err := m.cfg.Redis.MGet(ctx, keys...).Result()
		if err != nil {
			return err
		}
		for i, v := range values {
			held, ok := v.(string)
			if !ok && !found {
				continue
			}
			found = true
			rows, err := readmodel.UnpackPast([]byte(held))
			if err == nil {
				err = b.PutPast(uint32(segment+int64(i))*readmodel.EndedPerSegment, rows)
			}
			if err != nil {
				return fmt.Errorf("mirror: segment %d of ended versions: %w", segment+int64(i), err)
			}
		}
	}
	if !found {
		if err := b.PutPast(uint32(count), nil); err != nil {
			return err
		}
	}
	after, err := m.cfg.Redis.HGetAll(ctx, g.Info()).Result()
	if err != nil {
		return err
	}
	b.ForgetPast(infoNumber(after, readmodel.InfoPastFrom))
	return nil
}

// infoNumber returns a field of the info hash, 0 without it.
func infoNumber(info map[string]string, field string) int64 {
	n, _ := strconv.ParseInt(info[field], 10, 64)
	return n
}
