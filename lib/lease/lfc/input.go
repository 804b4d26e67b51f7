package lfc

import (
	"fmt"
	"io"
	"slices"

	"nestor/lib/lease/leasefile"
)

// input is an open file whose rows are read again by offset. A previous file is
// in order of address, which is the order of reading, so a window of it is kept
// while the reading goes forward.
type input struct {
	leasefile.File
	path   string
	schema leasefile.Schema

	window []byte
	at     int64 // offset of window
	end    int64 // of the row last read
}

const windowSize = 64 << 10

// row gives the bytes of a row, valid until the next call.
func (in *input) row(offset int64, length int) ([]byte, error) {
	if offset < in.at || offset+int64(length) > in.at+int64(len(in.window)) {
		want := length
		if offset >= in.end && offset-in.end < windowSize {
			want = max(windowSize, length)
		}
		in.window = slices.Grow(in.window[:0], want)[:want]
		n, err := in.ReadAt(in.window, offset)
		in.window, in.at = in.window[:n], offset
		if n < length {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("reading %s again at offset %d: %w", in.path, offset, err)
		}
	}
	in.end = offset + int64(length)
	from := offset - in.at
	return in.window[from : from+int64(length)], nil
}
