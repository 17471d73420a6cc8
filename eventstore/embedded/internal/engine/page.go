package engine

// Bounds of a page.
const (
	pageEvents = 512
	pageBytes  = 1 << 20
)

// Page is a run of records copied out of the store, so that a slow reader
// holds memory of its own and nothing of the store's. It is filled again and
// again.
type Page struct {
	Records []Record

	buf []byte
}

func (p *Page) reset() {
	clear(p.Records)
	p.Records = p.Records[:0]
	// One large event must not stay for the life of a subscription.
	if cap(p.buf) > 2*pageBytes {
		p.buf = nil
	}
	p.buf = p.buf[:0]
}

func (p *Page) full(limit int) bool {
	return len(p.Records) >= limit || len(p.buf) >= pageBytes
}

// add copies an encoded record. Records added before stay valid when buf moves.
func (p *Page) add(position uint64, b []byte) error {
	start := len(p.buf)
	p.buf = append(p.buf, b...)
	r, err := decodeRecord(position, p.buf[start:len(p.buf):len(p.buf)])
	if err != nil {
		return err
	}
	p.Records = append(p.Records, r)
	return nil
}
